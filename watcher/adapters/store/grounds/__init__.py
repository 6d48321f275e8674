"""The facts under windows: bindings with their tags, matches with their knowledge, catalogues."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from watcher.adapters.store.aliases import read_aliases
from watcher.adapters.store.grounds.bound import read_bound
from watcher.adapters.store.grounds.listed import read_catalogues
from watcher.adapters.store.grounds.matched import read_matched
from watcher.adapters.store.grounds.recorded import Marks
from watcher.adapters.store.rows import among
from watcher.adapters.store.tables.ledger import windows
from watcher.ports.store.grounds import WindowGrounds
from watcher.ports.store.ledger import Track


@dataclass(frozen=True, slots=True)
class SqlGrounds:
    """Signs the port `Grounds`."""

    engine: Engine

    def under(self, numbers: Collection[int], upto: int) -> Mapping[int, WindowGrounds]:
        """The facts under windows as they stood recorded after pass `upto`."""
        with self.engine.connect() as connection:
            return _read(connection, numbers, upto)


def _read(connection: Connection, numbers: Collection[int], upto: int) -> dict[int, WindowGrounds]:
    asked = connection.execute(select(windows).where(among(windows.c.id, numbers))).all()
    marks = Marks.read(connection)
    bound = read_bound(
        connection, upto, {Track(row.stream_id, row.platform) for row in asked}, marks
    )
    images = {number for found in bound.values() for number, _ in found if number is not None}
    listed = read_catalogues(connection, upto, images, marks)
    aliases = read_aliases(connection, upto)
    flaws = aliases.closed(row.vulnerability_id for row in asked)
    matched = read_matched(connection, upto, images, flaws, marks)
    grounds: dict[int, WindowGrounds] = {}
    for row in asked:
        history = bound.get(Track(row.stream_id, row.platform), [])
        held = list(dict.fromkeys(number for number, _ in history if number is not None))
        grounds[row.id] = WindowGrounds(
            bindings=tuple(one for _, one in history),
            matches=tuple(
                one
                for image in held
                for number in sorted(aliases.all_of(row.vulnerability_id))
                for one in matched.get((image, number), ())
            ),
            catalogues=tuple(one for image in held for one in listed.get(image, ())),
        )
    return grounds
