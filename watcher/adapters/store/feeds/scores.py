"""A day of EPSS as one compressed body: numbers of CVEs, scores and percentiles, side by side."""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

_UNIT = 100_000  # scores have five digits
_YEAR = 1 << 40


@dataclass(frozen=True, slots=True)
class DayOfScores:
    """Scores by the number of their CVE, ascending; in units of 0.00001."""

    numbers: array[int]
    scores: array[int]
    percentiles: array[int]

    def of(self, name: str) -> tuple[float, float] | None:
        """Score and percentile of a CVE, from 0 to 1; None where it has none."""
        number = number_of(name)
        place = bisect_left(self.numbers, number)
        if place == len(self.numbers) or self.numbers[place] != number:
            return None
        return self.scores[place] / _UNIT, self.percentiles[place] / _UNIT

    def scored(self, least: float) -> set[int]:
        """The numbers of the CVEs with a score of `least` or more."""
        bound = round(least * _UNIT)
        pairs = zip(self.numbers, self.scores, strict=True)
        return {number for number, score in pairs if score >= bound}


def packed(scores: Mapping[str, tuple[float, float]]) -> bytes:
    """Write a day down; the order of its lines makes no difference."""
    rows = sorted((number_of(name), *told) for name, told in scores.items())
    columns = (
        array("Q", (number for number, _, _ in rows)),
        array("I", (round(score * _UNIT) for _, score, _ in rows)),
        array("I", (round(percentile * _UNIT) for _, _, percentile in rows)),
    )
    return zlib.compress(b"".join(_little(column).tobytes() for column in columns), 6)


def unpacked(body: bytes) -> DayOfScores:
    """Read a day again."""
    told = zlib.decompress(body)
    count = len(told) // 16
    columns: list[array[int]] = []
    begin = 0
    for kind, size in (("Q", 8), ("I", 4), ("I", 4)):
        column = array(kind, told[begin : begin + size * count])
        columns.append(_little(column))
        begin += size * count
    return DayOfScores(*columns)


def number_of(name: str) -> int:
    """A CVE as a number by which they sort; 0 for anything else, which is no CVE's."""
    kind, _, rest = name.upper().partition("-")
    year, _, number = rest.partition("-")
    if kind != "CVE" or not (year + number).isascii() or not (year + number).isdigit():
        return 0
    return int(year[:6]) * _YEAR + int(number[:12])


def _little(column: array[int]) -> array[int]:
    if sys.byteorder == "big":
        column.byteswap()
    return column
