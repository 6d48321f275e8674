"""Streams are counted once, whatever the platforms that the streams document lists them on."""

from __future__ import annotations

import pytest

from watcher.report.streams import united


@pytest.mark.parametrize(
    ("rows", "streams", "covered", "told"),
    [
        ([], 0, 0, "0"),
        ([("a", True)], 1, 1, "1"),
        ([("a", True), ("a", True), ("b", True)], 2, 2, "2, on 3 platforms"),
        ([("a", True), ("a", False), ("b", True)], 2, 1, "2, on 3 platforms"),
        ([("a", False), ("b", False)], 2, 0, "2"),
    ],
)
def test_a_stream_is_covered_where_each_of_its_platforms_is(
    rows: list[tuple[str, bool]], streams: int, covered: int, told: str
) -> None:
    found = united({"name": name, "covered": is_covered} for name, is_covered in rows)
    assert (found.rows, found.streams, found.covered) == (len(rows), streams, covered)
    assert found.told == told
