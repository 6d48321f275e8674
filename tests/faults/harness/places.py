"""Places where worlds live: a folder and a database each, copied as they are."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from tests.servers.sqlite import copy_database
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.migrate import upgrade

_FILE: Final = "watcher.db"
_OTHERWISE: Final = shutil.ignore_patterns(_FILE, f"{_FILE}-*")  # copied by its own means


@dataclass(frozen=True, slots=True)
class Place:
    """Where one world lives; `database` is the name of its PostgreSQL database, if it has one."""

    folder: Path
    url: str
    database: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Makes places under a folder; `sockets` is that of a PostgreSQL server, None for SQLite."""

    folder: Path
    sockets: Path | None

    def empty(self, name: str) -> Place:
        """A new place with our schema and nothing in it."""
        place = self._named(name)
        place.folder.mkdir(parents=True)
        if place.database:
            self._run(f"CREATE DATABASE {place.database} TEMPLATE template0 STRATEGY file_copy")
        engine = open_engine(place.url)
        upgrade(engine)
        engine.dispose()
        return place

    def copy(self, source: Place, name: str) -> Place:
        """A place like another one at which nobody is."""
        place = self._named(name)
        shutil.copytree(source.folder, place.folder, ignore=_OTHERWISE)
        if place.database:
            wanted = f"CREATE DATABASE {place.database} TEMPLATE {source.database}"
            self._run(f"{wanted} STRATEGY file_copy")
        else:
            copy_database(source.folder / _FILE, place.folder / _FILE)
        return place

    def drop(self, place: Place) -> None:
        """Take a place away, whoever is still there."""
        shutil.rmtree(place.folder)
        if place.database:
            self._run(f"DROP DATABASE {place.database} WITH (FORCE)")

    def _named(self, name: str) -> Place:
        folder = self.folder / name
        if self.sockets is None:
            return Place(folder, f"sqlite:///{folder / _FILE}")
        # The folder's own name keeps two harnesses on one server apart.
        database = f"{self.folder.name}_{name}".replace("-", "_").lower()
        url = f"postgresql+psycopg://postgres@/{database}?host={self.sockets}"
        return Place(folder, url, database)

    def _run(self, statement: str) -> None:
        where = f"host={self.sockets} user=postgres dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.encode())
