"""What the story leaves where nothing disturbs it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.faults.harness.remains import Remains
from watcher.ports.store.passes import Failure


@dataclass(frozen=True, slots=True)
class Expected:
    """What each pass may leave, and the failures that belong to the story.

    First stands what it leaves when nothing is made twice; who dies when all is done makes a pass
    once more, which can show in the later ones too. What an audit finds is a failure that is told.
    """

    after: Sequence[Sequence[Remains]]
    told: frozenset[tuple[str, str]]  # stages and subjects

    def untold(self, failures: Iterable[Failure]) -> list[Failure]:
        """The failures that do not belong to the story."""
        return [one for one in failures if (one.stage, one.subject) not in self.told]
