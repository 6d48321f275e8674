"""What goes wrong in a Dask cluster, said in one line; all of it may go right the next time."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, CancelledError
from dataclasses import dataclass
from typing import Final

from distributed import KilledWorker

from watcher.domain.errors import TransientError

_LONGEST: Final = 300  # characters of what Dask says itself


class LostError(TransientError, BrokenExecutor):
    """The cluster lost a task, through no fault of the task."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster as messages name it: by its scheduler's address."""

    address: str

    def unanswered(self, seconds: float, error: Exception) -> TransientError:
        """The scheduler cannot be reached, or says nothing."""
        why = "" if isinstance(error, TimeoutError) else f" ({_said(error)})"
        return TransientError(
            f"the Dask scheduler at {self.address} does not answer within {seconds:g} s{why}: "
            "start it, or correct executor.dask.scheduler"
        )

    def without_workers(self, seconds: float) -> TransientError:
        """There is a scheduler and nobody who works for it."""
        return TransientError(
            f"the Dask cluster at {self.address} has had no worker for {seconds:g} s: start some, "
            f"with `dask worker {self.address}`"
        )

    def stuck(self, seconds: float) -> TransientError:
        """There are workers, and nothing comes back from them."""
        return TransientError(
            f"no task came back from the Dask cluster at {self.address} for {seconds:g} s: see "
            "what its workers are doing, and start them again"
        )

    def meaning(self, error: BaseException) -> TransientError:
        """What an error of Dask itself means for the task that met it."""
        if isinstance(error, KilledWorker):
            return TransientError(
                f"{error.allowed_failures + 1} workers of the Dask cluster at {self.address} ended "
                "over this task: see how much memory and time they have"
            )
        if isinstance(error, CancelledError):
            return LostError(
                f"the connection to the Dask scheduler at {self.address} was lost before the task "
                "was done; it is done again later"
            )
        return TransientError(
            f"the Dask cluster at {self.address} cannot do this task ({_said(error)}): the same "
            "watcher must be installed with its scheduler, with its workers and here"
        )


def _said(error: BaseException) -> str:
    """An error in one line: of those it came from, the first that says more than "too late"."""
    chain = [error]
    while (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    telling = [one for one in chain if str(one) and not isinstance(one, TimeoutError)] or chain
    return " ".join(f"{type(telling[-1]).__name__}: {telling[-1]}".split())[:_LONGEST].rstrip(": ")
