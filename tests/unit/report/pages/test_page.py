"""The report's page: what stands on it, what its file leaves out, and what it says of nothing."""

from __future__ import annotations

import re

import pytest

from tests.unit.report.figures.windows import stretch
from tests.unit.report.pages.reader import every, read, section
from tests.unit.report.pages.reports import Report, bump, fleet, report
from watcher.domain.package import SEVERITIES
from watcher.domain.policy import by_severity
from watcher.report.figures.coverage import WatchedStream
from watcher.report.pages.report import page

COVERED = WatchedStream("local/shop/api:latest", "shop")


def rich() -> Report:
    return {**report(fleet()), "bumps": [bump(1), bump(2, state="done")]}


def file(document: Report) -> str:
    return page(document, standalone=True)


@pytest.fixture(scope="module")
def alone() -> str:
    return file(rich())


@pytest.fixture(scope="module")
def in_the_web() -> str:
    return page(rich(), standalone=False)


def test_the_same_document_gives_the_same_page(alone: str) -> None:
    assert file(rich()) == alone


def test_sections_stand_in_the_order_of_reading(alone: str) -> None:
    headings = [one.text.split("  ")[0] for one in read(alone).all("h2")]
    begin = ["Four", "Open by age", "Still open", "Teams", "Base bumps", "Due", "Definitions"]
    assert [heading.startswith(begun) for heading, begun in zip(headings, begin, strict=True)] == (
        [True] * len(begin)
    )


def test_a_file_links_to_no_page_and_needs_nothing_beside_it(alone: str) -> None:
    elements = every(read(alone))
    links = [one.attributes[name] for one in elements for name in ("href", "src", "action")
             if name in one.attributes]  # fmt: skip
    assert links
    assert [link for link in links if not (link or "").startswith(("#", "data:"))] == []
    assert {one.tag for one in elements} & {"script", "img", "iframe", "form", "nav"} == set()
    assert "url(" not in alone
    assert "@import" not in alone


def test_every_link_within_a_page_leads_somewhere(alone: str, in_the_web: str) -> None:
    for text in (alone, in_the_web):
        elements = every(read(text))
        known = {one.attributes.get("id") for one in elements}
        asked = {(one.attributes.get("href") or "")[1:] for one in elements
                 if (one.attributes.get("href") or "").startswith("#")}  # fmt: skip
        assert asked - known == set()


def test_a_strict_policy_holds_no_element_has_a_style_or_a_script_of_its_own(
    alone: str, in_the_web: str
) -> None:
    for text in (alone, in_the_web):
        names = {name for one in every(read(text)) for name in one.attributes}
        assert [name for name in names if name == "style" or name.startswith("on")] == []
    assert read(in_the_web).all("style") == []
    (policy,) = [one for one in read(alone).all("meta") if "http-equiv" in one.attributes]
    assert (policy.attributes["content"] or "").startswith("default-src 'none'")


def test_every_heading_of_a_table_says_what_it_heads(alone: str) -> None:
    headings = read(alone).all("th")
    assert headings
    assert {one.attributes.get("scope") for one in headings} == {"col", "row", "colgroup"}


def test_no_identifier_stands_twice(alone: str) -> None:
    found = [one.attributes["id"] for one in every(read(alone)) if "id" in one.attributes]
    assert len(found) == len(set(found))


def test_every_picture_has_a_title_or_is_silent(alone: str) -> None:
    for one in read(alone).all("svg"):
        pictured = one.attributes.get("role") == "img"
        nested = "aria-hidden" not in one.attributes and not pictured
        if nested:
            assert one.attributes["preserveaspectratio"] == "none"
        elif pictured:
            assert one.all("title")[0].text


def test_charts_have_classes_and_no_colours(alone: str) -> None:
    main = read(alone).all("main")[0]
    painted = [one for one in every(main) if {"fill", "stroke"} & one.attributes.keys()]
    assert painted == []


def test_links_of_the_web_lead_to_the_pages_behind_the_figures(in_the_web: str) -> None:
    links = {one.attributes.get("href") for one in read(in_the_web).all("a")}
    wanted = {"/coverage", "/bumps", "/exposures?team=pay"}
    assert wanted - links == set()
    assert {link for link in links if (link or "").startswith("/vulnerabilities/CVE-2026-")}
    assert {link for link in links if (link or "").startswith("/api/v1/report?since=2026-03-29")}


