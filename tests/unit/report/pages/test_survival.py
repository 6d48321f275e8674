"""The survival curve: its path, its labels and its table say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.report.figures.windows import stretch
from tests.unit.report.pages.reader import Element, section
from tests.unit.report.pages.reports import Report, fleet, report
from watcher.report.pages.report import page
from watcher.report.pages.sections.labels import Label, labels
from watcher.report.pages.sections.shape import Point
from watcher.report.pages.sections.steps import band, line, steps


def drawn(document: Report) -> Element:
    return section(page(document, standalone=True), "Still open")


def points(*shares: float) -> list[Point]:
    return [
        {"day": day, "survival": share, "low": None, "high": None, "at_risk": 9}
        for day, share in enumerate(shares)
    ]


def test_the_table_holds_the_numbers_of_the_curve() -> None:
    document = report(fleet())
    curve = {one["day"]: one for one in document["critical_and_high"]["curve"]}
    before = {one["day"]: one for one in document["previous"]["critical_and_high"]["curve"]}
    rows = drawn(document).all("table")[0].rows()[1:]
    assert [row[0] for row in rows] == ["0", "7", "15", "30", "45", "60", "75", "90"]
    for day, share, ends, at_risk, was in rows:
        here, there = curve.get(int(day)), before.get(int(day))
        assert share == (f"{here['survival']:.1%}".replace("%", " %") if here else "not estimable")
        assert was == (f"{there['survival']:.1%}".replace("%", " %") if there else "not estimable")
        if here and here["low"] is not None:
            assert ends == f"{here['low'] * 100:.1f} to {here['high'] * 100:.1f} %"
        if here and int(day):
            assert at_risk == str(here["at_risk"])
    assert len(curve) > 30


def test_shares_are_labelled_at_the_due_days_of_what_is_shown() -> None:
    document = report(fleet())
    words = [one.text for one in drawn(document).all("text")]
    assert "critical 7 d" in words
    assert "high 30 d" in words
    assert not [word for word in words if "medium" in word]
    share = document["critical_and_high"]["figures"]["survival"]["7"]["value"]
    assert f"{share * 100:.0f} %" in words


def test_a_curve_that_cannot_be_drawn_says_why() -> None:
    found = drawn(report([stretch(30, 40)]))
    assert "Not estimable: 1 of at least 10 events." in found.text
    assert found.all("svg") == []


def test_a_curve_that_stops_says_where() -> None:
    document = report(fleet())
    last = document["critical_and_high"]["curve"][-1]["day"]
    assert last < 90
    assert f"Beyond day {last} too few were watched" in drawn(document).text


def test_a_period_before_without_a_curve_is_said() -> None:
    document = report(fleet())
    document["previous"]["critical_and_high"]["curve"] = []
    assert "before: not estimable" in drawn(document).text
    assert not [one for one in drawn(document).all("path") if one.attributes["class"] == "was"]


def test_the_picture_tells_what_it_shows() -> None:
    document = report(fleet())
    (picture,) = [one for one in drawn(document).all("svg") if one.attributes.get("role") == "img"]
    told = picture.all("desc")[0].text
    median = document["critical_and_high"]["figures"]["km_median_days"]["value"]
    assert f"Half are closed by day {median:.1f}." in told
    assert "% after 7 days and" in told


def test_a_line_goes_along_to_the_day_and_then_down() -> None:
    assert line(steps(points(1.0, 1.0, 0.75, 0.75), None)) == "M0 0H2V25H3"


def test_a_line_crosses_half_at_the_median() -> None:
    assert line(steps(points(1.0, 0.6, 0.4), 1.25)) == "M0 0H1V40H1.25V50H2V60H2"


def test_a_band_closes_around_the_line() -> None:
    here = points(1.0, 0.5, 0.5)
    here[1]["low"], here[1]["high"] = 0.25, 0.75
    here[2]["low"], here[2]["high"] = 0.2, 0.75
    assert band(here) == "M0 0H1V25H2V80H2V75H1V0H0Z"


@given(st.lists(st.floats(0, 1), min_size=2, max_size=91))
def test_a_path_is_numbers_and_steps_alone(shares: list[float]) -> None:
    falling = points(*sorted(shares, reverse=True))
    path = line(steps(falling, None))
    assert set(path) <= set("MHV 0123456789.")
    assert path.startswith("M0 ")
    assert path.endswith(f"H{len(shares) - 1}")


def overlap(one: Label, other: Label) -> bool:
    """Whether two labels would cover each other where the chart is narrowest."""
    first, second = box(one), box(other)
    return (
        first[0] < second[1] and second[0] < first[1]
        and first[2] < second[3] and second[2] < first[3]
    )  # fmt: skip


def box(one: Label) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of a label's text, in percent."""
    wide = len(one.text) * 2.3
    left = one.x - 2.5 - wide if one.to_the_left else one.x + 2.5
    top = one.y + 1 if one.below else one.y - 7
    return left, left + wide, top, top + 6


@pytest.mark.parametrize("due", [(7, 30), (7, 14), (15, 30), (2, 15), (30,), (14, 15)])
@given(st.lists(st.floats(0, 1), min_size=91, max_size=91), st.floats(0, 90))
def test_no_label_covers_another(due: tuple[int, ...], shares: list[float], at: float) -> None:
    falling = sorted(shares, reverse=True)
    half = next((day for day, share in enumerate(falling) if share <= 0.5), None)
    median = None if half is None or half == 0 else half - at / 90
    found = [one for one in labels(points(*falling), due, median) if one.text]
    words = " ".join(one.text for one in found)
    assert ("median" in words) == (median is not None)
    assert words.count("%") == len(due)
    assert not [
        (one, other) for number, one in enumerate(found) for other in found[number + 1 :]
        if overlap(one, other)
    ]  # fmt: skip
    for left, right, top, bottom in map(box, found):
        assert left >= -0.1
        assert right <= 106
        assert top >= 1  # the words of the due days stand above
        assert bottom <= 100 or len(found) == 1


def test_a_median_at_a_due_day_shares_its_label_where_there_is_no_room() -> None:
    found = labels(points(*[1.0] * 7, *[0.48] * 84), [7], 6.6)
    assert [one.text for one in found] == ["", "median 6.6\xa0d, 48\xa0%"]


def test_a_label_far_to_the_right_stands_left_of_its_dot() -> None:
    (found,) = labels(points(*[1.0] * 60, *[0.4] * 31), [85], None)
    assert found.to_the_left


def test_a_label_at_the_top_stands_below_the_words_of_its_due_day() -> None:
    first, second = labels(points(*[1.0] * 7, *[0.97] * 84), [7, 30], None)
    assert (first.below, first.to_the_left) == (True, False)
    assert (second.below, second.to_the_left) == (True, True)
