"""The report's figures worked out again from an exposures document, naively and by other code.

Nothing of watcher is imported here. Everything is lists, gone through as often as it takes. Days
are exact fractions: one exposure is often noticed at the very age at which another ends, and
whether it was at risk then must not hang on how a number is rounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

WORST_FIRST = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"]

NEVER = Fraction(10**9)  # days from now

Document = dict[str, Any]
Days = Fraction | int


@dataclass
class Row:
    """An episode with platforms united; times are days before the report's time, so 0 is now."""

    stream: str
    vulnerability: str
    severity: str
    team: str | None
    start: Fraction
    end: Fraction | None
    cause: str | None
    detected: Fraction
    backfilled: bool
    due: Fraction | None
    fixed: Fraction | None

    @property
    def last(self) -> Fraction:
        return NEVER if self.end is None else self.end


def rows_of(exposures: Document, as_of: str) -> list[Row]:
    """The episodes of an `exposures` document, platforms united."""
    rows = [row for window in exposures["windows"] for row in _rows(window, as_of)]
    while _unite_some_pair(rows):
        pass
    return rows


def figures(rows: Sequence[Row], since: Days, now: Days = 0) -> Document:
    """Value, n and events of each figure over [since, now), both in days as rows count them."""
    is_open = [row for row in rows if row.start <= now < row.last]
    remediated = [row for row in rows if row.cause == "remediated" and since < row.last <= now]
    late = [row for row in is_open if row.due is not None and row.due < now]
    acted = [
        min(row.last, now) - max(row.start, row.fixed, since)
        for row in rows
        if row.fixed is not None and _overlaps(row, since, now)
    ]
    acted = [days for days in acted if days > 0]
    answered = [max(row.last - max(row.detected, row.start), Fraction(0)) for row in remediated]
    verdicts = [*_verdicts(rows, since, now)]
    seen = [(row, *watched(row, since, now)) for row in rows if _overlaps(row, since, now)]
    subjects = [
        (entry - row.start, leave - row.start, row.cause == "remediated" and row.last <= now)
        for row, entry, leave in seen
        if leave > entry
    ]
    events = sum(event for _, _, event in subjects)
    unseen = [entry - max(row.start, since) for row, entry, _ in seen]
    limited = any(row.due is not None for row in is_open)
    observed = sum(leave - entry for _, entry, leave in seen)
    return {
        "mttr_naive_days": (_mean([r.last - r.start for r in remediated]), *2 * [len(remediated)]),
        "open_age_mean_days": (_mean([now - row.start for row in is_open]), len(is_open), 0),
        "km_median_days": (_median(subjects), len(subjects), events),
        "survival": {
            str(day): (_survival(subjects, day), len(subjects), events) for day in (7, 30, 90)
        },
        "rmst_90_days": (_area(subjects, 90), len(subjects), events),
        "exposure_days": (observed if subjects or not any(unseen) else None, len(subjects), 0),
        "exposure_days_backfilled": (sum(unseen), sum(days > 0 for days in unseen), 0),
        "actionable_exposure_days": (sum(acted), len(acted), 0),
        "detected_to_remediated_days": (_mean(answered), *2 * [len(remediated)]),
        "past_due_share": (len(late) / len(is_open) if limited else None, len(is_open), len(late)),
        "in_time_share": (_mean(verdicts), len(verdicts), sum(verdicts)),
    }


def _verdicts(rows: Sequence[Row], since: Days, now: Days) -> Iterable[int]:
    """1 for each row that was remediated in time in the period, 0 for each that came too late."""
    for row in (row for row in rows if row.due is not None and row.due >= row.start):
        if row.cause == "remediated" and since < row.last <= min(now, row.due or 0):
            yield 1
        if since <= (row.due or 0) < now and row.last > (row.due or 0):
            yield 0


def differences(told: Document, expected: Document) -> list[str]:
    """What a report's figures and recomputed ones do not agree on, as lines to read."""
    found = []
    flat = {**told, **told["survival"]}, {**expected, **expected["survival"]}
    for name in [name for name in flat[1] if name != "survival"]:
        figure, (value, *counts) = flat[0][name], flat[1][name]
        same = figure["value"] is value is None or (
            None not in {figure["value"], value}
            and math.isclose(figure["value"], float(value), rel_tol=1e-9, abs_tol=1e-9)
        )
        if not same or [figure["n"], figure["events"]] != counts:
            found.append(f"{name}: told {figure}, recomputed {flat[1][name]}")
    return found


