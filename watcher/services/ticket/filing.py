"""What the configuration says of filing: where a team's tickets go, how many, for how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from watcher.domain.ticket import Terms


@dataclass(frozen=True, slots=True)
class Placement:
    """What a team wants on each of its tickets, beside what watcher puts there."""

    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    kind: str | None = None


_PLAIN = Placement()


@dataclass(frozen=True, slots=True)
class Filing:
    """Which tracker a team has, how many tickets are filed, and for how long a close counts.

    With `approval` none is filed before somebody ticked it on the dashboard, in trackers that have
    one.
    """

    tracker_of: Callable[[str], str | None]
    per_hour: int
    open_at_most: int
    terms: Terms
    placement_of: Callable[[str], Placement] = lambda _: _PLAIN
    approval: bool = False
    has_dashboard: Callable[[str], bool] = lambda _: False
