"""Reports that were drawn lately as rows: the bytes under gzip."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, delete, or_, select
from sqlalchemy.exc import DBAPIError

from watcher.adapters.store.rows import insert_unless_there
from watcher.adapters.store.tables.published import drawn_reports
from watcher.adapters.store.writing import writing
from watcher.adapters.store.zipped import unzipped, zipped
from watcher.domain.errors import StartError
from watcher.ports.store.drawn import Drawing

_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class SqlDrawnReports:
    """Signs the port `DrawnReports`."""

    engine: Engine

    def found(self, wanted: Drawing, since: datetime) -> bytes | None:
        """The newest that is as of [since, wanted.as_of] and else as wanted; None if none is."""
        one = drawn_reports.c
        statement = (
            select(one.body)
            .where(one.asked == wanted.asked, one.read_upto == wanted.upto)
            .where(one.as_of >= since, one.as_of <= wanted.as_of)
            .order_by(one.as_of.desc())
            .limit(1)
        )
        with self.engine.connect() as connection:
            body = connection.scalar(statement)
        return None if body is None else unzipped(body)  # one that is damaged is drawn anew

    def keep(self, drawn: Drawing, body: bytes) -> None:
        """Keep one, in the place of those of earlier passes; not where nothing can be written."""
        one = drawn_reports.c
        row = {
            "asked": drawn.asked,
            "as_of": drawn.as_of,
            "read_upto": drawn.upto,
            "body": zipped(body),
        }
        newest = select(one.id).order_by(one.id.desc()).limit(_MOST)
        with suppress(StartError, DBAPIError), writing(self.engine) as connection:
            # Somebody else may have drawn the same at the same time.
            insert_unless_there(connection, drawn_reports, row)
            past = or_(one.read_upto < drawn.upto, one.id.not_in(newest))
            connection.execute(delete(drawn_reports).where(past))
