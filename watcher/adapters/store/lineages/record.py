"""The port `Lineages` over one database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from watcher.adapters.store.lineages import built, contents, heads, identities, known
from watcher.adapters.store.writing import writing
from watcher.domain.lineage import BaseIdentity, Installed, KnownBase
from watcher.domain.reference import Repository
from watcher.domain.ticket import LineName
from watcher.ports.store.lineages import Built, Flaw, Unidentified
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class SqlLineages:
    """Signs the port `Lineages`."""

    engine: Engine

    def bases(self, address: Callable[[Repository], str]) -> dict[str, list[KnownBase]]:
        """All images ever watched as bases, by platform; `address` names repositories in full."""
        with self.engine.connect() as connection:
            return known.bases(connection, address)

    def bases_changed(self) -> bool:
        """Whether a base was first seen since bases were last identified."""
        with self.engine.connect() as connection:
            return known.changed(connection)

    def unidentified(self, *, again: bool) -> list[Unidentified]:
        """Heads of published streams without a recorded base; `again`: all heads."""
        with self.engine.connect() as connection:
            return identities.missing(connection, again=again)

    def identified(self, this: PassRecord, found: Mapping[int, BaseIdentity | None]) -> None:
        """Record the bases of images; what was recorded otherwise before is superseded."""
        with writing(self.engine, this) as connection:
            identities.record(connection, this, found)

    def built(self) -> list[Built]:
        """Heads of published streams on bases of lineages that still have a head of their own."""
        with self.engine.connect() as connection:
            return built.read(connection)

    def published(self) -> dict[LineName, int | None]:
        """What published streams point to now: an image, None while it is not known which."""
        with self.engine.connect() as connection:
            return heads.published(connection)

    def installed(self, wanted: Collection[int]) -> dict[int, list[Installed]]:
        """The packages of those images that are catalogued and matched."""
        with self.engine.connect() as connection:
            return contents.installed(connection, wanted)

    def flaws(self, wanted: Collection[int]) -> dict[int, Sequence[Flaw]]:
        """What packages match now."""
        with self.engine.connect() as connection:
            return contents.flaws(connection, wanted)
