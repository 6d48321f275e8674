"""A base that cannot be pulled proves nothing, and annotations that lie move nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.bad_input.looks import assert_clear
from tests.acceptance.bad_input.storage import stored
from tests.acceptance.bad_input.tickets.shop import (
    BASE,
    NEW_BASE,
    OLD_BASE,
    Shop,
    app_on,
    base_of,
    counts,
    knowledge,
)
from watcher.demo.workshop import Image

pytestmark = pytest.mark.servers

NAME, DIGEST = "org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"
CATALOG = ("knowledge", "inventory", "catalog", "match", "exposure", "bump", "ticket")


def layer_of(shop: Shop, image: Image) -> Path:
    """Where the registry keeps an image's first layer."""
    return stored(shop.fleet.registry, image.layers[0].digest)


def test_a_new_base_that_cannot_be_pulled_is_named_and_nothing_is_filed(shop: Shop) -> None:
    layer = layer_of(shop, NEW_BASE)
    content = layer.read_bytes()
    layer.unlink()
    told = shop.sync(3)
    subject = f"local/base/python@{NEW_BASE.digest}"
    assert (told.code, [one[:2] for one in told.failures]) == (1, [("catalog", subject)])
    (line,) = told.lines
    assert_clear(line, f"failed: catalog: {subject}: ")
    assert (counts(told), shop.files()) == ((0, 0, 0), [])
    (bump,) = shop.bumps()
    assert (bump["state"], bump["fixes"], bump["ticket"]) == ("unknown", [], None)
    assert {one["stream"] for one in bump["unknown"]} == {
        "local/shop/api:latest",
        "local/shop/web:latest",
    }
    assert all(NEW_BASE.digest in one["why"] for one in bump["unknown"])
    layer.write_bytes(content)
    assert [counts(shop.sync(number)) for number in (4, 5)] == [(1, 0, 0), (0, 0, 0)]
    assert shop.bumps()[0]["unknown"] == []


def test_a_newer_base_that_cannot_be_pulled_takes_nothing_back(ticketed: Shop) -> None:
    newest = base_of("3.0.15-1~deb12u1", 4)
    ticketed.push(BASE[0], newest, BASE[1])
    layer_of(ticketed, newest).unlink()
    kept = (ticketed.folder / "1.md").read_bytes()
    (before,) = ticketed.bumps()
    told = ticketed.sync(5)
    assert (told.code, counts(told)) == (1, (0, 0, 0))
    assert (ticketed.folder / "1.md").read_bytes() == kept
    (bump,) = ticketed.bumps()
    assert {**before, "unknown": bump["unknown"]} == bump
    assert len(bump["unknown"]) == 2
    # What the heads say is known all the same.
    ticketed.rebuild("api", created=5)
    assert counts(ticketed.sync(6)) == (0, 1, 0)
    assert "- [x] `local/shop/api:latest`" in ticketed.ticket()[1]
    assert "CVE-2026-1" in ticketed.ticket()[1]
    ticketed.rebuild("web", created=6)
    assert counts(ticketed.sync(7)) == (0, 0, 1)


def test_an_app_that_cannot_be_pulled_is_not_done(ticketed: Shop) -> None:
    image = app_on(NEW_BASE, "api", 4)
    ticketed.push("shop/api", image)
    layer = stored(ticketed.fleet.registry, image.layers[-1].digest)
    content = layer.read_bytes()
    layer.unlink()
    told = ticketed.sync(5)
    assert (told.code, counts(told)) == (1, (0, 0, 0))
    assert "- [ ] `local/shop/api:latest`" in ticketed.ticket()[1]
    layer.write_bytes(content)
    assert counts(ticketed.sync(6)) == (0, 1, 0)
    assert "- [x] `local/shop/api:latest`" in ticketed.ticket()[1]


LIES = {
    "a base that does not exist": {
        NAME: "registry.example/base/ghost:1",
        DIGEST: "sha256:" + "0" * 64,
    },
    "a digest that is none": {NAME: "base/python:3.12", DIGEST: "latest; rm -rf /"},
    "a digest of another kind": {NAME: "base/python:3.12", DIGEST: "sha512:" + "a" * 128},
    "a name a megabyte long": {NAME: "base/" + "x" * 1_000_000, DIGEST: NEW_BASE.digest},
    "a digest a megabyte long": {NAME: "base/python:3.12", DIGEST: "sha256:" + "a" * 1_000_000},
    "characters nobody can keep": {NAME: "base\x00\x1b[2J\u202e/python", DIGEST: NEW_BASE.digest},
    "the base it will have": {NAME: "base/python:3.12", DIGEST: NEW_BASE.digest},
    "nothing": {NAME: "", DIGEST: ""},
}


@pytest.mark.parametrize("lie", LIES)
def test_an_annotation_that_lies_is_not_believed_against_the_layers(
    new_shop: Shop, lie: str
) -> None:
    shop = new_shop
    shop.fleet.publish(knowledge())
    shop.push(BASE[0], OLD_BASE, BASE[1])
    shop.push("shop/api", app_on(OLD_BASE, "api", -20, LIES[lie]))
    alone = Image([*base_of("3.0.12-1~deb12u1", -9).layers], created=None, annotations=LIES[lie])
    shop.push("shop/alone", alone)
    assert shop.sync(1).code == 0
    told = shop.fleet.asked("images").document["images"]
    bases = {one["image"].partition("@")[0]: one["base"] for one in told}
    base = bases["local/shop/api"]
    assert (base["name"], base["digest"]) == ("local/base/python:3.12", OLD_BASE.digest)
    assert base["grade"] == "layers"
    alone_on = bases["local/shop/alone"]
    assert alone_on is None or alone_on["grade"] == "annotation"
    shop.push(BASE[0], NEW_BASE, BASE[1])
    told_3 = shop.sync(3)
    assert (told_3.code, counts(told_3)) == (0, (1, 0, 0))
    (bump,) = shop.bumps()
    assert [one["stream"] for one in bump["images"]] == ["local/shop/api:latest"]
    assert "layers alone" in bump["base"]["evidence"]
    assert len(shop.ticket()[1]) < 10_000
