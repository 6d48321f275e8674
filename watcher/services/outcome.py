"""What every stage answers: counts of what it did, what it could not do, and what it noticed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from watcher.domain.errors import PermanentError, WatcherError
from watcher.domain.note import Note
from watcher.ports.store.passes import Failure

_REFERENCE: Final = re.compile(r"[^\s@]+(@sha256:[0-9a-f]{64}): +")


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


def reason_of(subject: str, reason: str) -> str:
    """A failure's reason without the reference that it begins with, where the subject names it."""
    named = _REFERENCE.match(reason)
    return reason[named.end() :] if named and subject.endswith(named[1]) else reason


def one_line(error: BaseException) -> str:
    """An error's message on one line."""
    return " ".join(str(error).split()) or type(error).__name__
