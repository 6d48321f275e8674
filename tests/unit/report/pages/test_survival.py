"""The survival curve: its path, its labels and its table say the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.report.figures.windows import stretch
from tests.unit.report.pages.reader import Element, section
from tests.unit.report.pages.reports import Report, fleet, report
from watcher.report.pages.report import page
from watcher.report.pages.sections.labels import Label, due_day, labels, median_of
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
    survival = document["critical_and_high"]["figures"]["survival"]
    shares = [f"{survival[day]['value'] * 100:.0f} %" for day in ("7", "30")]
    assert f"critical 7 d: {shares[0]}" in words
    assert f"high 30 d: {shares[1]}" in words
    assert not [word for word in words if "medium" in word]


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


def reach(label: Label) -> tuple[float, float]:
    """From where to where a label's words reach, in percent of the chart where it is smallest."""
    words = ", ".join(f"{one.severities} {one.day} d: {one.share}" for one in label.days)
    wide = 1.4 * len(words)
    return (label.x - wide, label.x) if label.to_the_left else (label.x, label.x + wide)


@pytest.mark.parametrize(
    "days",
    [(7, 30), (7, 14), (15, 30), (2, 15), (30,), (14, 15), (80, 90), (60, 90), (5, 85), (1, 2)],
)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=91))
def test_no_label_stands_on_another_or_on_the_line_of_another(
    days: tuple[int, ...], shares: list[float]
) -> None:
    falling = points(*sorted(shares, reverse=True))
    due = [due_day(day, "critical" if day == days[0] else "high", falling) for day in days]
    found = labels(due)
    assert [one for label in found for one in label.days] == due
    for label in found:
        left, right = reach(label)
        assert left >= -6
        assert right <= 106  # there is room beside the chart
        mine = {one.day for one in label.days}
        for one in due:
            if one.day not in mine:
                assert not left < one.day / 0.9 < right
    for here, there in pairwise(sorted(map(reach, found))):
        assert here[1] <= there[0]


def test_the_words_stand_above_the_chart_where_no_curve_runs() -> None:
    (chart,) = [
        one for one in drawn(report(fleet())).all("svg") if one.attributes.get("role") == "img"
    ]
    inside = [one for one in chart.all("text") if " d:" in one.text]
    assert {(one.attributes["y"], one.attributes["dy"]) for one in inside} == {("0", "-.5em")}


def test_the_key_names_the_median_and_what_the_band_is() -> None:
    document = report(fleet())
    key = drawn(document).all("ul")[0].text
    median = document["critical_and_high"]["figures"]["km_median_days"]["value"]
    assert f"median {median:.1f} d" in key
    assert "95 % pointwise" in key
    text = section(page(document, standalone=True), "Definitions").text
    assert "The curve’s band: pointwise, as if exposures were independent." in text


def test_a_median_beyond_the_curve_is_not_marked() -> None:
    assert median_of(points(*[1.0] * 20), None) is None
    assert median_of(points(*[1.0] * 20), 30) is None
    assert median_of([], 3) is None
