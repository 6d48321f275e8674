"""What a world leaves behind, in words that do not depend on how often it died on the way.

Rows are told without their numbers: what they refer to stands in their place, and a pass is the
time it was made for.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, select

from tests.contract.store.fleet import exposures
from tests.faults.story.world import TICKETS
from tests.properties.record import Ledger, recorded
from watcher.adapters.store.bumps import SqlBumps
from watcher.adapters.store.tables.base import metadata
from watcher.adapters.store.views import SqlViews
from watcher.report.bumps import document

Told = Mapping[str, Counter[str]]
Shown = Mapping[str, str]

# Passes are told by their times. Who works, what is called for and which calls to trackers were
# begun says how a pass went, not what it found; `unsound` looks at those that must not stay.
_HOW_IT_WENT: Final = frozenset({"passes", "workers", "jobs", "calls", "ticket_intents"})
_SUBJECTS: Final = {"inventory": "repositories", "match": "contexts"}
_STAGED: Final = re.compile(r"\.watcher-[0-9a-f]{16}\.tmp")


@dataclass(frozen=True, slots=True)
class Remains:
    """Facts by table, and what people are shown: documents by name, tickets by file."""

    facts: Told
    shown: Shown
    ledger: Ledger

    def unlike(self, other: Remains, apart: Collection[str] = ()) -> list[str]:
        """What is there and not in the other one, or the other way round, a line each.

        Tables that are named `apart` may differ.
        """
        tables = self.facts.keys() - set(apart)
        return [*_rows_unlike(tables, self.facts, other.facts), *unlike(self.shown, other.shown)]

    @property
    def ended(self) -> frozenset[object]:
        """Every episode that has ended, with when and why."""
        return frozenset(
            (place, one.start, one.end, one.cause)
            for place, found in self.ledger.items()
            for one in found
            if one.end is not None
        )


def unlike(here: Shown, there: Shown) -> list[str]:
    """The texts that differ, a line each with where they begin to."""
    return [
        f"{name}: {_first_unlike(here.get(name), there.get(name))}"
        for name in sorted(here.keys() | there.keys())
        if here.get(name) != there.get(name)
    ]


def read_remains(engine: Engine, folder: Path, times: Iterable[datetime]) -> Remains:
    """Read everything, with the exposures as of some times."""
    ranks = _ranks(folder / TICKETS)
    with engine.connect() as connection:
        facts = _Rows(connection, lambda told: _ranked(told, ranks)).told()
    shown = exposures_of(engine, times)
    shown["bumps"] = _ranked(_written(_bumps(engine)), ranks)
    for number, rank in ranks.items():
        shown[f"ticket {rank}"] = (folder / TICKETS / f"{number}.md").read_text()
    return Remains(facts, shown, recorded(engine))


def exposures_of(engine: Engine, times: Iterable[datetime]) -> dict[str, str]:
    """What is said of exposures as of some times."""
    return {f"exposures of {at:%d %b}": _written(exposures(engine, at)) for at in times}


class _Rows:
    """Every row of a database, told without numbers."""

    def __init__(self, connection: Connection, ticket: Callable[[str], str]) -> None:
        self._ticket = ticket
        self._rows: dict[str, dict[int, dict[str, Any]]] = {
            table.name: {
                row.id: dict(row._mapping) for row in connection.execute(select(table))
            }
            for table in metadata.sorted_tables
        }
        self._known: dict[tuple[str, int], str] = {}

    def told(self) -> dict[str, Counter[str]]:
        """The rows by table; one that was superseded in the pass it was made in is nothing."""
        return {
            table.name: Counter(
                self._row(table, number)
                for number, row in self._rows[table.name].items()
                if not self._in_vain(row)
            )
            for table in metadata.sorted_tables
            if table.name not in _HOW_IT_WENT
        }

    def _in_vain(self, row: Mapping[str, Any]) -> bool:
        over = row.get("superseded_in")
        return over is not None and self._at(over) == self._at(row["opened_in"])

    def _row(self, table: Table, number: int) -> str:
        place = (table.name, number)
        if place not in self._known:
            row = self._rows[table.name][number]
            told = {name: self._value(table, row, name) for name in row if name != "id"}
            written = _written(told)
            self._known[place] = self._ticket(written) if table.name == "tickets" else written
        return self._known[place]

    def _value(self, table: Table, row: Mapping[str, Any], name: str) -> object:
        value = row[name]
        if value is None:
            return None
        if table.name == "coverage" and name == "subject":
            named = _SUBJECTS.get(row["stage"])
            return self._row(metadata.tables[named], value) if named else value
        for key in table.c[name].foreign_keys:
            referred = key.column.table
            return self._at(value) if referred.name == "passes" else self._row(referred, value)
        return value

    def _at(self, number: int) -> str:
        return str(self._rows["passes"][number]["at"])


def _bumps(engine: Engine) -> Mapping[str, Any]:
    done, bumps = SqlViews(engine).finished(None), SqlBumps(engine)
    if done is None:
        return {}
    return document(done.at, bumps.planned(done.number), bumps.remembered(), {})


def _ranks(folder: Path) -> dict[str, int]:
    """The place of each ticket's number; a number may be lost with whoever was about to use it."""
    numbers = sorted(int(path.stem) for path in folder.glob("*.md"))
    return {str(number): rank for rank, number in enumerate(numbers, 1)}


def _ranked(text: str, ranks: Mapping[str, int]) -> str:
    """Let a text name tickets by their place; their folder is left out."""
    for pattern in (r'("id": ")(\d+)(")', r'("ticket": ")(\d+)(")', r"(file://).*?/(\d+)(\.md)"):
        text = re.sub(pattern, lambda m: f"{m[1]}#{ranks.get(m[2], m[2])}{m[3]}", text)
    return text


def _written(told: object) -> str:
    return json.dumps(told, sort_keys=True, default=str, indent=None, ensure_ascii=False)


def _rows_unlike(tables: Iterable[str], here: Told, there: Told) -> list[str]:
    lines = []
    for name in sorted(tables):
        more, less = here[name] - there[name], there[name] - here[name]
        lines += [f"{name}: too much: {row[:1000]}" for row in more]
        lines += [f"{name}: lost: {row[:1000]}" for row in less]
    return lines


def _first_unlike(here: str | None, there: str | None) -> str:
    if here is None or there is None:
        return "is not there" if here is None else "should not be there"
    start = next((n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), 0)
    cut = slice(max(0, start - 80), start + 120)
    return f"{here[cut]!r} instead of {there[cut]!r}"
