"""Where a stage's jobs are done: claimed under leases, given to an executor, applied by key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Final

from watcher.domain.errors import StartError
from watcher.ports.store.jobs import Jobs, Order, Presence, Unfinished
from watcher.ports.store.passes import Failure, PassRecord
from watcher.services.outcome import one_line, reason_of
from watcher.services.work.craft import Craft
from watcher.services.work.shift import HandsError, Shift

PATIENCE: Final = 60.0  # seconds for which hands may be away before work is put off
_LOOK: Final = 0.5  # seconds between two looks at work that others are at


@dataclass(frozen=True, slots=True)
class Left:
    """A job that is not done when a stage ends, and the failure that it is shown as."""

    job: Unfinished
    failure: Failure


@dataclass(frozen=True, slots=True)
class Bench:
    """One worker's place. `width` tells how many tasks the executor does at once.

    `patience` is for how many seconds an executor may take no task before work is put off.
    """

    jobs: Jobs
    presence: Presence
    executor: Executor
    width: Callable[[], int]
    worker: int
    eager: bool = True
    stopping: Callable[[], bool] = lambda: False
    guard: Callable[[], None] = lambda: None  # raises where this worker may go on no more
    patience: float = PATIENCE

    def order(self, this: PassRecord, stage: str, orders: Sequence[Order]) -> None:
        """Make a stage's jobs these, whoever does them."""
        self.jobs.order(this, stage, orders, eager=self.eager)

    def clear(self, craft: Craft, done: Callable[[], None] = lambda: None) -> None:
        """Do what is ready, and wait for what others are at, until nothing of the stage is left.

        `done` is called after each job. What an executor that broke leaves undone rests until the
        next pass. Raises Stopped, having given its leases back.
        """
        shift = self._shift(craft, done)
        with self._giving_back(shift):
            while self._turn(shift) or self._others_are_at(craft.stage):
                self.guard()

    def take_turn(self, craft: Craft) -> bool:
        """Do what is ready now and wait for nobody else; False where nothing was.

        Raises TransientError where the executor broke, and Stopped, having given its leases back.
        """
        shift, any_done = self._shift(craft, lambda: None), False
        with self._giving_back(shift):
            while shift.turn():
                any_done = True
                self.guard()
        return any_done

    def left(self, stage: str) -> list[Left]:
        """What is not done of a stage."""
        return [
            Left(
                one,
                Failure(
                    stage,
                    one.key,
                    reason_of(one.key, one.reason or "not tried yet"),
                    one.state != "parked",
                ),
            )
            for one in self.jobs.unfinished([stage])
        ]

    def _shift(self, craft: Craft, done: Callable[[], None]) -> Shift:
        return Shift(self.jobs, self.executor, self.width, self.worker, self.stopping, craft, done)

    @contextmanager
    def _giving_back(self, shift: Shift) -> Iterator[None]:
        """Keep nothing in hand where a shift ends before its time."""
        try:
            yield
        except BaseException:
            shift.drop()
            # Where the database is away, whoever comes next sees that this worker is gone.
            with suppress(StartError):
                self.jobs.release(self.worker)
            raise

    def _turn(self, shift: Shift) -> bool:
        """A turn; where no hands come back, what nobody is at rests until the next pass."""
        try:
            return shift.turn()
        except HandsError as error:
            shift.drop()
            self.jobs.release(self.worker)
            if monotonic() - shift.hands_at <= self.patience:
                sleep(_LOOK)
                return True
            self.jobs.put_off(shift.craft.stage, one_line(error))
            return False

    def _others_are_at(self, stage: str) -> bool:
        """Whether to look again: others hold leases, or what they held is free again."""
        if not self.jobs.pending(stage):
            return False
        self.presence.bury()
        sleep(_LOOK)
        return True
