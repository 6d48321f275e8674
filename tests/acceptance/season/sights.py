"""The pages of the web over the season's record, and what may be wrong with one on a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.acceptance.season.played import Season
from tests.servers.browser import Seen

Path = Callable[[Season], str]


def _worst_stream(season: Season) -> str:
    streams = season.ask("streams")["streams"]
    worst = max(streams, key=lambda one: one["open_exposures"])
    return "{name}@{platform}".format_map(worst)


def _some_image(season: Season) -> str:
    return str(next(one["image"] for one in season.ask("images")["images"] if one["base"]))


def _commonest_vulnerability(season: Season) -> str:
    names = [str(one["vulnerability"]) for one in season.ask("exposures")["windows"]]
    return max(names, key=names.count)


def _below(folder: str, name: Path) -> Path:
    return lambda season: f"/{folder}/{quote(name(season), safe='/:@')}"


def _at(path: str) -> Path:
    return lambda _: path


PAGES: Final[dict[str, Path]] = {
    "report": _at("/"),
    "report of before": _at("/?as_of=2026-05-01T00:00:00Z"),
    "exposures": _at("/exposures"),
    "second page of all exposures": _at("/exposures?state=any&severity=high&sort=age&page=2"),
    "no exposures": _at("/exposures?q=nothing-like-it"),
    "streams": _at("/streams"),
    "streams of a team": _at("/streams/local/shop"),
    "stream": _below("streams", _worst_stream),
    "stream of a base": _at("/streams/local/base/python:3.12-slim@linux/amd64"),
    "image": _below("images", _some_image),
    "vulnerability": _below("vulnerabilities", _commonest_vulnerability),
    "bumps": _at("/bumps"),
    "coverage": _at("/coverage"),
    "knowledge": _at("/knowledge"),
    "published reports": _at("/published"),
    "search": _at("/find"),
    "found": _at("/find?q=openssl"),
    "nothing found": _at("/find?q=nothing-like-it"),
}

_RULES: Final = {
    "resultTypes": ["violations"],
    "runOnly": [
        *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"),
        "best-practice",
    ],
}
# Whatever is wider than its frame, unless it scrolls in a region that says so and can be reached.
_OVERFLOWING = """() => [...document.querySelectorAll("*")].filter(one =>
    one.scrollWidth > one.clientWidth + 1
    && (one === document.documentElement || /auto|scroll/.test(getComputedStyle(one).overflowX))
    && !one.matches(".scroll[role=region][aria-label][tabindex='0']")
).map(one => `${one.tagName} ${one.className}: ${one.scrollWidth} of ${one.clientWidth}`)"""
_FOCUSED = """() => {
    const one = document.activeElement;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const seen = box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
    return {
        name: `${one.tagName} ${one.textContent.trim().slice(0, 40)}`,
        body: one === document.body,
        shown: seen && style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2,
    };
}"""


def faults(seen: Seen) -> Iterator[str]:
    """Everything that is wrong with a page as it stands on the screen, a line each."""
    yield from seen.complaints
    yield from (f"wider than the screen: {one}" for one in seen.page.evaluate(_OVERFLOWING))
    if (headings := seen.page.locator("h1").count()) != 1:
        yield f"{headings} headings of the first order"
    for violation in Axe().run(seen.page, options=_RULES).response["violations"]:
        yield from (f"{violation['id']}: {node['html'][:200]}" for node in violation["nodes"])


def unseen_stops(page: Page, most: int) -> Iterator[str]:
    """What the keyboard stops at without a frame around it that can be seen."""
    for number in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUSED)
        if stop["body"]:
            if not number:
                yield "nothing can be reached"
            return
        if not stop["shown"]:
            yield f"stop {number + 1}, {stop['name']}"