def episodes(rows: Sequence[Row], since: Days, now: Days = 0) -> Document:
    """The counts of the report's `episodes`."""
    closed = [row for row in rows if since < row.last <= now]
    is_open = [row for row in rows if row.start <= now < row.last]
    causes = [str(row.cause) for row in closed]
    return {
        "open": len(is_open),
        "opened": sum(since < row.start <= now for row in rows),
        "closed": len(closed),
        "by_cause": {cause: causes.count(cause) for cause in causes},
        "backfilled": sum(row.backfilled for row in [*closed, *is_open]),
    }


def _rows(window: Document, as_of: str) -> Iterable[Row]:
    sign = ":" if window["by"] == "tag" else "#"
    for episode in window["episodes"]:
        yield Row(
            stream=f"{window['registry']}/{window['repository']}{sign}{window['stream']}",
            vulnerability=window["vulnerability"],
            severity=window["severity"],
            team=window["team"],
            start=days_between(as_of, episode["from"]),
            end=days_between(as_of, episode["to"]) if episode["to"] else None,
            cause=episode["cause"],
            detected=days_between(as_of, episode["detected"]),
            backfilled=episode["backfilled"],
            due=days_between(as_of, episode["due"]) if episode["due"] else None,
            fixed=(
                days_between(as_of, episode["fix_available"]) if episode["fix_available"] else None
            ),
        )


def days_between(one: str, other: str) -> Fraction:
    """How many days the second time lies behind the first."""
    between = datetime.fromisoformat(other) - datetime.fromisoformat(one)
    microsecond = timedelta(microseconds=1)
    return Fraction(between // microsecond, timedelta(days=1) // microsecond)


def _unite_some_pair(rows: list[Row]) -> bool:
    for number, one in enumerate(rows):
        for other in rows[number + 1 :]:
            same = (one.stream, one.vulnerability) == (other.stream, other.vulnerability)
            if same and one.start <= other.last and other.start <= one.last:
                rows.remove(other)
                rows[number] = _both(one, other)
                return True
    return False


def _both(one: Row, other: Row) -> Row:
    first, last = min(one, other, key=lambda row: row.start), max(one, other, key=lambda r: r.last)
    if one.last == other.last and last.cause == "remediated":
        last = one if other.cause == "remediated" else other
    same_start = one.start == other.start
    return Row(
        one.stream,
        one.vulnerability,
        min(one.severity, other.severity, key=WORST_FIRST.index),
        one.team,
        first.start,
        last.end,
        last.cause,
        min(one.detected, other.detected),
        one.backfilled and other.backfilled if same_start else first.backfilled,
        min((due for due in (one.due, other.due) if due is not None), default=None),
        None if one.fixed is None or other.fixed is None else max(one.fixed, other.fixed),
    )


def _overlaps(row: Row, since: Days, now: Days) -> bool:
    return row.start < now and row.last > since


def watched(row: Row, since: Days, now: Days) -> tuple[Days, Days]:
    """From when to when the row was under observation; both the same where it never was."""
    leave = min(row.last, now)
    return min(max(row.start, row.detected, since), leave), leave


def _mean(days: Sequence[Days]) -> Days | float | None:
    return sum(days) / len(days) if days else None


Subjects = Sequence[tuple[Days, Days, bool]]


def _steps(subjects: Subjects) -> list[tuple[Days, float, int]]:
    """Time, share that lasts longer, and number at risk, for each time at which some end."""
    found, share = [], 1.0
    for time in sorted({leave for _, leave, event in subjects if event}):
        at_risk = sum(entry < time <= leave for entry, leave, _ in subjects)
        share *= 1 - sum(event and leave == time for _, leave, event in subjects) / at_risk
        found.append((time, share, at_risk))
    return found


def _told(subjects: Subjects, day: Days) -> bool:
    """Whether anything can be told of the curve up to a day."""
    steps = [step for step in _steps(subjects) if step[0] <= day]
    enough = sum(event for _, _, event in subjects) >= 10
    ended = bool(steps) and steps[-1][1] == 0
    watched = any(entry < day <= leave for entry, leave, _ in subjects)
    return enough and all(at_risk >= 5 for _, _, at_risk in steps) and (ended or watched)


def _survival(subjects: Subjects, day: int) -> float | None:
    if not _told(subjects, day):
        return None
    return next((share for time, share, _ in reversed(_steps(subjects)) if time <= day), 1.0)


def _median(subjects: Subjects) -> Days | None:
    for time, share, _ in _steps(subjects):
        if share <= 0.5 + 1e-12:
            return time if _told(subjects, time) else None
    return None


def _area(subjects: Subjects, horizon: int) -> float | None:
    if not _told(subjects, horizon):
        return None
    area, share, before = 0.0, 1.0, Fraction(0)
    for time, after, _ in _steps(subjects):
        if time >= horizon:
            break
        area, share, before = area + share * float(time - before), after, Fraction(time)
    return area + share * float(horizon - before)
