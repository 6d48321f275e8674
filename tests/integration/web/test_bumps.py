"""The bumps: what is open first, each with its proof and its ticket."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.store_views.conftest import Fleet, day
from tests.integration.web.browser import Browser
from tests.integration.web.conftest import Opening
from tests.integration.web.streams import LINE
from tests.properties.ticket.sample import SAMPLE
from watcher.domain.ticket import Cause, Fix, LineName, TicketKey
from watcher.ports.store.bumps import Remembered

BASE = "local/base/<i>debian:12"
CAUSE = Cause("shop", BASE)


@pytest.fixture
def web(small_record: Path, tmp_path: Path, opened: Opening) -> Iterator[Browser]:
    """The small fleet with two bumps; one would end what the line is exposed to."""
    database = tmp_path / "watcher.db"
    shutil.copyfile(small_record, database)
    with opened(database) as (browser, app):
        with Fleet(app.database.engine).recording(day(12)) as this:
            line = replace(SAMPLE.lines[0], name=LineName(LINE, "linux/amd64"))
            fixes = (Fix("CVE-2026-3", "LOW", "zlib", "9", streams=1, known_since=this.at),)
            own = replace(SAMPLE, cause=CAUSE, lines=(line,), fixes=fixes)
            app.bumps.plan(this, [SAMPLE, replace(own, exposure_days_per_week=7)])
            for number, cause in enumerate((CAUSE, SAMPLE.cause)):
                url = ("javascript:alert(1)", "https://code.example/7")[number]
                key = TicketKey(1, cause)
                app.bumps.filed(this, Remembered(key, "tickets", f"{number + 7}", url, None, None))
        yield browser


def test_bumps_are_shown_with_the_most_to_end_first(web: Browser) -> None:
    answer = web.get("/bumps")
    assert answer.status == 200
    assert "2 open, 0 other" in answer.text
    assert answer.text.index("python:3.12-slim") < answer.text.index(BASE)
    for said in ("20 vulnerabilities", "7 critical, 8 high, 2 medium, 3 low", "5 of 14"):
        assert said in answer.text
    assert not [tag for tag, _ in answer.page.tags if tag == "i"]


def test_only_an_address_of_the_web_is_a_link_to_a_ticket(web: Browser) -> None:
    links = web.get("/bumps").links
    assert "https://code.example/7" in links
    assert not [link for link in links if link.startswith("javascript")]


def test_a_window_says_which_bump_would_end_it_and_leads_there(web: Browser) -> None:
    answer = web.get("/exposures?q=CVE-2026-3")
    assert f"bump {BASE}, ticket 7" in answer.text
    (link,) = [link for link in answer.links if link.startswith("/bumps#")]
    anchors = {told.get("id") for _, told in web.get("/bumps").page.tags}
    assert link == "/bumps#1%3Ashop%3Alocal%2Fbase%2F%253Ci%253Edebian%3A12"
    assert "1:shop:local/base/%3Ci%3Edebian:12" in anchors
