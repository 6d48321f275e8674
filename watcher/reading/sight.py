"""Whose streams are seen: who owns what, and what is left of the record for some teams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from watcher.domain.access import Grant
from watcher.ports.store.browsing import Browsing

_KEPT: Final = 4  # passes whose owners are kept in memory

Owned = Mapping[str | None, frozenset[int]]


@dataclass(slots=True)
class Ownership:
    """The streams of each team after a pass, worked out once; used from several threads at once."""

    browsing: Browsing
    owner_of: Callable[[str], str | None]
    _held: dict[int, Owned] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def by_team(self, upto: int) -> Owned:
        """The numbers of streams by team; those of nobody under None."""
        with self._lock:
            if upto not in self._held:
                if len(self._held) >= _KEPT:
                    del self._held[min(self._held)]
                self._held[upto] = self._read(upto)
            return self._held[upto]

    def _read(self, upto: int) -> Owned:
        found: dict[str | None, set[int]] = {}
        for one in self.browsing.tracks(upto):
            found.setdefault(self.owner_of(one.stream), set()).add(one.track.stream)
        return {team: frozenset(numbers) for team, numbers in found.items()}


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen by one who is limited to some teams, by today's configuration."""

    teams: frozenset[str]
    ownership: Ownership

    @classmethod
    def of(cls, grant: Grant, ownership: Ownership) -> Sight | None:
        """What a grant leaves to be seen; None for everything."""
        return None if grant.teams is None else cls(grant.teams, ownership)

    def streams(self, upto: int) -> frozenset[int]:
        """The streams that are seen."""
        owned = self.ownership.by_team(upto)
        return frozenset().union(*(owned.get(team, frozenset()) for team in self.teams))

    def owns(self, name: str) -> bool:
        """Whether a stream, a repository or an image of this name is seen."""
        return self.ownership.owner_of(name) in self.teams
