"""The record of what images consist of: packages, shared sets of them by layer, catalogues."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from sqlalchemy import Connection, Engine, delete, func, select, update
from sqlalchemy import Row as Fetched

from watcher.adapters.store.engine import Row, add_numbered, add_rows, batches, still_open
from watcher.adapters.store.lock import one_at_a_time
from watcher.adapters.store.tables.base import LONGEST, kept
from watcher.adapters.store.tables.inventory import bindings, images, repositories, streams
from watcher.adapters.store.tables.knowledge import assessments, matches, vulnerabilities
from watcher.adapters.store.tables.packages import (
    birth_findings,
    catalogue_sets,
    catalogues,
    contexts,
    package_set_members,
    package_sets,
    packages,
)
from watcher.domain.package import Catalogue, Finding, Occurrence, Package
from watcher.domain.reference import Repository
from watcher.ports.store.catalogues import CatalogueOrigin, Newborn, Uncatalogued
from watcher.ports.store.passes import PassRecord

Key = tuple[str, str]  # context and identity


@dataclass(frozen=True, slots=True)
class SqlCatalogues:
    """Signs the port `Catalogues`."""

    engine: Engine

    def uncatalogued(self) -> list[Uncatalogued]:
        """Images that some stream points to now and that no scanner version has catalogued."""
        statement = (
            select(images, repositories.c.registry, repositories.c.path)
            .join(bindings, bindings.c.image_id == images.c.id)
            .join(streams, streams.c.id == bindings.c.stream_id)
            .join(repositories, repositories.c.id == streams.c.repository_id)
            .outerjoin(catalogues, catalogues.c.image_id == images.c.id)
            .where(
                catalogues.c.id.is_(None),
                bindings.c.end_at.is_(None),
                bindings.c.superseded_in.is_(None),
            )
            .order_by(images.c.id, repositories.c.id)
        )
        found: dict[int, Uncatalogued] = {}
        with self.engine.connect() as connection:
            for row in connection.execute(statement):
                where = Repository(row.registry, row.path)
                one = Uncatalogued(row.id, where, row.digest, row.platform, row.layer_bytes)
                found.setdefault(row.id, one)
        return list(found.values())

    def add(
        self, this: PassRecord, image: int, origin: CatalogueOrigin, catalogue: Catalogue
    ) -> None:
        """Record a catalogue; packages and sets already there are shared, a catalogue stays."""
        standing = select(catalogues.c.id).where(
            catalogues.c.image_id == image, catalogues.c.scanner == origin.scanner
        )
        with self.engine.begin() as connection:
            one_at_a_time(connection, "catalogues")
            if connection.scalar(standing) is not None:
                return
            numbers = _numbered_packages(connection, this, catalogue.occurrences)
            sets = _numbered_sets(connection, this, catalogue.occurrences, numbers)
            row = _catalogue_row(this, image, origin, catalogue)
            (number,) = add_numbered(connection, catalogues, [row])
            links: list[Row] = [{"catalogue_id": number, "set_id": one} for one in sets]
            add_rows(connection, catalogue_sets, links)
            if catalogue.not_covered is None:
                body = zlib.compress(_written(catalogue.findings))
                add_rows(connection, birth_findings, [{"catalogue_id": number, "body": body}])

    def newborn(self, covered: Collection[int]) -> Iterator[Newborn]:
        """Catalogues that wait for the comparison and whose contexts are all among the covered."""
        statement = (
            select(
                catalogues.c.id,
                catalogues.c.scanner,
                catalogues.c.db_digest,
                images.c.digest,
                func.min(repositories.c.id).label("repository"),
            )
            .join(images, images.c.id == catalogues.c.image_id)
            .join(bindings, bindings.c.image_id == images.c.id)
            .join(streams, streams.c.id == bindings.c.stream_id)
            .join(repositories, repositories.c.id == streams.c.repository_id)
            .where(catalogues.c.audit == "pending", catalogues.c.not_covered.is_(None))
            .group_by(
                catalogues.c.id, catalogues.c.scanner, catalogues.c.db_digest, images.c.digest
            )
            .order_by(catalogues.c.id)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(statement).all()
            needed = _contexts_of(connection, [row.id for row in rows])
            names = _repository_names(connection, {row.repository for row in rows})
        for row in rows:
            if needed[row.id] <= set(covered):
                yield self._newborn(row, names[row.repository])

    def _newborn(self, row: Fetched[tuple[object, ...]], repository: str) -> Newborn:
        statement = select(birth_findings.c.body).where(birth_findings.c.catalogue_id == row.id)
        with self.engine.connect() as connection:
            body = connection.scalar(statement)
        findings = tuple(_read(zlib.decompress(body))) if body else ()
        return Newborn(row.id, f"{repository}@{row.digest}", row.db_digest, row.scanner, findings)

    def derived(self, catalogue: int) -> list[Finding]:
        """The open matches of a catalogue's packages, as findings; empty where none is matched."""
        members = (
            select(package_set_members.c.package_id)
            .join(catalogue_sets, catalogue_sets.c.set_id == package_set_members.c.set_id)
            .where(catalogue_sets.c.catalogue_id == catalogue)
        )
        same = (assessments.c.package_id == matches.c.package_id) & (
            assessments.c.vulnerability_id == matches.c.vulnerability_id
        )
        statement = (
            select(
                contexts.c.name,
                packages.c.identity,
                vulnerabilities.c.name.label("vulnerability"),
                assessments,
            )
            .join(packages, packages.c.id == matches.c.package_id)
            .join(contexts, contexts.c.id == packages.c.context_id)
            .join(vulnerabilities, vulnerabilities.c.id == matches.c.vulnerability_id)
            .join(assessments, same & still_open(assessments))
            .where(still_open(matches), matches.c.package_id.in_(members))
        )
        with self.engine.connect() as connection:
            return [
                Finding(
                    row.name,
                    row.identity,
                    row.vulnerability,
                    row.severity,
                    row.severity_source,
                    row.status,
                    row.fixed_version,
                )
                for row in connection.execute(statement.select_from(matches))
            ]

    def audited(self, this: PassRecord, catalogue: int, differences: Sequence[str] | None) -> None:
        """Record what the comparison found (None: too late for one) and drop the own findings."""
        state = "skipped" if differences is None else "different" if differences else "equal"
        with self.engine.begin() as connection:
            statement = update(catalogues).where(catalogues.c.id == catalogue)
            connection.execute(
                statement.values(
                    audit=state, differences=list(differences or ()), audited_in=this.number
                )
            )
            connection.execute(
                delete(birth_findings).where(birth_findings.c.catalogue_id == catalogue)
            )

    def distinct_packages(self) -> int:
        """How many distinct packages are recorded."""
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(packages)) or 0


