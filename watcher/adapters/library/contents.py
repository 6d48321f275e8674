"""What a database consists of, and whether what was unpacked is one that Trivy reads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from watcher.domain.errors import PermanentError
from watcher.ports.library import Shelf

METADATA: Final = "metadata.json"

_METADATA_LIMIT: Final = 64 * 1024  # bytes
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
# https://www.sqlite.org/fileformat2.html#the_database_header
_SQLITE: Final = b"SQLite format 3\x00"
_SQLITE_HEADER: Final = 100  # bytes
_LARGEST_PAGE: Final = 65_536  # bytes; the header says 1


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of one kind of database, and the version of its schema that Trivy reads."""

    database: str
    schema: int

    @property
    def names(self) -> frozenset[str]:
        """The names of the files."""
        return frozenset({self.database, METADATA})

    def stands_in(self, folder: Path) -> bool:
        """Whether all files are there."""
        return all((folder / name).is_file() for name in self.names)

    def check(self, folder: Path) -> None:
        """Make sure that the files are of this kind and schema; raises PermanentError."""
        read_updated_at(folder / METADATA, self.schema)
        with (folder / self.database).open("rb") as file:
            header = file.read(_SQLITE_HEADER)
        size = (folder / self.database).stat().st_size
        if not header:
            raise PermanentError(f"{self.database} is empty")
        if self.database.startswith("trivy-java"):
            _check_sqlite(self.database, header, size)


SHELVES: Final[Mapping[Shelf, Contents]] = {
    "db": Contents("trivy.db", 2),
    "java-db": Contents("trivy-java.db", 1),
}


def read_updated_at(path: Path, schema: int) -> datetime:
    """Read when a database was updated; raises PermanentError for no metadata of this schema."""
    with path.open("rb") as file:
        content = file.read(_METADATA_LIMIT + 1)
    if len(content) > _METADATA_LIMIT:
        raise PermanentError(f"{METADATA} is larger than {_METADATA_LIMIT} bytes")
    try:
        metadata = json.loads(content)
    except (ValueError, RecursionError):
        raise PermanentError(f"{METADATA} is no JSON") from None
    if not isinstance(metadata, dict):
        raise PermanentError(f"{METADATA} is no JSON object")
    _check_schema(metadata.get("Version"), schema)
    return _moment(metadata.get("UpdatedAt"))


def _check_schema(given: object, wanted: int) -> None:
    if not isinstance(given, int) or isinstance(given, bool):
        raise PermanentError(f"{METADATA} has no Version, a whole number")
    if given > wanted:
        raise PermanentError(
            f"{METADATA} says schema version {given}, newer than the {wanted} that this watcher "
            "and its Trivy read: upgrade both, or name the artifact of the older schema"
        )
    if given != wanted:
        raise PermanentError(f"{METADATA} says schema version {given}, not the {wanted} in use")


def _moment(given: object) -> datetime:
    text = given.upper() if isinstance(given, str) and _RFC3339.fullmatch(given) else ""
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise PermanentError(f"{METADATA} has no UpdatedAt, a time of RFC 3339") from None
    if moment.year == 1:
        # Go's zero time: nobody ever set it.
        raise PermanentError(f"{METADATA} has an UpdatedAt that was never set")
    return moment


def _check_sqlite(name: str, header: bytes, size: int) -> None:
    """Trivy finds no jars in a file that is cut off, and says so nowhere."""
    if not header.startswith(_SQLITE) or len(header) < _SQLITE_HEADER:
        raise PermanentError(f"{name} is no SQLite file")
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    # The number of pages counts only where the change counter is the one it was written at.
    known = header[24:28] == header[92:96] and pages
    expected = (_LARGEST_PAGE if page == 1 else page) * pages
    if known and size < expected:
        raise PermanentError(f"{name} is cut off: {size} bytes of {expected}")
