"""What a number of the report asks: how it is counted, and of which stretches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from watcher.domain.ticket import Cause
from watcher.domain.waterfall import Stage
from watcher.report.explain.measure import (
    CURVE,
    EPISODES,
    FIGURES,
    NOBODY,
    OPEN,
    Measure,
    aged,
    at_risk,
    ended_as,
    incidence,
)
from watcher.report.explain.path import Path
from watcher.report.figures.ended import Ended
from watcher.report.figures.fleet import URGENT, Fleet
from watcher.report.figures.management import Beside
from watcher.report.figures.period import Period
from watcher.report.figures.span import DAY
from watcher.report.figures.stretch import Stretch
from watcher.report.figures.tally import AGE_NAMES

How = Literal["sum", "quotient", "estimate", "interval", "given"]
Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Due:
    """Stretches that come due, or came: of one vulnerability or of all, once for each of them."""

    overdue: bool
    vulnerability: str | None = None

    @property
    def says(self) -> str:
        """What is counted, in words."""
        what = (
            "exposures open at the end" if self.vulnerability else "vulnerabilities of what is open"
        )
        return f"{what}, {'past due' if self.overdue else 'due later'}"


@dataclass(frozen=True, slots=True)
class Question:
    """How a number is counted, and of which stretches; a filter that is None lets all through.

    `before` asks of the period before, `week` of one of the times at which `weeks` are counted.
    `interval` is set for a bound of an interval, which is drawn from the same stretches.
    """

    measure: Measure
    before: bool = False
    team: str | None = None  # as documents call it
    severities: frozenset[str] | None = None
    streams: frozenset[str] | None = None
    week: int | None = None
    due: Due | None = None
    accepted: Literal["holds", "expired"] | None = None
    cluster: str | None = None  # the base that streams are built on
    amount: Callable[[Fleet], int] | None = None  # where it is of no tally
    each: Callable[[Stretch], int] | None = None  # where it is told by the stretch itself
    interval: bool = False

    @property
    def how(self) -> How:
        """How the number is made of the parts."""
        if self.interval:
            return "interval"
        if self.measure.estimate:
            return "estimate"
        return "quotient" if self.measure.per else "sum"


def question(path: Path, report: Report, beside: Beside, period: Period) -> Question | None:
    """What a number asks of stretches; None where it is not counted in stretches."""
    root, *rest = path
    if root == "idle":
        return Question(OPEN, streams=frozenset(beside.idle)) if rest == ["open"] else None
    if root == "bumps" and rest[1] == "ended":
        return _ended(caused(report["bumps"][rest[0]]), rest[2], Ended.by(beside.bumps, period))
    asked = _ROOTS.get(str(root))
    return asked(rest, report) if asked else None


def _episodes(rest: Sequence[Any], _: Report) -> Question:
    if rest[0] == "by_cause":
        return Question(ended_as(rest[1]))
    return Question(EPISODES[rest[0]])


def _figure(rest: Sequence[Any], _: Report) -> Question:
    """A figure's value, or what it rests on; a day may stand between name and leaf."""
    name, *more = rest
    leaf = more[1] if name == "survival" else more[0]
    return _leaf(FIGURES[name], leaf)


def _leaf(made: tuple[Measure, Measure, Measure], leaf: str) -> Question:
    value, n, events = made
    if leaf == "ci":
        return Question(value, interval=True)
    return Question({"value": value, "n": n, "events": events}[leaf])


def _incidence(rest: Sequence[Any], _: Report) -> Question:
    cause, _day, leaf, *_bound = rest
    return _leaf(incidence(cause), leaf)


def _curve(rest: Sequence[Any], points: Sequence[Any]) -> Question | None:
    position, leaf = rest
    if leaf == "day":
        return None
    day = points[position]["day"]
    return Question(at_risk(day) if leaf == "at_risk" else CURVE)


def _group(rest: Sequence[Any], group: Report) -> Question | None:
    """Counts, figures or curve of a group."""
    what, *more = rest
    if what == "curve":
        return _curve(more, group["curve"])
    return _episodes(more, group) if what == "episodes" else _figure(more, group)


def _urgent(rest: Sequence[Any], report: Report) -> Question | None:
    asked = _group(rest, report["critical_and_high"])
    return asked and replace(asked, severities=URGENT)


def _previous(rest: Sequence[Any], report: Report) -> Question | None:
    before = report["previous"]
    urgent = rest[0] == "critical_and_high"
    asked = _urgent(rest[1:], before) if urgent else _group(rest, before)
    return asked and replace(asked, before=True)


def _ages(rest: Sequence[Any], _: Report) -> Question:
    severity, band, what = rest
    measure = aged(AGE_NAMES.index(band), band, overdue=what == "past_due")
    return Question(measure, severities=frozenset({severity}))


def _teams(rest: Sequence[Any], report: Report) -> Question | None:
    position, what, *more = rest
    team = report["teams"][position]["team"]
    asked = _of_team(what, more)
    return asked and replace(asked, team=team)


