"""Teams, dues and ages: what a row says, and what it says where something is not known."""

from __future__ import annotations

from tests.unit.report.figures.windows import stretch
from tests.unit.report.pages.reader import read, section
from tests.unit.report.pages.reports import Report, fleet, report
from watcher.report.figures.coverage import WatchedStream
from watcher.report.pages.report import page
from watcher.report.pages.sections.spark import spark


def rows_of(document: Report) -> dict[str, list[str]]:
    table = section(page(document, standalone=True), "Teams").all("table")[0]
    return {row[0]: row[1:] for row in table.rows()[2:]}


def dues_of(document: Report) -> list[tuple[str, str]]:
    found = section(page(document, standalone=True), "Due")
    days = [one.text for one in found.all("dt")]
    return list(zip(days, [one.text for one in found.all("dd")], strict=True))


def due(day: int, number: int, *, overdue: bool) -> dict[str, object]:
    return {
        "due": f"2026-04-{day:02}T00:00:00Z",
        "overdue": overdue,
        "vulnerability": f"CVE-{number}",
        "packages": ["a", "b", "c"],
        "severity": "HIGH",
        "windows": 7,
        "by_team": {"shop": 1, "pay": 3, "ops": 1, "web": 1, "data": 1},
    }


def test_a_team_without_a_median_says_so_and_the_reason_stands_below() -> None:
    document = report([*fleet(["shop"]), stretch(30, stream="local/new/api:1", team="new")])
    assert rows_of(document)["new"][6] == "not estimable"
    text = section(page(document, standalone=True), "Teams").text
    assert "Median not estimable: new: 0 of at least 10 events." in text


def test_teams_with_the_same_reason_share_it() -> None:
    small = [stretch(30, stream=f"local/{team}/api:1", team=team) for team in ("new", "old")]
    text = section(page(report([*fleet(["shop"]), *small]), standalone=True), "Teams").text
    assert "Median not estimable: new, old: 0 of at least 10 events." in text


def test_streams_that_nobody_owns_are_a_row_and_no_team() -> None:
    document = report(fleet(["shop"]), [
        WatchedStream("local/shop/app0:latest", "shop"), WatchedStream("local/lost:1", None),
    ])  # fmt: skip
    assert rows_of(document)["(unowned)"][0] == "1 of 1"
    assert (
        "2 streams, 1 team critical and high; 1 unowned"
        in read(page(document, standalone=True)).text
    )


def test_changes_are_left_out_where_the_period_before_was_not_watched_whole() -> None:
    whole, part = report(fleet(["shop"])), report([stretch(10)])
    assert len(rows_of(whole)["shop"]) == 9
    assert len(rows_of(part)["shop"]) == 8
    assert rows_of(whole)["shop"][-1].endswith(" %")


def test_a_team_that_had_nothing_before_has_no_percentage() -> None:
    new = stretch(40, stream="local/new/api:1", team="new")
    assert rows_of(report([*fleet(["shop"]), new]))["new"][-1] == "from 0"


def test_a_change_of_less_than_a_percent_is_not_none() -> None:
    document = report(fleet(["shop"]))
    document["teams"][0].update(exposure_days=10_030.0, exposure_days_before=10_000.0)
    assert rows_of(document)["shop"][-1] == "+0.3 %"


def test_a_spark_keeps_its_own_scale() -> None:
    drawn = spark([10, 20, 15])
    assert (drawn.path, drawn.end) == ("M0 100L1 0L2 50", 50)
    assert (drawn.lowest, drawn.highest, drawn.first_value, drawn.last_value) == (10, 20, 10, 15)


def test_a_spark_of_what_never_changes_is_a_line_in_the_middle() -> None:
    assert spark([4, 4]).path == "M0 50L1 50"
    assert spark([]).path == "M0 50"


def test_the_oldest_breaches_and_what_comes_next_share_five_rows() -> None:
    late = [due(day, day, overdue=True) for day in range(1, 6)]
    soon = [due(day, day, overdue=False) for day in range(27, 30)]
    every = {"overdue": len(late), "coming": len(soon)}
    document = {**report(fleet()), "due": [*late, *soon], "due_in_all": every}
    found = dues_of(document)
    assert [day for day, _ in found] == ["1 Apr", "2 Apr", "3 Apr", "27 Apr", "28 Apr"]
    text = section(page(document, standalone=True), "Due").text
    assert text.endswith("2 more past due, 1 more to come")


def test_breaches_take_the_rows_that_nothing_else_needs() -> None:
    late = [due(day, day, overdue=True) for day in range(1, 7)]
    assert len(dues_of({**report(fleet()), "due": late})) == 5


def test_a_due_row_says_how_late_and_with_whom() -> None:
    ((_, told),) = dues_of({**report(fleet()), "due": [due(20, 1, overdue=True)]})
    assert told == (
        "CVE-1 a, b and 1 more High, 7 exposures, up to 6.0 d overdue: "
        "pay 3, data 1, ops 1 and 2 other teams"
    )


def test_a_day_of_another_year_has_its_year() -> None:
    old = {**due(20, 1, overdue=True), "due": "2024-12-31T00:00:00Z"}
    assert dues_of({**report(fleet()), "due": [old]})[0][0] == "31 Dec 2024"


def test_a_list_that_was_cut_is_counted_on() -> None:
    late = [due(1, number, overdue=True) for number in range(50)]
    told = {**report(fleet()), "due": late, "due_in_all": {"overdue": 61, "coming": 7}}
    text = section(page(told, standalone=True), "Due").text
    assert text.endswith("56 more past due, 7 more to come")


def test_a_cut_list_of_an_older_document_gives_no_exact_number_of_the_rest() -> None:
    late = [due(1, number, overdue=True) for number in range(50)]
    told = {name: one for name, one in report(fleet()).items() if name != "due_in_all"}
    text = section(page({**told, "due": late}, standalone=True), "Due").text
    assert text.endswith("at least 45 more past due")


def test_past_due_is_a_mark_in_the_text_and_in_the_chart() -> None:
    late, soon = report([stretch(0)]), report([stretch(50)])
    marks = [dt.attributes.get("class") for one in (late, soon)
             for dt in section(page(one, standalone=True), "Due").all("dt")]  # fmt: skip
    assert marks == ["over", None]
    lines = [
        [rect.attributes["class"] for rect in section(page(one, standalone=True), "Open by age")
         .all("table")[0].all("rect")]
        for one in (late, soon)
    ]  # fmt: skip
    assert lines == [["fill-high", "fill-past"], ["fill-high"]]
