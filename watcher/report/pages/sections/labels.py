"""Dots on the survival curve and their labels, placed so that no label covers another.

The curve falls, so there is room to the right above a dot, and to the left below it. All is in
percent of the chart; a label is taken to be as large as where the chart is smallest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from watcher.report.pages.sections.shape import Point
from watcher.report.pages.wording import in_days

_LETTER = 2.4  # across, on a phone
_HIGH = 8.0  # on paper
_GAP = 2.5  # between a dot and its label, across
_TOP = 11.0  # above this a label would run into the words of the due day
_RIGHT = 106.0  # where the room right of the chart ends


@dataclass(frozen=True, slots=True)
class Label:
    """A dot at (x, y) from the left and the top, and the text beside it, which may be none."""

    x: float
    y: float
    text: str
    to_the_left: bool = False
    below: bool = False

    @property
    def across(self) -> tuple[float, float]:
        """From where to where the text reaches."""
        wide = len(self.text) * _LETTER
        left = self.x - _GAP - wide if self.to_the_left else self.x + _GAP
        return left, left + wide

    @property
    def down(self) -> tuple[float, float]:
        """From where to where it reaches downwards."""
        top = self.y if self.below else self.y - _HIGH
        return top, top + _HIGH

    @property
    def fits(self) -> bool:
        """Whether it stands in the chart, on no words that are there already."""
        left, right = self.across
        return left >= 0 and right <= _RIGHT and self.down[1] <= 100 and (  # noqa: PLR2004 percent
            self.below or self.y >= _TOP
        )  # fmt: skip

    def covers(self, other: Label) -> bool:
        """Whether two labels touch."""
        pairs = ((self.across, other.across), (self.down, other.down))
        return all(mine[0] < its[1] and its[0] < mine[1] for mine, its in pairs)


def labels(points: Sequence[Point], due: Sequence[int], median: float | None) -> tuple[Label, ...]:
    """Label the share that is open at each due day, and the median, from the left."""
    found = [_share(points[day]) for day in due if day < len(points)]
    if median is not None and points and median <= points[-1]["day"]:
        found.append(Label(_x(median), 50.0, f"median {in_days(median)}"))
    found.sort(key=lambda label: label.x)
    while (crowded := next(_crowded(found), None)) is not None:
        here, there = found[crowded], found[crowded + 1]
        found[crowded] = replace(here, text="")
        found[crowded + 1] = replace(there, text=", ".join(filter(None, (here.text, there.text))))
    return tuple(_placed(found))


def _share(point: Point) -> Label:
    share = point["survival"]
    text = f"{share * 100:.0f}\N{NO-BREAK SPACE}%"
    return Label(_x(point["day"]), round((1 - share) * 100, 2), text)


def _x(day: float) -> float:
    return round(day / 90 * 100, 2)


def _crowded(found: Sequence[Label]) -> Iterator[int]:
    """Labels, but for the last, for which there is no room beside those to their right."""
    placed = _placed(found)
    for at, one in enumerate(placed[:-1]):
        if one.text and (not one.fits or any(one.covers(other) for other in placed[at + 1 :])):
            yield at


def _placed(found: Sequence[Label]) -> list[Label]:
    """Put each label in the first place where it has room, from the right."""
    placed: list[Label] = []
    for one in reversed(found):
        free = (
            place
            for place in _places(one)
            if place.fits and not any(place.covers(other) for other in placed if other.text)
        )
        placed.append(next(free, one) if one.text else one)
    return placed[::-1]


def _places(one: Label) -> Iterator[Label]:
    """Right above, left below, and near the top, where the curve is flat, right below."""
    yield one
    yield replace(one, to_the_left=True, below=True)
    if one.y < _TOP:
        yield replace(one, below=True)
    yield replace(one, to_the_left=True)
