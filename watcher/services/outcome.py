"""What every stage answers: counts of what it did, what it could not do, and what it noticed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from watcher.domain.errors import PermanentError, WatcherError
from watcher.domain.note import Note
from watcher.ports.store.passes import Failure


@dataclass(slots=True)
class Outcome:
    """A stage's counts, by the names of the sync document, its failures and its notes."""

    stage: str
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def failed(self, subject: str, error: WatcherError) -> None:
        """Keep a failure; it is tried again unless it is permanent."""
        self.failures.append(
            Failure(
                self.stage, subject, one_line(error), retry=not isinstance(error, PermanentError)
            )
        )

    def noticed(self, subject: str, text: str) -> None:
        """Keep what is to be said and is no failure."""
        self.notes.append(Note(self.stage, subject, " ".join(text.split())))


def one_line(error: BaseException) -> str:
    """An error's message on one line."""
    return " ".join(str(error).split()) or type(error).__name__
