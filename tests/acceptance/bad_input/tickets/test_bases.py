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
    line, note = told.lines
    assert_clear(line, f"failed: catalog: {subject}: ")
    assert "2 streams wait for it" in note
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
    (before,) = ticketed.bumps()
    told = ticketed.sync(5)
    assert (told.code, counts(told)) == (1, (0, 1, 0))
    named = f"local/base/python:3.12@{newest.digest}"
    body = ticketed.ticket()[1]
    assert f"**Newest base unknown**: `{named}`" in body
    assert f"@{NEW_BASE.digest}" in body
    failed, noted = told.lines
    assert "lacks its blob" in failed
    assert failed.count("sha256:") == 1
    assert noted.startswith(f"watcher: note: bump: {named}: the newest base is not catalogued")
    assert "2 streams wait for it" in noted
    assert counts(ticketed.sync(5.5)) == (0, 0, 0)  # it is said once
    (bump,) = ticketed.bumps()
    assert bump["newest_unknown"] == named
    told_anew = {"unknown": bump["unknown"], "newest_unknown": named}
    assert {**before, **told_anew} == bump
    assert len(bump["unknown"]) == 2
    # What the heads say is known all the same.
    ticketed.rebuild("api", created=5)
    assert counts(ticketed.sync(6)) == (0, 1, 0)
    assert "- [x] `local/shop/api:latest`" in ticketed.ticket()[1]
    assert "CVE-2026-1" in ticketed.ticket()[1]
    ticketed.rebuild("web", created=6)
    assert counts(ticketed.sync(7)) == (0, 0, 1)


def test_an_app_that_cannot_be_pulled_is_not_done(ticketed: Shop) -> None:
    image = app_on(NEW_BASE, "api-2", 4)  # with a layer that nobody has analysed yet
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
    on_another = app_on(base_of("3.0.12-1~deb12u1", -9), "alone", -9, {})
    alone = Image([*on_another.layers], created=None, annotations=LIES[lie])
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
    if lie == "the base it will have":  # now its layers are known
        told = shop.fleet.asked("images").document["images"]
        (refuted,) = [one for one in told if one["image"].startswith("local/shop/alone")]
        assert refuted["base"] is None
        assert "whose layers the image does not have" in refuted["base_refuted"]
    (bump,) = shop.bumps()
    assert [one["stream"] for one in bump["images"]] == ["local/shop/api:latest"]
    assert "layers alone" in bump["base"]["evidence"]
    assert len(shop.ticket()[1]) < 10_000


def test_a_base_older_than_the_first_look_is_not_known_and_the_list_says_so(new_shop: Shop) -> None:
    shop, file = new_shop, new_shop.fleet.folder / "bumps.txt"
    shop.fleet.publish(knowledge())
    shop.push(BASE[0], NEW_BASE, BASE[1])
    shop.push("shop/api", app_on(OLD_BASE, "api", -20))
    assert shop.sync(1).code == 0
    assert shop.fleet.watcher("bumps", "-o", str(file)).code == 0
    listed, note = file.read_text(encoding="utf-8").splitlines()
    assert listed == "bumps: 0"
    assert note.startswith("base not known: 1 of 1 images; only bases that a pass has seen are")
    shop.rebuild("api")
    shop.sync(5)
    shop.fleet.watcher("bumps", "-o", str(file))
    assert file.read_text(encoding="utf-8") == "bumps: 0\n"
