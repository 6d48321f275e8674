"""Signing in in a real Chromium, against a real provider: what a person goes through."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.integration.web.access.conftest import House
from tests.servers.browser import Look, looking


def test_a_person_signs_in_reads_and_signs_out(at: House, chromium: Browser) -> None:
    with looking(chromium, Look()) as seen:
        page = seen.page
        page.goto(f"{at.web.address}/exposures?state=any")
        assert page.url.startswith(f"{at.web.address}/sign-in?to=")
        page.get_by_role("link", name="Sign in with 127.0.0.1").click()
        page.get_by_role("button", name="ann").click()
        page.wait_for_url(f"{at.web.address}/exposures?state=any")
        seen.complaints.clear()  # those about the provider's own pages
        assert page.get_by_text("ann@shop.example").is_visible()
        assert "data/etl" not in page.content()
        page.get_by_role("link", name="Streams").click()
        assert page.get_by_role("heading", level=1).inner_text().startswith("Streams")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{at.web.address}/sign-in?out")
        page.goto(f"{at.web.address}/streams")
        assert "/sign-in?to=" in page.url
        assert seen.complaints == []


def test_what_signs_somebody_in_is_out_of_reach_of_scripts(at: House, chromium: Browser) -> None:
    with looking(chromium, Look()) as seen:
        page = seen.page
        page.goto(f"{at.web.address}/sign-in/begin?to=/streams")
        page.get_by_role("button", name="ada").click()
        page.wait_for_url(f"{at.web.address}/streams")
        assert page.evaluate("document.cookie") == ""
        (session,) = page.context.cookies(at.web.address)
        assert (session["httpOnly"], session["sameSite"]) == (True, "Lax")


def test_a_form_on_another_site_signs_nobody_out(at: House, chromium: Browser) -> None:
    with looking(chromium, Look()) as seen:
        page = seen.page
        page.goto(f"{at.web.address}/sign-in/begin?to=/streams")
        page.get_by_role("button", name="ada").click()
        page.wait_for_url(f"{at.web.address}/streams")
        # The provider's address is another site's: its page sends a form to ours.
        page.goto(at.issuer.replace("127.0.0.1", "localhost"))
        page.evaluate(
            """address => {
                const form = document.createElement("form");
                form.method = "post"; form.action = address;
                document.body.append(form); form.submit();
            }""",
            f"{at.web.address}/sign-out",
        )
        page.wait_for_url(f"{at.web.address}/sign-out")
        assert "sign in" in page.inner_text("main") or "does not come from" in page.inner_text(
            "main"
        )
        page.goto(f"{at.web.address}/streams")
        assert page.url == f"{at.web.address}/streams"


def test_coming_back_with_a_forged_state_is_a_page_with_a_way_on(
    at: House, chromium: Browser
) -> None:
    with looking(chromium, Look(width=390, scheme="dark")) as seen:
        page = seen.page
        page.goto(f"{at.web.address}/sign-in/back?state=forged&code=x")
        assert "was not begun in this browser" in page.inner_text("main")
        page.get_by_role("link", name="Sign in").click()
        assert page.url == f"{at.web.address}/sign-in"
