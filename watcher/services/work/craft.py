"""What a stage brings to the bench: how its jobs are done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from watcher.ports.store.jobs import Job


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
