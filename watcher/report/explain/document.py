"""An explanation as a document: a number, how it is made, and the parts that it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watcher.ports.store.exposures import ReadWindow
from watcher.ports.store.grounds import WindowGrounds
from watcher.report.explain import facts
from watcher.report.explain.beside import Made
from watcher.report.explain.path import Path, named
from watcher.report.explain.walk import Counted, Walked
from watcher.report.figures.period import Period
from watcher.report.figures.span import CAUSES
from watcher.report.times import stamp

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Asked:
    """The number that is explained, and the report that it stands in.

    `reason` is why there is no value; `upto` the last pass that was read.
    """

    path: Path
    value: float | None
    reason: str | None
    period: Period
    known_now: bool
    upto: int


def of_stretches(
    asked: Asked,
    walked: Walked,
    windows: Mapping[int, ReadWindow],
    grounds: Mapping[int, WindowGrounds],
) -> Document:
    """The explanation of a number that is counted in stretches."""
    question = walked.question
    measure = question.measure
    parts = [_stretch(one, walked, windows, grounds) for one in walked.parts]
    per = measure.per is not None
    return {
        **_head(asked, measure.says, question.how),
        "sum": {
            "counts": _amount(walked.of, measure.unit),
            "among": walked.per if per else None,
        },
        "parts_in_all": walked.counted,
        "parts": parts,
    }


def of_others(asked: Asked, made: Made, most: int) -> Document:
    """The explanation of a number that is made of something else, or given."""
    quotient = made.how == "quotient"
    counted = sum(one.of for one in made.parts)
    among = sum(one.per or 0 for one in made.parts)
    shown = sorted(made.parts, key=lambda one: -one.of)[:most]
    return {
        **_head(asked, made.says, made.how),
        "sum": {"counts": counted, "among": among if quotient else None},
        "parts_in_all": len(made.parts),
        "parts": [
            {"counts": one.of, "among": one.per if quotient else None, **one.told} for one in shown
        ],
    }


def _head(asked: Asked, says: str, how: str) -> Document:
    return {
        "schema": "watcher/explain/1",
        "as_of": stamp(asked.period.as_of),
        "since": stamp(asked.period.since),
        "known_now": asked.known_now,
        "read_upto_pass": asked.upto,
        "figure": named(asked.path),
        "value": asked.value,
        "reason": asked.reason,
        "says": says,
        "how": how,
    }


def _stretch(
    one: Counted,
    walked: Walked,
    windows: Mapping[int, ReadWindow],
    grounds: Mapping[int, WindowGrounds],
) -> Document:
    stretch, measure = one.stretch, walked.question.measure
    return {
        "counts": _amount(one.of, measure.unit),
        "among": one.per if measure.per else None,
        "stream": stretch.stream,
        "team": stretch.team,
        "vulnerability": stretch.vulnerability,
        "severity": stretch.severity,
        "from": stamp(stretch.start),
        "to": stamp(stretch.end),
        "cause": stretch.cause,
        "backfilled": stretch.backfilled,
        "detected": stamp(stretch.detected),
        "watched": _watched(one),
        "episodes": facts.episodes(stretch, windows, grounds),
    }


def _watched(one: Counted) -> Document | None:
    """Its place in the cohort, in days of its exposure; None where it never was in it."""
    tally = one.tally
    if tally is None or not tally.exits:
        return None
    outcome = tally.outcomes[0]
    return {
        "entry": tally.entries[0],
        "exit": tally.exits[0],
        "outcome": CAUSES[outcome - 1] if outcome else None,
    }


def _amount(of: int, unit: int) -> float:
    return of / unit if unit > 1 else of
