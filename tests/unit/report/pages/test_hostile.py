"""Names from outside on the page: shown as text, whatever they contain, and never in the way."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.unit.report.figures.windows import stretch
from tests.unit.report.pages.reader import Element, every, read, section
from tests.unit.report.pages.reports import bump, fleet, report
from watcher.report.figures.coverage import WatchedStream
from watcher.report.pages.report import page
from watcher.report.pages.shown import shown, visible

HOSTILE = {
    "markup": "</title></style></svg><script>alert(1)</script><b onclick=x()>&amp;",
    "quotes": '" onmouseover="alert(1)" x=\'',
    "template": "{{ 7 * 7 }}{% raw %}",
    "turned": "shop\u202egnissap\u2066\u200b",
    "broken": "a\x00b\x1b[31m\r\n\t\ud800c",
    "address": "javascript:alert(1)//../..?a=b&as_of=c#d",
    "steps": "..",
    "long": "ab" * 5_000,
    "piled": "e" + "\u0301" * 3_000,
    "blank": "",
}


def drawn(name: str, *, standalone: bool) -> str:
    """A page on which every name from outside is the same one."""
    mine = [
        stretch(day, day + 30 if flaw else None, severity=severity, stream=f"local/{name}:1",
                vulnerability=name * (flaw == 0) + f"{flaw}" * flaw, team=name, packages=(name,))
        for flaw, (day, severity) in enumerate([(10, "CRITICAL"), (20, "HIGH"), (30, "LOW")])
    ]  # fmt: skip
    others = list(fleet())
    streams = [WatchedStream(name, None, f"{name}: {name}") for _ in range(4)]
    watched = [*streams, *(WatchedStream(one.stream, one.team) for one in others)]
    told: dict[str, Any] = {**report([*mine, *others], watched), "scope": name}
    told["policy"]["name"] = name
    ticket = {"tracker": name, "id": name, "url": name}
    told["bumps"] = [bump(base=name, team=name, state=name, ticket=ticket)]
    told["change"]["by_team"] = [{"team": name, "now": 900.0, "before": 1.0}]
    return page(told, standalone=standalone)


def frame(found: str) -> list[tuple[str, ...]]:
    """The elements of a page with the names of their attributes, without titles of cut names."""
    return [
        (one.tag, *(name for name in one.attributes if name != "title" or one.tag != "bdi"))
        for one in every(read(found))
    ]


@pytest.mark.parametrize("standalone", [True, False])
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_name_makes_no_element_and_no_attribute(kind: str, standalone: bool) -> None:  # noqa: FBT001
    plain = Counter(frame(drawn("plain", standalone=standalone)))
    found = Counter(frame(drawn(HOSTILE[kind], standalone=standalone)))
    # What no address can hold is not linked; nothing else may differ.
    missing = {("a", "href")} if kind in {"steps", "long", "piled", "blank"} else set()
    assert {one for one in plain | found if plain[one] != found[one]} <= missing
    assert found[("a", "href")] <= plain[("a", "href")]


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_name_is_shown_visibly_and_short(kind: str) -> None:
    found = read(drawn(HOSTILE[kind], standalone=True))
    for text in texts(found.all("body")[0]):
        assert all(one.isprintable() or one in "\n " or one == "\xa0" for one in text)
        assert not any("\u0301" * 3 in part for part in (text,))
        assert len(text) < 600
    for one in found.all("bdi"):
        assert 0 < len(one.text) <= 100


@pytest.mark.parametrize("kind", HOSTILE)
def test_addresses_stay_on_the_page_s_own_site(kind: str) -> None:
    links = [one.attributes["href"] or "" for one in read(drawn(HOSTILE[kind], standalone=False)).all("a")]  # fmt: skip  # noqa: E501
    assert [link for link in links if not link.startswith(("/", "#"))] == []
    assert [link for link in links if link.startswith("//") or "/../" in f"{link}/"] == []
    assert max(map(len, links)) < 1_500


def test_markup_is_read_as_text() -> None:
    teams = section(drawn(HOSTILE["markup"], standalone=True), "Teams")
    assert "</title></style></svg><scri…" in [one.text for one in teams.all("bdi")]
    assert teams.all("bdi")[0].attributes.keys() <= {"class", "title"}


def test_what_turns_the_direction_of_writing_is_written_out() -> None:
    assert visible("shop\u202egnissap") == "shop\\u202egnissap"
    assert visible("a\x1b[31m") == "a\\x1b[31m"


def test_a_name_that_is_cut_shows_more_of_itself_as_a_title() -> None:
    cut = shown("x" * 10_000, 20)
    assert cut.text == "x" * 19 + "…"
    assert cut.whole == "x" * 399 + "…"
    assert shown("x" * 20, 20).whole is None


def test_letters_keep_two_marks_and_lose_the_pile() -> None:
    assert visible("e" + "\u0301" * 50 + "s") == "e\u0301\u0301s"
    assert visible("Việt") == "Việt"
    assert visible("e" + "\u0301" * 5_000 + "nd") == "e\u0301\u0301nd"


def test_a_name_that_shows_nothing_is_called_so() -> None:
    assert visible(" \t\n") == "(no name)"


def texts(root: Element) -> list[str]:
    below = [one for one in root.within if isinstance(one, Element)]
    return [one for one in root.within if isinstance(one, str)] + [
        text for one in below for text in texts(one)
    ]
