"""The record of calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from watcher.adapters.store.engine import batches
from watcher.adapters.store.lock import one_at_a_time
from watcher.adapters.store.ordering import named
from watcher.adapters.store.tables.jobs import calls
from watcher.domain.places import Places
from watcher.domain.reference import Repository
from watcher.ports.store.calls import LOOK, MOST_PLACES, Call


@dataclass(frozen=True, slots=True)
class SqlCalls:
    """Signs the port `Calls`."""

    engine: Engine

    def call(self, key: str, payload: Mapping[str, Any]) -> None:
        """Ask for something; asked again before it is answered, it is answered once."""
        with self.engine.begin() as connection:
            _call(connection, [{"key": named(key), "payload": dict(payload)}])

    def look(self, places: Places, most: int = MOST_PLACES) -> None:
        """Ask for looks at places; too many in one registry become a look at all of it."""
        with self.engine.begin() as connection:
            one_at_a_time(connection, "calls")
            held = _held(connection)
            wanted = set((places | Places.of(held.values())).at_most(most))
            for batch in batches([key for key, place in held.items() if place not in wanted]):
                connection.execute(delete(calls).where(calls.c.key.in_(batch)))
            # A registry is asked for with each of its repositories that it stands for.
            asked = {*places, *(one.registry for one in places.repositories)}
            asked |= wanted - set(held.values())
            _call(connection, [_look(one) for one in sorted(wanted & asked, key=str)])

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
        mine = calls.c.id == bindparam("number")
        # SQLite gives the number of a row that went to the next one.
        mine &= (calls.c.key == bindparam("called")) & (calls.c.times == bindparam("count"))
        rows = [{"number": o.number, "called": o.key, "count": o.times} for o in calls_]
        with self.engine.begin() as connection:
            connection.execute(delete(calls).where(mine), rows)


def _call(connection: Connection, wanted: Sequence[Mapping[str, Any]]) -> None:
    if not wanted:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(calls)
    again = {"times": calls.c.times + 1, "payload": statement.excluded.payload}
    statement = statement.on_conflict_do_update(index_elements=[calls.c.key], set_=again)
    connection.execute(statement, [{**one, "times": 1} for one in wanted])


def _held(connection: Connection) -> dict[str, Repository | str]:
    """Places that wait to be looked at already, by the keys of their calls."""
    statement = select(calls.c.key, calls.c.payload).where(calls.c.key.startswith(LOOK))
    rows = [Call(row.key, row.payload, 1) for row in connection.execute(statement)]
    return {one.key: one.place for one in rows if one.place is not None}


def _look(place: Repository | str) -> dict[str, Any]:
    told = {"registry": place}
    if isinstance(place, Repository):
        told = {"registry": place.registry, "repository": place.path}
    return {"key": named(f"{LOOK}{place}"), "payload": told}
