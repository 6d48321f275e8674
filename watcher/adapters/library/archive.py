"""Unpacks an archive that nobody trusts: two files and nothing else, bounded in every way."""

from __future__ import annotations

import gzip
import os
import tarfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import IO, Final, Protocol

from watcher.domain.errors import PermanentError

_CHUNK: Final = 1024 * 1024
# What tarfile reads at once: of 512 bytes each, and well below what it may read by itself.
_BLOCKS: Final = 512 * 512
# What tarfile may read by itself for one entry: headers, long names, extended attributes.
_OWN: Final = 1024 * 1024
_ENDLESS: Final = "has an entry whose headers have no end"
_MOST_ENTRIES: Final = 16
# How tarfile, gzip and zlib say that their input is wrong.
_UNREADABLE = (EOFError, ValueError, LookupError, ArithmeticError, tarfile.TarError, zlib.error)


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Bounded:
    """A stream that gives no more than it is allowed: for the next entry, and altogether."""

    def __init__(self, stream: _Readable, largest: int) -> None:
        self._stream = stream
        self._largest = largest
        self._left = largest
        self._allowed = _OWN
        self._else = _ENDLESS

    def allow(self, count: int, otherwise: str) -> None:
        """Let the next `count` bytes pass; what is wrong with an archive of more."""
        self._allowed, self._else = count, otherwise

    def read(self, size: int = -1) -> bytes:
        """Read on, or raise PermanentError where that is too much."""
        chunk = self._stream.read(_CHUNK if size < 0 else min(size, _CHUNK))
        self._left -= len(chunk)
        self._allowed -= len(chunk)
        if self._left < 0:
            raise PermanentError(f"the archive unpacks to more than {self._largest} bytes")
        if self._allowed < 0:
            raise PermanentError(f"the archive {self._else}")
        return chunk


def unpack(archive: Path, folder: Path, names: Collection[str], largest: int) -> None:
    """Unpack a tar+gzip of exactly these files into a folder, each written through to disk.

    `largest` bounds all that comes out, in bytes. Raises PermanentError for any other archive and
    OSError where the disk fails.
    """
    with archive.open("rb") as compressed:
        try:
            with gzip.GzipFile(fileobj=compressed) as stream:
                _unpack(_Bounded(stream, largest), folder, frozenset(names))
        except gzip.BadGzipFile:
            raise PermanentError("the archive is no gzip, or damaged") from None
        except _UNREADABLE as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise PermanentError(f"the archive is cut off or damaged ({reason})") from None


def _unpack(stream: _Bounded, folder: Path, names: frozenset[str]) -> None:
    found: set[str] = set()
    with tarfile.open(fileobj=stream, mode="r|", bufsize=_BLOCKS) as entries:  # type: ignore[call-overload]
        for number, entry in enumerate(entries):
            if number >= _MOST_ENTRIES:
                raise PermanentError(f"the archive has more than {_MOST_ENTRIES} entries")
            name = _expected(entry, names)
            if name in found:
                raise PermanentError(f"the archive has {name} twice")
            if name:
                stream.allow(entry.size + _OWN, _ENDLESS)
                _write(entries, entry, folder / name)
                found.add(name)
            stream.allow(_OWN, _ENDLESS)
    # To the end, where gzip's checksum is.
    stream.allow(_OWN, "goes on behind its end")
    while stream.read(_CHUNK):
        pass
    if names - found:
        raise PermanentError(f"the archive lacks {', '.join(sorted(names - found))}")


def _expected(entry: tarfile.TarInfo, names: frozenset[str]) -> str:
    """The file that an entry is, empty for the folder around them; raises PermanentError."""
    if entry.isdir() and entry.name in {".", "./"}:
        return ""
    name = entry.name.removeprefix("./")
    # Sparse files are regular ones to tarfile, and need not hold what they claim.
    if name not in names or not entry.isreg() or entry.issparse() or entry.size < 0:
        shown = ascii(entry.name[:100])
        raise PermanentError(f"the archive holds {shown}, which is none of its two plain files")
    return name


def _write(entries: tarfile.TarFile, entry: tarfile.TarInfo, path: Path) -> None:
    source: IO[bytes] | None = entries.extractfile(entry)
    if source is None:
        raise PermanentError(f"the archive has nothing in {path.name}")
    with source, path.open("xb") as target:
        while chunk := source.read(_CHUNK):
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
