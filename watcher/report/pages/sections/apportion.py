"""Rounded parts that sum to the rounded total."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor


def apportioned(parts: Sequence[float | None], digits: int = 0) -> list[float | None]:
    """Round parts to some digits so that they sum to their rounded sum, by largest remainder.

    None stays None: what is not known is no part of the sum.
    """
    scale = 10**digits
    known = [(part or 0.0) * scale for part in parts]
    floors = [floor(part) for part in known]
    missing = round(sum(known)) - sum(floors)
    by_remainder = sorted(range(len(parts)), key=lambda place: floors[place] - known[place])
    lifted = set(by_remainder[:missing])
    return [
        None if part is None else (floors[place] + (place in lifted)) / scale
        for place, part in enumerate(parts)
    ]
