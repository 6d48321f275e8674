"""Names, labels and advisories made to be obeyed: a ticket shows them as text."""

from __future__ import annotations

import re

import pytest

from tests.acceptance.bad_input.story import day
from tests.acceptance.bad_input.tickets.shop import (
    BASE,
    SHOP_OWNER,
    Shop,
    counts,
    knowledge,
)
from tests.properties.ticket.rendered import Rendered
from watcher.adapters.store.tables.base import LONGEST
from watcher.demo.workshop import (
    PIP,
    DebianPackage,
    Image,
    LanguageAdvisory,
    OsAdvisory,
    PythonPackage,
    built_on,
    debian_base,
    python_layer,
)

pytestmark = pytest.mark.servers

MARKUP = (
    "a|b`c``d@everyone#1<script>alert(1)</script>[x](http://evil.example)![y](z)*_~",
    "<img/src=x/onerror=alert(1)>",
    "</details></summary><h1>x",
    "<!--watcher:key=1:pay:x-->",
    "\u202egnp.exe\u2066\u200b",
    "GH-1!2$3%4&5^6~7{+8+}[[9]]:tada:",
    "www.evil.example",
    "https://evil.example/x",
    "k8s-0123456789abcdef0123456789abcdef01234567",
    "x" * 5000,
)
TITLE = f"<script>alert(1)</script>\n\n# @everyone closes #1\n/close\n{'x' * 1_000_000}"
TEAM = "@everyone`|<b>#1"
LABELS = {
    "maintainer": "@everyone <script>alert(1)</script>",
    "org.opencontainers.image.title": "|" * 100_000,
    "\u202e": "\x00",
}
OWN_NAMES = ("evil|`@all`", "@everyone<b>pkg", "- [x] done", "[x](http:evil.example)")
OF_BASE = [
    OsAdvisory("debian 12", f"source-{number}", f"CVE-2026-2{number}", fixed_version="2.0")
    for number in range(len(MARKUP))
]
OWN = [
    LanguageAdvisory(PIP, name, f"CVE-2026-4{number}", ("<2.0.0",), ("2.0.0",))
    for number, name in enumerate(OWN_NAMES)
]
OURS = re.compile(r"</?details>|<summary>.*?</summary>|<!-- watcher:key=\S+ \(keep this line\) -->")


def base(version: str, created: float) -> Image:
    """A base whose packages have hostile names, each from a source of its own."""
    system = [
        DebianPackage(name, version, source=f"source-{number}")
        for number, name in enumerate(MARKUP)
    ]
    return Image([debian_base("12.5", system)], created=day(created), labels=LABELS)


@pytest.fixture
def hostile_shop(new_shop: Shop) -> Shop:
    """A shop in which everything that strangers name is made to be obeyed."""
    shop = new_shop
    shop.own({**SHOP_OWNER, "team": TEAM})
    shop.fleet.publish(knowledge((*OF_BASE, *OWN), title=TITLE))
    old = base("1.0", -50)
    shop.push(BASE[0], old, BASE[1])
    packages = [PythonPackage(name, "1.0.0") for name in OWN_NAMES]
    shop.push("shop/api", built_on(old, [python_layer(packages)], created=day(-20)), "a__b.-c")
    assert shop.sync(1).code == 0
    shop.push(BASE[0], base("2.0", 2), BASE[1])
    told = shop.sync(3)
    assert (told.code, counts(told)) == (0, (1, 0, 0))
    return shop


def test_a_ticket_shows_whatever_strangers_wrote_as_text(hostile_shop: Shop) -> None:
    front, body = hostile_shop.ticket()
    page = Rendered.of(body)
    assert [OURS.sub("", piece).strip() for piece in page.html()] == [""] * len(page.html())
    assert page.references() == []
    assert not {"link_open", "image", "heading_open h1"} & set(page.kinds())
    assert len(body) < 60_000
    assert all(one.isprintable() or one == "\n" for one in body)
    shown = "".join(page.shown())
    (bump,) = hostile_shop.bumps()
    assert {one["package"] for one in bump["fixes"]} == {name[:LONGEST] for name in MARKUP}
    for name in MARKUP:
        visible = "".join(one for one in name[:60] if one.isprintable() and one != "|")
        assert visible[:20] in shown.replace("|", "")
    assert front["title"] == "Rebuild on the new base/python:3.12"


def test_a_ticket_of_a_hostile_team_is_found_again_by_its_key(hostile_shop: Shop) -> None:
    told = hostile_shop.sync(4)
    assert (told.code, told.lines, counts(told)) == (0, (), (0, 0, 0))
    front, body = hostile_shop.ticket()
    assert front["key"] == "1:%40everyone%60%7C%3Cb%3E%231:local/base/python:3.12"
    assert body.count("<!-- watcher:key=") == 1
    assert hostile_shop.bumps()[0]["team"] == TEAM


def test_own_findings_of_hostile_names_are_shown_as_text(hostile_shop: Shop) -> None:
    (bump,) = hostile_shop.bumps()
    _, body = hostile_shop.ticket()
    assert "Not part of this ticket" in body
    assert {one["vulnerability"] for one in bump["fixes"]} <= {one.vulnerability for one in OF_BASE}
    page = Rendered.of(body)
    assert page.kinds().count("heading_open") == 1
    shown = "".join(page.shown())
    for name in OWN_NAMES:
        assert name.replace("|", "") in shown.replace("|", "")
