"""Idle lines: overtaken by a higher one, and not pushed for long; open all the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from watcher.domain.version import parse

IDLE_AFTER: Final = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Line:
    """A version line as it stands: its name, such as `2-slim`, and since when its head is it."""

    repository: str
    name: str
    since: datetime


def idle_lines(lines: Iterable[Line], at: datetime) -> set[Line]:
    """Those that nobody pushed for 180 days, and that have a higher line of their flavour."""
    every = list(lines)
    highest: dict[tuple[str, str], tuple[int, ...]] = {}
    for one in every:
        numbers, group = _placed(one)
        highest[group] = max(highest.get(group, ()), numbers)
    return {
        one
        for one in every
        if at - one.since >= IDLE_AFTER and _placed(one)[0] < highest[_placed(one)[1]]
    }


def _placed(line: Line) -> tuple[tuple[int, ...], tuple[str, str]]:
    """A line's numbers, and what it may be compared with: the same repository and flavour."""
    head, _, flavour = line.name.partition("-")
    version = parse(head)
    return version.numbers if version else (), (line.repository, flavour)
