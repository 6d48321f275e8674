"""Jobs: work that is still to be done, who is at it, and why some of it rests.

A job is claimed under a lease, done with its key, and then taken off the record: what was done
stands in the facts it made. Claiming the same work twice makes nothing twice, because facts have
keys of their own; a lease only spares the second try. No clock is asked: a job rests until the time
of a pass, which is the time the pass was told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from watcher.domain.errors import StartError
from watcher.domain.job import Rest
from watcher.ports.store.passes import PassRecord

JobState = Literal["ready", "resting", "parked"]
Payload = Mapping[str, Any]


class DismissedError(StartError):
    """A worker was taken for gone and its jobs were given to others; it may join again."""


@dataclass(frozen=True, slots=True)
class Order:
    """A piece of work that is wanted: its key in its stage, and what whoever does it must know."""

    key: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Lease(PassRecord):
    """The pass that wants a job, with the job's number and the worker who holds it.

    Facts recorded under it are recorded only while the pass runs and the lease holds.
    """

    job: int
    worker: int


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work under a lease; `attempts` counts this try, `wanted` is the pass that asks."""

    number: int
    stage: str
    key: str
    payload: Payload
    attempts: int
    wanted: Lease


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

        Those that rest are ready again where their time has come by the time of this pass, with
        `eager` all of them, and each that is told something else than before. A job that somebody
        is at stays with him, and is wanted by this pass from now on; where it is told something
        else, it is ready once more when he is done. One that nobody wants any more is dropped even
        so. Raises TooLateError where this pass is over.
        """

    def claim(self, worker: int, stages: Collection[str], most: int) -> list[Job]:
        """Take up to so many ready jobs under a lease, in the order in which they were added.

        Only those that the running pass wants. Raises DismissedError where the worker is no worker
        any more.
        """

    def still(self, job: Job) -> Job | None:
        """The job under the pass that wants it now; None where the lease or that pass is gone."""

    def finish(self, job: Job) -> bool:
        """Take a job that is done off the record; False where the lease was lost meanwhile.

        Where it was told something else since it was claimed, it is ready again instead.
        """

    def fail(self, job: Job, reason: str, rest: Rest) -> bool:
        """Let a job rest that failed; False where the lease was lost meanwhile."""

    def give_back(self, job: Job) -> bool:
        """Give one job back untried; False where the lease was lost meanwhile."""

    def put_off(self, stage: str, reason: str) -> int:
        """Let what is ready of a stage rest until the next pass, untried; returns how many."""

    def release(self, worker: int) -> int:
        """Give all leases of a worker back untried; returns how many there were."""

    def pending(self, stage: str) -> int:
        """How many jobs of a stage are ready or under way."""

    def unfinished(self, stages: Collection[str] = ()) -> list[Unfinished]:
        """All jobs that are still there, of some stages or of all."""


class Presence(Protocol):
    """Who is at work, told apart from who is gone, without asking any clock."""

    def joined(self, role: str) -> AbstractContextManager[int]:
        """Be a worker until the end of the block; yields its number, which nobody else ever had."""

    def bury(self) -> int:
        """Take the leases back from workers that are gone; returns how many jobs that frees.

        A job over which too many workers went is parked, and says so.
        """
