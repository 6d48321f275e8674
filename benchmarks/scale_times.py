"""A record made many times as large: every image once more, with all that is known of it.

Bases stay shared, as they would. Libraries do not, so that packages and matches grow as images do.
"""

# ruff: noqa: S608 - statements are made of our own names alone
from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, text

from watcher.adapters.store.tables import metadata

APART = 1_000_000  # between the number of a row and that of its next copy

_STREAMS = "(SELECT id FROM streams WHERE published)"
_REPOSITORIES = "(SELECT repository_id FROM streams WHERE published)"
_IMAGES = f"(SELECT image_id FROM bindings WHERE stream_id IN {_STREAMS})"
_MANIFESTS = f"(SELECT manifest_id FROM manifest_images WHERE image_id IN {_IMAGES})"
_CATALOGUES = f"(SELECT id FROM catalogues WHERE image_id IN {_IMAGES})"
_LANGUAGE = "(SELECT id FROM contexts WHERE name = 'language')"
_LIBRARIES = f"(SELECT id FROM packages WHERE context_id = {_LANGUAGE})"
_SETS = f"(SELECT set_id FROM package_set_members WHERE package_id IN {_LIBRARIES})"
_WINDOWS = f"(SELECT id FROM windows WHERE stream_id IN {_STREAMS})"

# Which rows are copied, table by table, each behind those it refers to.
_COPIED: Mapping[str, str] = {
    "repositories": f"id IN {_REPOSITORIES}",
    "repository_scopes": f"repository_id IN {_REPOSITORIES}",
    "coverage": f"stage IN ('inventory', 'reconciliation') AND subject IN {_REPOSITORIES}",
    "tag_intervals": f"repository_id IN {_REPOSITORIES}",
    "streams": "published",
    "images": f"id IN {_IMAGES}",
    "manifests": f"id IN {_MANIFESTS}",
    "manifest_images": f"image_id IN {_IMAGES}",
    "bindings": f"stream_id IN {_STREAMS}",
    "base_identities": f"image_id IN {_IMAGES}",
    "packages": f"id IN {_LIBRARIES}",
    "package_coverage": f"package_id IN {_LIBRARIES}",
    "matches": f"package_id IN {_LIBRARIES}",
    "assessments": f"package_id IN {_LIBRARIES}",
    "package_sets": f"id IN {_SETS}",
    "package_set_members": f"set_id IN {_SETS}",
    "catalogues": f"id IN {_CATALOGUES}",
    "catalogue_sets": f"catalogue_id IN {_CATALOGUES}",
    "windows": f"id IN {_WINDOWS}",
    "episodes": f"window_id IN {_WINDOWS}",
}
# What refers to a copy: itself, of everything but the sets of bases, which are shared.
_MOVED = {"id", "repository_id", "stream_id", "image_id", "manifest_id", "catalogue_id"}
_MOVED |= {"subject", "window_id", "package_id", "set_id"}
# Names that have to differ: digests keep their length, and get a letter that none of them has.
_DIGESTS, _NAMES = {"digest", "target", "sha256"}, {"path", "identity"}


def multiply(engine: Engine, times: int) -> None:
    """Let every image of an SQLite record that is no base be there so many times."""
    for number in range(1, times):
        with engine.begin() as connection:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            for table, which in _COPIED.items():
                _copy(connection, table, which, number)


def _copy(connection: Connection, table: str, which: str, number: int) -> None:
    names = [column.name for column in metadata.tables[table].columns]
    values = ", ".join(_value(table, name, number) for name in names)
    statement = f"SELECT {values} FROM {table} WHERE {which} AND id < {APART}"
    connection.execute(text(f"INSERT INTO {table} ({', '.join(names)}) {statement}"))


def _value(table: str, name: str, number: int) -> str:
    if table == "catalogue_sets" and name == "set_id":
        return f"CASE WHEN set_id IN {_SETS} THEN set_id + {number * APART} ELSE set_id END"
    if name in _MOVED:
        return f"{name} + {number * APART}"
    if name in _DIGESTS:
        return f"substr({name}, 1, 7) || 'x{number:02}' || substr({name}, 11)"
    if name in _NAMES and table in {"repositories", "packages"}:
        return f"{name} || '-{number}'"
    return name
