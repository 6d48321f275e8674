"""What a world leaves behind, in words that do not depend on how often it died on the way.

Rows are told without their numbers: what they refer to stands in their place, and a pass is the
time it was made for.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, select

from tests.contract.store.fleet import exposures
from tests.faults.story.world import TICKETS
from tests.properties.record import Bound, Ledger, bound, recorded
from watcher.adapters.store.bumps import SqlBumps
from watcher.adapters.store.tables.base import metadata
from watcher.adapters.store.views import SqlViews
from watcher.report.bumps import document

Told = Mapping[str, Counter[str]]
Shown = Mapping[str, str]
Lists = Mapping[Any, Sequence[object]]

# Passes are told by their times. Who works, what is called for, what failed and which calls to
# trackers were begun says how a pass went, not what it found; `unsound` looks at those that must
# not stay.
_HOW_IT_WENT: Final = frozenset(
    {"passes", "workers", "jobs", "calls", "failures", "ticket_intents"}
)
# An audit that is asked for again looks at everything again.
_AS_OFTEN_AS_ASKED: Final = frozenset({"audits"})
_SUBJECTS: Final = {
    "inventory": "repositories",
    "reconciliation": "repositories",
    "match": "contexts",
    "vex": "vex_feeds",
}


@dataclass(frozen=True, slots=True)
class Remains:
    """Facts by table, and what people are shown: documents by name, tickets by file."""

    facts: Told
    shown: Shown
    ledger: Ledger
    bound: Mapping[tuple[str, str], Sequence[Bound]]

    def unlike(self, other: Remains, *, facts: bool = True) -> list[str]:
        """What is there and not in the other one, or the other way round, a line each.

        Without `facts` it is enough that the same was bound, exposed, shown and filed.
        """
        return [
            *(_rows_unlike(self.facts, other.facts) if facts else ()),
            *_lists_unlike("exposed", self.ledger, other.ledger),
            *_lists_unlike("bound", self.bound, other.bound),
            *unlike(self.shown, other.shown),
        ]

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
    keys = {number: key for number, (key, _) in _tickets(folder / TICKETS).items()}
    with engine.connect() as connection:
        facts = _Rows(connection, lambda told: _keyed(told, keys)).told()
    shown = exposures_of(engine, times)
    shown["bumps"] = _keyed(_written(_bumps(engine)), keys)
    shown |= {f"ticket {key}": text for key, text in _tickets(folder / TICKETS).values()}
    return Remains(facts, shown, recorded(engine), bound(engine))


def exposures_of(engine: Engine, times: Iterable[datetime]) -> dict[str, str]:
    """What is said of exposures as of some times."""
    return {f"exposures of {at:%d %b}": _written(exposures(engine, at)) for at in times}


class _Rows:
    """Every row of a database, told without numbers."""

    def __init__(self, connection: Connection, ticket: Callable[[str], str]) -> None:
        self._ticket = ticket
        self._rows: dict[str, dict[int, dict[str, Any]]] = {
            table.name: {row.id: dict(row._mapping) for row in connection.execute(select(table))}
            for table in metadata.sorted_tables
        }
        self._known: dict[tuple[str, int], str] = {}

    def told(self) -> dict[str, Counter[str]]:
        """The rows by table; one that was superseded in the pass it was made in is nothing."""
        told = {
            table.name: Counter(
                self._row(table, number)
                for number, row in self._rows[table.name].items()
                if not self._in_vain(row)
            )
            for table in metadata.sorted_tables
            if table.name not in _HOW_IT_WENT
        }
        return told | {name: Counter(set(told[name])) for name in _AS_OFTEN_AS_ASKED}

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
        if table.name == "affected_sets":
            held = [self._row(metadata.tables["packages"], one) for one in row["packages"]]
            return sorted(held) if name == "packages" else None
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


def _tickets(folder: Path) -> dict[str, tuple[str, str]]:
    """Keys and texts of tickets by number; doubled ones are told apart by it."""
    found: dict[str, tuple[str, str]] = {}
    for number in sorted(int(path.stem) for path in folder.glob("*.md")):
        text = (folder / f"{number}.md").read_text()
        key = text.splitlines()[1].removeprefix("key: ")
        doubled = any(key == other for other, _ in found.values())
        found[str(number)] = (f"{key}, again as {number}" if doubled else key, text)
    return found


def _keyed(text: str, keys: Mapping[str, str]) -> str:
    """Let a text name tickets by their keys; their folder is left out.

    A number is lost with whoever dies before it is used, and who files first has the lower one.
    """
    for pattern in (r'("id": ")(\d+)(")', r'("ticket": ")(\d+)(")', r"(file://).*?/(\d+)(\.md)"):
        text = re.sub(pattern, lambda found: _with_key(found, keys), text)
    return text


def _with_key(found: re.Match[str], keys: Mapping[str, str]) -> str:
    return f"{found[1]}{keys.get(found[2], found[2])}{found[3]}"


def _written(told: object) -> str:
    return json.dumps(told, sort_keys=True, default=str, indent=None, ensure_ascii=False)


def _rows_unlike(here: Told, there: Told) -> list[str]:
    lines = []
    for name in sorted(here):
        more, less = [*(here[name] - there[name])], [*(there[name] - here[name])]
        for row, other in zip_longest(sorted(more), sorted(less)):
            lines.append(f"{name}: {_first_unlike(row, other)}")
    return lines


def _lists_unlike(what: str, here: Lists, there: Lists) -> list[str]:
    return [
        f"{what} {place}: {here.get(place)} instead of {there.get(place)}"
        for place in sorted(here.keys() | there.keys(), key=str)
        if here.get(place) != there.get(place)
    ]


def _first_unlike(here: str | None, there: str | None) -> str:
    if here is None:
        return f"{(there or '')[:300]!r} is lost"
    if there is None:
        return f"{here[:300]!r} is too much"
    start = next((n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), 0)
    cut = slice(max(0, start - 80), start + 120)
    return f"{here[cut]!r} instead of {there[cut]!r}"
