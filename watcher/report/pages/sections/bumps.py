"""Base bumps: those that ended most, those that would end most, the others as one; all sum up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.report.pages.sections.apportion import apportioned
from watcher.report.pages.sections.shape import Bump, Report, Ticket
from watcher.report.pages.wording import whole_days

MOST = 6
_DETAILED = 100  # exposure-days have one decimal below this total


@dataclass(frozen=True, slots=True)
class BumpRow:
    """A team's bump, or others gathered (`gathered` says how many); days are ready to print."""

    key: str
    base: str
    team: str
    since: str | None
    ticket: Ticket | None
    gathered: int
    streams: int
    moved: int
    ended: int  # exposures
    exposure_days: str
    left: int  # exposures
    per_week: str
    state: str


@dataclass(frozen=True, slots=True)
class Bumps:
    """The rows and their sum."""

    rows: tuple[BumpRow, ...]
    total: BumpRow


def bumps(report: Report) -> Bumps | None:
    """Lay out the bumps; None where the document knows of none because it is older than they."""
    found = report.get("bumps")
    if found is None:
        return None
    chosen, others = _chosen(found)
    shown = [*chosen, _summed(others)] if others else chosen
    ended = [one["ended"]["exposure_days"] for one in shown]
    weekly = [whole_days(one["left"]["exposure_days_per_week"]) for one in shown]
    total = _summed(shown)
    return Bumps(
        rows=tuple(
            _row(one, ended_days, per_week, 0 if place < len(chosen) else len(others))
            for place, (one, ended_days, per_week) in enumerate(
                zip(shown, _printed(ended), weekly, strict=True)
            )
        ),
        total=_row(
            total,
            _printed([sum(ended)])[0],
            whole_days(total["left"]["exposure_days_per_week"]),
            0,
        ),
    )


def _chosen(found: Sequence[Bump]) -> tuple[list[Bump], list[Bump]]:
    """Six bumps, of which up to three are those that would still end most; and all others."""
    if len(found) <= MOST + 1:  # a row for one other would take as much room as the other itself
        return list(found), []
    left = [place for place, one in enumerate(found) if one["left"]["windows"]]
    left.sort(key=lambda place: -found[place]["left"]["exposure_days_per_week"])
    places = list(range(MOST - min(len(left), MOST // 2)))
    places += [place for place in left if place not in places][: MOST - len(places)]
    others = [one for place, one in enumerate(found) if place not in places]
    return [found[place] for place in places], others


def _printed(parts: Sequence[float]) -> list[str]:
    digits = 0 if sum(parts) >= _DETAILED else 1
    return [f"{part or 0.0:,.{digits}f}" for part in apportioned(parts, digits)]


def _summed(found: Sequence[Bump]) -> Bump:
    return Bump(
        key="",
        team="",
        base="",
        target={"name": "", "digest": "", "since": None},
        streams=sum(one["streams"] for one in found),
        moved=sum(one["moved"] for one in found),
        ended={
            "windows": sum(one["ended"]["windows"] for one in found),
            "exposure_days": sum(one["ended"]["exposure_days"] for one in found),
        },
        left={
            "windows": sum(one["left"]["windows"] for one in found),
            "exposure_days_per_week": sum(one["left"]["exposure_days_per_week"] for one in found),
        },
        state="open",
        ticket=None,
    )


def _row(one: Bump, exposure_days: str, per_week: str, gathered: int) -> BumpRow:
    return BumpRow(
        key=one["key"],
        base=one["base"],
        team=one["team"],
        since=one["target"]["since"],
        ticket=one["ticket"],
        gathered=gathered,
        streams=one["streams"],
        moved=one["moved"],
        ended=one["ended"]["windows"],
        exposure_days=exposure_days,
        left=one["left"]["windows"],
        per_week=per_week,
        state=one["state"].replace("_", " "),
    )
