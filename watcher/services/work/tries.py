"""Which jobs were tried between two looks, by whomever: here, on a cluster, by other processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.services.work.bench import Bench, Left


@dataclass(frozen=True, slots=True)
class Tries:
    """How often each job of a stage had been tried at the first look, by its key."""

    before: dict[str, int]

    @staticmethod
    def of(bench: Bench, stage: str) -> Tries:
        """Look at the jobs that are there."""
        return Tries({one.key: one.attempts for one in bench.jobs.unfinished([stage])})

    def failed(self, left: Sequence[Left]) -> list[Left]:
        """Those of the jobs left that were tried since."""
        return [one for one in left if one.job.attempts > self.before.get(one.job.key, 0)]