def _numbered_packages(
    connection: Connection, this: PassRecord, occurrences: Iterable[Occurrence]
) -> dict[Key, int]:
    wanted = {_key(one.package): one.package for one in occurrences}
    context_numbers = _numbered_contexts(connection, {context for context, _ in wanted})
    held: dict[Key, int] = {}
    for context, number in context_numbers.items():
        identities = sorted(identity for name, identity in wanted if name == context)
        for batch in batches(identities):
            statement = select(packages.c.id, packages.c.identity).where(
                packages.c.context_id == number, packages.c.identity.in_(batch)
            )
            held |= {(context, row.identity): row.id for row in connection.execute(statement)}
    new = sorted(wanted.keys() - held.keys())
    rows = [_package_row(this, context_numbers[key[0]], wanted[key]) for key in new]
    return held | dict(zip(new, add_numbered(connection, packages, rows), strict=True))


def _key(package: Package) -> Key:
    """A package's place in the record, as the record writes it."""
    return kept(package.context, LONGEST), kept(package.identity, LONGEST)


def _package_row(this: PassRecord, context: int, package: Package) -> Row:
    return {
        "context_id": context,
        "identity": package.identity,
        "name": package.name,
        "version": package.version,
        "attributes": dict(package.attributes),
        "left_out": package.left_out,
        "opened_in": this.number,
    }


