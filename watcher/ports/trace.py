"""Pieces of work, named for whoever watches how long each takes: nobody, unless traces are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

# Of every watcher of this process; a configuration that is read anew brings another one.
_WATCHING: Final[list[Watching]] = []


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of work: its name, and what it is about. `gone` seconds of it are over already."""

    name: str
    about: Mapping[str, str | int] = field(default_factory=dict)
    gone: float = 0.0


Watching = Callable[[Piece], AbstractContextManager[object]]


@contextmanager
def piece(name: str, gone: float = 0.0, **about: str | int) -> Iterator[None]:
    """A piece of work, such as a pass or a request; pieces that are begun in it are parts of it."""
    if not _WATCHING:
        yield
        return
    with ExitStack() as stack:
        for one in tuple(_WATCHING):
            stack.enter_context(one(Piece(name, about, gone)))
        yield


@contextmanager
def watching(by: Watching) -> Iterator[None]:
    """Let `by` watch every piece that is begun in the block, by whatever thread."""
    _WATCHING.append(by)
    try:
        yield
    finally:
        _WATCHING.remove(by)
