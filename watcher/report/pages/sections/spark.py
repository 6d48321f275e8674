"""A row of numbers as a small line on a scale of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spark:
    """A path over 0 to `last` across and 0 to 100 downwards, its end, and what it shows."""

    path: str
    last: int
    end: float
    first_value: int
    last_value: int
    lowest: int
    highest: int


def spark(values: Sequence[int]) -> Spark:
    """Draw numbers from left to right; numbers that are all the same are a line in the middle."""
    drawn = list(values) or [0]
    lowest, highest = min(drawn), max(drawn)
    span = highest - lowest
    heights = [round((highest - one) / span * 100, 2) if span else 50.0 for one in drawn]
    path = "".join(f"{'L' if at else 'M'}{at} {height:g}" for at, height in enumerate(heights))
    return Spark(path, max(len(drawn) - 1, 1), heights[-1], drawn[0], drawn[-1], lowest, highest)
