"""Times are RFC 3339 with an offset; whatever else is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from watcher.cli.instants import parse_instant
from watcher.domain.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31t12:00:00z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31T12:00:00.25Z", datetime(2026, 1, 31, 12, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-01-31T12:00:00.123456789Z", datetime(2026, 1, 31, 12, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_offset_is_read_in_utc(text: str, expected: datetime) -> None:
    assert parse_instant("--at", text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-01-31T25:00:00Z",
        "2026-01-31T12:00:60Z",
        "2026-01-31T12:00Z",
        "20260131T120000Z",
        "0001-01-01T00:00:00+14:00",
        "2026-01-31T12:00:00Z\n",
    ],
)
def test_anything_else_is_refused_in_one_line_that_names_the_option(text: str) -> None:
    with pytest.raises(UsageError, match=r"--at .* is no time: .* such as 2026-01-31T12:00:00Z"):
        parse_instant("--at", text)
