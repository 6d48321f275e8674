"""What is being worked on, for whoever writes a log: the pass, the stage, the job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_ABOUT: Final[ContextVar[Mapping[str, str | int]]] = ContextVar("about")


@contextmanager
def about(**told: str | int) -> Iterator[None]:
    """Let every line that is logged in the block, by this thread, be marked with these."""
    token = _ABOUT.set({**now(), **told})
    try:
        yield
    finally:
        _ABOUT.reset(token)


def now() -> Mapping[str, str | int]:
    """What lines are marked with at this place."""
    return _ABOUT.get({})
