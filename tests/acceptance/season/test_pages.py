"""Every page of the web over the season's record, in a real browser, as people look at it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.acceptance.season.played import Season
from tests.acceptance.season.sights import PAGES, faults, unseen_stops
from tests.servers.browser import Look, looking

pytestmark = pytest.mark.servers

LOOKS = [Look(scheme, width) for scheme in ("light", "dark") for width in (1280, 390)]
STOPS = 25


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wrong_with_a_page(
    name: str, look: Look, season: Season, web: str, chromium: Browser
) -> None:
    with looking(chromium, look) as seen:
        seen.page.goto(f"{web}{PAGES[name](season)}")
        assert list(faults(seen)) == []
        assert list(unseen_stops(seen.page, STOPS)) == []


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_nothing_is_wrong_with_the_page_of_what_is_not_there(
    look: Look, web: str, chromium: Browser
) -> None:
    with looking(chromium, look) as seen:
        seen.page.goto(f"{web}/nowhere")
        # A browser itself complains of a page that is not there.
        assert [one for one in seen.complaints if "404" not in one] == []
        seen.complaints.clear()
        assert list(faults(seen)) == []
        assert list(unseen_stops(seen.page, STOPS)) == []


def test_pages_are_found_filtered_and_left_without_script(web: str, chromium: Browser) -> None:
    with looking(chromium, Look(script=False)) as seen:
        page = seen.page
        page.goto(f"{web}/")
        page.get_by_role("link", name="Exposures").click()
        page.get_by_role("checkbox", name="Critical").check()
        page.get_by_label("Team", exact=True).select_option("ops")
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_role("status")).to_contain_text("windows")
        assert "severity=critical" in page.url
        assert "team=ops" in page.url
        words = page.locator("tbody .sev").all_inner_texts()
        assert words
        assert set(words) == {"Critical"}
        page.get_by_role("searchbox", name="Find a package").fill("openssl")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Search for “openssl”")
        page.get_by_role("link", name="Bumps").click()
        page.locator("summary").first.click()
        expect(page.locator("details[open] table").first).to_be_visible()
        assert seen.complaints == []


def test_a_bump_of_the_report_leads_to_its_place_among_the_bumps(
    web: str, chromium: Browser
) -> None:
    with looking(chromium, Look()) as seen:
        seen.page.goto(f"{web}/")
        seen.page.locator(".bumps").get_by_role("link", name="base/debian:12-slim").click()
        place = seen.page.locator(":target")
        expect(place).to_be_in_viewport()
        expect(place).to_contain_text("local/base/debian:12-slim ops")
