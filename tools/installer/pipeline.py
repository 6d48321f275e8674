"""Runs the steps that are not done, side by side where one does not wait for another."""

from __future__ import annotations

import fcntl
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from installer import buildah, chromium, python, servers
from installer.step import LOGS, ROOT, TOOLS, Log, Step, StepError

HEARTBEAT_SECONDS = 60


def install_all(*, again: bool, lean: bool = False) -> int:
    """Bring the checkout to where demo and tests can run; 0, or 1 where a step failed.

    What is optional and could not be had in an earlier run is tried once more only if `again`. Of
    what only the tests need nothing is installed if `lean`.
    """
    began = time.monotonic()
    with _alone():
        steps = [python.environment(), python.packages(), python.project(), *servers.steps()]
        steps += [chromium.step(), buildah.step()]
        steps = [step for step in steps if not (lean and step.optional)]
        missing = [step for step in steps if not step.is_done() and (again or not step.given_up())]
        failed = _Run(missing).to_the_end() if missing else False
    lacking = [] if lean else [step for step in steps if step.given_up()]
    for step in lacking:
        print(f"setup: {step.name} is missing: {step.given_up()}", flush=True)
    if not failed:
        everything = "everything else" if lacking else "everything"
        print(f"setup: {everything} is in place ({time.monotonic() - began:.1f} s)")
    return 1 if failed else 0


@contextmanager
def _alone() -> Iterator[None]:
    """Let one setup at a time work on a checkout."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("setup: waiting for another setup of this checkout to end", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class _Run:
    """One run over the missing steps."""

    def __init__(self, steps: list[Step]) -> None:
        self.waiting = list(steps)
        self.running: dict[Future[float], Step] = {}
        self.failed = False

    def to_the_end(self) -> bool:
        """Run what can run until nothing is left; True where a step failed.

        After a failure the steps under way end, and no other one starts.
        """
        with ThreadPoolExecutor() as pool:
            self._start_ready(pool)
            while self.running:
                done, _ = wait(self.running, HEARTBEAT_SECONDS, FIRST_COMPLETED)
                if not done:
                    names = ", ".join(step.name for step in self.running.values())
                    print(f"setup: still at work: {names}", flush=True)
                for future in done:
                    self._report(self.running.pop(future), future)
                self._start_ready(pool)
        return self.failed

    def _start_ready(self, pool: ThreadPoolExecutor) -> None:
        if self.failed:
            return
        pending = {step.name for step in [*self.waiting, *self.running.values()]}
        for step in [step for step in self.waiting if pending.isdisjoint(step.after)]:
            self.waiting.remove(step)
            print(f"setup: {step.name}: {step.does}; about {step.takes}", flush=True)
            self.running[pool.submit(_do, step)] = step

    def _report(self, step: Step, future: Future[float]) -> None:
        error = future.exception()
        if error is None:
            print(f"setup: {step.name}: done in {future.result():.0f} s", flush=True)
            return
        if not isinstance(error, (StepError, OSError)):
            self.failed = True
            raise error
        log = _log_of(step).path.relative_to(ROOT)
        if step.optional:
            step.give_up(f"{error} (log: {log})")
            return
        self.failed = True
        print(f"setup: {step.name}: FAILED: {error} (log: {log})", file=sys.stderr, flush=True)


def _log_of(step: Step) -> Log:
    return Log(LOGS / f"{step.name}.log")


def _do(step: Step) -> float:
    """Run one step; return its seconds."""
    began = time.monotonic()
    LOGS.mkdir(parents=True, exist_ok=True)
    log = _log_of(step)
    log.path.unlink(missing_ok=True)
    step.start_over()
    step.run(log)
    step.finish()
    return time.monotonic() - began
