"""How databases find what stages ask for in a record with years behind it: by an index, always."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Engine, event, text

from tests.contract.store.filled import BASES, LIBRARIES, OF_BASE, STREAMS, fill
from tests.contract.store.fleet import day
from tests.contract.store.record import (
    begin,
    bound,
    catalogue,
    digest,
    finding,
    image,
    manifest,
    occurrence,
    package,
)
from tests.servers.postgres import Postgres
from tests.servers.sqlite import copy_database
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.ledger import SqlLedger
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.passes import SqlPasses
from watcher.domain.interval import Bound
from watcher.domain.stream import Stream
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.exposures import WindowFilter
from watcher.ports.store.matches import Appearance, ContextMatch, Disappearance, Stamp
from watcher.services.exposure import ExposureStage

# What grows with images and with time, so that no question may read all of it.
LONG: Final = ("matches", "package_set_members", "bindings", "episodes", "assessments", "windows")
# An index of what is open alone may be read from its first entry to its last.
OPEN: Final = ("ix_bindings_open", "ix_catalogues_pending", "ix_episodes_open")


@dataclass(slots=True)
class Plans:
    """The plan of each statement that was sent, in the database's own words."""

    told: dict[str, list[str]] = field(default_factory=dict)

    def scans(self) -> dict[str, list[str]]:
        """Statements that read a long table from one end to the other, and where their plans do."""
        found = {statement: [*filter(_reads_all, plan)] for statement, plan in self.told.items()}
        return {statement: lines for statement, lines in found.items() if lines}


def _reads_all(line: str) -> bool:
    table = re.match(r"(?:SCAN|Seq Scan on|Full \w+ on) (\w+)", line)
    return table is not None and table[1] in LONG and not any(name in line for name in OPEN)


@contextmanager
def planned(engine: Engine) -> Iterator[Plans]:
    """Ask for the plan of every statement just before it is executed."""
    plans = Plans()

    def ask(
        connection: Connection,
        _cursor: object,
        statement: str,
        parameters: Any,  # noqa: ANN401 - whatever the driver takes
        _context: object,
        executemany: bool,  # noqa: FBT001 - SQLAlchemy's own signature
    ) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            first = parameters[0] if executemany else parameters
            plans.told.setdefault(statement, _plan(connection, statement, first))

    event.listen(engine, "before_cursor_execute", ask)
    yield plans
    event.remove(engine, "before_cursor_execute", ask)


def _plan(connection: Connection, statement: str, parameters: Any) -> list[str]:  # noqa: ANN401 - whatever the driver takes
    cursor = connection.connection.cursor()
    try:
        if connection.dialect.name == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return [row[-1] for row in cursor.fetchall()]
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        (row,) = cursor.fetchall()
        told = row[0] if isinstance(row[0], list) else json.loads(row[0])
        return [_line(node) for node in _nodes(told[0]["Plan"])]
    finally:
        cursor.close()


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _line(node: dict[str, Any]) -> str:
    """A step of PostgreSQL's plan; a search by index that has no condition is named as it is."""
    kind, table = node["Node Type"], node.get("Relation Name", "")
    if "Index" in kind and table and "Index Cond" not in node:
        kind = "Full index"
    return f"{kind} on {table} {node.get('Index Name', '')}"


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]
)
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A record with years behind it, on either backend."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path_factory.mktemp("filled") / "watcher.db"
        copy_database(template, path)
        url = f"sqlite:///{path}"
    else:
        server: Postgres = request.getfixturevalue("postgres_server")
        url = server.url(server.create(request.getfixturevalue("postgres_template")))
    engine = open_engine(url)
    fill(engine)
    yield engine
    engine.dispose()


def test_a_scan_would_be_seen(filled: Engine) -> None:
    with planned(filled) as plans, filled.connect() as connection:
        connection.execute(text("SELECT count(title) FROM vulnerabilities"))
        connection.execute(text("SELECT count(path) FROM package_set_members"))
        connection.execute(text("SELECT path FROM package_set_members WHERE set_id = 3"))
    assert list(plans.scans()) == ["SELECT count(path) FROM package_set_members"]


