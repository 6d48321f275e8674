"""What looks at the pages sees what it looks for: a page with a fault of each kind is told so."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.acceptance.season.sights import faults, unseen_stops
from tests.servers.browser import Look, looking

pytestmark = pytest.mark.servers

SOUND = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sound</title>
<style>:focus-visible {{ outline: 2px solid #1d55c4 }} {style}</style></head>
<body><main><h1>One</h1><p><a href="/">A link</a></p>{body}</main></body></html>"""


@pytest.mark.parametrize(
    ("body", "style", "fault"),
    [
        ("<h1>Two</h1>", "", "2 headings of the first order"),
        ("<p>pale</p>", "p { color: #ccc }", "color-contrast: "),
        ("<input>", "", "label: <input>"),
        ("<div>wide</div>", "div { width: 2000px }", "wider than the screen: HTML"),
        (
            '<p class="box" tabindex="0"><b>wide</b></p>',
            ".box { overflow: auto } b { display: block; width: 2000px }",
            "wider than the screen: P box",
        ),
        (
            '<img alt="none" src="http://127.0.0.1:9/none.png">',
            "",
            "not loaded: http://127.0.0.1:9",
        ),
        ("<script>console.error('loud')</script>", "", "error: loud"),
        ("<script>throw new Error('lost')</script>", "", "uncaught: lost"),
    ],
)
def test_a_fault_is_seen(body: str, style: str, fault: str, chromium: Browser) -> None:
    with looking(chromium, Look(width=390)) as seen:
        seen.page.set_content(SOUND.format(body=body, style=style))
        assert [one for one in faults(seen) if one.startswith(fault)]


def test_a_sound_page_has_none(chromium: Browser) -> None:
    region = '<div class="scroll" role="region" aria-label="Wide" tabindex="0"><b>wide</b></div>'
    style = ".scroll { overflow: auto } b { display: block; width: 2000px }"
    with looking(chromium, Look(width=390)) as seen:
        seen.page.set_content(SOUND.format(body=region, style=style))
        assert list(faults(seen)) == []
        assert list(unseen_stops(seen.page, 5)) == []


@pytest.mark.parametrize(
    ("style", "stops"),
    [
        ("a:focus-visible { outline: none }", ["stop 1, A A link"]),
        ("a { position: absolute; left: -999px }", ["stop 1, A A link"]),
        ("a { display: none }", ["nothing can be reached"]),
    ],
)
def test_a_stop_of_the_keyboard_that_cannot_be_seen_is_told(
    style: str, stops: list[str], chromium: Browser
) -> None:
    with looking(chromium, Look()) as seen:
        seen.page.set_content(SOUND.format(body="", style=style))
        assert list(unseen_stops(seen.page, 5)) == stops
