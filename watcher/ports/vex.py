"""Feeds of VEX: documents that say what is not affected, read whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from watcher.domain.vex import Statement


@dataclass(frozen=True, slots=True)
class VexDocument:
    """A document as it was read: where it lies, what its bytes hash to, what it states."""

    location: str
    sha256: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A document that is there and could not be read, and why: what it said before still counts."""

    location: str
    error: str
    retry: bool


class VexFeed(Protocol):
    """A file, a folder or an address that is read in every pass."""

    @property
    def source(self) -> str:
        """What the configuration calls it."""

    def read(self) -> list[VexDocument | Unread]:
        """Every document; raises AttemptError where it cannot be told which there are."""
