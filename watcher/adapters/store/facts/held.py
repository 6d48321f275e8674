"""Where packages are held of which something is stated: repositories, tags and purls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.facts.grounds import Grounds
from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.statements.covering import covering, said
from watcher.adapters.store.tables.inventory import repositories, streams
from watcher.adapters.store.tables.packages import catalogue_sets, catalogues, package_set_members
from watcher.domain.errors import PermanentError
from watcher.domain.exposure import Excused
from watcher.domain.knowledge import Match
from watcher.domain.stream import Binding
from watcher.domain.vex import Excuse, Place, StatedPackage, excuses
from watcher.ports.purls import package_of
from watcher.ports.store.ledger import Track
from watcher.ports.store.vex import RecordedStatement


@dataclass(frozen=True, slots=True)
class Holders:
    """Names of streams, and purls by image and package: only where something is stated."""

    named: Mapping[int, tuple[str, str | None]] = field(default_factory=dict)  # with its tag
    purls: Mapping[tuple[int, int], Sequence[StatedPackage]] = field(default_factory=dict)

    def places(self, track: Track, binding: Binding, image: int, package: int) -> list[Place]:
        """The places of a package in an image that a stream points to."""
        if track.stream not in self.named:
            return []
        repository, tag = self.named[track.stream]
        digests = frozenset(one for one in (binding.image, binding.target) if one)
        purls = self.purls.get((image, package), ())
        return [Place(repository, digests, tag, purl) for purl in purls]

    def excused(
        self,
        track: Track,
        history: Iterable[tuple[Binding, int | None]],
        packages: Collection[int],
        stated: Sequence[RecordedStatement],
    ) -> Excused:
        """When packages are excused of a vulnerability in what a stream points to."""
        found: dict[tuple[str | None, str, int], Sequence[Excuse]] = {}
        for binding, image in history:
            if image is None:
                continue
            for package in packages:
                places = self.places(track, binding, image, package)
                spans = excuses(map(said, covering(stated, places)))
                if spans:
                    found[binding.image, binding.target, package] = spans
        return found


def read_holders(
    connection: Connection,
    upto: int,
    tracks: Collection[Track],
    images: Collection[int],
    matches: Mapping[int, Mapping[int, Sequence[Match]]],
    grounds: Grounds,
) -> Holders:
    """Read where packages are held that match what something is stated of; else nothing."""
    packages = {
        package
        for package, found in matches.items()
        if any(grounds.aliases.of(number) in grounds.stated for number in found)
    }
    if not packages:
        return Holders()
    return Holders(_named(connection, tracks), read_purls(connection, upto, images, packages))


def _named(connection: Connection, tracks: Collection[Track]) -> dict[int, tuple[str, str | None]]:
    statement = (
        select(streams.c.id, streams.c.by, streams.c.name)
        .add_columns(repositories.c.registry, repositories.c.path)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(among(streams.c.id, {track.stream for track in tracks}))
    )
    return {
        row.id: (f"{row.registry}/{row.path}", row.name if row.by == "tag" else None)
        for row in connection.execute(statement)
    }


def read_purls(
    connection: Connection, upto: int, images: Collection[int], packages: Collection[int]
) -> dict[tuple[int, int], list[StatedPackage]]:
    """What images call packages, by image and package; one whose purl is none is left out."""
    members = package_set_members.c
    statement = (
        select(catalogues.c.image_id, members.package_id, members.purl)
        .join(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
        .join(package_set_members, members.set_id == catalogue_sets.c.set_id)
        .where(among(catalogues.c.image_id, images), visible(catalogues, upto))
        .where(among(unindexed(members.package_id), packages))
        .distinct()
    )
    found: dict[tuple[int, int], list[StatedPackage]] = defaultdict(list)
    read: dict[str, StatedPackage | None] = {}
    for row in connection.execute(statement):
        if row.purl not in read:
            read[row.purl] = _package(row.purl)
        package = read[row.purl]
        if package is not None:
            found[row.image_id, row.package_id].append(package)
    return found


def _package(purl: str) -> StatedPackage | None:
    """A package as its image names it; one whose purl is none cannot be stated anything of."""
    try:
        return package_of(purl)
    except PermanentError:
        return None
