"""The port `Lineages` over one database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from watcher.adapters.store.lineages import built, contents, heads, identities, known
from watcher.adapters.store.lineages.attested import read_provenances
from watcher.adapters.store.lineages.excused import read_excused
from watcher.adapters.store.writing import writing
from watcher.domain.lineage import BaseIdentity, Contents, KnownBase
from watcher.domain.reference import Repository
from watcher.domain.ticket import LineName
from watcher.ports.store.lineages import Construction, Excuses, Flaw, HeldIn, Unidentified
from watcher.ports.store.passes import PassRecord


@dataclass(frozen=True, slots=True)
class SqlLineages:
    """Signs the port `Lineages`."""

    engine: Engine

    def unidentified(self, *, again: bool) -> list[int]:
        """The images that streams point to without a recorded base; `again`: all of them."""
        with self.engine.connect() as connection:
            return identities.missing(connection, again=again)

    def subjects(
        self, images: Collection[int], address: Callable[[Repository], str]
    ) -> list[Unidentified]:
        """What is known of images whose base is looked for; `address` names repositories."""
        with self.engine.connect() as connection:
            return identities.subjects(connection, images, address, read_provenances)

    def bases(
        self,
        chains: Collection[str],
        digests: Collection[str],
        address: Callable[[Repository], str],
    ) -> dict[str, list[KnownBase]]:
        """Images by all their layers or by a digest that a stream ever pointed to, by platform."""
        with self.engine.connect() as connection:
            return known.bases(connection, chains, digests, address)

    def bases_changed(self) -> bool:
        """Whether a base was first seen since bases were last identified."""
        with self.engine.connect() as connection:
            return known.changed(connection)

    def identified(self, this: PassRecord, found: Mapping[int, BaseIdentity | None]) -> None:
        """Record the bases of images; what was recorded otherwise before is superseded."""
        with writing(self.engine, this) as connection:
            identities.record(connection, this, found)

    def construction(self) -> Construction:
        """Heads of streams on bases of lineages that still have a head of their own."""
        with self.engine.connect() as connection:
            return built.read(connection)

    def published(self) -> dict[LineName, int | None]:
        """What streams point to now: an image, None while it is not known which."""
        with self.engine.connect() as connection:
            return heads.published(connection)

    def contents(self, images: Collection[int]) -> Contents:
        """The packages of those images that are catalogued and matched."""
        with self.engine.connect() as connection:
            return contents.contents(connection, images)

    def flaws(self, packages: Collection[int]) -> dict[int, Sequence[Flaw]]:
        """What packages match now."""
        with self.engine.connect() as connection:
            return contents.flaws(connection, packages)

    def excused(self, wanted: Collection[HeldIn]) -> Mapping[HeldIn, Excuses]:
        """What statements in force say is not affected."""
        with self.engine.connect() as connection:
            return read_excused(connection, wanted)
