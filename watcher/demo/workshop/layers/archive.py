"""A layer of an image: files in a tar archive, compressed, the same bytes every time."""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from watcher.demo.workshop.blobs import digest_of

_WHITEOUT = ".wh."
_GZIP_WINDOW = 31  # zlib writes a gzip header without a time of its own


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: compressed bytes with their digest, and the digest of the bare archive."""

    content: bytes = field(repr=False)
    digest: str
    diff_id: str
    created_by: str


def layer(
    files: Mapping[str, str | bytes], *, removed: Iterable[str] = (), created_by: str = "COPY . /"
) -> Layer:
    """Make a layer that adds files (path → content) and removes paths of the layers below."""
    archive = tar(files, removed)
    content = gzipped(archive)
    return Layer(content, digest_of(content), digest_of(archive), created_by)


def tar(files: Mapping[str, str | bytes], removed: Iterable[str] = ()) -> bytes:
    """Archive files under sorted names, owned by root, dated 1970, after their folders."""
    contents = {_relative(name): _encoded(content) for name, content in files.items()}
    contents.update({_whiteout(name): b"" for name in removed})
    folders = {str(parent) for name in contents for parent in PurePosixPath(name).parents}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in sorted({*contents, *folders} - {"."}):
            _add(archive, name, contents.get(name))
    return buffer.getvalue()


def gzipped(content: bytes) -> bytes:
    """Compress without a name or a time in the header."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, _GZIP_WINDOW)
    return compressor.compress(content) + compressor.flush()


def _add(archive: tarfile.TarFile, name: str, content: bytes | None) -> None:
    entry = tarfile.TarInfo(name)
    if content is None:
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(entry)
    else:
        entry.size, entry.mode = len(content), 0o644
        archive.addfile(entry, io.BytesIO(content))


def _whiteout(name: str) -> str:
    """Name the marker that hides a path of a lower layer, after the OCI layer specification."""
    path = PurePosixPath(_relative(name))
    return str(path.with_name(_WHITEOUT + path.name))


def _relative(name: str) -> str:
    return name.lstrip("/")


def _encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
