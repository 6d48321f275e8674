"""The four figures: each with its change, the period before, its interval and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from watcher.report.pages.sections import compared
from watcher.report.pages.sections.compared import Change, Kind, Worded
from watcher.report.pages.sections.refusal import Refusal, refusal
from watcher.report.pages.sections.shape import Figure, Report, Told
from watcher.report.pages.sections.strip import Strip, strip
from watcher.report.pages.sections.watch import Watch
from watcher.report.pages.wording import (
    count,
    counted,
    days,
    in_days,
    in_percent,
    percent,
    whole_days,
)

_FEW: Final = 10  # days with one decimal below this


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the four figures, in words; `value` None where `refusal` says why."""

    name: str
    anchor: str  # of its definition
    value: str | None
    unit: str
    refusal: Refusal | None
    change: Change | None
    before: str
    strip: Strip | None
    interval: str | None
    notes: tuple[str, ...]


def _whole(number: float) -> str:
    return whole_days(number) if number < _FEW else count(number)


_OPEN: Final = Kind("Open critical and high", "exposure", "", count, count, compared.in_relation)
_PAST_DUE: Final = Kind("Share past due", "past-due", "%", percent, in_percent, compared.in_points)
_MEDIAN: Final = Kind("Median known exposure", "median", "days", days, in_days, compared.in_days)
_DAYS: Final = Kind(
    "Exposure-days", "exposure-days", "", _whole, _whole, compared.in_relation, summed=True
)


def headlines(report: Report, watch: Watch) -> list[Headline]:
    """Draw the four figures of what is critical and high; a note gives that of all severities."""
    told, every, previous = report["critical_and_high"], report["figures"], report["previous"]
    now, was = told["figures"], previous["critical_and_high"]["figures"] if previous else None
    median = now["km_median_days"]
    return [
        _open(report, watch),
        _headline(
            _PAST_DUE,
            (now["past_due_share"], was and was["past_due_share"]),
            watch,
            (_past_due(told), _every(every["past_due_share"], in_percent)),
        ),
        _headline(
            _MEDIAN,
            (median, was and was["km_median_days"]),
            watch,
            (_events(median), _every(every["km_median_days"], in_days)),
        ),
        _headline(
            _DAYS,
            (now["exposure_days"], was and was["exposure_days"]),
            watch,
            (_backfilled(told), _every(every["exposure_days"], _whole)),
        ),
    ]


def _open(report: Report, watch: Watch) -> Headline:
    now, previous = report["critical_and_high"]["episodes"], report["previous"]
    before = previous["critical_and_high"]["episodes"]["open"] if previous else None
    change, was = compared.compared(_OPEN, now["open"], before, watch)
    return Headline(
        name=_OPEN.name,
        anchor=_OPEN.anchor,
        value=count(now["open"]),
        unit=_OPEN.unit,
        refusal=None,
        change=change,
        before=was,
        strip=None,
        interval=None,
        notes=(
            f"{count(now['opened'])} opened, {count(now['closed'])} closed",
            f"all severities: {count(report['episodes']['open'])}",
        ),
    )


def _headline(
    kind: Kind, figures: tuple[Figure, Figure | None], watch: Watch, notes: tuple[str | None, ...]
) -> Headline:
    """Word a figure beside that of the period before, which may have been refused as well."""
    now, was = figures
    change, before = compared.compared(kind, now["value"], was and was["value"], watch)
    refused = refusal(was) if was and watch.known_before else None
    return Headline(
        name=kind.name,
        anchor=kind.anchor,
        value=None if now["value"] is None else kind.shown(now["value"]),
        unit=kind.unit,
        refusal=refusal(now),
        change=change,
        before=f"before: {refused.head}" if refused else before,
        strip=strip(now, was),
        interval=_interval(now, kind.shown),
        notes=tuple(filter(None, notes)),
    )


def _past_due(told: Told) -> str | None:
    figure = told["figures"]["past_due_share"]
    if figure["value"] is None:
        return None
    return f"{count(figure['events'])} of {counted(figure['n'], 'exposure')}"


def _events(figure: Figure) -> str:
    return f"{count(figure['events'])} remediated, of {count(figure['n'])} watched"


def _backfilled(told: Told) -> str:
    unseen = told["figures"]["exposure_days_backfilled"]["value"] or 0.0
    return f"and {_whole(unseen)} before anybody watched" if unseen else "from detection on"


def _every(figure: Figure, worded: Worded) -> str | None:
    """The figure of all severities, where there is one."""
    value = figure["value"]
    return None if value is None else f"all severities: {worded(value)}"


def _interval(figure: Figure, worded: Worded) -> str | None:
    ci = figure["ci"]
    return f"95\N{NO-BREAK SPACE}%: {worded(ci[0])} to {worded(ci[1])}" if ci else None
