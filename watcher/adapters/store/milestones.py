"""What lies beside the ledger: since when a ticket asked to end an exposure, or a base had."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from watcher.adapters.store.bumps.ticketed import Ticketed, read_ticketed
from watcher.adapters.store.facts import Facts
from watcher.adapters.store.lineages.fixes import Asked, BaseFixes, read_base_fixes
from watcher.adapters.store.lineages.followed import Lineages, bases_beneath, read_lineages
from watcher.domain.exposure import Episode
from watcher.ports.store.ledger import Track

_FEW: Final = 50  # tracks; of more, nearly every lineage is needed


@dataclass(frozen=True, slots=True)
class Beside:
    """What is read once for all tracks: tickets, and the lineages of bases; nothing by default."""

    ticketed: Ticketed = field(default_factory=Ticketed)
    lineages: Lineages | None = None

    @classmethod
    def read(cls, connection: Connection, upto: int, tracks: Collection[Track]) -> Beside:
        """Read it as it stood recorded after a pass; of a few tracks, what these need of it."""
        bases = None
        if len(tracks) <= _FEW:
            bases = bases_beneath(connection, upto, {one.stream for one in tracks})
        return cls(read_ticketed(connection, upto), read_lineages(connection, upto, bases))

    def of(self, connection: Connection, upto: int, facts: Facts, asked: Asked) -> Milestones:
        """Read what is beside a batch of tracks."""
        if not self.lineages:
            return Milestones(self.ticketed, None)
        fixes = read_base_fixes(connection, upto, self.lineages, facts, asked)
        return Milestones(self.ticketed, fixes)


@dataclass(frozen=True, slots=True)
class Milestones:
    """The milestones of a batch of tracks."""

    tickets: Ticketed
    fixes: BaseFixes | None

    def ticketed(
        self, stream: str, platform: str, vulnerability: str, episode: Episode
    ) -> datetime | None:
        """Since when a ticket asked to end an episode."""
        end = episode.end.at if episode.end else None
        return self.tickets.since((stream, platform), vulnerability, episode.start.at, end)

    def base_fix(self, track: Track, vulnerability: int, episode: Episode) -> datetime | None:
        """Since when a base of the stream's lineage was without it, while the episode lasted."""
        return self.fixes.since(track, vulnerability, episode) if self.fixes else None

    def in_base(self, track: Track, vulnerability: int, episode: Episode) -> bool:
        """Whether a base of the stream brought it, at some time while the episode lasted."""
        return self.fixes is not None and self.fixes.brought(track, vulnerability, episode)
