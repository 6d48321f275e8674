"""The record of VEX: statements while they were in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from watcher.domain.interval import Bound
from watcher.domain.vex import Statement
from watcher.ports.store.passes import PassRecord
from watcher.ports.vex import Unread, VexDocument

FeedRead = Sequence[VexDocument | Unread] | None  # None: it could not be told what is in it


@dataclass(frozen=True, slots=True)
class RecordedStatement:
    """A statement in force over [start, end), and the document it was first read in."""

    number: int
    feed: str
    location: str
    sha256: str
    statement: Statement
    start: Bound
    end: Bound | None


@dataclass(frozen=True, slots=True)
class UnusedStatement:
    """A statement in force that is about nothing watched: why."""

    recorded: RecordedStatement
    why: str


class VexRecord(Protocol):
    """The record of statements."""

    def record(self, this: PassRecord, feeds: Mapping[str, FeedRead]) -> frozenset[int]:
        """Make the statements in force those of the feeds; returns the numbers of those read whole.

        A statement begins when it was made or seen, whichever came later; one of the future does
        not count yet. What could not be read ends nothing; what no feed holds any more ends.
        """

    def in_force(self, upto: int) -> list[RecordedStatement]:
        """The statements that were in force after a pass, by feed and location."""

    def unused(self, upto: int) -> list[UnusedStatement]:
        """Those of them that are about nothing that was ever watched."""
