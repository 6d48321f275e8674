"""Files of a folder, read with bounds and written whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from watcher.ports.tracker import UncertainError

LARGEST: Final = 1024 * 1024  # bytes of one ticket
MOST: Final = 10_000  # tickets
_NUMBERED: Final = re.compile(r"([1-9][0-9]{0,8})\.md")
_MARK: Final = ".last-number"
_STAGED: Final = re.compile(r"\.watcher-[0-9a-f]{16}\.tmp")
_ABANDONED: Final = 3600  # seconds after which a staged file is a leftover of a killed process
_NO_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


class UnusableFileError(Exception):
    """A file that holds no ticket; says why and what to do."""


def numbers(folder: Path) -> list[int]:
    """Every number that a name in the folder takes, whatever it is; none where there is none."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
    except FileNotFoundError:
        return []
    return sorted(int(found[1]) for name in names if (found := _NUMBERED.fullmatch(name)))


def others(folder: Path) -> list[str]:
    """The other names of Markdown files in the folder, by their order; `MOST` of them at most."""
    try:
        with os.scandir(folder) as entries:
            names = [one.name for one in entries if one.name.endswith(".md")]
    except FileNotFoundError:
        return []
    found = (one for one in names if not _NUMBERED.fullmatch(one) and not one.startswith("."))
    return sorted(found)[:MOST]


def has_mark(folder: Path) -> bool:
    """Whether tickets were ever filed in this folder."""
    return (folder / _MARK).exists()


def read(path: Path) -> bytes:
    """Read a plain file; raises UnusableFileError for anything else, FileNotFoundError if gone."""
    try:
        # A pipe must not keep us waiting, nor a link lead us elsewhere.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnusableFileError("is a link: put the file itself there") from None
        if error.errno in {errno.EACCES, errno.EPERM, errno.ENXIO}:
            raise UnusableFileError("cannot be opened: let watcher read and write it") from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnusableFileError("is no plain file: move it away")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UnusableFileError(f"is larger than {LARGEST} bytes: shorten it")
    return content


def add(folder: Path, content: bytes) -> int:
    """Write a new file under a number nobody ever had; raises UncertainError if it may be there."""
    folder.mkdir(parents=True, exist_ok=True)
    with _staged(folder, content, 0o666) as staged:
        while True:
            number = max(_last(folder), *numbers(folder), 0) + 1
            _mark(folder, number)
            try:
                _link(staged, folder / f"{number}.md")
            except FileExistsError:
                continue  # another process took it between the look and the link
            break
    _settle(folder)
    return number


def replace(path: Path, content: bytes) -> None:
    """Put new content in the place of a file, with the same permissions."""
    with _staged(path.parent, content, stat.S_IMODE(path.stat().st_mode)) as staged:
        staged.replace(path)
    _settle(path.parent)


def probe(folder: Path) -> None:
    """Try whether a file can be written there; leaves nothing behind."""
    with _staged(folder, b"watcher\n", 0o600):
        pass


@contextmanager
def _staged(folder: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A file beside the others, written through to disk; removed unless it was moved away."""
    staged = folder / f".watcher-{secrets.token_hex(8)}.tmp"
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
            written_at = os.fstat(descriptor).st_mtime
        _clear(folder, written_at - _ABANDONED)
        yield staged
    finally:
        with suppress(OSError):
            staged.unlink()


def _clear(folder: Path, before: float) -> None:
    """Remove what killed processes left, judged by the folder's own clock."""
    with os.scandir(folder) as entries:
        leftovers = [entry for entry in entries if _STAGED.fullmatch(entry.name)]
    for entry in leftovers:
        with suppress(OSError):
            if entry.stat(follow_symlinks=False).st_mtime < before:
                (folder / entry.name).unlink()


def _link(staged: Path, target: Path) -> None:
    """Give the staged file its name, unless anything has it; raises FileExistsError then."""
    try:
        os.link(staged, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # File systems without hard links: take the name first, then fill it.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
        staged.replace(target)


def _last(folder: Path) -> int:
    """The highest number ever given, so that a deleted ticket's number names no other one."""
    try:
        text = read(folder / _MARK)[:20].decode("ascii").strip()
    except (FileNotFoundError, UnusableFileError, UnicodeDecodeError):
        return 0
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _mark(folder: Path, number: int) -> None:
    with _staged(folder, f"{number}\n".encode("ascii"), 0o666) as staged:
        staged.replace(folder / _MARK)


def _settle(folder: Path) -> None:
    """Write the folder's entries through to disk; what failed here may yet be there."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UncertainError(
            f"{folder}: {error.strerror or type(error).__name__} after a ticket was written: "
            "the next pass looks whether it is there"
        ) from error
