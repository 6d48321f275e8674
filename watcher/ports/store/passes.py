"""Passes: when one was made, under which configuration, what it reached and what failed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from watcher.domain.errors import StartError

PassState = Literal["running", "complete", "partial", "abandoned"]
CoveredStage = Literal["inventory", "reconciliation", "knowledge", "match", "vex"]


class TooLateError(StartError):
    """The pass that was to record something is over, or the lease on its job was lost."""


@dataclass(frozen=True, slots=True)
class PassRecord:
    """A pass: its number, which orders all recorded time, and the time it was made at.

    Whoever records something in its name, with any port, does so while it runs: once it is over,
    because it ended or because another one took its place, TooLateError is raised and nothing is
    recorded.
    """

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A configuration as canonical JSON without secrets, named by its sha256."""

    sha256: str
    body: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Something a stage could not do: on what, why, and whether the next pass tries again."""

    stage: str
    subject: str
    error: str
    retry: bool


class PassLock(Protocol):
    """Sees to it that one pass runs at a time."""

    def held(self) -> AbstractContextManager[Callable[[], bool]]:
        """Hold the lock; raises StartError, saying since when, where another pass runs.

        Yields what tells whether it still holds: one kept over a network can be lost.
        """


class Leadership(Protocol):
    """Sees to it that one process at a time schedules."""

    def taken(self) -> AbstractContextManager[Callable[[], bool] | None]:
        """Lead if nobody else does; yields None where somebody does, else what tells if we do."""


class Passes(Protocol):
    """The record of passes."""

    def last(self) -> PassRecord | None:
        """The latest pass in whatever state."""

    def begin(
        self, at: datetime, started_at: datetime, stages: Sequence[str], snapshot: Snapshot
    ) -> PassRecord:
        """Open a pass; one that was left running is marked abandoned."""

    def previous_snapshot(self, before: PassRecord) -> str | None:
        """The sha256 of the configuration under which streams were last viewed to the end."""

    def finish(self, this: PassRecord, state: PassState, summary: Mapping[str, object]) -> None:
        """Close a pass with what it did; one that is over already can only be abandoned."""

    def cover(
        self,
        this: PassRecord,
        stage: CoveredStage,
        succeeded: Collection[int],
        tried: Collection[int] | None = None,
    ) -> None:
        """Record for which subjects a stage succeeded; those it held before and not now end.

        Where it tried some subjects alone, nothing is recorded of the others.
        """

    def record_failures(
        self,
        this: PassRecord,
        stage: str,
        failures: Sequence[Failure],
        tried: Callable[[str], bool] | None = None,
    ) -> None:
        """Record what a stage failed at now; what it failed at before and not now is over.

        `tried` tells whether the stage tried a subject; None: it tried everything.
        """
