"""Labels that are watcher's: the one that says so, and how bad the worst is that would end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from watcher.domain.package import SEVERITIES

OURS: Final = "watcher"
_PREFIX: Final = "severity/"
SEVERITY_LABELS: Final = tuple(f"{_PREFIX}{one.lower()}" for one in SEVERITIES)


def severity_label(severity: str) -> str:
    """The label of a severity."""
    return f"{_PREFIX}{severity.lower()}"


def relabelled(
    shown: Sequence[str], wanted: Sequence[str], before: str | None
) -> tuple[str, ...] | None:
    """The labels of a ticket with the severity that is wanted now; None where they may stay.

    All others are people's. `before` is the severity's label as it was last known: one that people
    took off stays off while the worst is the same.
    """
    now = next((one for one in wanted if one in SEVERITY_LABELS), None)
    held = [one for one in shown if one in SEVERITY_LABELS]
    if now is None or held == [now] or (not held and now == before):
        return None
    place = shown.index(held[0]) if held else len(shown)
    kept = (one for one in shown[place:] if one not in SEVERITY_LABELS)
    return (*shown[:place], now, *kept)
