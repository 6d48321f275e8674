"""Children: work done in forks of this process, which may die without a word."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Generic, NoReturn, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Ended(Generic[Result]):
    """How a child ended: with what it gave, by what it raised, or by a signal."""

    given: Result | None = None
    raised: str | None = None
    signal: int | None = None

    @property
    def killed(self) -> bool:
        """Whether it was killed on the spot."""
        return self.signal == signal.SIGKILL

    def result(self) -> Result:
        """What it gave; raises RuntimeError where it gave nothing."""
        if self.given is None:
            raise RuntimeError(self.raised or f"a child was ended by signal {self.signal}")
        return self.given


def in_child(work: Callable[[], Result], within: float | None = None) -> Ended[Result]:
    """Do work in a fork, which takes this thread alone; wait for its end.

    It is killed where it has not ended `within` so many seconds.
    """
    reading, number = _forked(lambda answers: _answer(answers, work))
    if within is not None and not reading.poll(within):
        os.kill(number, signal.SIGKILL)
    try:
        given, raised = reading.recv()
    except EOFError:
        given = raised = None
    _, status = os.waitpid(number, 0)
    reading.close()
    return Ended(given, raised, os.WTERMSIG(status) if os.WIFSIGNALED(status) else None)


def spread(
    items: Sequence[Item], judge: Callable[[int, Item], Result], lanes: int
) -> Iterator[Result]:
    """Judge items in so many forks at once, each told its lane; give verdicts as they come.

    Raises RuntimeError where a judge fails or a lane is lost.
    """
    running: dict[Connection, int] = {}
    for lane in range(min(lanes, len(items))):
        reading, number = _forked(_lane(lane, items[lane::lanes], judge))
        running[reading] = number
    while running:
        for one in wait(list(running)):
            if not isinstance(one, Connection):
                continue
            try:
                verdict, raised = one.recv()
            except EOFError:
                one.close()
                _, status = os.waitpid(running.pop(one), 0)
                if status:
                    raise RuntimeError(f"a lane ended with status {status}") from None
                continue
            if raised is not None:
                raise RuntimeError(raised)
            yield verdict


def _lane(
    lane: int, items: Sequence[Item], judge: Callable[[int, Item], Result]
) -> Callable[[Connection], None]:
    def work(answers: Connection) -> None:
        for item in items:
            _answer(answers, lambda item=item: judge(lane, item))  # type: ignore[misc]

    return work


def _forked(work: Callable[[Connection], None]) -> tuple[Connection, int]:
    reading, writing = Pipe(duplex=False)
    number = os.fork()
    if number == 0:
        reading.close()
        _live(work, writing)
    writing.close()
    return reading, number


def _live(work: Callable[[Connection], None], answers: Connection) -> NoReturn:
    status = 1
    try:
        work(answers)
        status = 0
    finally:
        os._exit(status)


def _answer(answers: Connection, work: Callable[[], object]) -> None:
    try:
        answers.send((work(), None))
    except Exception:  # noqa: BLE001 - whoever waits for the answer is told
        answers.send((None, traceback.format_exc()))
