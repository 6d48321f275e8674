"""Whose days were they? An exposure cut at its milestones, each part with the stage that waited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args

Stage = Literal["database", "detection", "fix", "base", "ticket", "rebuild"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)


@dataclass(frozen=True, slots=True)
class Milestones:
    """When what an exposure waited for came; None where it has not.

    `in_base` is whether its base image brought it: where not, there is no base to wait for.
    """

    known_in_db: datetime | None = None
    detected: datetime | None = None
    fix_available: datetime | None = None
    base_fix_available: datetime | None = None
    ticketed: datetime | None = None
    in_base: bool = False

    def awaited(self) -> Iterator[tuple[Stage, datetime | None]]:
        """Each stage with the milestone that ends it; the rebuild waits for the end itself.

        Without a base nothing is filed either: once there is a fix the rebuild is all that is left.
        """
        yield "database", self.known_in_db
        yield "detection", self.detected
        yield "fix", self.fix_available
        if self.in_base:
            yield "base", self.base_fix_available
        if self.in_base or self.ticketed is not None:
            yield "ticket", self.ticketed


class Lag(NamedTuple):
    """A part [start, end) of an exposure, and the stage that waited through it."""

    stage: Stage
    start: datetime
    end: datetime


def waterfall(start: datetime, end: datetime, milestones: Milestones) -> list[Lag]:
    """Cut [start, end) at its milestones: the parts follow each other and sum to the whole.

    A milestone before the one in front of it takes no time. One that is missing leaves its time,
    until the next that came, with the stage that waits for it: without a fix all days are the
    fix's, until a base or a ticket came all the same.
    """
    found: list[Lag] = []
    waiting: Stage | None = None
    reach = start
    for stage, reached in milestones.awaited():
        waiting = waiting or stage
        if reached is None:
            continue
        until = min(max(reached, reach), end)
        if until > reach:
            found.append(Lag(waiting, reach, until))
        reach, waiting = until, None
    if end > reach:
        found.append(Lag(waiting or "rebuild", reach, end))
    return found
