"""Times as tests write them: days from an arbitrary midnight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from watcher.domain.interval import Bound

_MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    """The time so many days after midnight."""
    return _MIDNIGHT + timedelta(days=number)


def bound(at: float, not_before: float | None = None, *, backfilled: bool = False) -> Bound:
    """A bound, in days."""
    return Bound(day(at), None if not_before is None else day(not_before), backfilled)
