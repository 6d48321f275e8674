"""Bumps of the record as tests make them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.unit.domain.days import day
from watcher.domain.ticket import (
    BumpTicket,
    Cause,
    Done,
    Fix,
    Line,
    LineName,
    Target,
    TicketKey,
)
from watcher.domain.ticket.bump import Because
from watcher.ports.store.bumps import RecordedBump, Remembered

CAUSE = Cause("shop", "local/base/python:3.12")
REFERENCE = "registry.example/base/python:3.12"


def line(
    stream: str,
    exposures: int,
    moved: float | str | None = None,
    because: Because = "remediated",
) -> Line:
    """A line with high exposures; `moved` is the day on which it was done."""
    done = None if moved is None else Done(day(float(moved)), because)
    name = LineName(f"local/shop/{stream}", "linux/amd64")
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
) -> Remembered:
    """A ticket of the folder `t`, closed by somebody at a time."""
    closed_by: Any = closed[0] if closed else None
    return Remembered(
        key=TicketKey(generation, cause),
        tracker="t",
        ticket=str(generation),
        url=f"file:///tickets/{generation}.md",
        closed_by=closed_by,
        closed_at=closed[1] if closed else None,
        lines=tuple(lines),
    )


def recorded_bump(lines: Iterable[Line], *, stands: bool = True) -> RecordedBump:
    """A bump whose open ticket says what its plan does."""
    listed = tuple(lines)
    return RecordedBump(plan(listed), stands, (ticket(listed),))
