"""Times as registries and databases write them."""

from __future__ import annotations

from datetime import UTC, datetime


def rfc3339(moment: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC; raise ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError(
            f"the time {moment.isoformat()} has no time zone; give it one, such as UTC"
        )
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
