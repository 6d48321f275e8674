"""The record of what is built on what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, Select, func, select, update

from watcher.adapters.store.engine import Row as NewRow
from watcher.adapters.store.engine import add_rows, batches, still_open
from watcher.adapters.store.tables.inventory import (
    base_identities,
    bindings,
    images,
    repositories,
    streams,
)
from watcher.adapters.store.tables.knowledge import assessments, matches, vulnerabilities
from watcher.adapters.store.tables.packages import (
    catalogue_sets,
    catalogues,
    package_set_members,
    package_sets,
    packages,
)
from watcher.adapters.store.tables.passes import passes
from watcher.domain.lineage import BaseIdentity, Claim, Installed, KnownBase
from watcher.domain.reference import Repository
from watcher.domain.ticket import LineName
from watcher.ports.store.ledger import Track
from watcher.ports.store.lineages import BaseHead, Built, Flaw, Unidentified
from watcher.ports.store.passes import PassRecord
from watcher.ports.store.views import stream_name

_SYSTEM_PURLS = ("pkg:deb/", "pkg:apk/", "pkg:rpm/")

_NOW = bindings.c.end_at.is_(None) & bindings.c.superseded_in.is_(None)


@dataclass(frozen=True, slots=True)
class SqlLineages:
    """Signs the port `Lineages`."""

    engine: Engine

    def bases(self, hosts: Mapping[str, str]) -> list[KnownBase]:
        """All images ever watched as bases; `hosts` are the hosts of registries by their names."""
        statement = (
            _bound()
            .where(streams.c.published.is_(False), bindings.c.superseded_in.is_(None))
            .order_by(bindings.c.start_at.desc(), bindings.c.id.desc())
        )
        found: dict[int, list[Row[tuple[object, ...]]]] = defaultdict(list)
        with self.engine.connect() as connection:
            for row in connection.execute(statement):
                found[row.image_id].append(row)
        return [_known_base(rows, hosts) for _, rows in sorted(found.items())]

    def bases_changed(self) -> bool:
        """Whether a base was first seen since bases were last identified."""
        last = select(func.coalesce(func.max(passes.c.id), 0)).where(passes.c.identified)
        statement = (
            select(func.count())
            .select_from(bindings.join(streams, streams.c.id == bindings.c.stream_id))
            .where(streams.c.published.is_(False))
            .where(bindings.c.opened_in > last.scalar_subquery())
        )
        with self.engine.connect() as connection:
            return bool(connection.scalar(statement))

    def unidentified(self, *, again: bool) -> list[Unidentified]:
        """Heads of published streams without a recorded base; `again`: all heads."""
        statement = _bound().where(streams.c.published, _NOW)
        if not again:
            told = select(base_identities.c.image_id)
            statement = statement.where(images.c.id.not_in(told))
        with self.engine.connect() as connection:
            found = {
                row.image_id: Unidentified(
                    row.image_id, tuple(row.diff_ids), Claim.read(row.annotations, row.labels)
                )
                for row in connection.execute(statement)
            }
        return [found[number] for number in sorted(found)]

    def identified(self, this: PassRecord, found: Mapping[int, BaseIdentity | None]) -> None:
        """Record the bases of images; what was recorded otherwise before is superseded."""
        with self.engine.begin() as connection:
            held = _identities(connection, found)
            changed = {image: one for image, one in found.items() if held.get(image) != _told(one)}
            outdated = [image for image in changed if image in held]
            for batch in batches(sorted(outdated)):
                statement = update(base_identities).where(
                    base_identities.c.image_id.in_(batch), base_identities.c.superseded_in.is_(None)
                )
                connection.execute(statement.values(superseded_in=this.number))
            rows = [_identity_row(this, image, one) for image, one in sorted(changed.items())]
            add_rows(connection, base_identities, rows)
            done = update(passes).where(passes.c.id == this.number)
            connection.execute(done.values(identified=True))

    def built(self) -> list[Built]:
        """Heads of published streams on bases of lineages that still have a head of their own."""
        with self.engine.connect() as connection:
            lineages = _lineages(connection)
            statement = (
                select(
                    bindings.c.stream_id,
                    bindings.c.platform,
                    bindings.c.image_id,
                    images.c.digest,
                    streams.c.by,
                    streams.c.name,
                    repositories.c.registry,
                    repositories.c.path,
                    base_identities.c.base_image_id,
                    base_identities.c.name.label("base_name"),
                    base_identities.c.grade,
                    base_identities.c.evidence,
                )
                .join(streams, streams.c.id == bindings.c.stream_id)
                .join(repositories, repositories.c.id == streams.c.repository_id)
                .join(images, images.c.id == bindings.c.image_id)
                .join(base_identities, base_identities.c.image_id == bindings.c.image_id)
                .where(streams.c.published, _NOW)
                .where(base_identities.c.superseded_in.is_(None))
                .where(base_identities.c.base_image_id.is_not(None))
                .order_by(repositories.c.registry, repositories.c.path, streams.c.name)
            )
            found = [_built(row, lineages) for row in connection.execute(statement)]
        return [one for one in found if one is not None]

    def published(self) -> dict[LineName, int | None]:
        """What published streams point to now: an image, None while it is not known which."""
        statement = (
            select(
                bindings.c.image_id,
                bindings.c.platform,
                streams.c.by,
                streams.c.name,
                repositories.c.registry,
                repositories.c.path,
            )
            .join(streams, streams.c.id == bindings.c.stream_id)
            .join(repositories, repositories.c.id == streams.c.repository_id)
            .where(streams.c.published, _NOW)
        )
        with self.engine.connect() as connection:
            return {
                LineName(
                    stream_name(Repository(row.registry, row.path), row.by, row.name), row.platform
                ): row.image_id
                for row in connection.execute(statement)
            }

    def installed(self, wanted: Collection[int]) -> dict[int, list[Installed]]:
        """The packages of those images that are catalogued and matched."""
        found: dict[int, list[Installed]] = {}
        statement = (
            select(
                catalogues.c.image_id,
                package_sets.c.layer,
                packages.c.id,
                packages.c.name,
                package_set_members.c.purl,
            )
            .join(catalogue_sets, catalogue_sets.c.catalogue_id == catalogues.c.id)
            .join(package_sets, package_sets.c.id == catalogue_sets.c.set_id)
            .join(package_set_members, package_set_members.c.set_id == package_sets.c.id)
            .join(packages, packages.c.id == package_set_members.c.package_id)
            .where(catalogues.c.not_covered.is_(None))
        )
        with self.engine.connect() as connection:
            for batch in batches(sorted(wanted)):
                for row in connection.execute(statement.where(catalogues.c.image_id.in_(batch))):
                    system = row.purl.startswith(_SYSTEM_PURLS)
                    one = Installed(row.id, row.name, row.layer, system)
                    found.setdefault(row.image_id, []).append(one)
        return found

    def flaws(self, wanted: Collection[int]) -> dict[int, Sequence[Flaw]]:
        """What packages match now."""
        found: dict[int, list[Flaw]] = defaultdict(list)
        same = (assessments.c.package_id == matches.c.package_id) & (
            assessments.c.vulnerability_id == matches.c.vulnerability_id
        )
        statement = (
            select(assessments, vulnerabilities.c.name, vulnerabilities.c.published)
            .add_columns(packages.c.name.label("package"), packages.c.version)
            .join(matches, same & still_open(matches))
            .join(vulnerabilities, vulnerabilities.c.id == assessments.c.vulnerability_id)
            .join(packages, packages.c.id == assessments.c.package_id)
            .where(still_open(assessments))
        )
        with self.engine.connect() as connection:
            for batch in batches(sorted(wanted)):
                for row in connection.execute(statement.where(packages.c.id.in_(batch))):
                    found[row.package_id].append(
                        Flaw(
                            row.vulnerability_id,
                            row.name,
                            row.severity,
                            row.package,
                            row.version,
                            row.fixed_version,
                            row.published,
                        )
                    )
        return dict(found)


def _bound() -> Select[tuple[object, ...]]:
    return (
        select(
            bindings,
            images.c.digest,
            images.c.diff_ids,
            images.c.annotations,
            images.c.labels,
            streams.c.name,
            repositories.c.registry,
            repositories.c.path,
        )
        .join(images, images.c.id == bindings.c.image_id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
    )


def _known_base(rows: Sequence[Row[tuple[object, ...]]], hosts: Mapping[str, str]) -> KnownBase:
    digests = dict.fromkeys([rows[0].digest, *(row.target for row in rows)])
    names = dict.fromkeys(
        f"{hosts.get(row.registry, row.registry)}/{row.path}:{row.name}" for row in rows
    )
    return KnownBase(rows[0].image_id, tuple(digests), tuple(rows[0].diff_ids), tuple(names))


def _told(one: BaseIdentity | None) -> tuple[object, ...]:
    if one is None:
        return (None, None, None, None, None)
    return (one.image, one.name, one.digest, one.grade, one.evidence)


def _identities(connection: Connection, wanted: Iterable[int]) -> dict[int, tuple[object, ...]]:
    found: dict[int, tuple[object, ...]] = {}
    for batch in batches(sorted(wanted)):
        statement = select(base_identities).where(
            base_identities.c.image_id.in_(batch), base_identities.c.superseded_in.is_(None)
        )
        for row in connection.execute(statement):
            told = (row.base_image_id, row.name, row.digest, row.grade, row.evidence)
            found[row.image_id] = told
    return found


def _identity_row(this: PassRecord, image: int, one: BaseIdentity | None) -> NewRow:
    base, name, digest, grade, evidence = _told(one)
    return {
        "image_id": image,
        "base_image_id": base,
        "name": name,
        "digest": digest,
        "grade": grade,
        "evidence": evidence,
        "opened_in": this.number,
    }


@dataclass(frozen=True, slots=True)
class _Lineage:
    """A base's stream on one platform: its head, and since when it pointed to each base."""

    head: BaseHead
    since: Mapping[int, Row[tuple[object, ...]]]