def _numbered_contexts(connection: Connection, names: set[str]) -> dict[str, int]:
    statement = select(contexts.c.name, contexts.c.id).where(contexts.c.name.in_(names))
    held = {row.name: row.id for row in connection.execute(statement)}
    new = sorted(names - held.keys())
    numbers = add_numbered(connection, contexts, [{"name": name} for name in new])
    return held | dict(zip(new, numbers, strict=True))


def _numbered_sets(
    connection: Connection,
    this: PassRecord,
    occurrences: Iterable[Occurrence],
    numbers: Mapping[Key, int],
) -> list[int]:
    by_layer: dict[str, list[Occurrence]] = defaultdict(list)
    for one in occurrences:
        by_layer[one.layer].append(one)
    wanted = {_content(layer, members): (layer, members) for layer, members in by_layer.items()}
    statement = select(package_sets.c.sha256, package_sets.c.id).where(
        package_sets.c.sha256.in_(wanted)
    )
    held = {row.sha256: row.id for row in connection.execute(statement)}
    new = sorted(wanted.keys() - held.keys())
    rows: list[Row] = [
        {"sha256": name, "layer": wanted[name][0], "opened_in": this.number} for name in new
    ]
    added = dict(zip(new, add_numbered(connection, package_sets, rows), strict=True))
    members: list[Row] = [
        {
            "set_id": number,
            "package_id": numbers[_key(one.package)],
            "path": one.path,
            "purl": one.purl,
        }
        for name, number in added.items()
        for one in wanted[name][1]
    ]
    add_rows(connection, package_set_members, members)
    return sorted([*held.values(), *added.values()])


def _content(layer: str, members: Iterable[Occurrence]) -> str:
    lines = sorted((o.package.context, o.package.identity, o.path, o.purl) for o in members)
    return sha256(json.dumps([layer, lines]).encode()).hexdigest()


def _catalogue_row(
    this: PassRecord, image: int, origin: CatalogueOrigin, catalogue: Catalogue
) -> Row:
    return {
        "image_id": image,
        "scanner": origin.scanner,
        "db_digest": origin.db_digest,
        "java_db_digest": origin.java_db_digest,
        "os_family": catalogue.os_family,
        "os_version": catalogue.os_version,
        "end_of_life": catalogue.end_of_life,
        "package_count": len(catalogue.occurrences),
        "not_covered": catalogue.not_covered,
        "applied_at": this.at,
        "audit": "pending",
        "differences": [],
        "opened_in": this.number,
    }


def _contexts_of(connection: Connection, numbers: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for batch in batches(numbers):
        statement = (
            select(catalogue_sets.c.catalogue_id, packages.c.context_id)
            .join(package_set_members, package_set_members.c.set_id == catalogue_sets.c.set_id)
            .join(packages, packages.c.id == package_set_members.c.package_id)
            .where(catalogue_sets.c.catalogue_id.in_(batch), packages.c.left_out.is_(None))
            .distinct()
        )
        for row in connection.execute(statement):
            found[row.catalogue_id].add(row.context_id)
    return found


def _repository_names(connection: Connection, numbers: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for batch in batches(sorted(numbers)):
        statement = select(repositories).where(repositories.c.id.in_(batch))
        found |= {row.id: f"{row.registry}/{row.path}" for row in connection.execute(statement)}
    return found


def _written(findings: Iterable[Finding]) -> bytes:
    rows = [
        {
            **asdict(one),
            "context": kept(one.context, LONGEST),
            "identity": kept(one.identity, LONGEST),
            "published": None,
            "title": "",
        }
        for one in findings
    ]
    return json.dumps(rows).encode()


def _read(body: bytes) -> Iterator[Finding]:
    for row in json.loads(body):
        yield Finding(**{**row, "vendor_ids": tuple(row["vendor_ids"])})
