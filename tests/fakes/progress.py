"""Progress that nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Silent:
    """Signs the Progress port."""

    @contextmanager
    def over(self, stage: str, total: int) -> Iterator[Callable[[], None]]:
        """Count nothing."""
        del stage, total
        yield lambda: None
