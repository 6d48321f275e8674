"""The story of two causes, pass by pass: filed, moved on, closed by evidence, filed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tests.unit.domain.days import day
from tests.unit.report.figures.bumps import CAUSE, REFERENCE, line, plan
from watcher.domain.ticket import BumpTicket, Cause, Target

PAY: Final = Cause("pay", CAUSE.lineage)


@dataclass(frozen=True, slots=True)
class Day:
    """What is planned at the time of a pass."""

    at: datetime
    plans: Sequence[BumpTicket]


def _told(at: float, *plans: BumpTicket) -> Day:
    return Day(day(at), [replace(one, as_of=day(at)) for one in plans])


_PAY: Final = plan([line("till", 1)], PAY)
_NEXT: Final = Target(f"{REFERENCE}.1", f"sha256:{'3' * 64}", day(92))
DAYS: Final = (
    _told(91, plan([line("api", 2), line("web", 1)]), _PAY),
    _told(
        92,
        plan(
            [line("api", 2), line("web", 1, 91.5)],
            action="version",
            target=_NEXT,
            target_name="base/python:3.12.1",
        ),
        _PAY,
    ),
    _told(93, plan([line("api", 2, 92.5), line("web", 1, 91.5)]), _PAY),
    _told(140, plan([line("api", 1), line("web", 1, 91.5)]), _PAY),
)
