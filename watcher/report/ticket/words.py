"""Numbers, days and lists as a ticket writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from watcher.domain.ticket import Ended, LineName

_MONTHS: Final = "JanFebMarAprMayJunJulAugSepOctNovDec"  # not the locale's
_SMALL: Final = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)

# What is whose in a ticket.
YOURS: Final = (
    "Title, comments and labels are yours, but for `severity/…`, which follows the worst that is "
    "left; watcher rewrites only this text."
)


def number(count: int) -> str:
    """Write 24698 as 24,698."""
    return f"{count:,}"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun: 1 stream, 12 streams."""
    return f"{number(count)} {noun if count == 1 else plural or f'{noun}s'}"


def small(count: int) -> str:
    """Write a number up to ten as a word."""
    return _SMALL[count] if 0 <= count < len(_SMALL) else number(count)


def day(time: datetime) -> str:
    """Write a day in UTC as 3 Nov 2026."""
    utc = time.astimezone(UTC)
    month = _MONTHS[3 * utc.month - 3 : 3 * utc.month]
    return f"{utc.day} {month} {utc.year}"


def near_day(time: datetime, as_of: datetime) -> str:
    """Write a day without its year where that is the year of the ticket."""
    written = day(time)
    year = f" {as_of.astimezone(UTC).year}"
    return written.removesuffix(year)


def minute(time: datetime) -> str:
    """Write a time as 23 Nov 2026, 00:19 UTC."""
    return f"{day(time)}, {time.astimezone(UTC):%H:%M} UTC"


def listed(words: Sequence[str]) -> str:
    """Join words: critical, high and medium."""
    if len(words) < 2:  # noqa: PLR2004 two are what `and` joins
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def platform(line: LineName) -> str:
    """Write a platform; of Linux, which nearly all are, the architecture alone."""
    return line.platform.removeprefix("linux/")


def total(ended: Ended, severities: Sequence[str]) -> int:
    """Count the exposures of these severities."""
    return sum(ended.get(severity, 0) for severity in severities)
