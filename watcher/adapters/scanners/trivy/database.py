"""A Trivy database on disk: whether the file is whole, without starting Trivy.

Trivy maps the file into memory and dies on a truncated one, in the middle of a match. The format
is bbolt's (go.etcd.io/bbolt, internal/common/meta.go): two meta pages, of which the valid one with
the higher transaction counts; it names the number of pages that the file must hold.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from watcher.domain.errors import PermanentError

SCHEMA: Final = 2

_MAGIC: Final = 0xED0CDAED
_FORMAT: Final = 2
_PAGE_HEADER: Final = 16  # bytes
# magic, format, page size, flags, root page, root sequence, freelist page, pages, transaction
_BODY = struct.Struct("<IIIIQQQQQ")
_CHECKSUM = struct.Struct("<Q")
_PAGE_SIZES: Final = tuple(1024 << power for power in range(7))
_METADATA_LIMIT: Final = 1 << 16  # bytes


@dataclass(frozen=True, slots=True, order=True)
class _Meta:
    transaction: int
    pages: int
    page_size: int


def check_whole(folder: Path) -> None:
    """Make sure that `folder` holds a whole trivy.db of the right schema. Raises PermanentError."""
    path = folder / "trivy.db"
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(_PAGE_SIZES[-1] + _PAGE_HEADER + _BODY.size + _CHECKSUM.size)
        schema = _schema(folder / "metadata.json")
    except OSError as error:
        raise _unusable(f"{error.filename}: {error.strerror}") from None
    if schema != SCHEMA:
        raise _unusable(f"metadata.json has version {schema!r}, not {SCHEMA}")
    metas = [meta for offset in (0, *_PAGE_SIZES) if (meta := _meta(start, offset))]
    if not metas:
        raise _unusable("trivy.db is no bbolt file, or its first pages are damaged")
    latest = max(metas)
    if size < latest.pages * latest.page_size:
        raise _unusable(f"trivy.db is cut off: {size} bytes of {latest.pages * latest.page_size}")


def _meta(start: bytes, offset: int) -> _Meta | None:
    """Read the meta page at an offset; None where there is none, or a damaged one."""
    body = start[offset + _PAGE_HEADER :][: _BODY.size]
    checksum = start[offset + _PAGE_HEADER + _BODY.size :][: _CHECKSUM.size]
    if len(checksum) < _CHECKSUM.size or _CHECKSUM.unpack(checksum)[0] != _fnv1a(body):
        return None
    magic, version, page_size, _, _, _, _, pages, transaction = _BODY.unpack(body)
    if magic != _MAGIC or version != _FORMAT or page_size not in _PAGE_SIZES:
        return None
    return _Meta(transaction, pages, page_size)


def _fnv1a(content: bytes) -> int:
    """Hash with FNV-1a, 64 bits (the Fowler-Noll-Vo hash)."""
    value = 0xCBF29CE484222325
    for byte in content:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def _schema(path: Path) -> object:
    with path.open("rb") as file:
        content = file.read(_METADATA_LIMIT)
    try:
        metadata = json.loads(content)
    except ValueError:
        return None
    return metadata.get("Version") if isinstance(metadata, dict) else None


def _unusable(reason: str) -> PermanentError:
    return PermanentError(f"the Trivy database is unusable: {reason}; fetch it again")
