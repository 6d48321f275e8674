"""A record with years behind it, written down row by row: large enough that plans matter.

Most bindings and episodes are over, as they will be; every image has a base's layer and its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from sqlalchemy import Connection, Engine, Table, text

from tests.contract.store.fleet import day
from tests.contract.store.record import begin, digest
from watcher.adapters.store.copying import Row
from watcher.adapters.store.rows import add_rows
from watcher.adapters.store.statistics import count_grown
from watcher.adapters.store.tables import (
    inventory,
    knowledge,
    ledger,
    metadata,
    packages,
)

STREAMS: Final = 400
GENERATIONS: Final = 6  # images that each stream pointed to, one after another
BASES: Final = 10
OF_BASE, OF_APP, LIBRARIES = 60, 12, 3_000
PLATFORM: Final = "linux/amd64"
# Where the ledger has windows and no binding tells of them, so that no fold makes them again.
FORMER_PLATFORM: Final = "linux/arm64"


@dataclass(slots=True)
class Filling:
    """Rows on their way into a record, numbered as they come."""

    rows: dict[Table, list[Row]] = field(default_factory=dict)
    pass_number: int = 1

    def add(self, table: Table, **row: object) -> int:
        """Add a row; returns its number."""
        rows = self.rows.setdefault(table, [])
        numbered: Row = {"id": len(rows) + 1, **row}
        if "opened_in" in table.c:
            numbered["opened_in"] = self.pass_number
        rows.append(numbered)
        return len(rows)

    def write(self, connection: Connection) -> None:
        """Write them all, and let the server count on from there."""
        for table in metadata.sorted_tables:
            if table not in self.rows:
                continue
            add_rows(connection, table, self.rows[table])
            if connection.dialect.name == "postgresql":
                counter = f"pg_get_serial_sequence('{table.name}', 'id')"
                connection.execute(text(f"SELECT setval({counter}, {len(self.rows[table])})"))


def fill(engine: Engine) -> None:
    """Write the record of a fleet under one pass, folded to the end."""
    this = begin(engine, 0)
    filling = Filling(pass_number=this.number)
    first = filling.add(
        knowledge.knowledge,
        scanner="0.74.0",
        db_digest=digest("db"),
        source="db:2",
        updated_at=day(-1),
        seen_at=day(0),
        applied_at=day(0),
        effective_at=day(-1),
    )
    members = _packages(filling, first)
    _matches(filling, members, first)
    catalogued = _images(filling)
    _streams(filling, catalogued)
    with engine.begin() as connection:
        filling.write(connection)
        connection.execute(text("UPDATE passes SET folded = TRUE, state = 'complete'"))
    count_grown(engine)


def _packages(filling: Filling, first: int) -> int:
    """Packages of bases and libraries, all matched in one context."""
    context = filling.add(packages.contexts, name="debian 12")
    for number in range(BASES * OF_BASE + LIBRARIES):
        name = f"p{number}"
        package = filling.add(
            packages.packages,
            context_id=context,
            identity=f"{name}@1",
            name=name,
            version="1",
            attributes={"version": "1"},
            left_out=None,
        )
        filling.add(
            knowledge.package_coverage,
            package_id=package,
            from_knowledge=first,
            to_knowledge=None,
            closed_in=None,
        )
    filling.add(
        knowledge.context_runs, context_id=context, knowledge_id=first, package_count=package
    )
    return package


def _matches(filling: Filling, members: int, first: int) -> None:
    """Two vulnerabilities of every package, one of them over."""
    for package in range(1, members + 1):
        for over in (True, False):
            number = filling.add(
                knowledge.vulnerabilities,
                name=f"CVE-{package}-{int(over)}",
                title="",
                published=day(-50),
                in_db_at=day(-40),
                published_in=filling.pass_number,
            )
            filling.add(
                knowledge.matches,
                package_id=package,
                vulnerability_id=number,
                first=True,
                first_knowledge=first,
                end_at=day(-1) if over else None,
                end_cause="knowledge_withdrawn" if over else None,
                ended_by=first if over else None,
                closed_in=filling.pass_number if over else None,
            )
            filling.add(
                knowledge.assessments,
                package_id=package,
                vulnerability_id=number,
                severity="HIGH",
                severity_source="nvd",
                status="affected",
                fixed_version="",
                effective_at=day(-40),
                knowledge_id=first,
                closed_in=filling.pass_number if over else None,
            )


def _images(filling: Filling) -> int:
    """Catalogued images, each with a base's set and one of its own; returns how many."""
    for base in range(BASES):
        _set(filling, f"base {base}", range(1 + base * OF_BASE, 1 + (base + 1) * OF_BASE))
    libraries = count()
    for number in range(STREAMS * GENERATIONS):
        image = filling.add(
            inventory.images,
            digest=digest(f"image {number}"),
            platform=PLATFORM,
            created=None,
            diff_ids=[],
            layers=[],
            layer_bytes=0,
            labels={},
            annotations={},
        )
        manifest = filling.add(
            inventory.manifests, digest=digest(f"image {number}"), media_type="m", annotations={}
        )
        filling.add(inventory.manifest_images, manifest_id=manifest, image_id=image)
        own = [BASES * OF_BASE + 1 + next(libraries) % LIBRARIES for _ in range(OF_APP)]
        _catalogue(
            filling, image, [1 + number // GENERATIONS % BASES, _set(filling, f"app {number}", own)]
        )
    return image


def _set(filling: Filling, name: str, members: Sequence[int]) -> int:
    number = filling.add(packages.package_sets, sha256=digest(name)[7:], layer=name)
    for package in members:
        filling.add(
            packages.package_set_members,
            set_id=number,
            package_id=package,
            path="usr/lib/python3/site-packages/a-package/METADATA",
            purl=f"pkg:deb/debian/p{package}@1?arch=amd64&distro=debian-12",
        )
    return number


def _catalogue(filling: Filling, image: int, sets: Sequence[int]) -> None:
    number = filling.add(
        packages.catalogues,
        image_id=image,
        scanner="0.74.0",
        db_digest=digest("db"),
        os_family="debian",
        os_version="12",
        end_of_life=False,
        package_count=OF_BASE + OF_APP,
        applied_at=day(0),
        audit="equal",
        differences=[],
    )
    for one in sets:
        filling.add(packages.catalogue_sets, catalogue_id=number, set_id=one)


def _streams(filling: Filling, images: int) -> None:
    """Streams with a history of bindings, and an episode or two in each."""
    numbers = iter(range(1, images + 1))
    for place in range(STREAMS):
        repository = filling.add(inventory.repositories, registry="local", path=f"r{place}")
        filling.add(inventory.repository_scopes, repository_id=repository, since=day(-60))
        stream = filling.add(
            inventory.streams, repository_id=repository, by="tag", name="latest", published=True
        )
        for generation in range(GENERATIONS):
            _binding(filling, stream, next(numbers), generation)
        for vulnerability in _spread(place):
            _window(filling, stream, vulnerability, over=bool(vulnerability % 5))


def _binding(filling: Filling, stream: int, image: int, generation: int) -> None:
    over = generation + 1 < GENERATIONS
    filling.add(
        inventory.bindings,
        stream_id=stream,
        platform=PLATFORM,
        image_id=image,
        target=digest(f"image {image - 1}"),
        start_at=day(-400 + 60 * generation),
        backfilled=False,
        end_at=day(-340 + 60 * generation) if over else None,
        reason="moved" if over else None,
        closed_in=filling.pass_number if over else None,
    )


def _spread(place: int) -> Iterator[int]:
    """Numbers of some vulnerabilities, other ones for each stream."""
    return iter(range(1 + place % 100, 4_000, 100))


def _window(filling: Filling, stream: int, vulnerability: int, *, over: bool) -> None:
    window = filling.add(
        ledger.windows,
        stream_id=stream,
        platform=FORMER_PLATFORM,
        vulnerability_id=vulnerability,
    )
    filling.add(
        ledger.episodes,
        window_id=window,
        start_at=day(-40),
        backfilled=False,
        end_at=day(-1) if over else None,
        cause="remediated" if over else None,
        detected_in=filling.pass_number,
        closed_in=filling.pass_number if over else None,
    )
