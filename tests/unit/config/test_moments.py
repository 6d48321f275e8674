"""Durations and schedules as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.config.moments import duration_text, parse_cron, parse_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("10m", timedelta(minutes=10)),
        ("24h", timedelta(hours=24)),
        ("90d", timedelta(days=90)),
        ("0d", timedelta(0)),
        ("2w", timedelta(days=14)),
        ("45s", timedelta(seconds=45)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text", ["", "10", "m", "-1m", "1.5h", "10 m", "10M", "1h30m", "\u0661\u0660m", 10]
)
def test_anything_else_is_no_duration(text: object) -> None:
    with pytest.raises(ValueError, match="must be a number with"):
        parse_duration(text)


@given(st.integers(min_value=0, max_value=36_500 * 86_400))
def test_a_duration_is_written_as_it_is_read(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    if len(str(seconds)) <= 9:
        assert parse_duration(duration_text(duration)) == duration


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("0 3 * * *", "0 3 * * *"),
        (" */5  0-6,12 1-31/2 JAN-mar,5 mon-fri,sun ", "*/5 0-6,12 1-31/2 jan-mar,5 mon-fri,sun"),
    ],
)
def test_a_cron_line_stays_a_line(text: str, line: str) -> None:
    assert parse_cron(text) == line


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0 3 * *", "five cron fields"),
        ("60 3 * * *", "minute '60' is not of 0-59"),
        ("0 24 * * *", "hour '24' is not of 0-23"),
        ("0 3 0 * *", "day '0' is not of 1-31"),
        ("0 3 * 13 *", "month '13' is not of 1-12"),
        ("5-1 3 * * *", "minute '5-1'"),
        ("*/0 3 * * *", "minute"),
        ("a 3 * * *", "minute 'a'"),
        ("0 3 * * 1", "write it by name, such as mon-fri"),
    ],
)
def test_a_wrong_cron_line_is_refused_with_its_field(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_cron(text)
