"""The management report as sheets: its figures first, then the tables of its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from watcher.report.sheets.columns import Document, Entry, entries_of, field
from watcher.report.sheets.workbook import Sheet

FIGURES: Final = (
    field("of"),
    field("name"),
    field("figure"),
    field("value"),
    field("ci_low"),
    field("ci_high"),
    field("n"),
    field("events"),
    field("reason"),
    field("clock"),
    field("since"),
    field("as_of"),
)
_TEAMS: Final = (
    field("team"),
    field("streams"),
    field("covered"),
    *(field(name) for name in ("critical", "high", "medium", "low", "unknown")),
    field("past_due"),
    field("exposure_days"),
    field("exposure_days_before"),
)
_AGES: Final = (field("severity"), field("age"), field("open"), field("past_due"))
_STREAMS: Final = (field("stream"), field("team"), field("exposure_days"), field("open"))
_DUE: Final = (
    field("vulnerability"),
    field("severity"),
    field("overdue"),
    field("due"),
    field("windows"),
    field("packages"),
    field("teams"),
)
_UNCOVERED: Final = (field("stream"), field("reason"))


def figures(told: Document) -> Iterator[Entry]:
    """A row for each figure: of the fleet, of the period before, of each severity and team."""
    now = {"since": told["since"], "as_of": told["as_of"]}
    yield from _figures("fleet", "", told["figures"], now)
    urgent: Any = told["critical_and_high"]
    yield from _figures("severities", "CRITICAL and HIGH", urgent["figures"], now)
    for of, key in (("severity", "by_severity"), ("team", "by_team")):
        groups: Any = told[key]
        for name, group in groups.items():
            yield from _figures(of, name, group, now)
    before: Any = told["previous"]
    if before is not None:
        period = {"since": before["since"], "as_of": before["as_of"]}
        yield from _figures("fleet", "", before["figures"], period)


def sheets(told: Document) -> Iterator[Sheet]:
    """The report, a sheet for each table."""
    yield Sheet("figures", FIGURES, figures(told))
    yield Sheet("teams", _TEAMS, map(_team, entries_of(told, "teams")))
    yield Sheet("ages", _AGES, _ages(told))
    yield Sheet("streams", _STREAMS, entries_of(told, "top_streams"))
    yield Sheet("due", _DUE, map(_due, entries_of(told, "due")))
    coverage: Any = told["coverage"]
    yield Sheet("not covered", _UNCOVERED, coverage["uncovered"])


def _figures(of: str, name: str, group: Any, period: Entry) -> Iterator[Entry]:  # noqa: ANN401 - JSON
    for figure, told in group.items():
        if "value" in told:
            yield {"of": of, "name": name, "figure": figure, **_figure(told), **period}
        else:
            for at, one in told.items():
                yield {"of": of, "name": name, "figure": f"{figure}_{at}", **_figure(one), **period}


def _figure(told: Mapping[str, Any]) -> Entry:
    low, high = told["ci"] or (None, None)
    kept = {key: told[key] for key in ("value", "n", "events", "reason", "clock")}
    return {**kept, "ci_low": low, "ci_high": high}


def _team(row: Entry) -> Entry:
    counted: Any = row["open"]
    return {**row, **{severity.lower(): number for severity, number in counted.items()}}


def _ages(told: Document) -> Iterator[Entry]:
    ages: Any = told["ages"]
    for severity, by_age in ages.items():
        for age, counted in by_age.items():
            yield {"severity": severity, "age": age, **counted}


def _due(row: Entry) -> Entry:
    teams: Any = row["by_team"]
    return {**row, "teams": [f"{team}: {number}" for team, number in teams.items()]}
