"""What a backup says of itself: which watcher made it when, and what each table holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, MetaData, Table, Text, func, insert, inspect, select

from watcher.domain.errors import UsageError

NAME: Final = "watcher_backup"
_SCHEMA: Final = "watcher/backup/1"
_BATCH: Final = 5000  # rows that are held at once
_TABLE: Final = Table(NAME, MetaData(), Column("body", Text, nullable=False))


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds: how many rows, and the sha256 of all of them in their order."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A backup in one row of its own."""

    release: str
    migration: str
    made_at: datetime
    tables: Mapping[str, Content]

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(one.rows for one in self.tables.values())

    def write(self, connection: Connection) -> None:
        """Add it to a backup that has none yet."""
        told = {
            "schema": _SCHEMA,
            "release": self.release,
            "migration": self.migration,
            "made_at": self.made_at.isoformat(),
            "tables": {name: [one.rows, one.sha256] for name, one in self.tables.items()},
        }
        _TABLE.create(connection)
        connection.execute(insert(_TABLE), {"body": json.dumps(told, sort_keys=True)})


def read_manifest(connection: Connection) -> Manifest:
    """Read it; raises UsageError where a database has none, or one of another make."""
    there = inspect(connection).has_table(NAME)
    body = connection.scalar(select(_TABLE.c.body)) if there else None
    try:
        told = json.loads(body or "{}")
        if told.get("schema") != _SCHEMA:
            raise UsageError("is no backup that this watcher made or knows")
        return Manifest(
            str(told["release"]),
            str(told["migration"]),
            datetime.fromisoformat(told["made_at"]).astimezone(UTC),
            {str(name): Content(int(n), str(sha)) for name, (n, sha) in told["tables"].items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise UsageError("has a manifest that cannot be read") from None


def contents(connection: Connection) -> dict[str, Content]:
    """Look at every row of an SQLite database, but for its manifest; memory is bounded."""
    names = sorted(set(inspect(connection).get_table_names()) - {NAME})
    return {name: _content(connection, name) for name in names}


def counted(connection: Connection, names: Mapping[str, object]) -> dict[str, int]:
    """How many rows tables have, in a database of either kind."""
    tables = {name: Table(name, MetaData()) for name in names}
    return {
        name: connection.scalar(select(func.count()).select_from(table)) or 0
        for name, table in tables.items()
    }


def _content(connection: Connection, name: str) -> Content:
    rows, hashed = 0, hashlib.sha256()
    for batch in _batches(connection, name):
        rows += len(batch)
        # As the file keeps them: whole numbers, texts, bytes and nothing, which repr tells apart.
        hashed.update(repr([tuple(row) for row in batch]).encode())
    return Content(rows, hashed.hexdigest())


def _batches(connection: Connection, name: str) -> Iterator[Any]:
    quoted = connection.dialect.identifier_preparer.quote(name)
    found = connection.exec_driver_sql(f"SELECT * FROM {quoted} ORDER BY rowid")  # noqa: S608 - names come from the database itself
    return iter(found.partitions(_BATCH))
