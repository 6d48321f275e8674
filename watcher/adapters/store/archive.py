"""Published reports as rows: the bytes under gzip, named by their sha256."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Engine, Row, select

from watcher.adapters.store.rows import insert_unless_there
from watcher.adapters.store.tables.published import published_reports
from watcher.adapters.store.writing import writing
from watcher.adapters.store.zipped import unzipped, zipped
from watcher.domain.errors import StartError
from watcher.ports.store.archive import About, Published

_ABOUT = ("published_at", "as_of", "since", "known_now", "figures_version", "read_upto")
_TOLD = [published_reports.c[name] for name in ("id", "sha256", "size", *_ABOUT)]


@dataclass(frozen=True, slots=True)
class SqlArchive:
    """Signs the port `Archive`."""

    engine: Engine

    def publish(self, body: bytes, about: About) -> Published:
        """Keep a report; bytes that were published before stay the report that they were."""
        named = sha256(body).hexdigest()
        row = {
            "sha256": named,
            "size": len(body),
            "body": zipped(body),
            **{name: getattr(about, name) for name in _ABOUT},
        }
        with writing(self.engine) as connection:
            # Somebody else may publish the same bytes at the same time.
            insert_unless_there(connection, published_reports, row)
            mine = select(*_TOLD).where(published_reports.c.sha256 == named)
            return _published(connection.execute(mine).one())

    def listed(self) -> list[Published]:
        """All published reports, oldest first."""
        statement = select(*_TOLD).order_by(
            published_reports.c.published_at, published_reports.c.id
        )
        with self.engine.connect() as connection:
            return [_published(row) for row in connection.execute(statement)]

    def body(self, number: int) -> bytes:
        """A report as it was published; raises KeyError, or StartError where it is damaged."""
        columns = select(published_reports.c.body, published_reports.c.sha256)
        with self.engine.connect() as connection:
            row = connection.execute(columns.where(published_reports.c.id == number)).first()
        if row is None:
            raise KeyError(number)
        body = unzipped(row.body) or b""
        if sha256(body).hexdigest() != row.sha256:
            raise StartError(
                f"published report {number} is not what it was: its bytes do not have the sha256 "
                f"{row.sha256}; restore the database from a copy"
            )
        return body


def _published(row: Row[tuple[object, ...]]) -> Published:
    about = About(**{name: getattr(row, name) for name in _ABOUT})
    return Published(row.id, row.sha256, row.size, about)
