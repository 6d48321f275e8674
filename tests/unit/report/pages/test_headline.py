"""The four figures: values, changes, refusals, intervals; and the sentence below them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.report.figures.windows import stretch
from tests.unit.report.pages.reader import Element, read, section
from tests.unit.report.pages.reports import Report, bump, fleet, report
from watcher.report.pages.report import page
from watcher.report.pages.sections.strip import strip

Figure = dict[str, Any]


def figures(document: Report) -> dict[str, list[str]]:
    """What is written below each figure's name, line by line."""
    told: dict[str, list[str]] = {}
    name = ""
    for one in section(page(document, standalone=True), "Four figures").all("dl")[0].all("div"):
        for line in (part for part in one.within if isinstance(part, Element)):
            if line.tag == "dt":
                name = line.text
                told[name] = []
            else:
                told[name].append(line.text)
    return told


def sentence(document: Report) -> str:
    (found,) = [
        one.text
        for one in read(page(document, standalone=True)).all("p")
        if one.attributes.get("class") == "why"
    ]
    return found


def urgent(document: Report, name: str, **told: object) -> Report:
    """The document with one of its main figures changed."""
    document["critical_and_high"]["figures"][name].update(told)
    return document


def test_a_figure_stands_with_its_change_and_the_period_before() -> None:
    document = report(fleet())
    document["critical_and_high"]["episodes"]["open"] = 30
    document["previous"]["critical_and_high"]["episodes"]["open"] = 40
    assert figures(document)["Open critical and high"][:2] == ["30", "▼ −25 %, was 40"]


@pytest.mark.parametrize("name", ["km_median_days", "past_due_share", "exposure_days"])
def test_a_figure_without_a_value_shows_its_reason_and_no_number(name: str) -> None:
    reason = "not estimable: 3 of at least 10 events"
    told = figures(urgent(report(fleet()), name, value=None, reason=reason))
    found = [lines for lines in told.values() if lines[0] == "not estimable"]
    assert len(found) == 1
    assert found[0][1] == "3 of at least 10 events"


def test_real_refusals_reach_the_page() -> None:
    told = figures(report([stretch(30, 40), stretch(41, 50, vulnerability="CVE-2")]))
    assert told["Median known exposure"][:2] == ["not estimable", "2 of at least 10 events"]
    assert told["Share past due"][0] == "nothing is open"


def test_a_figure_that_did_not_move_is_unchanged() -> None:
    document = urgent(report(fleet()), "past_due_share", value=0.25)
    document["previous"]["critical_and_high"]["figures"]["past_due_share"]["value"] = 0.25
    assert figures(document)["Share past due"][1] == "unchanged, was 25.0 %"


def test_a_change_that_no_printed_digit_shows_is_none() -> None:
    document = urgent(report(fleet()), "km_median_days", value=24.61, reason=None)
    document["previous"]["critical_and_high"]["figures"]["km_median_days"]["value"] = 24.63
    assert figures(document)["Median known exposure"][1] == "unchanged, was 24.6 d"


def test_nothing_before_has_no_percentage() -> None:
    document = urgent(report(fleet()), "exposure_days", value=70.0)
    document["previous"]["critical_and_high"]["figures"]["exposure_days"]["value"] = 0.0
    assert figures(document)["Exposure-days"][1] == "was 0"


def test_a_period_before_that_nobody_watched_is_no_measure() -> None:
    told = figures(report([stretch(30), stretch(0, 40, detected=30, vulnerability="CVE-2")]))
    befores = {lines[1] for name, lines in told.items() if name != "Median known exposure"}
    assert befores == {"nothing recorded in the period before"}


def test_sums_are_not_compared_with_a_period_that_was_watched_in_part() -> None:
    document = report([stretch(10), stretch(12, vulnerability="CVE-2")])
    assert "was 34, in 18 of 28 days watched" in figures(document)["Exposure-days"][1]
    assert "only 18 of 28 days were watched, so it is no measure" in sentence(document)


def test_without_a_period_before_the_page_says_so() -> None:
    document = {**report(fleet()), "previous": None}
    assert {lines[1] for lines in figures(document).values()} == {
        "no period before to compare with"
    }
    assert "there is no period before" in read(page(document, standalone=True)).all("h1")[0].text


def test_no_strip_is_drawn_without_an_interval_and_one_with_it() -> None:
    document = report(fleet(streams=3))
    assert "95" not in " ".join(figures(document)["Median known exposure"])
    document = urgent(document, "km_median_days", value=20.0, ci=[15.0, 30.0], reason=None)
    assert "95 %: 15.0 to 30.0" in figures(document)["Median known exposure"]
    drawn = section(page(document, standalone=True), "Four figures").all("svg")
    assert len(drawn) == 1
    assert drawn[0].all("title")[0].text.startswith("Median known exposure: 20.0 days now")


def figure(value: float | None, ci: tuple[float, float] | None) -> Any:  # noqa: ANN401 a figure
    return {"value": value, "ci": ci, "n": 9, "events": 9, "reason": None}


def test_a_strip_begins_at_zero_and_has_room_for_all() -> None:
    drawn = strip(figure(20.0, (10.0, 30.0)), figure(40.0, None))
    assert drawn is not None
    assert (drawn.low, drawn.width, drawn.now, drawn.before) == (22.73, 45.45, 45.45, 90.91)


def test_the_sentence_says_by_how_much_and_where() -> None:
    document = {**report(fleet()), "bumps": []}
    document["change"] = {
        "exposure_days": {"now": 1100.4, "before": 1500.6},
        "by_team": [
            {"team": "shop", "now": 100.0, "before": 400.0},
            {"team": "pay", "now": 300.4, "before": 500.6},
            {"team": "data", "now": 700.0, "before": 600.0},
        ],
        "without_work": {"knowledge_withdrawn": 2, "retired": 1},
    }
    told = sentence(document)
    assert told.startswith(
        "Exposure-days of all severities fell by 401, from 1,501 to 1,100: "
        "shop −300, pay −200; against that, data +100."
    )
    assert "took no work: 2 withdrawn by the database, 1 retired with their tag." in told


def test_the_sentence_counts_what_bumps_ended_and_what_waits() -> None:
    document = report(fleet())
    document["episodes"]["by_cause"]["remediated"] = 1234
    told = sentence({**document, "bumps": [bump(1), bump(2), bump(3, state="dismissed")]})
    assert (
        "3 base bumps ended 120 of 1,234 remediated exposures and spared 301 exposure-days; "
        "9 wait for streams that have not moved."
    ) in told


def test_the_sentence_names_the_team_that_holds_most_of_what_is_past_due() -> None:
    told = sentence(report(fleet()))
    assert " past due in all severities, " in told
    assert " are with data." in told


def test_the_sentence_guesses_at_no_cause() -> None:
    told = sentence({**report(fleet()), "bumps": [bump()]})
    assert not {"because", "due to", "thanks"} & set(told.lower().split())


def test_without_any_detection_there_is_no_sentence() -> None:
    assert 'class="why"' not in page(report(), standalone=True)