def _of_team(what: str, more: Sequence[Any]) -> Question | None:
    if what == "open":
        return Question(OPEN, severities=frozenset({more[0]}))
    if what == "weekly":
        said = Measure("critical and high exposures open at that time", lambda _: 0)
        return Question(said, severities=URGENT, week=more[0])
    days = FIGURES["exposure_days"][0]
    asked = {
        "past_due": Question(EPISODES["past_due"]),
        "exposure_days": Question(days),
        "exposure_days_before": Question(days, before=True),
    }
    return asked.get(what)


def _top_streams(rest: Sequence[Any], report: Report) -> Question:
    position, what = rest
    measure = OPEN if what == "open" else FIGURES["exposure_days"][0]
    return Question(measure, streams=frozenset({report["top_streams"][position]["stream"]}))


def _accepted(rest: Sequence[Any], _: Report) -> Question:
    return Question(OPEN, accepted="holds" if rest == ["open"] else "expired")


def _policy(rest: Sequence[Any], _: Report) -> Question | None:
    if rest == ["undetermined", "open"]:
        return Question(Measure(_UNTOLD, lambda tally: tally.undetermined))
    if rest[:2] == ["undetermined", "missing"]:
        name = rest[2]
        says = f"{_UNTOLD}, for want of {name}"
        return Question(replace(NOBODY, says=says), amount=lambda fleet: fleet.missing[name])
    return None


def _lags(rest: Sequence[Any], _: Report) -> Question:
    what, *more = rest
    if what == "avoidable_exposure_days":
        return _AVOIDABLE
    stage = more[-1] if more else None
    waited = replace(NOBODY, says=_waited(stage), unit=DAY)
    asked = Question(waited, amount=lambda fleet: fleet.lags.waited(stage))
    return replace(asked, team=more[0]) if what == "by_team" else asked


def _waited(stage: Stage | None) -> str:
    whole = "days of exposure in the period, whoever detected them when"
    return f"{whole}, that waited for: {stage}" if stage else whole


def caused(row: Report) -> Cause:
    """The cause that a row of bumps is about."""
    team = str(row["team"])
    return Cause(team, str(row["key"]).removeprefix(f"{team}:"))


def _bumps(rest: Sequence[Any], report: Report) -> Question | None:
    position, *what = rest
    if what != ["avoidable_exposure_days"]:
        return None
    cause = caused(report["bumps"][position])
    return replace(_AVOIDABLE, team=cause.team, cluster=cause.lineage)


def _ended(cause: Cause, what: str | int, ended: Ended) -> Question:
    """What a bump ended, or the days that this spared."""
    said = "exposures that were remediated after a ticket of the bump had asked for it"
    if what == "windows":
        says = replace(NOBODY, says=said)
        return Question(says, each=lambda stretch: ended.whose(stretch) == cause)
    days = replace(NOBODY, says=f"days since then of {said}", unit=DAY)
    return Question(days, each=lambda one: ended.spared(one) if ended.whose(one) == cause else 0)


def _change(rest: Sequence[Any], report: Report) -> Question:
    what, *more = rest
    if what == "without_work":
        return Question(ended_as(more[0]))
    asked = Question(FIGURES["exposure_days"][0], before=more[-1] == "before")
    if what == "by_team":
        return replace(asked, team=report["change"]["by_team"][more[0]]["team"])
    return asked


def _due(rest: Sequence[Any], report: Report) -> Question | None:
    position, what, *more = rest
    row = report["due"][position]
    due = Due(row["overdue"], row["vulnerability"])
    asked = Question(replace(NOBODY, says=due.says), due=due)
    if what == "by_team":
        return replace(asked, team=more[0])
    return asked if what == "windows" else None


def _due_in_all(rest: Sequence[Any], _: Report) -> Question:
    due = Due(rest[0] == "overdue")
    return Question(replace(NOBODY, says=due.says), due=due)


def _by_severity(rest: Sequence[Any], report: Report) -> Question:
    return replace(_figure(rest[1:], report), severities=frozenset({rest[0]}))


def _by_team(rest: Sequence[Any], report: Report) -> Question:
    return replace(_figure(rest[1:], report), team=rest[0])


_UNTOLD: Final = "exposures open at the end of which nobody can tell by when they are due"
_AVOIDABLE: Final = Question(
    Measure("days of exposure in the period after the base was without it", lambda _: 0, unit=DAY),
    amount=lambda fleet: fleet.lags.avoided(),
)

_ROOTS: Final[dict[str, Callable[[Sequence[Any], Report], Question | None]]] = {
    "episodes": _episodes,
    "figures": _figure,
    "cumulative_incidence": _incidence,
    "by_severity": _by_severity,
    "by_team": _by_team,
    "critical_and_high": _urgent,
    "curve": lambda rest, report: _curve(rest, report["curve"]),
    "previous": _previous,
    "ages": _ages,
    "teams": _teams,
    "top_streams": _top_streams,
    "accepted": _accepted,
    "policy": _policy,
    "lags": _lags,
    "bumps": _bumps,
    "change": _change,
    "due": _due,
    "due_in_all": _due_in_all,
}
