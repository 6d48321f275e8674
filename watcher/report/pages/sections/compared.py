"""A figure against the period before, in words: by how much it changed, or why nobody can tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from watcher.report.pages.sections.watch import Watch
from watcher.report.pages.wording import signed, whole_days

Worded = Callable[[float], str]
_SPACE: Final = "\N{NO-BREAK SPACE}"
_NO_PERIOD: Final = "no period before to compare with"
_UNWATCHED: Final = "nothing recorded in the period before"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a figure is worded, and how its change is; a `summed` one adds up over the period."""

    name: str
    anchor: str  # of its definition
    unit: str
    shown: Worded  # the number alone
    worded: Worded  # with its unit, in a sentence
    changed: Callable[[float, float], str | None]  # None where no number says it
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """The change against the period before: its sign, and how much in words."""

    rose: bool
    by: str


def compared(
    kind: Kind, now: float | None, before: float | None, watch: Watch
) -> tuple[Change | None, str]:
    """The change, if any, and the words for the period before."""
    if watch.before is None:
        return None, _NO_PERIOD
    if before is None or not watch.known_before:
        return None, _UNWATCHED
    was = f"was {kind.worded(before)}"
    if kind.summed and not watch.comparable:
        # A sum over fewer days is smaller, whatever happened.
        seen, whole = whole_days(watch.before.watched), whole_days(watch.before.days)
        return None, f"{was}, in {seen} of {whole} days watched"
    if now is None:
        return None, was
    if kind.shown(now) == kind.shown(before):
        return None, f"unchanged, {was}"
    by = kind.changed(now, before)
    return (Change(now > before, by) if by else None), was


def in_relation(now: float, before: float) -> str | None:
    """A change in percent of what was before; there is none of nothing."""
    if not before:
        return None
    share = (now - before) / before * 100
    return f"{signed(share, 0 if abs(share) >= 1 else 1)}{_SPACE}%"


def in_points(now: float, before: float) -> str:
    """A change of a share in points of a percent."""
    return f"{signed((now - before) * 100, 1)} points"


def in_days(now: float, before: float) -> str:
    """A change of days in days."""
    return f"{signed(now - before, 1)}{_SPACE}d"
