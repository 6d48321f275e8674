"""How numbers, days, times and names are worded on a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

_NARROW = 100  # days with one decimal below this


def count(number: float) -> str:
    """A whole number with its thousands apart: `22,183`."""
    return f"{number:,.0f}".replace("-", "−")


def days(number: float) -> str:
    """Days with one decimal below a hundred, whole above."""
    shown = f"{number:,.1f}" if abs(number) < _NARROW else f"{number:,.0f}"
    return shown.replace("-", "−")


def percent(share: float) -> str:
    """A share between 0 and 1 in percent, one decimal."""
    return f"{share * 100:.1f}".replace("-", "−")


def instant(text: str) -> datetime:
    """An RFC 3339 time of a document."""
    return datetime.fromisoformat(text).astimezone(UTC)


def day(text: str | None) -> str:
    """The day of a time: `23 Nov 2026`."""
    return f"{instant(text):%-d %b %Y}" if text else "unknown"


def day_of_year(text: str | None) -> str:
    """The day of a time without its year: `23 Nov`."""
    return f"{instant(text):%-d %b}" if text else "unknown"


def minute(text: str | None) -> str:
    """A time to the minute: `23 Nov 2026, 06:00`."""
    return f"{instant(text):%-d %b %Y, %H:%M}" if text else "unknown"


def short_digest(digest: str) -> str:
    """A digest as people say it: its first twelve letters, without the algorithm."""
    return digest.partition(":")[2][:12] or digest[:12]


FILTERS: Final[dict[str, Callable[..., str]]] = {
    "count": count,
    "days": days,
    "percent": percent,
    "day": day,
    "day_of_year": day_of_year,
    "minute": minute,
    "short_digest": short_digest,
}
