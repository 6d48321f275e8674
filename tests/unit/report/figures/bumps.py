"""Bumps of the record as tests make them, and the exposures that they end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.unit.domain.days import day
from tests.unit.report.figures.windows import stretch
from watcher.domain.ticket import (
    BumpTicket,
    Cause,
    Done,
    Fix,
    Line,
    LineName,
    Rated,
    Target,
    TicketKey,
)
from watcher.domain.ticket.bump import Because
from watcher.ports.store.bumps import RecordedBump, Remembered
from watcher.report.figures.stretch import Stretch

CAUSE = Cause("shop", "local/base/python:3.12")
REFERENCE = "registry.example/base/python:3.12"
LISTED = tuple(f"CVE-{number}" for number in range(1, 10))  # by tickets


def line(
    stream: str,
    exposures: int,
    moved: float | str | None = None,
    because: Because = "remediated",
    platform: str = "linux/amd64",
) -> Line:
    """A line with high exposures; `moved` is the day on which it was done."""
    done = None if moved is None else Done(day(float(moved)), because)
    name = LineName(f"local/shop/{stream}", platform)
    return Line(name, f"sha256:{'1' * 64}", {"HIGH": exposures}, done=done)


def plan(lines: Iterable[Line], cause: Cause = CAUSE, **told: Any) -> BumpTicket:  # noqa: ANN401 any field
    """A plan over lines; what is left in them is one vulnerability for each exposure."""
    listed = tuple(lines)
    left = sum(sum(one.ended.values()) for one in listed if one.done is None)
    fixes = (Fix("CVE-1", "HIGH", "openssl", "3", left), Fix("CVE-2", "LOW", "bash", "6", 99))
    values: dict[str, Any] = {
        "cause": cause,
        "action": "rebuild",
        "base_name": "base/python:3.12",
        "base_reference": REFERENCE,
        "target": Target(REFERENCE, f"sha256:{'2' * 64}", day(50)),
        "lines": listed,
        "fixes": fixes if left else (),
        "threshold": "HIGH",
        "exposure_days_per_week": left * 7,
        "oldest_days": 0,
        "scanner": "Trivy 0.74.0",
        "database_time": day(0),
        "as_of": day(90),
        **told,
    }
    return BumpTicket(**values)


def ticket(
    lines: Iterable[Line] = (),
    generation: int = 1,
    closed: tuple[str, datetime] | None = None,
    cause: Cause = CAUSE,
    filed: float = -60,
    listed: Iterable[str] = LISTED,
) -> Remembered:
    """A ticket of the folder `t`, filed on a day, closed by somebody at a time."""
    closed_by: Any = closed[0] if closed else None
    return Remembered(
        key=TicketKey(generation, cause),
        tracker="t",
        ticket=str(generation),
        url=f"file:///tickets/{generation}.md",
        closed_by=closed_by,
        closed_at=closed[1] if closed else None,
        lines=tuple(lines),
        listed=dict.fromkeys(listed, Rated("HIGH")),
        filed_at=day(filed),
    )


def exposures(lines: Iterable[Line], start: float = -90) -> Iterator[Stretch]:
    """What lines are exposed to until a rebuild does them: one of what tickets list for each."""
    for one in lines:
        count = sum(one.ended.values())
        for name in LISTED[:count]:
            remediated = one.done is not None and one.done.because == "remediated"
            yield stretch(
                start,
                days_since(one.done.at) if one.done and remediated else None,
                stream=one.name.stream,
                platform=one.name.platform,
                vulnerability=name,
            )


def days_since(time: datetime) -> float:
    """The number of the day of a time."""
    return (time - day(0)) / timedelta(days=1)


def recorded_bump(
    lines: Iterable[Line], *, stands: bool = True, filed: float = -60
) -> RecordedBump:
    """A bump whose open ticket says what its plan does."""
    listed = tuple(lines)
    return RecordedBump(plan(listed), stands, (ticket(listed, filed=filed),))
