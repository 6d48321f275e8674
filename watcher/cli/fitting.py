"""Fitting the columns of a table into the width of a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

GAP: Final = 2  # spaces between columns
# What folding leaves of a column: first so much, and where that does not do, so little.
_NARROW: Final = 20
_NARROWEST: Final = 14
_JOINTS: Final = frozenset(" /@:,+&?")  # behind which a name may be broken, if it must


@dataclass(frozen=True, slots=True)
class Demand:
    """How wide a column is at its widest, whether it may be folded, how well it can be spared."""

    width: int
    flexible: bool = False
    spared: int = 0

    def least(self, narrow: int) -> int:
        """How wide it is where it is folded to so much."""
        return min(self.width, narrow) if self.flexible else self.width


def fit(demands: Sequence[Demand], width: int | None) -> dict[int, int]:
    """The columns that are shown, by place, with the width of each; all as they are without one.

    What can be spared most is left out until the others fit folded; what room is left then unfolds
    them, the one that needs least first.
    """
    shown = dict(enumerate(demands))
    if width is None:
        return {at: one.width for at, one in shown.items()}
    for narrow, last in ((_NARROW, 1), (_NARROWEST, 0)):
        while _needed(shown, narrow) > width and any(_spare(one, last) for one in shown.values()):
            del shown[max(shown, key=lambda at: (shown[at].spared, at))]
        if _needed(shown, narrow) <= width:
            return _unfolded(shown, narrow, width)
    return {at: one.least(_NARROWEST) for at, one in shown.items()}


def broken(text: str, width: int) -> str:
    """Text in lines of at most so many characters, broken behind a joint of its names if it can."""
    lines: list[str] = []
    while len(text) > width:
        joints = (at for at in range(width, width // 3, -1) if text[at - 1] in _JOINTS)
        at = next(joints, width)
        lines.append(text[:at].rstrip(" "))
        text = text[at:].lstrip(" ")
    return "\n".join([*lines, text])


def _spare(one: Demand, last: int) -> bool:
    """Whether a column may be left out: those that are spared least stay while folding helps."""
    return one.spared > last


def _needed(shown: Mapping[int, Demand], narrow: int) -> int:
    return sum(one.least(narrow) for one in shown.values()) + GAP * (len(shown) - 1)


def _unfolded(shown: Mapping[int, Demand], narrow: int, width: int) -> dict[int, int]:
    """Give what room is left to folded columns."""
    found = {at: one.least(narrow) for at, one in shown.items()}
    left = width - _needed(shown, narrow)
    for at in sorted(found, key=lambda at: shown[at].width - found[at]):
        more = min(left, shown[at].width - found[at])
        found[at] += more
        left -= more
    return found
