"""Another process that does jobs: what the tests of several processes start, stop and kill.

`hold URL MOST` claims jobs, says so, and finishes them when it is told. `drain URL` records what
each job gives, a row in a table of its own, until it is told to stop. `stall URL SECONDS` claims a
job and stops while it records what that gives; the server waits for it for so many seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select as readable
from subprocess import PIPE, Popen

from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, insert

from watcher.adapters.store import engine as opening
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.jobs import SqlJobs
from watcher.adapters.store.presence import SqlPresence
from watcher.adapters.store.writing import writing
from watcher.domain.errors import StartError
from watcher.ports.store.jobs import Job
from watcher.ports.store.passes import TooLateError

STAGES = ["match"]
ROOT = Path(__file__).resolve().parents[3]

# What jobs give: nothing in it is unique, so that what is done twice shows.
facts = Table(
    "test_facts",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False),
    Column("opened_in", Integer, nullable=False),
)


class Claimer:
    """The process as a test sees it."""

    def __init__(self, running: Popen[str]) -> None:
        self.running = running

    def heard(self) -> list[str]:
        """The words of its next line."""
        assert self.running.stdout is not None
        return self.running.stdout.readline().split()

    def tell(self) -> None:
        """Let it go on."""
        assert self.running.stdin is not None
        self.running.stdin.write("\n")
        self.running.stdin.flush()

    def kill(self) -> None:
        """End it as nothing else does."""
        self.running.kill()
        self.running.wait()


@contextmanager
def claimer(mode: str, url: str, most: int = 0) -> Iterator[Claimer]:
    """Start another process."""
    command = [sys.executable, "-m", "tests.contract.store.claimer", mode, url, str(most)]
    with Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as running:
        try:
            yield Claimer(running)
        finally:
            running.kill()


def record(engine: Engine, job: Job) -> None:
    """Record what a job gives, as watcher's own records do."""
    with writing(engine, job.wanted) as connection:
        row = {"key": job.key, "opened_in": job.wanted.number}
        connection.execute(insert(facts).values(row))


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def _told() -> bool:
    return bool(readable([sys.stdin], [], [], 0)[0])


def _hold(engine: Engine, most: int) -> None:
    jobs, presence = SqlJobs(engine), SqlPresence(engine, pause=0.1)
    with presence.joined("worker") as worker:
        held = jobs.claim(worker, STAGES, most)
        _say(worker, *(one.key for one in held))
        sys.stdin.readline()
        _say(*(jobs.finish(one) for one in held))


def _drain(engine: Engine, most: int) -> None:
    jobs, presence, done = SqlJobs(engine), SqlPresence(engine), 0
    with presence.joined("worker") as worker:
        _say("ready")
        while not _told():
            for job in jobs.claim(worker, STAGES, most):
                now = jobs.still(job)
                try:
                    if now is not None:
                        record(engine, now)
                        done += 1
                        jobs.finish(now)
                except TooLateError:
                    now = None
                if now is None:
                    jobs.give_back(job)
    _say(done)


def _stall(engine: Engine, _seconds: int) -> None:
    jobs, presence = SqlJobs(engine), SqlPresence(engine, pause=0.1)
    with presence.joined("worker") as worker:
        (job,) = jobs.claim(worker, STAGES, 1)
        try:
            with writing(engine, job.wanted) as connection:
                row = {"key": job.key, "opened_in": job.wanted.number}
                connection.execute(insert(facts).values(row))
                _say("stalled")
                sys.stdin.readline()
        except StartError:
            _say("lost", jobs.finish(job))


def main(mode: str, url: str, most: str) -> None:
    """Be the process."""
    if mode == "stall":
        opening._STALLED_MILLISECONDS = 1000 * int(most)
    engine = open_engine(url)
    {"hold": _hold, "drain": _drain, "stall": _stall}[mode](engine, int(most))
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