def _lineages(connection: Connection) -> dict[int, list[_Lineage]]:
    """Lineages with a head, by each base that they ever pointed to."""
    statement = (
        _bound()
        .where(streams.c.published.is_(False), bindings.c.superseded_in.is_(None))
        .order_by(bindings.c.start_at, bindings.c.id)
    )
    histories: dict[Track, list[Row[tuple[object, ...]]]] = defaultdict(list)
    for row in connection.execute(statement):
        histories[Track(row.stream_id, row.platform)].append(row)
    found: dict[int, list[_Lineage]] = defaultdict(list)
    for history in histories.values():
        if history[-1].end_at is None:
            lineage = _Lineage(_head(history[-1]), {row.image_id: row for row in history})
            for image in lineage.since:
                found[image].append(lineage)
    return found


def _head(row: Row[tuple[object, ...]]) -> BaseHead:
    return BaseHead(
        stream=row.stream_id,
        repository=Repository(row.registry, row.path),
        tag=row.name,
        platform=row.platform,
        image=row.image_id,
        digest=row.digest,
        since=row.start_at,
    )


def _built(row: Row[tuple[object, ...]], lineages: Mapping[int, list[_Lineage]]) -> Built | None:
    """A head with the lineage it follows: the one its annotation names, else one that moved."""
    known = lineages.get(row.base_image_id, [])
    of_base = [one for one in known if one.head.platform == row.platform]
    if not of_base:
        return None
    named = [one for one in of_base if _names(row.base_name, one.head)]
    moved = [one for one in of_base if one.head.image != row.base_image_id]
    chosen = min(named or moved or of_base, key=lambda one: (len(one.head.tag), one.head.name))
    base = chosen.since[row.base_image_id]
    return Built(
        track=Track(row.stream_id, row.platform),
        repository=Repository(row.registry, row.path),
        by=row.by,
        stream=row.name,
        image=row.image_id,
        digest=row.digest,
        base=row.base_image_id,
        base_digest=base.digest,
        base_since=base.start_at,
        grade=row.grade,
        evidence=row.evidence,
        head=chosen.head,
    )


def _names(told: str | None, head: BaseHead) -> bool:
    return told is not None and told.endswith(f"/{head.repository.path}:{head.tag}")
