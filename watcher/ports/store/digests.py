"""Digests that were sent: each is noted before it is, so that it is sent once."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Digests(Protocol):
    """The record of digests, by a key that names the week, the reader and the way."""

    def noted(self, week: str) -> set[str]:
        """The keys noted that begin so."""

    def begun(self, key: str, at: datetime) -> bool:
        """Note that one is about to be sent; False where that was noted before."""

    def not_sent(self, key: str) -> None:
        """Take the note back: it surely was not taken, and may be tried again."""

    def sent(self, key: str, at: datetime) -> None:
        """Note that it was taken."""
