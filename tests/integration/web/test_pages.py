"""Every page over the small fleet: it is there, and says what the record holds."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from tests.integration.web.browser import Browser
from tests.integration.web.conftest import Opening
from tests.integration.web.streams import GONE, LINE, PLATFORMS, TAG, UNCOVERED
from watcher.adapters.store.tables.inventory import streams
from watcher.adapters.store.tables.ledger import episodes
from watcher.bootstrap import App
from watcher.web.addresses import Addresses

AT = Addresses()
PAGES = [
    "/",
    "/exposures",
    "/exposures?state=any&severity=critical&severity=low&sort=age",
    "/streams",
    "/streams/local/shop",
    AT.stream(LINE),
    AT.stream(LINE, "linux/amd64"),
    AT.stream(PLATFORMS),
    AT.stream(PLATFORMS, "linux/arm64"),
    AT.stream(GONE),
    AT.stream(UNCOVERED),
    "/vulnerabilities/CVE-2026-1",
    "/bumps",
    "/coverage",
    "/knowledge",
    "/find",
    "/find?q=openssl",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_there_with_one_heading_and_needs_neither_script_nor_inline_style(
    web: Browser, path: str
) -> None:
    answer = web.get(path)
    assert answer.status == 200
    tags = answer.page.tags
    assert [tag for tag, _ in tags].count("h1") == 1
    assert not [tag for tag, told in tags if tag in {"script", "style"} or "style" in told]
    assert not [told for _, told in tags if any(name.startswith("on") for name in told)]
    assert all(told.get("scope") for tag, told in tags if tag == "th")


def test_every_link_leads_to_a_page(web: Browser) -> None:
    waiting, seen, broken = list(PAGES), set(PAGES), {}
    while waiting:
        path = waiting.pop()
        answer = web.get(path)
        if answer.status != 200:
            broken[path] = answer.status
        if path.count("=") > 3:  # filters of filters lead nowhere new
            continue
        links = {link.partition("#")[0] for link in answer.links} - seen
        new = {link for link in links if link.startswith("/") and not link.startswith("/api/")}
        waiting += sorted(new)
        seen |= new
    assert broken == {}
    assert len(seen) > 60


def test_the_first_page_is_the_report(web: Browser) -> None:
    assert "Exposure report" in web.get("/").text


def test_the_exposures_are_counted_in_a_sentence_and_linked_to_their_streams(web: Browser) -> None:
    answer = web.get("/exposures")
    assert "6 windows: 4 exposures on their platforms, 3 vulnerabilities, 3 streams" in answer.text
    assert AT.stream(TAG, "linux/amd64") in answer.links
    assert AT.vulnerability("CVE-2026-1") in answer.links


@pytest.mark.parametrize(
    ("asked", "windows"),
    [
        ("severity=critical", 3),
        ("severity=critical&severity=high", 5),
        ("severity=medium", 0),
        ("state=any", 9),
        ("state=closed", 3),
        ("team=shop", 2),
        ("team=data+%26+more", 4),
        ("team=(unowned)", 0),
        ("stream=local/shop/front/api%232-slim", 1),
        ("stream=local/data/etl:latest@linux/arm64", 2),
        ("stream=local/data/etl", 4),
        ("vulnerability=CVE-2026-4", 2),
        ("q=CURL", 2),
        ("q=data/etl:lat", 4),
        ("q=2026-3", 1),
        ("q=%25", 0),
        ("due=overdue", 3),
        ("due=never", 1),
        ("due=later", 2),
        ("age=7", 6),
        ("age=90", 0),
        ("page=2", 6),
    ],
)
def test_filters_in_the_address_leave_what_they_say(web: Browser, asked: str, windows: int) -> None:
    answer = web.get(f"/exposures?{asked}")
    assert answer.status == 200
    told = re.search(r"(\d+) windows?(?:: (\d+) exposures? on their platforms)?, ", answer.text)
    assert told is not None
    assert int(told[1]) == windows
    assert told[2] is None or 0 < int(told[2]) < windows


def test_filters_stay_in_the_form_and_in_the_links(web: Browser) -> None:
    answer = web.get("/exposures?q=cu%22rl&severity=high&team=data+%26+more&state=any")
    fields = [told for tag, told in answer.page.tags if tag == "input" and told.get("name") == "q"]
    assert {field.get("value") for field in fields} >= {'cu"rl'}
    checked = [told["value"] for tag, told in answer.page.tags if "checked" in told]
    assert checked == ["high"]
    assert "selected" in next(
        told for tag, told in answer.page.tags if told.get("value") == "data & more"
    )


def test_an_empty_list_says_what_was_searched_and_what_is_not_covered(web: Browser) -> None:
    text = web.get("/exposures?severity=medium").text
    assert "No window matches these filters" in text
    assert "2 streams are not covered, so they may be exposed and not show here" in text
    assert "as of 13 Mar 2026" in text


def test_the_streams_are_listed_with_their_coverage(web: Browser) -> None:
    text = web.get("/streams").text
    assert "5 of 5 streams, on 6 platforms" in text
    assert "not catalogued yet: it timed out" in text
    assert "never listed: it is busy" in text
    assert "1 of 5 streams" in web.get("/streams?q=front").text
    assert "2 of 5 streams" in web.get("/streams?coverage=uncovered").text


def test_a_stream_shows_its_images_and_its_windows_with_their_causes(web: Browser) -> None:
    text = web.get(AT.stream(LINE)).text
    assert "version line, linux/amd64" in text
    for said in (
        "2.0.0-slim",
        "2.1.0-slim",
        "CVE-2026-1",
        "remediated by 2.1.0-slim",
        "CVE-2026-3",
    ):
        assert said in text
    withdrawn = web.get(AT.stream(TAG)).text
    assert "withdrawn by the database" in withdrawn


def test_a_stream_on_several_platforms_lists_them(web: Browser) -> None:
    answer = web.get(AT.stream(PLATFORMS))
    assert {AT.stream(PLATFORMS, "linux/amd64"), AT.stream(PLATFORMS, "linux/arm64")} <= set(
        answer.links
    )


def test_a_stream_that_ended_keeps_its_page(web: Browser) -> None:
    text = web.get(AT.stream(GONE)).text
    assert "none: its tag is gone" in text
    assert "Ended nothing is left to be covered" in text


def test_a_stream_that_is_not_covered_is_never_called_clean(web: Browser) -> None:
    text = web.get(AT.stream(UNCOVERED)).text
    assert "Not covered not catalogued yet: it timed out" in text
    assert "no window known" in text
    assert "the stream is not covered" in text


def test_a_base_is_never_called_clean(small_record: Path, tmp_path: Path, opened: Opening) -> None:
    database = tmp_path / "watcher.db"
    shutil.copyfile(small_record, database)
    with opened(database) as (web, app):
        with app.database.engine.begin() as connection:
            connection.execute(update(streams).values(published=False))
            connection.execute(delete(episodes))
        text = web.get(AT.stream(TAG)).text
        assert "a base has no exposures of its own" in text
        assert "Not judged" in text
        assert "Nothing was ever found" not in text
        assert TAG in web.get("/streams/local/shop").text


def test_an_image_shows_packages_findings_and_who_points_to_it(web: Browser, app: App) -> None:
    last = app.views.finished(None)
    assert last is not None
    images = {head.stream: head.image for head in app.views.streams(last.number)}
    image = images[PLATFORMS]
    assert image is not None
    answer = web.get(AT.image("local/data/etl", image))
    assert answer.status == 200
    for said in (image, "2 packages", "2 findings", "CVE-2026-1", "openssl: a <flaw>", "curl"):
        assert said in answer.text
    assert f"{PLATFORMS}" in answer.text
    assert web.get(AT.image("local/shop/web", image)).status == 404


def test_a_vulnerability_shows_everything_that_it_affects(web: Browser) -> None:
    text = web.get("/vulnerabilities/cve-2026-1").text
    assert "4 windows in 3 streams" in text
    assert "3 windows in 2 streams" in text
    assert "openssl: a <flaw>" in text
    assert text.index(TAG) < text.index(LINE)  # what is open comes first


def test_a_vulnerability_and_its_knowledge_say_what_changed_and_by_what(web: Browser) -> None:
    text = web.get("/vulnerabilities/cve-2026-2").text
    assert "How it was told" in text
    told = text[text.index("How it was told") :]
    assert all(said in told for said in ("jinja2", "ended", "database"))
    assert "How it was told" not in web.get("/vulnerabilities/cve-2026-1").text
    text = web.get("/knowledge").text
    told = text[text.index("What changed lately, and why") :]
    assert all(said in told for said in ("CVE-2026-4", "began", "CVE-2026-2", "ended"))


def test_coverage_names_reasons_and_failures(web: Browser) -> None:
    text = web.get("/coverage").text
    assert "3 of 5 streams" in text
    assert "local/ops/cron" in text
    assert "it is busy" in text
    assert "local/pay/gate" in text
    assert "tried again" in text


def test_knowledge_shows_what_each_version_changed(web: Browser) -> None:
    answer = web.get("/knowledge")
    assert "3 versions" in answer.text
    assert answer.text.count("in force") >= 1


def test_a_search_finds_packages_streams_digests_and_vulnerabilities(
    web: Browser, app: App
) -> None:
    assert "Held by" in web.get("/find?q=openssl").text
    assert AT.stream(LINE, "linux/amd64") in web.get("/find?q=front/api").links
    assert AT.vulnerability("CVE-2026-2") in web.get("/find?q=cve-2026-2").links
    last = app.views.finished(None)
    assert last is not None
    image = next(head.image for head in app.views.streams(last.number) if head.stream == TAG)
    assert image is not None
    found = web.get(f"/find?q={image[7:15]}")
    assert AT.stream(TAG, "linux/amd64") in found.links
    assert "not covered" in web.get("/find?q=nobodyhasit").text


def test_a_page_can_be_seen_as_it_was_known(web: Browser) -> None:
    then = "as_of=2026-03-02T12%3A00%3A00Z"
    answer = web.get(f"/exposures?{then}")
    assert "as it was known then" in answer.text
    assert "CVE-2026-4" not in answer.text
    onward = [link for link in answer.links if link.startswith(("/streams/", "/vulnerabilities/"))]
    assert onward
    assert all(then in link for link in onward)


def test_without_a_pass_pages_say_that_nothing_is_known(web: Browser) -> None:
    then = "as_of=2020-01-01T00:00:00Z"
    assert (
        "No pass was completed by then, so nothing is known" in web.get(f"/exposures?{then}").text
    )
    assert web.get(f"/streams?{then}").status == 200
    assert web.get(f"/coverage?{then}").status == 200
    assert "No knowledge yet" in web.get(f"/knowledge?{then}").text
