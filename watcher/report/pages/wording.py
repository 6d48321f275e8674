"""How numbers, days, times and names are worded on a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from watcher.report.pages.shown import visible

_NARROW = 100  # days with one decimal below this
_LINKED: Final = 300  # characters
_SPACE: Final = "\N{NO-BREAK SPACE}"
_HARDLY = 0.0005  # the least share that one decimal of a percent can show

_CAUSES: Final[Mapping[str, str]] = {
    "remediated": "remediated",
    "knowledge_withdrawn": "withdrawn by the database",
    "detection_change": "gone with a change of detection",
    "vex_not_affected": "not affected, by VEX",
    "retired": "retired with their tag",
    "head_removed": "gone with their version",
    "platform_gone": "gone with their platform",
    "out_of_scope": "out of scope",
    "undeployed": "undeployed",
}


def count(number: float) -> str:
    """A whole number with its thousands apart: `22,183`."""
    return f"{number:,.0f}".replace("-", "−")


def days(number: float) -> str:
    """Days with one decimal below a hundred, whole above."""
    shown = f"{number:,.1f}" if abs(number) < _NARROW else f"{number:,.0f}"
    return shown.replace("-", "−")


def percent(share: float) -> str:
    """A share between 0 and 1 in percent, one decimal; only none and all are 0.0 and 100.0."""
    if 0 < share < _HARDLY:
        return "under 0.1"
    if 1 - _HARDLY < share < 1:
        return "over 99.9"
    return f"{share * 100:.1f}".replace("-", "−")


def in_days(number: float) -> str:
    """Days with their unit, which stays on their line: `26.1 d`."""
    return f"{days(number)}{_SPACE}d"


def in_percent(share: float) -> str:
    """A share with its sign, which stays on its line: `27.5 %`."""
    return f"{percent(share)}{_SPACE}%"


def whole_days(number: float) -> str:
    """Days without a decimal that says nothing: `28`, `89.5`."""
    return days(number).removesuffix(".0")


def signed(number: float, digits: int = 0) -> str:
    """A difference with its sign: `+9`, `−2.3`."""
    return f"{number:+,.{digits}f}".replace("-", "−")


def counted(number: float, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 stream`, `1,200 streams`."""
    return f"{count(number)} {noun if number == 1 else plural or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence: `critical, high and medium`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def cause(name: str) -> str:
    """Why exposures ended, in words; a cause without any is read as it is written."""
    return _CAUSES.get(name, name.replace("_", " "))


def by_cause(causes: Iterable[tuple[str, int]]) -> str:
    """How many ended for which cause, most first: `564 remediated, 44 withdrawn …`."""
    ranked = sorted(causes, key=lambda pair: -pair[1])
    return ", ".join(f"{count(number)} {cause(name)}" for name, number in ranked)


def instant(text: str) -> datetime:
    """An RFC 3339 time of a document."""
    return datetime.fromisoformat(text).astimezone(UTC)


def day(text: str | None) -> str:
    """The day of a time: `23 Nov 2026`."""
    return f"{instant(text):%-d %b %Y}" if text else "unknown"


def day_of_year(text: str | None) -> str:
    """The day of a time without its year: `23 Nov`."""
    return f"{instant(text):%-d %b}" if text else "unknown"


def near_day(text: str | None, as_of: str) -> str:
    """The day of a time, with its year only where that is not the year of `as_of`."""
    same = text and instant(text).year == instant(as_of).year
    return day_of_year(text) if same else day(text)


def minute(text: str | None) -> str:
    """A time to the minute: `23 Nov 2026, 06:00`."""
    return f"{instant(text):%-d %b %Y, %H:%M}" if text else "unknown"


def short_digest(digest: str) -> str:
    """A digest as people say it: its first twelve letters, without the algorithm."""
    return digest.partition(":")[2][:12] or digest[:12]


def address(path: str, asked: Mapping[str, str], as_of: str | None = None) -> str:
    """An address with what is asked of it; `as_of` keeps it to the time that a page is about."""
    told = {**asked, "as_of": as_of} if as_of else asked
    return f"{path}?{urlencode(told, errors='replace')}" if told else path


def segment(text: str) -> str:
    """Text as one segment of a path; nothing in it parts the path."""
    return quote(text, safe="", errors="replace")


def linkable(name: str) -> bool:
    """Whether an address can hold a name: it is not too long, and no step up the path."""
    return len(name) <= _LINKED and name not in {"", ".", ".."}


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "address": address,
    "cause": cause,
    "count": count,
    "counted": counted,
    "days": days,
    "in_days": in_days,
    "in_percent": in_percent,
    "percent": percent,
    "day": day,
    "day_of_year": day_of_year,
    "linkable": linkable,
    "listed": listed,
    "minute": minute,
    "near_day": near_day,
    "segment": segment,
    "short_digest": short_digest,
    "signed": signed,
    "visible": visible,
    "whole_days": whole_days,
}
