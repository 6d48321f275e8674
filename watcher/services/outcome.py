"""What every stage answers: counts of what it did, and what it could not do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from watcher.domain.errors import PermanentError, WatcherError
from watcher.ports.store.passes import Failure


@dataclass(slots=True)
class Outcome:
    """A stage's counts, by the names of the sync document, and its failures."""

    stage: str
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    def failed(self, subject: str, error: WatcherError) -> None:
        """Keep a failure; it is tried again unless it is permanent."""
        self.failures.append(
            Failure(
                self.stage, subject, one_line(error), retry=not isinstance(error, PermanentError)
            )
        )


def one_line(error: BaseException) -> str:
    """An error's message on one line."""
    return " ".join(str(error).split()) or type(error).__name__
