"""How long work shows how far it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol


class Progress(Protocol):
    """A place where steps of long work are counted for a person who waits."""

    def over(self, stage: str, total: int) -> AbstractContextManager[Callable[[], None]]:
        """Begin a piece of work of so many steps; the result is called after each."""
