"""A shift: what one worker has in hand of one stage, from the claim to the end of each job."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from time import monotonic
from traceback import extract_tb
from typing import Any, Final

from watcher.domain.errors import AttemptError, PermanentError, TransientError, WatcherError
from watcher.domain.job import rest
from watcher.ports.store.jobs import Job, Jobs
from watcher.ports.store.passes import TooLateError
from watcher.ports.trace import piece
from watcher.services.about import about
from watcher.services.outcome import one_line
from watcher.services.work.craft import Craft, Prepared

_WAIT: Final = 0.5  # seconds
_LOG: Final = logging.getLogger(__name__)


class Stopped(WatcherError):  # noqa: N818 - no error: somebody asked for it
    """The work was stopped from outside; nothing is lost, the next pass goes on."""


class HandsError(TransientError):
    """The executor takes no task, or lost those it had; the jobs are as good as before."""


@dataclass(slots=True)
class _Running:
    """A job under way, with its tasks' futures in the order of the tasks."""

    job: Job
    kept: Any
    futures: list[Future[Any]]
    begun: float = field(default_factory=monotonic)

    @property
    def pending(self) -> list[Future[Any]]:
        return [one for one in self.futures if not one.done()]


@dataclass(slots=True)
class Shift:
    """What one worker has in hand of one stage."""

    jobs: Jobs
    executor: Executor
    width: Callable[[], int]
    worker: int
    stopping: Callable[[], bool]
    craft: Craft
    done: Callable[[], None]
    hands_at: float = field(default_factory=monotonic)  # when a task last came back
    claimed: deque[Job] = field(default_factory=deque)
    running: list[_Running] = field(default_factory=list)

    def turn(self) -> bool:
        """Begin what there is room for, wait for something to be done, apply it; False if idle.

        Raises HandsError where the executor broke, Stopped where somebody asked for it.
        """
        if self.stopping():
            raise Stopped("stopped: what was under way is given back, the next pass goes on")
        self._begin()
        if not self.running:
            return False
        ended = [one for one in self.running if not one.pending]
        if not ended:
            wait([each for one in self.running for each in one.pending], _WAIT, FIRST_COMPLETED)
            ended = [one for one in self.running if not one.pending]
        for one in ended:
            self.running.remove(one)
            self._settle(one)
            self.done()
        return True

    def drop(self) -> None:
        """Let go of everything; nobody hears of what still runs in the executor."""
        for one in self.running:
            for future in one.futures:
                future.cancel()
        self.running.clear()
        self.claimed.clear()

    def _begin(self) -> None:
        """Begin jobs until every hand has a task and another waits for it; each is read only then.

        A job may have many tasks, or none, and counts as one at least.
        """
        with _asking_for_hands():
            most = 2 * self.width()
        while (room := most - sum(max(1, len(one.pending)) for one in self.running)) > 0:
            if not self.claimed:
                self.claimed.extend(self.jobs.claim(self.worker, [self.craft.stage], room))
            if not self.claimed:
                return
            self._start(self.claimed.popleft())

    def _start(self, job: Job) -> None:
        with self._failing(job):
            prepared = self.craft.prepare(job)
            self.running.append(_Running(job, prepared.kept, self._submitted(prepared)))

    def _submitted(self, prepared: Prepared) -> list[Future[Any]]:
        futures: list[Future[Any]] = []
        try:
            with _asking_for_hands():
                for task in prepared.tasks:
                    futures.append(self.executor.submit(self.craft.act, task))  # noqa: PERF401 - those begun must be known
        except BaseException:
            for one in futures:
                one.cancel()
            raise
        return futures

    def _settle(self, one: _Running) -> None:
        """Apply what a job gave and take it off, or let it rest with the reason."""
        now = self.jobs.still(one.job)
        if now is None:
            # Its pass is over, or somebody else is at it: what it gave counts for nothing.
            self.jobs.give_back(one.job)
            return
        spent, stage = monotonic() - one.begun, self.craft.stage
        with self._failing(now), piece(f"job {stage}", spent, job=now.key):
            results = [_result(future) for future in one.futures]
            self.hands_at = monotonic()
            self.craft.apply(now, one.kept, results)
            self.jobs.finish(now)
            self._log(now, "job done")

    @contextmanager
    def _failing(self, job: Job) -> Iterator[None]:
        """Let a job that fails rest with the reason.

        What nobody foresaw is the failure of that job as well: strangers wrote what it reads, and
        none of them may stop all the others.
        """
        try:
            yield
        except HandsError:
            raise
        except TooLateError:
            self.jobs.give_back(job)
        except AttemptError as error:
            self._rest(job, one_line(error), lasting=isinstance(error, PermanentError))
        except WatcherError:
            raise
        except Exception as error:  # noqa: BLE001 - shown as the job's failure, and tried again
            self._rest(job, _unforeseen(error), lasting=False)

    def _rest(self, job: Job, reason: str, *, lasting: bool) -> None:
        self.jobs.fail(job, reason, rest(job.attempts, job.wanted.at, lasting=lasting))
        self._log(job, f"job failed, attempt {job.attempts}: {reason}")

    def _log(self, job: Job, line: str) -> None:
        with about(stage=self.craft.stage, job=job.key, pass_number=job.wanted.number):
            _LOG.info(line)


@contextmanager
def _asking_for_hands() -> Iterator[None]:
    """Tell what is wrong with the executor from what is wrong with a job."""
    try:
        yield
    except (AttemptError, RuntimeError) as error:
        raise HandsError(f"nobody does what is to be done: {one_line(error)}") from error


def _result(future: Future[Any]) -> Any:  # noqa: ANN401
    try:
        return future.result()
    except (BrokenExecutor, CancelledError) as error:
        reason = one_line(error)
        raise HandsError(f"those who did it are gone before it was done: {reason}") from error


def _unforeseen(error: Exception) -> str:
    """A mistake, with the place where it came up."""
    *_, last = extract_tb(error.__traceback__) or [None]
    place = f" ({PurePath(last.filename).name}, line {last.lineno})" if last else ""
    return f"unexpected {type(error).__name__}: {one_line(error)}{place}"