def new_image(engine: Engine) -> None:
    """An image that a stream moves to: resolved, bound, catalogued, compared."""
    this, store = begin(engine, 1), SqlInventory(engine)
    config = image("new")
    store.add_manifest(this, manifest("new", [config]), [config])
    moved = [bound("image 0", -400, 1), bound("new", 1)]
    store.revise_streams(this, {1: [(Stream("tag", "latest"), moved)]})
    assert store.unresolved() == set()
    catalogues = SqlCatalogues(engine)
    (waiting,) = catalogues.uncatalogued()
    held = [occurrence(package(f"p{n}"), "app") for n in range(OF_BASE)]
    origin = CatalogueOrigin("0.74.0", digest("db"), None)
    catalogues.add(this, waiting.image, origin, catalogue([*held, package("unheard of")]))
    (newborn,) = catalogues.newborn([1])
    assert len(catalogues.derived(newborn.catalogue)) == OF_BASE
    catalogues.audited(this, newborn.catalogue, [])


def changed_matches(engine: Engine) -> None:
    """A new database that says otherwise of three packages, of a base and of applications.

    What is in scope of a match is read whole, and so is not asked for here.
    """
    this, store = begin(engine, 2), SqlMatches(engine)
    version = store.adopt(this, Stamp("0.74.0", digest("new"), "db:2", day(1), day(1)))
    told = finding(package("p1"), "CVE-NEW", published=day(1))
    store.record(
        this,
        version,
        ContextMatch(
            context=1,
            last_version=1,
            whole=True,
            package_count=BASES * OF_BASE + LIBRARIES,
            joined=frozenset(),
            left=frozenset(),
            appeared=(Appearance(2, told, Bound(day(1)), 1),),
            disappeared=(
                Disappearance(
                    BASES * OF_BASE + 1,
                    f"CVE-{BASES * OF_BASE + 1}-0",
                    Bound(day(1)),
                    "knowledge_withdrawn",
                ),
            ),
            reassessed=((3, finding(package("p2"), "CVE-3-0", severity="LOW")),),
        ),
    )
    assert dict(store.changed(this)) == {"added": 1, "removed": 1}


def fold(engine: Engine) -> None:
    """The ledger, brought up to what was recorded before."""
    counts = ExposureStage(SqlLedger(engine)).take(begin(engine, 3)).counts
    assert STREAMS / BASES <= counts["episodes_opened"] <= 4 * STREAMS


def nothing_new(engine: Engine) -> None:
    """What every pass asks, although nothing changed."""
    this, matches, catalogues = begin(engine, 4), SqlMatches(engine), SqlCatalogues(engine)
    assert sum(ExposureStage(SqlLedger(engine)).take(this).counts.values()) == 0
    assert (catalogues.uncatalogued(), list(catalogues.newborn([1]))) == ([], [])
    assert dict(matches.changed(this)) == {"added": 0, "removed": 0}
    assert SqlInventory(engine).unresolved() == set()


def read(engine: Engine) -> None:
    """The windows of a stream, and of a vulnerability."""
    last = SqlPasses(engine).last()
    assert last is not None
    exposures = SqlExposures(engine)
    stream, flaw = "local/r10:latest@linux/amd64", "CVE-NEW"
    for wanted in (WindowFilter(stream=stream), WindowFilter(vulnerability=flaw)):
        assert list(exposures.windows(wanted, last.number))


ASKED: Final[tuple[Callable[[Engine], None], ...]] = (
    new_image,
    changed_matches,
    fold,
    nothing_new,
    read,
)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.__name__)
def test_nothing_long_is_read_from_end_to_end(
    filled: Engine, asked: Callable[[Engine], None]
) -> None:
    with planned(filled) as plans:
        asked(filled)
    assert plans.told
    assert plans.scans() == {}, [(k, v) for k, v in plans.scans().items()]
