"""Numbers, days and lists as pages word them."""

from __future__ import annotations

import pytest

from watcher.report.pages import wording


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0, "0.0"), (0.0001, "under 0.1"), (0.275, "27.5"), (0.9999, "over 99.9"), (1, "100.0")],
)
def test_only_none_and_all_are_0_and_100_percent(share: float, shown: str) -> None:
    assert wording.percent(share) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [(-0.2, "−0.2"), (99.94, "99.9"), (100.4, "100"), (22183, "22,183")]
)
def test_days_have_one_decimal_below_a_hundred(number: float, shown: str) -> None:
    assert wording.days(number) == shown


def test_units_stay_with_their_numbers() -> None:
    assert wording.in_days(26.1) == "26.1\xa0d"
    assert wording.in_percent(0.5) == "50.0\xa0%"


def test_differences_have_a_sign() -> None:
    assert wording.signed(9) == "+9"
    assert wording.signed(-2.25, 1) == "−2.2"


def test_whole_days_have_no_decimal() -> None:
    assert [wording.whole_days(number) for number in (28.0, 89.5)] == ["28", "89.5"]


def test_words_are_listed_with_and() -> None:
    assert wording.listed([]) == ""
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"


def test_causes_are_worded_most_first_and_an_unknown_one_is_read_as_it_is_written() -> None:
    causes = {"retired": 1, "remediated": 5, "fell_off": 2}
    assert wording.by_cause(causes.items()) == "5 remediated, 2 fell off, 1 retired with their tag"


def test_a_day_has_its_year_only_where_it_is_another() -> None:
    assert wording.near_day("2026-11-03T00:00:00Z", "2026-11-23T00:00:00Z") == "3 Nov"
    assert wording.near_day("2025-11-03T00:00:00Z", "2026-11-23T00:00:00Z") == "3 Nov 2025"
    assert wording.near_day(None, "2026-11-23T00:00:00Z") == "unknown"


def test_an_address_keeps_to_the_time_asked_for() -> None:
    assert wording.address("/bumps", {}) == "/bumps"
    assert wording.address("/e", {"team": "a&b"}, "T+1") == "/e?team=a%26b&as_of=T%2B1"


def test_a_name_is_one_segment_of_a_path() -> None:
    assert wording.segment("../a?b#c%") == "..%2Fa%3Fb%23c%25"
    assert not wording.linkable("..")
    assert not wording.linkable("a" * 301)
