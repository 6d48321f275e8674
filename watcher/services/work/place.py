"""Where a process works: it joins, finds what others left behind, and leaves nothing in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass

from watcher.ports.store.jobs import Jobs, Presence
from watcher.services.work.bench import Bench


@dataclass(frozen=True, slots=True)
class Workplace:
    """The record of jobs with the executor that does them; `width` tasks at once."""

    jobs: Jobs
    presence: Presence
    executor: Executor
    width: Callable[[], int]

    @contextmanager
    def bench(
        self,
        role: str,
        *,
        eager: bool,
        stopping: Callable[[], bool],
        guard: Callable[[], None],
    ) -> Iterator[Bench]:
        """A place at the bench until the end of the block."""
        with self.presence.joined(role) as worker:
            self.presence.bury()
            yield Bench(
                jobs=self.jobs,
                presence=self.presence,
                executor=self.executor,
                width=self.width,
                worker=worker,
                eager=eager,
                stopping=stopping,
                guard=guard,
            )
