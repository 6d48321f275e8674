"""What is printed adds up: rounded parts, gathered rows, balances."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.report.pages.reader import section
from tests.unit.report.pages.reports import Report, bump, fleet, report
from watcher.report.pages.report import page
from watcher.report.pages.sections.apportion import apportioned

ELEVEN = [f"team-{number:02}" for number in range(11)]


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def column(rows: list[list[str]], place: int) -> list[float]:
    return [number(row[place]) for row in rows]


def teams(document: Report) -> list[list[str]]:
    return section(page(document, standalone=True), "Teams").all("table")[0].rows()[2:]


def test_thirds_of_a_hundred_are_rounded_to_sum_to_a_hundred() -> None:
    assert apportioned([100 / 3] * 3) == [34, 33, 33]
    assert apportioned([0.04, 0.04, 0.04], 1) == [0.1, 0, 0]


def test_what_is_not_known_stays_unknown() -> None:
    assert apportioned([None, 1.6, None, 1.7]) == [None, 1, None, 2]


@given(st.lists(st.floats(0, 1e7), max_size=12), st.sampled_from([0, 1]))
def test_rounded_parts_sum_to_the_rounded_sum_and_none_is_off_by_more_than_one(
    parts: list[float], digits: int
) -> None:
    rounded = [part for part in apportioned(parts, digits) if part is not None]
    assert round(sum(rounded) * 10**digits) == round(sum(part * 10**digits for part in parts))
    unit = 10**-digits
    pairs = zip(parts, rounded, strict=True)
    assert all(abs(part - shown) < unit * 1.001 for part, shown in pairs)


@pytest.mark.parametrize("place", [2, 3, 5, 6, 8])
def test_columns_of_teams_sum_to_their_printed_total(place: int) -> None:
    *rows, total = teams(report(fleet(ELEVEN, 5)))
    assert sum(column(rows, place)) == pytest.approx(number(total[place]))
    assert number(total[place]) > 0


def test_teams_beyond_the_eighth_are_one_row_that_adds_up() -> None:
    document = report(fleet(ELEVEN, 5))
    rows = teams(document)
    assert len(rows) == 10
    assert [row[0] for row in rows[8:]] == ["3 other teams", "All"]
    gathered = document["teams"][8:]
    assert rows[8][1] == f"{sum(one['covered'] for one in gathered)} of 15"
    assert number(rows[8][5]) == sum(sum(one["open"].values()) for one in gathered)
    assert number(rows[8][6]) == sum(one["past_due"] for one in gathered)
    assert number(rows[8][8]) == pytest.approx(sum(one["exposure_days"] for one in gathered), abs=1)
    assert rows[8][7] == "not summed"


def test_a_ninth_team_stands_for_itself() -> None:
    rows = teams(report(fleet(ELEVEN[:9], 3)))
    assert {row[0] for row in rows} == {*ELEVEN[:9], "All"}


def test_weeks_of_gathered_teams_are_summed_in_the_table_behind() -> None:
    document = report(fleet(ELEVEN, 5))
    weeks = section(page(document, standalone=True), "Teams").all("table")[1].rows()[1:]
    others = [sum(week) for week in zip(*(one["weekly"] for one in document["teams"][8:]),
                                        strict=True)]  # fmt: skip
    assert column([weeks[8]], 1) == others[:1]
    assert [number(cell) for cell in weeks[8][1:]] == others
    assert sum(others)


def test_what_was_open_opened_and_closed_makes_what_is_open() -> None:
    balance = section(page(report(fleet()), standalone=True), "Open by age").all("table")[1].rows()
    (_, before), (_, opened), (closing, closed), (_, now) = balance
    assert number(before) + number(opened) + number(closed) == number(now)
    assert closing.startswith("closed:")
    assert "remediated" in closing


def test_ages_sum_to_what_is_open() -> None:
    document = report(fleet())
    *rows, total = (
        section(page(document, standalone=True), "Open by age").all("table")[0].rows()[1:]
    )
    for place in (2, 3, 4):
        assert sum(column(rows, place)) == number(total[place])
    assert number(total[2]) + number(total[3]) == document["critical_and_high"]["episodes"]["open"]
    lower = sum(sum(row["open"].values()) for row in document["teams"]) - sum(
        (number(total[2]), number(total[3]))
    )
    assert total[1].startswith(f"{lower:.0f} others, ")


def bumps(found: list[dict[str, object]]) -> list[list[str]]:
    document = {**report(fleet()), "bumps": found}
    return section(page(document, standalone=True), "Base bumps").all("table")[0].rows()[2:]


def test_bumps_beyond_the_sixth_are_one_row_that_adds_up() -> None:
    *rows, total = bumps([bump(number) for number in range(9)])
    assert len(rows) == 7
    assert rows[6][0] == "3 other bumps"
    assert rows[6][3] == "15 of 30"
    assert sum(column(rows, 2)) == number(total[2]) == 904  # 9 × 100.4, rounded
    assert sum(column(rows, 1)) == number(total[1]) == 360
    assert sum(column(rows, 5)) == number(total[5]) == 189


def test_what_is_still_to_do_is_shown_beside_what_is_done() -> None:
    nothing = {"windows": 0, "exposure_days_per_week": 0.0}
    done = [bump(number, state="done", left=nothing) for number in range(8)]
    open_ = [
        bump(number, ended={"windows": 0, "exposure_days": 0.0},
             left={"windows": number, "exposure_days_per_week": number * 7.0})
        for number in (11, 12, 13, 14)
    ]  # fmt: skip
    rows = bumps([*done, *open_])
    named = [row[0].partition(" ")[0].removeprefix("base/python:") for row in rows[:6]]
    assert named == ["0", "1", "2", "14", "13", "12"]
    assert rows[6][0] == "6 other bumps"
    assert rows[6][4] == "11"


def test_a_bump_with_nothing_left_says_that_it_is_done() -> None:
    left = {"windows": 0, "exposure_days_per_week": 0.0}
    row, other, _ = bumps([bump(1, state="done", moved=10, left=left), bump(2)])
    assert row[4:] == ["done"]
    assert other[4:] == ["3", "21"]


def test_a_dismissed_bump_still_says_what_is_left() -> None:
    row, total = bumps([bump(state="dismissed", ticket={"tracker": "t", "id": "12", "url": None})])
    assert row[0] == "base/python:1 shop, 20 Apr, dismissed, ticket 12"
    assert row[4:] == total[4:] == ["3", "21"]
