"""Where a stage's jobs are done: claimed under leases, given to an executor, applied by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from time import sleep
from typing import Any, Final, Protocol

from watcher.domain.errors import AttemptError, PermanentError, WatcherError
from watcher.domain.job import rest
from watcher.ports.store.jobs import Job, Jobs, Order, Presence, Unfinished
from watcher.ports.store.passes import Failure, PassRecord
from watcher.services.outcome import one_line

_LOOK: Final = 0.5  # seconds between two looks at work that others are at


class Stopped(WatcherError):  # noqa: N818 - no error: somebody asked for it
    """The work was stopped from outside; nothing is lost, the next pass goes on."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A job's tasks, which may be done elsewhere, and what is kept here to apply what they give."""

    tasks: Sequence[object]
    kept: Any = None


class Craft(Protocol):
    """How a stage's jobs are done."""

    @property
    def stage(self) -> str:
        """The stage whose jobs these are."""

    @property
    def act(self) -> Callable[[Any], Any]:
        """Does one task, anywhere; raises what a scanner raises."""

    def prepare(self, job: Job) -> Prepared:
        """The tasks that make up a job, from its payload and the record."""

    def apply(self, job: Job, kept: Any, results: Sequence[Any]) -> None:  # noqa: ANN401
        """Record what the tasks of a job gave, in their order; twice is the same as once."""


@dataclass(frozen=True, slots=True)
class Left:
    """A job that is not done when a stage ends, and the failure that it is shown as."""

    job: Unfinished
    failure: Failure


@dataclass(slots=True)
class _Running:
    """A job under way, with its tasks' futures in the order of the tasks."""

    job: Job
    kept: Any
    futures: list[Future[Any]]

    @property
    def done(self) -> bool:
        return all(one.done() for one in self.futures)


@dataclass(frozen=True, slots=True)
class Bench:
    """One worker's place. `width` tells how many tasks the executor does at once."""

    jobs: Jobs
    presence: Presence
    executor: Executor
    width: Callable[[], int]
    worker: int
    eager: bool = True
    stopping: Callable[[], bool] = lambda: False
    guard: Callable[[], None] = lambda: None  # raises where this worker may go on no more

    def order(self, this: PassRecord, stage: str, orders: Sequence[Order]) -> None:
        """Make a stage's jobs these, whoever does them."""
        self.jobs.order(this, stage, orders, eager=self.eager)

    def clear(self, craft: Craft, done: Callable[[], None] = lambda: None) -> None:
        """Do what is ready, and wait for what others are at, until nothing of the stage is left.

        `done` is called after each job. Raises Stopped, having given its leases back.
        """
        shift = _Shift(self, craft, done)
        try:
            while shift.turn() or self._others_are_at(craft.stage):
                self.guard()
        except BaseException:
            shift.drop()
            self.jobs.release(self.worker)
            raise

    def take_turn(self, craft: Craft) -> bool:
        """Do what is ready now and wait for nobody else; False where nothing was."""
        shift, any_done = _Shift(self, craft, lambda: None), False
        try:
            while shift.turn():
                any_done = True
        except BaseException:
            shift.drop()
            self.jobs.release(self.worker)
            raise
        return any_done

    def left(self, stage: str) -> list[Left]:
        """What is not done of a stage."""
        return [
            Left(
                one,
                Failure(stage, one.key, one.reason or "not tried yet", one.state != "parked"),
            )
            for one in self.jobs.unfinished([stage])
        ]

    def _others_are_at(self, stage: str) -> bool:
        """Whether to look again: others hold leases, or what they held is free again."""
        if not self.jobs.pending(stage):
            return False
        self.presence.bury()
        sleep(_LOOK)
        return True


@dataclass(slots=True)
class _Shift:
    """What one worker has in hand of one stage."""

    bench: Bench
    craft: Craft
    done: Callable[[], None]
    running: list[_Running] = field(default_factory=list)

    def turn(self) -> bool:
        """Claim what there is room for, wait for something to be done, apply it; False if idle."""
        if self.bench.stopping():
            raise Stopped("stopped: what was under way is given back, the next pass goes on")
        self._claim()
        if not self.running:
            return False
        pending = [one for each in self.running for one in each.futures if not one.done()]
        if pending:
            wait(pending, _LOOK, FIRST_COMPLETED)
        for each in [one for one in self.running if one.done]:
            self.running.remove(each)
            self._settle(each)
            self.done()
        return True

    def drop(self) -> None:
        """Let go of everything; what already runs is ended by whoever owns the executor."""
        for each in self.running:
            for future in each.futures:
                future.cancel()

    def _claim(self) -> None:
        bench = self.bench
        under_way = sum(not one.done() for each in self.running for one in each.futures)
        room = 2 * bench.width() - under_way
        if room <= 0:
            return
        for job in bench.jobs.claim(bench.worker, [self.craft.stage], room):
            prepared = self.craft.prepare(job)
            futures = [bench.executor.submit(self.craft.act, task) for task in prepared.tasks]
            self.running.append(_Running(job, prepared.kept, futures))

    def _settle(self, one: _Running) -> None:
        """Apply what a job gave and take it off, or let it rest with the reason."""
        bench = self.bench
        try:
            results = [future.result() for future in one.futures]
            self.craft.apply(one.job, one.kept, results)
        except AttemptError as error:
            lasting = isinstance(error, PermanentError)
            pause = rest(one.job.attempts, one.job.wanted.at, lasting=lasting)
            bench.jobs.fail(bench.worker, one.job, one_line(error), pause)
            return
        bench.jobs.finish(bench.worker, one.job)
