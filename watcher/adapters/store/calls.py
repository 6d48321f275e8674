"""The record of calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from watcher.adapters.store.ordering import named
from watcher.adapters.store.tables.jobs import calls
from watcher.ports.store.calls import Call


@dataclass(frozen=True, slots=True)
class SqlCalls:
    """Signs the port `Calls`."""

    engine: Engine

    def call(self, key: str, payload: Mapping[str, Any]) -> None:
        """Ask for something; asked again before it is answered, it is answered once."""
        dialect = sqlite if self.engine.dialect.name == "sqlite" else postgresql
        new = {"key": named(key), "payload": dict(payload), "times": 1}
        statement = dialect.insert(calls).values(new)
        again = {"times": calls.c.times + 1, "payload": statement.excluded.payload}
        statement = statement.on_conflict_do_update(index_elements=[calls.c.key], set_=again)
        with self.engine.begin() as connection:
            connection.execute(statement)

    def waiting(self, most: int) -> list[Call]:
        """Calls that are not answered, the first ones first."""
        statement = select(calls).order_by(calls.c.id).limit(most)
        with self.engine.connect() as connection:
            rows = connection.execute(statement)
            return [Call(row.key, row.payload, row.times, row.id) for row in rows]

    def answered(self, calls_: Sequence[Call]) -> None:
        """Take calls off that were answered; what was asked again meanwhile stays."""
        if not calls_:
            return
        mine = (calls.c.id == bindparam("number")) & (calls.c.times == bindparam("count"))
        rows = [{"number": one.number, "count": one.times} for one in calls_]
        with self.engine.begin() as connection:
            connection.execute(delete(calls).where(mine), rows)
