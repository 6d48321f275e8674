"""Times as people give them: RFC 3339 with an offset, never a naive one."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from watcher.domain.errors import UsageError

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_SHOWN = 100  # characters of what was given, in the error


def parse_instant(option: str, text: str) -> datetime:
    """Read a time in UTC, to microseconds; raises UsageError that names the option."""
    if _RFC_3339.fullmatch(text):
        try:
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise UsageError(
        f"{option} {text[:_SHOWN]!r} is no time: write it with its offset, such as "
        "2026-01-31T12:00:00Z"
    )
