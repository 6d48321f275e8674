"""Durations such as `10m` and `90d`, and schedules: a duration or a cron line."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator

_DURATION = re.compile(r"([0-9]{1,9})([smhdw])")
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_LONGEST = timedelta(days=36_500)

_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12))
_STEP = re.compile(r"(?:\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,2}))?")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTH = re.compile(rf"(?:{_MONTHS})(?:-(?:{_MONTHS}))?")
_DAYS = "mon|tue|wed|thu|fri|sat|sun"
_DAY = re.compile(rf"\*|(?:{_DAYS})(?:-(?:{_DAYS}))?")


def parse_duration(given: object) -> timedelta:
    """Read a whole number with s, m, h, d or w; raises ValueError for anything else."""
    if isinstance(given, timedelta):
        return given
    found = _DURATION.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        raise ValueError("must be a number with s, m, h, d or w, such as 10m or 90d")
    seconds = int(found[1]) * _SECONDS[found[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError("is longer than 100 years: write less")
    return timedelta(seconds=seconds)


def duration_text(duration: timedelta) -> str:
    """Write a duration as the configuration does, in the largest unit that divides it."""
    seconds = int(duration.total_seconds())
    unit = next(unit for unit, size in _SECONDS.items() if seconds % size == 0)
    return f"{seconds // _SECONDS[unit]}{'d' if seconds == 0 else unit}"


def _positive(given: object) -> timedelta:
    duration = parse_duration(given)
    if not duration:
        raise ValueError("must be longer than nothing")
    return duration


def parse_cron(text: str) -> str:
    """Check the five fields of a cron line and return it with single spaces; raises ValueError.

    Days of the week are names alone: schedulers disagree on whether 0 is Sunday or Monday.
    """
    fields = text.lower().split()
    if len(fields) != len(_FIELDS) + 1:
        raise ValueError('must be a duration such as 10m, or five cron fields such as "0 3 * * *"')
    for field, (name, least, most) in zip(fields, _FIELDS, strict=False):
        if not all(_stepping(part, name, least, most) for part in field.split(",")):
            raise ValueError(f"cron field {name} {field!r} is not of {least}-{most}, *, -, / and ,")
    if not all(_DAY.fullmatch(part) for part in fields[-1].split(",")):
        raise ValueError(f"cron day of the week {fields[-1]!r}: write it by name, such as mon-fri")
    return " ".join(fields)


def _stepping(part: str, name: str, least: int, most: int) -> bool:
    if name == "month" and _MONTH.fullmatch(part):
        return True
    found = _STEP.fullmatch(part)
    if found is None:
        return False
    first, last, step = (int(number) if number else None for number in found.groups())
    bounds = [number for number in (first, last) if number is not None]
    return (
        all(least <= number <= most for number in bounds) and bounds == sorted(bounds) and step != 0
    )


def _when(given: object) -> timedelta | str:
    if isinstance(given, str) and " " in given.strip():
        return parse_cron(given)
    return _positive(given)


def _when_text(when: timedelta | str) -> str:
    return when if isinstance(when, str) else duration_text(when)


Duration = Annotated[timedelta, PlainValidator(parse_duration), PlainSerializer(duration_text)]
Span = Annotated[timedelta, PlainValidator(_positive), PlainSerializer(duration_text)]
When = Annotated[timedelta | str, PlainValidator(_when), PlainSerializer(_when_text)]
