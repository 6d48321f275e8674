"""Databases of earlier releases, laid out anew for each test."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from watcher.adapters.store import migrate
from watcher.adapters.store.backup.half import opened
from watcher.adapters.store.backup.portable import carry, count_on, tables_of

FOLDER = Path(__file__).parent / "releases"
RELEASES = sorted(one.stem for one in FOLDER.glob("*.sql"))


def lay_out(release: str, file: Path) -> None:
    """Make an SQLite file as a release left it."""
    with closing(sqlite3.connect(file)) as made:
        made.executescript((FOLDER / f"{release}.sql").read_text(encoding="utf-8"))


def lay_out_on(release: str, engine: Engine, file: Path) -> None:
    """Make an empty database what a release left, by way of a file where it is a server's."""
    if engine.dialect.name == "sqlite":
        lay_out(release, Path(str(engine.url.database)))
        return
    lay_out(release, file)
    migrate.make(engine, release)
    with engine.begin() as target, opened(file).connect() as source:
        for table in tables_of(opened(file)):
            carry(source, target, table)
            count_on(target, table)