def test_links_of_a_page_about_the_past_stay_in_the_past() -> None:
    asked = "2026-04-26T00:00:00+00:00"
    found = page(rich(), standalone=False, around={"asked_as_of": asked})
    links = {one.attributes.get("href") for one in read(found).all("main")[0].all("a")}
    later = "as_of=2026-04-26T00%3A00%3A00%2B00%3A00"
    assert {f"/coverage?{later}", f"/exposures?team=pay&{later}"} - links == set()


def test_what_was_never_watched_has_no_figure_at_all() -> None:
    found = read(file(report(streams=[])))
    assert "Nothing is known." in found.text
    assert "not the same as clean" in found.text
    assert found.all("section") == []


def test_nothing_open_is_said_only_of_what_is_covered() -> None:
    lost = WatchedStream("hub/acme/tools:*", None, "the repository was never listed completely")
    half = section(file(report(streams=[COVERED, lost])), "Open by age").text
    whole = section(file(report(streams=[COVERED])), "Open by age").text
    assert "Nothing critical or high is open in what is covered." in half
    assert "Nothing critical or high is open." in whole


def test_a_clean_fleet_is_no_proof() -> None:
    text = read(file(report(streams=[COVERED]))).text
    assert "no exposure recorded yet: no proof that there is none" in text
    assert "nothing recorded in the period before" in text


def test_without_bumps_and_dues_the_page_says_so() -> None:
    empty = file(report(streams=[COVERED]))
    assert "No base bump is known" in section(empty, "Base bumps").text
    assert "Nothing that is open has a due day." in section(empty, "Due").text


def test_an_older_document_has_no_sections_for_what_it_does_not_know() -> None:
    older = rich()
    for block in ("bumps", "due", "change"):
        del older[block]
    text = file(older)
    assert len(read(text).all("h2")) == 5
    assert "Base bump" not in read(text).text


def test_a_policy_without_limits_is_said_to_have_none() -> None:
    policy = by_severity("open end", dict.fromkeys(SEVERITIES))
    free = file(report(fleet(policy=policy), policy=policy))
    figures = section(free, "Four figures").text
    assert "no due day" in figures
    assert "the policy open end sets no limit for what is open" in figures
    assert "which sets no limit: nothing has a due day" in section(free, "Definitions").text
    assert "the policy sets no limits" in section(free, "Due").text


def test_what_cannot_be_judged_is_said_to_be_undetermined_and_for_want_of_what() -> None:
    silent = by_severity("silent", {"CRITICAL": 7, "MEDIUM": None})
    told = file(report(fleet(policy=silent), policy=silent))
    assert "for want of a rule for severity HIGH" in section(told, "Definitions").text
    assert "undetermined: " in section(told, "Definitions").text


def test_every_figure_leads_to_its_definition(alone: str) -> None:
    names = section(alone, "Four figures").all("dt")
    links = [one.all("a")[0].attributes["href"] for one in names]
    assert links == ["#def-exposure", "#def-past-due", "#def-median", "#def-exposure-days"]


def test_the_definitions_give_the_share_that_is_backfilled() -> None:
    long_ago = [stretch(-30, None, detected=0, backfilled=True), stretch(40, vulnerability="CVE-2")]
    text = section(file(report(long_ago)), "Definitions").text
    assert "Backfilled: 1 of 2 (50.0 %) exposures of the period" in text


def test_streams_that_are_not_covered_are_named_with_their_reasons() -> None:
    lost = WatchedStream("hub/acme/tools:*", None, "never listed: refused (401)")
    text = read(file(report(fleet(), [COVERED, lost]))).text
    assert "1 of 2 streams (50.0 %)" in text
    assert "1 stream not covered: hub/acme/tools:*, never listed: refused (401)." in text


def test_many_uncovered_streams_are_counted_by_reason_and_listed_behind() -> None:
    lost = [
        WatchedStream(f"hub/acme/t{number}:1", None, f"never listed: refused {number}")
        for number in range(250)
    ]
    found = read(file(report(fleet(), lost)))
    assert "250 streams not covered: 250 never listed." in found.text
    listed = found.all("details")[0].all("li")
    assert listed[0].text == "hub/acme/t0:1 never listed: refused 0"
    assert listed[-1].text.startswith("and 150 more")


def test_the_page_names_the_command_that_draws_it_again(alone: str) -> None:
    command = read(alone).all("footer")[0].all("code")[0].text
    found = re.fullmatch(r"watcher report --since (\S+) --as-of (\S+)", command)
    assert found
    assert found.groups() == ("2026-03-29T00:00:00Z", "2026-04-26T00:00:00Z")
