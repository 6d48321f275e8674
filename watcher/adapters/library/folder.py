"""The library in a folder: `knowledge/<digest>/db` and `knowledge/<digest>/java-db`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from watcher.adapters.library.archive import unpack
from watcher.adapters.library.contents import METADATA, SHELVES, read_updated_at
from watcher.adapters.library.latch import Latch
from watcher.domain.errors import PermanentError, TransientError
from watcher.domain.reference import is_digest
from watcher.ports.library import Shelf
from watcher.ports.scanner import KnowledgeFiles

_LARGEST: Final = 8 * 1024**3  # bytes
_LONGEST_REASON: Final = 2_000  # characters
_MOST_REFUSALS: Final = 256


class FolderLibrary:
    """Databases under `<state>/knowledge`; signs `watcher.ports.library.Library`.

    Everything is made under `.staging` and renamed into place when it is whole, so that a crash
    leaves nothing half done; what it leaves in `.staging` is removed by the next `receiving`. Any
    number of processes may share the folder: one at a time changes it.
    `largest` bounds what one archive unpacks to, in bytes. Every method raises TransientError where
    the disk fails.
    """

    def __init__(self, state: Path, *, largest: int = _LARGEST) -> None:
        self._root = state / "knowledge"
        self._staging = self._root / ".staging"
        self._refused = self._root / ".refused"
        self._largest = largest
        self._latch = Latch(self._root / ".lock")

    def has(self, shelf: Shelf, digest: str) -> bool:
        """Whether this database stands ready."""
        with self._disk():
            return SHELVES[shelf].stands_in(self._folder(shelf, digest))

    def refusal(self, digest: str) -> str | None:
        """Why this artifact was refused for good, None where it was not."""
        with self._disk():
            try:
                with (self._refused / _hex(digest)).open(encoding="utf-8") as file:
                    return file.read(_LONGEST_REASON) or "no reason was kept"
            except FileNotFoundError:
                return None

    def refuse(self, digest: str, reason: str) -> None:
        """Remember that this artifact is unusable; the oldest of very many are forgotten."""
        text = " ".join(reason.split())[:_LONGEST_REASON]
        with self._disk(), self._latch.held():
            self._refused.mkdir(parents=True, exist_ok=True)
            staged = self._staged(f"{_hex(digest)}.refused")
            with staged.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            staged.replace(self._refused / _hex(digest))
            _sync(self._refused)
            newest = sorted(self._refused.iterdir(), key=lambda path: -path.stat().st_mtime_ns)
            for forgotten in newest[_MOST_REFUSALS:]:
                forgotten.unlink(missing_ok=True)

    @contextmanager
    def receiving(self, digest: str) -> Iterator[Path]:
        """A path for the archive while it is pulled; removed afterwards whatever happens.

        One at a time receives, so that what else lies in `.staging` is a leftover. Whoever had to
        wait looks again whether the database stands there by now.
        """
        with self._disk(), self._latch.held():
            self._clear_staging()
            archive = self._staged(f"{_hex(digest)}.tar.gz")
            try:
                yield archive
            finally:
                archive.unlink(missing_ok=True)

    def unpack(self, shelf: Shelf, digest: str, archive: Path) -> None:
        """Put an archive on the shelf unpacked and whole, or leave nothing and raise."""
        target = self._folder(shelf, digest)
        contents = SHELVES[shelf]
        with self._disk(), self._latch.held():
            staged = self._staged(f"{_hex(digest)}.{shelf}")
            staged.mkdir()
            try:
                unpack(archive, staged, contents.names, self._largest)
                contents.check(staged)
                _sync(staged)
                self._remove(target)
                target.parent.mkdir(exist_ok=True)
                staged.rename(target)
                _sync(target.parent)
                _sync(self._root)
            finally:
                shutil.rmtree(staged, ignore_errors=True)

    def updated_at(self, shelf: Shelf, digest: str) -> datetime:
        """The time the database itself was last updated, in UTC, as its metadata says."""
        folder = self._standing(shelf, digest)
        with self._disk():
            return read_updated_at(folder / METADATA, SHELVES[shelf].schema)

    def files(self, db: str, java_db: str | None) -> KnowledgeFiles:
        """The finished databases for a scanner; raises PermanentError where one is missing."""
        java = None if java_db is None else self._standing("java-db", java_db)
        return KnowledgeFiles(db=self._standing("db", db), java_db=java)

    def standing(self, shelf: Shelf) -> list[str]:
        """The digests of the databases that stand ready, the last one that came first."""
        with self._disk():
            if not self._root.is_dir():
                return []
            names = [f"sha256:{one.name}" for one in self._root.iterdir()]
            ready = [one for one in names if is_digest(one) and self.has(shelf, one)]
            return sorted(ready, key=lambda one: (-self._came(shelf, one), one))

    def drop(self, shelf: Shelf, digest: str) -> None:
        """Remove a database that is unusable or not needed; one that is not there is no error."""
        target = self._folder(shelf, digest)
        with self._disk(), self._latch.held():
            self._remove(target)
            if target.parent.is_dir() and not any(target.parent.iterdir()):
                target.parent.rmdir()

    def _came(self, shelf: Shelf, digest: str) -> int:
        """When a database was put on its shelf, by the disk's clock."""
        with suppress(FileNotFoundError):
            return self._folder(shelf, digest).stat().st_mtime_ns
        return 0

    def _standing(self, shelf: Shelf, digest: str) -> Path:
        if not self.has(shelf, digest):
            raise PermanentError(
                f"the database {digest} does not stand in {self._root} (any more): "
                "run `watcher sync --only knowledge` to fetch it again"
            )
        return self._folder(shelf, digest)

    def _folder(self, shelf: Shelf, digest: str) -> Path:
        return self._root / _hex(digest) / shelf

    def _staged(self, name: str) -> Path:
        """A free place under `.staging`."""
        self._staging.mkdir(parents=True, exist_ok=True)
        path = self._staging / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        return path

    def _clear_staging(self) -> None:
        if self._staging.is_dir():
            for leftover in self._staging.iterdir():
                self._staged(leftover.name)

    def _remove(self, folder: Path) -> None:
        """Take a folder out of sight at once, then remove it."""
        if folder.exists():
            staged = self._staged(f"{folder.parent.name}.{folder.name}.removed")
            folder.rename(staged)
            shutil.rmtree(staged)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TransientError(
                f"{self._root}: {error.strerror or type(error).__name__}: "
                "free space there, or let watcher write to it (the key state names its folder)"
            ) from error


def _hex(digest: str) -> str:
    """The name of a digest's folder; raises PermanentError for what is no digest."""
    if not is_digest(digest):
        raise PermanentError(f"{digest[:100]!a} is no sha256 digest")
    return digest.removeprefix("sha256:")


def _sync(folder: Path) -> None:
    """Write a folder's entries through to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
