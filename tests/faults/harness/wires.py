"""Wires around the parts of a world: what goes through them is a step."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import Engine

from tests.faults.harness.steps import Kind, Trail

# What is asked of the outside; the rest of its attributes is looked at, not asked.
_ASKED: Final = frozenset(
    {"repositories", "tags", "resolve", "manifest", "image", "pull_access"}
    | {"poll", "layer", "pull"}
    | {"catalog", "match", "check"}
)
# What changes a folder, by the place of the path in the call.
_CHANGES: Final = {
    "link": 1,
    "mkdir": 0,
    "rename": 1,
    "replace": 1,
    "rmdir": 0,
    "symlink": 1,
    "unlink": 0,
}
_STORE: Final = "watcher.adapters.store."
_NUMBERED: Final = re.compile(r"\btmp[a-z0-9_]{8}\b|[0-9a-f]{16,}|[0-9]{5,}")


class Wired:
    """A part of the outside whose every call is a step."""

    def __init__(self, trail: Trail, kind: Kind, part: Any) -> None:  # noqa: ANN401 - any part
        self._trail, self._kind, self._part = trail, kind, part

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the part has
        found = getattr(self._part, name)
        return partial(self._ask, name, found) if name in _ASKED else found

    def _ask(self, name: str, call: Callable[..., Any], *told: Any, **named: Any) -> Any:  # noqa: ANN401
        with self._trail.step(self._kind, name):
            return call(*told, **named)


@contextmanager
def wired_commits(trail: Trail, engine: Engine) -> Iterator[None]:
    """Let each commit of an engine be a step, named by the method of the store that makes it."""
    commit = engine.dialect.do_commit

    def do_commit(connection: Any) -> None:  # noqa: ANN401 - a connection of the driver
        with trail.step("commit", _committing(sys._getframe()), _driven(connection)):
            commit(connection)

    with patch.object(engine.dialect, "do_commit", do_commit):
        yield


@contextmanager
def wired_files(trail: Trail, folder: Path) -> Iterator[None]:
    """Let each change of a file under a folder be a step."""
    wires = _Files(trail, f"{folder.resolve()}/")
    with ExitStack() as stack:
        for name, place in _CHANGES.items():
            stack.enter_context(patch.object(os, name, wires.changing(getattr(os, name), place)))
        stack.enter_context(patch.object(os, "open", wires.opening(os.open, _writes_by_flags)))
        stack.enter_context(patch.object(io, "open", wires.opening(io.open, _writes_by_mode)))
        stack.enter_context(patch.object(os, "fsync", wires.syncing(os.fsync)))
        yield


@dataclass(frozen=True, slots=True)
class _Files:
    """Wires around what changes files below a root."""

    trail: Trail
    root: str

    def changing(self, call: Callable[..., Any], place: int) -> Callable[..., Any]:
        """A call that changes the path at a place among its arguments."""

        def change(*told: Any, **named: Any) -> Any:  # noqa: ANN401 - the library's own
            where = _path(told[place], named.get("dst_dir_fd", named.get("dir_fd")))
            if not where.startswith(self.root):
                return call(*told, **named)
            with self._step(call.__name__, where):
                return call(*told, **named)

        return change

    def opening(self, call: Callable[..., Any], writes: Callable[..., bool]) -> Callable[..., Any]:
        """A call that opens a path, perhaps to write."""

        def open_(path: Any, *told: Any, **named: Any) -> Any:  # noqa: ANN401 - the library's own
            where = _path(path, named.get("dir_fd"))
            if not where.startswith(self.root) or not writes(*told, **named):
                return call(path, *told, **named)
            with self._step("open", where):
                return call(path, *told, **named)

        return open_

    def syncing(self, call: Callable[[int], None]) -> Callable[[int], None]:
        """A call that writes an open file through."""

        def fsync(descriptor: int) -> None:
            where = f"{_path(descriptor, None)}/"
            if not where.startswith(self.root):
                call(descriptor)
                return
            with self._step("fsync", where):
                call(descriptor)

        return fsync

    def _step(self, name: str, where: str) -> AbstractContextManager[None]:
        return self.trail.step("file", f"{name} {_shown(where, self.root)}")


def _driven(connection: Any) -> object:  # noqa: ANN401 - a connection as the pool hands it out
    return getattr(connection, "driver_connection", connection)


def _writes_by_flags(flags: int, *_: object, **__: object) -> bool:
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _writes_by_mode(mode: str = "r", *_: object, **__: object) -> bool:
    return bool(set(mode) & set("wax+"))


def _path(told: Any, folder: int | None) -> str:  # noqa: ANN401 - a path or a descriptor
    if isinstance(told, int):
        return str(Path(f"/proc/self/fd/{told}").readlink())
    name = os.fspath(told)
    name = os.fsdecode(name) if isinstance(name, bytes) else name
    if folder is not None:
        name = f"{Path(f'/proc/self/fd/{folder}').readlink()}/{name}"
    # Not through links: the link itself is changed.
    return str(os.path.abspath(name))  # noqa: PTH100


def _shown(where: str, root: str) -> str:
    return _NUMBERED.sub("…", where.rstrip("/").removeprefix(root))


def _committing(frame: FrameType | None) -> str:
    """The method of the store that commits."""
    while frame is not None:
        name = frame.f_code.co_qualname
        if frame.f_globals.get("__name__", "").startswith(_STORE) and "." in name:
            return name
        frame = frame.f_back
    return "?"
