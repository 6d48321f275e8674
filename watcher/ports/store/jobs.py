"""Jobs: work that is still to be done, who is at it, and why some of it rests.

A job is claimed under a lease, done with its key, and then taken off the record: what was done
stands in the facts it made. Claiming the same work twice makes nothing twice, because facts have
keys of their own; a lease only spares the second try.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from watcher.domain.job import Rest
from watcher.ports.store.passes import PassRecord

JobState = Literal["ready", "resting", "parked"]
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """A piece of work that is wanted: its key in its stage, and what whoever does it must know."""

    key: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work under a lease; `attempts` counts this try, `wanted` is the pass that asks."""

    number: int
    stage: str
    key: str
    payload: Payload
    attempts: int
    wanted: PassRecord


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A job that is still there: since when it rests and why, or who is at it."""

    stage: str
    key: str
    payload: Payload
    state: JobState
    attempts: int
    due_at: datetime | None
    reason: str | None
    worker: str | None


class Jobs(Protocol):
    """The record of jobs."""

    def order(self, this: PassRecord, stage: str, orders: Sequence[Order], *, eager: bool) -> None:
        """Make a stage's jobs these: new ones are added, known ones kept, unwanted ones dropped.

        Those that rest are ready again where their time has come, with `eager` all of them. A job
        that somebody is at stays as it is.
        """

    def claim(self, worker: int, stages: Collection[str], most: int) -> list[Job]:
        """Take up to so many ready jobs under a lease, in the order in which they were added."""

    def finish(self, worker: int, job: Job) -> bool:
        """Take a job that is done off the record; False where the lease was lost meanwhile."""

    def fail(self, worker: int, job: Job, reason: str, rest: Rest) -> bool:
        """Let a job rest that failed; False where the lease was lost meanwhile."""

    def release(self, worker: int) -> int:
        """Give all leases of a worker back untried; returns how many there were."""

    def pending(self, stage: str) -> int:
        """How many jobs of a stage are ready or under way."""

    def unfinished(self, stages: Collection[str] = ()) -> list[Unfinished]:
        """All jobs that are still there, of some stages or of all."""


class Presence(Protocol):
    """Who is at work, told apart from who is gone, without asking any clock."""

    def joined(self, role: str) -> AbstractContextManager[int]:
        """Be a worker until the end of the block; yields its number."""

    def bury(self) -> int:
        """Take the leases back from workers that are gone; returns how many jobs that frees."""
