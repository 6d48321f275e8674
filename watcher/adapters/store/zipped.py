"""Bytes under gzip, the same for the same content."""

from __future__ import annotations

import gzip
import zlib


def zipped(body: bytes) -> bytes:
    """Put bytes under gzip; no time is part of it."""
    return gzip.compress(body, mtime=0)


def unzipped(body: bytes) -> bytes | None:
    """The bytes under gzip; None where these are damaged."""
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return None
