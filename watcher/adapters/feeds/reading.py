"""What the feeds have in common: bounds, times, and names of CVEs. Parsers raise ValueError."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from datetime import UTC, datetime
from typing import Any, Final

LARGEST: Final = 256 * 1024 * 1024  # bytes, unpacked
MOST: Final = 1_000_000  # entries
_CVE: Final = re.compile(r"CVE-[0-9]{4}-[0-9]{4,10}")
_GZIP: Final = b"\x1f\x8b"


def unpacked(content: bytes) -> bytes:
    """The bytes, out of gzip where they are in it; a cut or too large archive is refused."""
    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            found = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"its gzip is broken or cut ({error})") from None
    if len(found) > LARGEST:
        raise ValueError(f"it unpacks to more than {LARGEST} bytes")
    return found


def text_of(content: bytes) -> str:
    """The text of a feed, which is UTF-8."""
    try:
        return unpacked(content).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None


def json_of(text: str) -> Any:  # noqa: ANN401 - whatever stands there
    """The value of a JSON text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON, or cut") from None


def cve(told: object) -> str:
    """The name of a CVE in capitals."""
    name = told.strip().upper() if isinstance(told, str) else ""
    if not _CVE.fullmatch(name):
        raise ValueError(f"{str(told)[:40]!r} is no CVE")
    return name


def time_of(told: object) -> datetime:
    """A day or a time, in UTC where it names no zone."""
    try:
        read = datetime.fromisoformat(str(told).strip())
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{str(told)[:40]!r} is no time") from None


def bounded(count: int) -> None:
    """Refuse nothing at all, and more than any feed has."""
    if not count:
        raise ValueError("it has no entry")
    if count > MOST:
        raise ValueError(f"it has more than {MOST} entries")
