"""How watcher itself fares: passes, failures, work that waits; counts alone, for metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LastPass:
    """The last pass that ended: whether without a failure, when it began, and what it counted."""

    complete: bool
    started_at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Condition:
    """Counts by their names.

    `passes` are by state, `failures` by stage and whether they are tried again, `jobs` by stage and
    state. `differing` are images that streams point to whose full scan found something else than is
    derived, `direct` those that are matched by scans of their own. `open_tickets` are by team.
    """

    last: LastPass | None
    passes: Mapping[str, int]
    failures: Mapping[tuple[str, bool], int]
    jobs: Mapping[tuple[str, str], int]
    calls: int
    differing: int
    direct: int
    open_tickets: Mapping[str, int]


class Conditions(Protocol):
    """The record, counted."""

    def now(self, upto: int) -> Condition:
        """How watcher fares, in a fixed number of statements; images after pass `upto`."""
