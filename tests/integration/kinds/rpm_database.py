"""An rpm database as rpm 4.16 and later keep it: headers in a table of SQLite.

A header is an index of tags and a store of their values (rpm's lib/header.c, the legacy form
without a region).
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Final

PATH: Final = "var/lib/rpm/rpmdb.sqlite"

_INT32, _STRING = 4, 6
_EPOCH: Final = 1003


@dataclass(frozen=True, slots=True)
class RpmPackage:
    """An installed package; without a `source` rpm does not know which source it was built from."""

    name: str
    version: str
    release: str
    arch: str = "x86_64"
    epoch: int = 0
    source: str = ""  # the file name of the source package: name-version-release.src.rpm
    module: str = ""
    vendor: str = "Red Hat, Inc."

    def header(self) -> bytes:
        """Return the package's header."""
        texts = {
            1000: self.name,
            1001: self.version,
            1002: self.release,
            1011: self.vendor,
            1022: self.arch,
            1044: self.source,
            5096: self.module,
        }
        index, store = [(_EPOCH, _INT32, 0, 1)], struct.pack(">I", self.epoch)
        for tag, text in texts.items():
            if text:
                index.append((tag, _STRING, len(store), 1))
                store += text.encode() + b"\0"
        entries = b"".join(struct.pack(">IIII", *entry) for entry in index)
        return struct.pack(">II", len(index), len(store)) + entries + store


def rpm_database(packages: Iterable[RpmPackage]) -> bytes:
    """Make the database file."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
        connection.executemany(
            "INSERT INTO Packages (blob) VALUES (?)", [(one.header(),) for one in packages]
        )
        connection.commit()
        return connection.serialize()
