"""Which exposures were on a ticket from when to when, as its text said each time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from watcher.adapters.store.aliases import read_renames
from watcher.adapters.store.tables.filing import ticket_texts

_ROWS = 100  # texts in memory at once

Line = tuple[str, str]  # stream and platform


class Asked(NamedTuple):
    """What a ticket asked to be ended in a line over [start, end); `end` None while it does."""

    start: datetime
    end: datetime | None
    vulnerabilities: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ticketed:
    """What was ever asked to be ended, by line; at or above the threshold of its time."""

    asked: Mapping[Line, Sequence[Asked]] = field(default_factory=dict)

    def since(
        self, line: Line, vulnerability: str, start: datetime, end: datetime | None
    ) -> datetime | None:
        """Since when an exposure over [start, end) was on a ticket; None where it never was."""
        during = (
            max(start, one.start)
            for one in self.asked.get(line, ())
            if vulnerability in one.vulnerabilities
            and (end is None or one.start < end)
            and (one.end is None or one.end > start)
        )
        return min(during, default=None)


def read_ticketed(connection: Connection, upto: int) -> Ticketed:
    """Read every text that was written by a pass, oldest first, a few at a time."""
    statement = (
        select(ticket_texts.c.ticket_id, ticket_texts.c.memory, ticket_texts.c.written_at)
        .where(ticket_texts.c.opened_in <= upto)
        .order_by(ticket_texts.c.ticket_id, ticket_texts.c.id)
        .execution_options(yield_per=_ROWS)
    )
    found: dict[Line, list[Asked]] = defaultdict(list)
    current: dict[Line, Asked] = {}
    ticket: int | None = None
    called = read_renames(connection, upto)
    for row in connection.execute(statement):
        if row.ticket_id != ticket:
            _close(found, current, current.keys(), None)
            ticket = row.ticket_id
        names = frozenset(called.get(one, one) for one in row.memory["outstanding"])
        lines = {_line(line) for line in row.memory["lines"] if line["done"] is None}
        over = [line for line, one in current.items() if (line not in lines) or one[2] != names]
        _close(found, current, over, row.written_at)
        current |= {line: Asked(row.written_at, None, names) for line in lines - current.keys()}
    _close(found, current, current.keys(), None)
    return Ticketed(found)


def _close(
    found: dict[Line, list[Asked]],
    current: dict[Line, Asked],
    lines: Collection[Line],
    end: datetime | None,
) -> None:
    """Take lines off a ticket; what its last text asks it goes on asking."""
    for line in list(lines):
        found[line].append(current.pop(line)._replace(end=end))


def _line(line: Mapping[str, Any]) -> Line:
    return line["name"]["stream"], line["name"]["platform"]
