"""Times as documents write them: RFC 3339 in UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


@overload
def stamp(time: datetime) -> str: ...
@overload
def stamp(time: None) -> None: ...
@overload
def stamp(time: datetime | None) -> str | None: ...
def stamp(time: datetime | None) -> str | None:
    """Write a time as `2026-01-31T12:00:00Z`, with a fraction where there is one."""
    if time is None:
        return None
    written = time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="auto")
    return f"{written}Z"
