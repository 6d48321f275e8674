"""The record of jobs and of who is at work, in memory; both sign the contract suite."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from threading import RLock
from typing import Any

from watcher.domain.job import DEATHS, PARKED, PATIENCE, Rest
from watcher.ports.store.jobs import (
    DismissedError,
    Job,
    JobState,
    Lease,
    Order,
    Unfinished,
)
from watcher.ports.store.passes import PassRecord, TooLateError

_ENDED = f"{DEATHS} workers were lost over it"


@dataclass(slots=True)
class _Row:
    number: int
    stage: str
    key: str
    payload: Mapping[str, Any]
    wanted: PassRecord
    state: JobState = "ready"
    attempts: int = 0
    due_at: datetime | None = None
    reason: str | None = None
    worker: int | None = None


class FakeJobs:
    """Signs the port `Jobs`. `begin`, `end` and `read` are for tests; the rest is the port.

    `read` names the jobs of which the payload was given out, in order.
    """

    def __init__(self) -> None:
        self.workers: dict[int, str] = {}
        self.read: list[str] = []
        self._rows: dict[int, _Row] = {}
        self._numbers, self._passes = count(1), count(1)
        self._running: PassRecord | None = None
        self._lock = RLock()

    def begin(self, at: datetime) -> PassRecord:
        """Let a pass run; the one before is over."""
        self._running = PassRecord(next(self._passes), at)
        return self._running

    def end(self) -> None:
        """Let no pass run."""
        self._running = None

    def order(self, this: PassRecord, stage: str, orders: Sequence[Order], *, eager: bool) -> None:
        """Make a stage's jobs these."""
        with self._lock:
            self.must_run(this)
            wanted = {one.key: dict(one.payload) for one in orders}
            held = {row.key: row for row in self._of(stage)}
            for key, row in held.items():
                if key in wanted:
                    self._want(row, this, wanted[key], eager=eager)
                else:
                    del self._rows[row.number]
            for key in [one for one in wanted if one not in held]:
                self._add(_Row(next(self._numbers), stage, key, wanted[key], this))

    def claim(self, worker: int, stages: Collection[str], most: int) -> list[Job]:
        """Take up to so many ready jobs."""
        with self._lock:
            if most > 0 and worker not in self.workers:
                raise DismissedError("this worker is none any more")
            free = [
                row
                for row in self._rows.values()
                if row.stage in stages and row.state == "ready" and row.worker is None
                if row.wanted == self._running
            ]
            return [self._claimed(row, worker) for row in free[: max(0, most)]]

    def still(self, job: Job) -> Job | None:
        """The job under the pass that wants it now."""
        with self._lock:
            row = self._leased(job)
            if row is None or row.wanted != self._running:
                return None
            return replace(job, wanted=_lease(row, job.wanted.worker))

    def finish(self, job: Job) -> bool:
        """Take a job off the record, or make it ready where it was told otherwise."""
        with self._lock:
            row = self._leased(job)
            if row is not None:
                row.worker, row.attempts = None, 0
                if row.payload == job.payload:
                    del self._rows[row.number]
            return row is not None

    def fail(self, job: Job, reason: str, rest: Rest) -> bool:
        """Let a job rest that failed."""
        with self._lock:
            row = self._leased(job)
            if row is not None:
                row.worker, row.reason = None, reason
                if row.payload == job.payload:
                    row.state = "parked" if rest.parked else "resting"
                    row.due_at = rest.until
            return row is not None

    def give_back(self, job: Job) -> bool:
        """Give one job back untried."""
        with self._lock:
            row = self._leased(job)
            if row is not None:
                row.worker, row.attempts = None, row.attempts - 1
            return row is not None

    def put_off(self, stage: str, reason: str) -> int:
        """Let what is ready of a stage rest until the next pass."""
        with self._lock:
            free = [r for r in self._of(stage) if r.state == "ready" and r.worker is None]
            for row in free:
                row.state, row.due_at, row.reason = "resting", row.wanted.at, reason
            return len(free)

    def release(self, worker: int) -> int:
        """Give all leases of a worker back untried."""
        with self._lock:
            mine = self.held_by(worker)
            for row in mine:
                row.worker, row.attempts = None, row.attempts - 1
            return len(mine)

    def pending(self, stage: str) -> int:
        """How many jobs of a stage are ready or under way."""
        with self._lock:
            return sum(row.state == "ready" for row in self._of(stage))

    def unfinished(self, stages: Collection[str] = ()) -> list[Unfinished]:
        """All jobs that are still there."""
        with self._lock:
            rows = sorted(self._rows.values(), key=lambda row: (row.stage, row.number))
            return [
                Unfinished(
                    row.stage,
                    row.key,
                    row.payload,
                    row.state,
                    row.attempts,
                    row.due_at,
                    row.reason,
                    None if row.worker is None else self.workers.get(row.worker),
                )
                for row in rows
                if not stages or row.stage in stages
            ]

    def must_run(self, this: PassRecord) -> None:
        """Raise TooLateError as a record does to which somebody writes too late."""
        running = self._running is not None and self._running.number == this.number
        row = self._rows.get(this.job) if isinstance(this, Lease) else None
        if not running or (isinstance(this, Lease) and (not row or row.worker != this.worker)):
            raise TooLateError("too late")

    def held_by(self, worker: int) -> list[_Row]:
        """The rows on which a worker has a lease."""
        return [row for row in self._rows.values() if row.worker == worker]

    def bury(self, worker: int) -> int:
        """Take a worker off, and its leases back."""
        with self._lock:
            mine = self.held_by(worker)
            for row in mine:
                row.worker = None
                if row.reason in {None, _ENDED} and row.attempts >= DEATHS:
                    row.state, row.reason = "parked", _ENDED
                elif row.attempts >= PATIENCE:
                    row.state = "parked"
            self.workers.pop(worker, None)
            return len(mine)

    def _of(self, stage: str) -> list[_Row]:
        return [row for row in self._rows.values() if row.stage == stage]

    def _add(self, row: _Row) -> None:
        self._rows[row.number] = row

    def _leased(self, job: Job) -> _Row | None:
        row = self._rows.get(job.number)
        return row if row is not None and row.worker == job.wanted.worker else None

    def _claimed(self, row: _Row, worker: int) -> Job:
        row.worker, row.attempts = worker, row.attempts + 1
        self.read.append(row.key)
        told = dict(row.payload)
        return Job(row.number, row.stage, row.key, told, row.attempts, _lease(row, worker))

    def _want(self, row: _Row, this: PassRecord, told: Mapping[str, Any], *, eager: bool) -> None:
        row.wanted = this
        if row.state != "ready":
            row.due_at = row.due_at or this.at + PARKED
            if eager or row.due_at <= this.at:
                row.state, row.due_at = "ready", None
        if row.payload != told:
            row.payload, row.state, row.due_at = told, "ready", None


def _lease(row: _Row, worker: int) -> Lease:
    return Lease(row.wanted.number, row.wanted.at, row.number, worker)


@dataclass(slots=True)
class FakePresence:
    """Signs the port `Presence`. `lost` is for tests; the rest is the port."""

    jobs: FakeJobs
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _alive: set[int] = field(default_factory=set)

    @contextmanager
    def joined(self, role: str) -> Iterator[int]:
        """Be a worker until the end of the block."""
        number = next(self._numbers)
        self._alive.add(number)
        self.jobs.workers[number] = role
        try:
            yield number
        finally:
            self._alive.discard(number)
            self.jobs.bury(number)

    def lost(self) -> int:
        """A worker that is gone and that nobody has noticed yet."""
        number = next(self._numbers)
        self.jobs.workers[number] = "lost"
        return number

    def bury(self) -> int:
        """Take the leases back from workers that are gone."""
        return sum(self.jobs.bury(one) for one in set(self.jobs.workers) - self._alive)
