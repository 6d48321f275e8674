"""Steps: everything a pass does that another process or a later pass could notice, counted.

At one point of the count the harness kills the process, or lets the step fail.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

When = Literal["before", "after"]
Kind = Literal["commit", "file", "registry", "artifacts", "scanner", "tracker"]


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One step: its place in its pass, counted from 1, and what it is."""

    number: int
    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.number} ({self.name})"


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(slots=True)
class Trail:
    """The steps taken so far, and their sides that were met; at `point` it acts.

    Steps of other threads, such as a worker's beat, come when they like and are not counted.
    """

    point: tuple[Step, When] | None = None
    act: Callable[[Any], None] = lambda _: die()
    seen: list[Step] = field(default_factory=list)
    met: set[tuple[int, When]] = field(default_factory=set)

    @contextmanager
    def step(self, kind: Kind, name: str, on: object = None) -> Iterator[None]:
        """Take a step in the block; `on` is what it is taken on."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        step = Step(len(self.seen) + 1, kind, name)
        self.seen.append(step)
        self._reach(step, "before", on)
        yield
        self._reach(step, "after", on)

    def _reach(self, step: Step, when: When, on: object) -> None:
        self.met.add((step.number, when))  # a step that fails by itself has no far side
        if self.point is None or (self.point[0].number, self.point[1]) != (step.number, when):
            return
        if step != self.point[0]:
            raise AssertionError(f"{step} came where {self.point[0]} was expected")
        self.act(on)
