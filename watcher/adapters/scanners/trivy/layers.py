"""Trivy's analyses of layers, kept between runs: most images share their lower layers.

Trivy keeps them in a file that one run locks, so there is a place for each run at a time, the
lowest free one first. What a layer holds depends on Trivy's version and on the Java database, which
names its jars: each pair has places of its own.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MOST_PLACES: Final = 64  # runs at once; beyond, one has to do without
_LARGEST: Final = 512 << 20  # bytes of one place's file; then it begins again
_KEPT: Final = 2  # pairs of Trivy and Java database
# How Trivy and its bbolt complain of their own file, or fall over it.
_OURS: Final = re.compile(r"\bcache\b|\bTrivy crashed\b|fanal\.db", re.IGNORECASE)
_UNKNOWN_JARS: Final = "unknown-jars.json"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one run keeps its analyses; nobody else's while it is held."""

    folder: Path

    @property
    def cache(self) -> Path:
        """The folder that Trivy calls `fanal`."""
        return self.folder / "fanal"

    def spoiled(self, complaint: str) -> bool:
        """Whether a run failed by what is kept here; if so it begins again with nothing."""
        if _OURS.search(complaint) is None:
            return False
        shutil.rmtree(self.cache, ignore_errors=True)
        return True

    def with_unknown_jars(self) -> frozenset[str]:
        """Layers (diff ids) analysed together with jars that the Java database did not know."""
        with suppress(OSError, ValueError, TypeError):
            return frozenset(json.loads((self.folder / _UNKNOWN_JARS).read_bytes()))
        return frozenset()

    def note_unknown_jars(self, layers: Collection[str]) -> None:
        """Remember such layers: a later run finds them analysed, and says nothing of their jars."""
        known = self.with_unknown_jars()
        if known.issuperset(layers):
            return
        staged = self.folder / f"{_UNKNOWN_JARS}.new"
        staged.write_text(json.dumps(sorted(known.union(layers))))
        staged.replace(self.folder / _UNKNOWN_JARS)


class LayerAnalyses:
    """Places under a folder, for any number of threads and processes on this machine."""

    def __init__(self, folder: Path) -> None:
        self._root = folder

    @contextmanager
    def place(self, version: str, java_db: Path | None) -> Iterator[Place | None]:
        """A place until the end of the block; None where none is to be had."""
        name = f"{version}-{java_db.parent.name[:16] if java_db else 'none'}"
        found = self._free(self._root / name)
        if found is None:
            yield None
            return
        lock, folder = found
        try:
            yield Place(folder)
        finally:
            with suppress(OSError):
                if folder.is_dir() and _size(folder) > _LARGEST:
                    shutil.rmtree(folder)
            os.close(lock)

    def _free(self, pair: Path) -> tuple[int, Path] | None:
        """Lock the lowest place that is free; a disk that refuses has none."""
        with suppress(OSError):
            new = not pair.is_dir()
            pair.mkdir(parents=True, exist_ok=True)
            if new:
                self._forget(pair)
            for number in range(_MOST_PLACES):
                folder = pair / str(number)
                lock = _locked(pair / f"{number}.lock")
                if lock is None:
                    continue
                if _in_use(folder / "fanal" / "fanal.db"):
                    os.close(lock)  # by a Trivy whose watcher is gone
                    continue
                (folder / "fanal").mkdir(parents=True, exist_ok=True)
                return lock, folder
        return None

    def _forget(self, pair: Path) -> None:
        """Remove what older pairs left, but for the newest; who is at it still keeps its files."""
        others = [one for one in self._root.iterdir() if one.is_dir() and one != pair]
        for old in sorted(others, key=lambda one: -one.stat().st_mtime_ns)[_KEPT - 1 :]:
            shutil.rmtree(old, ignore_errors=True)


def _locked(path: Path) -> int | None:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _in_use(database: Path) -> bool:
    """Whether a run that nobody waits for any more still has the file open."""
    try:
        with database.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _size(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.glob("fanal/*"))
