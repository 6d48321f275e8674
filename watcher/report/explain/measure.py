"""What one stretch adds to a number: read from the report's own sums over that stretch alone.

All sums of a report are additive, so a stretch's part is what the sums would be without the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from watcher.report.figures.span import DAY, NUMBERS
from watcher.report.figures.tally import REMEDIATED, Tally

Amount = Callable[[Tally], int]


@dataclass(frozen=True, slots=True)
class Measure:
    """How a number is made of stretches.

    `says` is what it counts, in words. With `per`, the sum of `of` is divided by that of `per`.
    `unit` is what one of the number is, in the amounts: a day has 86,400,000,000 ticks. An
    `estimate` is no sum: it is drawn from entry, exit and outcome of all stretches of the cohort,
    and `of` says who is one of them.
    """

    says: str
    of: Amount
    per: Amount | None = None
    unit: int = 1
    estimate: bool = False


def _cohort(tally: Tally) -> int:
    return len(tally.exits)


def _outcome(number: int) -> Amount:
    return lambda tally: sum(one == number for one in tally.outcomes)


def _closed(number: int) -> Amount:
    return lambda tally: tally.closed[number]


def _judged(tally: Tally) -> int:
    return tally.open - tally.undetermined


def _verdicts(tally: Tally) -> int:
    return tally.met + tally.missed


_WATCHED = "exposures that were watched in the period"
_REMEDIATED = "exposures that were remediated in the period"
_OPEN = Measure("exposures open at the end", lambda tally: tally.open)
_ENDED = Measure(_REMEDIATED, _closed(REMEDIATED))
_COHORT = Measure(_WATCHED, _cohort)
_LATE = Measure("exposures with days before their detection", lambda tally: tally.late)
_PAST_DUE = Measure("exposures open at the end and past due", lambda tally: tally.past_due)
NOBODY = Measure("none are counted", lambda _: 0)

_EVENTS = Measure("exposures watched in the period that were remediated", _outcome(REMEDIATED))
_CURVE = Measure(f"the curve of all {_WATCHED}", _cohort, estimate=True)

# The figures of a group by name: how the value is made, what `n` counts, what `events` counts.
FIGURES: dict[str, tuple[Measure, Measure, Measure]] = {
    "mttr_naive_days": (
        Measure(
            f"days from start to end of {_REMEDIATED}, by their number",
            lambda tally: tally.remediation,
            _closed(REMEDIATED),
            DAY,
        ),
        _ENDED,
        _ENDED,
    ),
    "open_age_mean_days": (
        Measure(
            "days that exposures open at the end have lasted, by their number",
            lambda tally: tally.age,
            lambda tally: tally.open,
            DAY,
        ),
        _OPEN,
        NOBODY,
    ),
    "km_median_days": (_CURVE, _COHORT, _EVENTS),
    "survival": (_CURVE, _COHORT, _EVENTS),
    "rmst_90_days": (_CURVE, _COHORT, _EVENTS),
    "exposure_days": (
        Measure(
            "days of exposure in the period, from detection on",
            lambda tally: tally.observed,
            unit=DAY,
        ),
        _COHORT,
        NOBODY,
    ),
    "exposure_days_backfilled": (
        Measure(
            "days of exposure in the period, before detection",
            lambda tally: tally.unseen,
            unit=DAY,
        ),
        _LATE,
        NOBODY,
    ),
    "actionable_exposure_days": (
        Measure(
            "days of exposure in the period while there was a fix",
            lambda tally: tally.actionable,
            unit=DAY,
        ),
        Measure("exposures with such days", lambda tally: tally.acted),
        NOBODY,
    ),
    "detected_to_remediated_days": (
        Measure(
            f"days from detection to end of {_REMEDIATED}, by their number",
            lambda tally: tally.response,
            _closed(REMEDIATED),
            DAY,
        ),
        _ENDED,
        _ENDED,
    ),
    "past_due_share": (
        Measure(
            "of the exposures open at the end whose due time can be told, those past it",
            lambda tally: tally.past_due,
            _judged,
        ),
        Measure("exposures open at the end whose due time can be told", _judged),
        _PAST_DUE,
    ),
    "in_time_share": (
        Measure(
            "of the exposures that were judged in the period, those remediated in time",
            lambda tally: tally.met,
            _verdicts,
        ),
        Measure("exposures that were remediated in time, or whose due time passed", _verdicts),
        Measure("exposures that were remediated in time", lambda tally: tally.met),
    ),
}

EPISODES: dict[str, Measure] = {
    "open": _OPEN,
    "opened": Measure("exposures that began in the period", lambda tally: tally.opened),
    "closed": Measure("exposures that ended in the period", lambda t: t.closed.total()),
    "backfilled": Measure(
        "exposures of the period whose start was worked out afterwards",
        lambda tally: tally.backfilled,
    ),
    "past_due": _PAST_DUE,
}


def incidence(cause: str) -> tuple[Measure, Measure, Measure]:
    """The share that has ended for a cause: how it is made, and what `n` and `events` count."""
    counted = Measure(
        f"exposures watched in the period that ended as {cause}", _outcome(NUMBERS[cause])
    )
    return _CURVE, _COHORT, counted


def ended_as(cause: str) -> Measure:
    """How many ended for a cause."""
    return Measure(f"exposures that ended in the period as {cause}", _closed(NUMBERS[cause]))


def aged(band: int, what: str, *, overdue: bool) -> Measure:
    """How many are open and of an age, or of those past due."""
    said = f"exposures open at the end, {what} days old"
    if overdue:
        return Measure(f"{said} and past due", lambda tally: tally.overdue[band])
    return Measure(said, lambda tally: tally.ages[band])


def at_risk(day: int) -> Measure:
    """How many were under observation on a day of their exposure."""

    def watched(tally: Tally) -> int:
        times = zip(tally.entries, tally.exits, strict=True)
        return sum(entry < day <= leave for entry, leave in times)

    return Measure(f"exposures under observation on day {day}", watched)


CURVE = _CURVE
OPEN = _OPEN
