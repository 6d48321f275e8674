"""The record of what is built on what signs the port `Lineages`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.contract.store.bases import BASE_DIGEST, BASE_NAME, Yard
from tests.contract.store.fleet import day
from tests.contract.store.record import ARM, bound, digest, rows
from watcher.adapters.store.tables.inventory import base_identities
from watcher.adapters.store.views import SqlViews
from watcher.domain.lineage import Claim, Told
from watcher.domain.ticket import LineName
from watcher.ports.store.lineages import Built
from watcher.ports.store.passes import PassRecord

PYTHON = "base/python:3.12"
LIBC = {"libc": ["libc=1"]}


@pytest.fixture
def yard(engine: Engine) -> Yard:
    return Yard(engine)


@pytest.fixture
def first(yard: Yard) -> PassRecord:
    """A base, and one stream built on it."""
    this = yard.begin(1)
    yard.make(this, "old", LIBC)
    yard.make(this, "api", {"app": ["jinja=3"]}, on="old")
    yard.point(this, PYTHON, bound("old", -9), published=False)
    yard.point(this, "shop/api:latest", bound("api", -5))
    return this


def rebuilt(yard: Yard, at: float = 3) -> PassRecord:
    """The base's tag moves to another image."""
    this = yard.begin(at)
    yard.make(this, "new", {"libc2": ["libc=2"]})
    yard.point(this, PYTHON, bound("old", -9, 2), bound("new", 2), published=False)
    return this


def identities(engine: Engine) -> list[tuple[Any, ...]]:
    names = ("image_id", "base_image_id", "grade", "opened_in", "superseded_in")
    with engine.connect() as connection:
        statement = select(*(base_identities.c[one] for one in names))
        return [tuple(row) for row in connection.execute(statement.order_by(base_identities.c.id))]


def told(built: Sequence[Built]) -> list[tuple[str, str, str]]:
    """Stream, digest of its base, and the head of the lineage."""
    return [
        (f"{one.repository.path}:{one.stream}", one.base_digest, one.head.name) for one in built
    ]


# bases


@pytest.mark.usefixtures("first")
def test_bases_are_all_images_that_a_base_ever_was_with_their_names(yard: Yard) -> None:
    rebuilt(yard)
    found = yard.known("old", "new")
    assert [(one.digests, one.names) for one in found] == [
        ((digest("old"),), ("registry.example/base/python:3.12",)),
        ((digest("new"),), ("registry.example/base/python:3.12",)),
    ]
    assert found[0].diff_ids == (digest("libc"),)
    assert [one.image for one in found] == sorted(one.image for one in found)


def test_a_base_by_several_names_has_the_last_one_first(yard: Yard, first: PassRecord) -> None:
    yard.point(first, "base/python:3", bound("old", -20, -12), published=False)
    yard.point(first, "base/python:3.12.1", bound("old", -8), published=False)
    (base,) = yard.known("old")
    assert base.names == (
        "registry.example/base/python:3.12.1",
        "registry.example/base/python:3.12",
        "registry.example/base/python:3",
    )


def test_bases_have_changed_until_they_were_looked_for(yard: Yard, first: PassRecord) -> None:
    assert yard.lineages.bases_changed()
    yard.lineages.identified(first, {})
    assert not yard.lineages.bases_changed()
    again = yard.begin(2)
    yard.point(again, "shop/web:latest", bound("api", 1))
    assert not yard.lineages.bases_changed()
    this = rebuilt(yard)
    assert yard.lineages.bases_changed()
    yard.lineages.identified(this, {})
    assert not yard.lineages.bases_changed()


# identities


def test_heads_of_streams_are_looked_at_once(yard: Yard, first: PassRecord) -> None:
    yard.point(first, "shop/api:main", bound("api", -5))
    yard.make(first, "gone", {"x": []}, on="old")
    yard.point(first, "shop/web:latest", bound("gone", -5, -1), bound("api", -1))
    base, api = yard.wanted()
    assert (base.diff_ids, api.diff_ids) == (yard.layers["old"], yard.layers["api"])
    assert api.repositories == {"registry.example/shop/api", "registry.example/shop/web"}
    assert (api.told, api.provenance) == (Told(), None)
    yard.lineages.identified(first, {api.image: None, base.image: None})
    assert yard.lineages.unidentified(again=False) == []
    assert yard.wanted(again=True) == [base, api]


@pytest.mark.parametrize(
    ("annotations", "claim"),
    [
        ({}, None),
        ({"other": "x"}, None),
        ({BASE_NAME: "a/b:c"}, Claim("a/b:c", None)),
        ({BASE_DIGEST: digest("x")}, Claim(None, digest("x"))),
        ({BASE_NAME: "a/b:c", BASE_DIGEST: "latest"}, Claim("a/b:c", None)),
        ({BASE_NAME: "", BASE_DIGEST: ""}, Claim("", None)),
        ({BASE_NAME: "x", BASE_DIGEST: f"sha256:{'g' * 64}"}, Claim("x", None)),
        ({BASE_NAME: "n" * 1_000_000, BASE_DIGEST: "d" * 1_000_000}, Claim("n" * 600, None)),
        ({BASE_NAME: "a\0b\ud800", BASE_DIGEST: digest("x")}, Claim("a�b�", digest("x"))),
    ],
    ids=lambda given: str(given)[:30],
)
def test_what_an_image_claims_is_kept_as_far_as_it_can_be_meant(
    yard: Yard, annotations: dict[str, str], claim: Claim | None
) -> None:
    this = yard.begin(1)
    yard.make(this, "api", LIBC, annotations=annotations)
    yard.point(this, "shop/api:latest", bound("api", -5))
    (one,) = yard.wanted()
    assert one.told.claim == claim
    yard.identify(this)
    (image,) = SqlViews(yard.engine).images(this.number)
    alone = claim is not None and claim.digest is not None
    assert (image.base is not None) == alone
    if image.base is not None:
        assert image.base.grade == "annotation"


def test_a_base_found_out_otherwise_supersedes_and_the_same_again_writes_nothing(
    yard: Yard, first: PassRecord
) -> None:
    yard.identify(first)
    before = rows(yard.engine)
    second = yard.begin(2)
    yard.identify(second)
    assert rows(yard.engine) == {**before, "passes": before["passes"] + 1}
    third = yard.begin(3)
    yard.make(third, "deep", {"more": []}, on="old")
    yard.make(third, "api2", {"app": []}, on="deep")
    yard.point(third, "base/deep:1", bound("deep", 2), published=False)
    yard.point(third, "shop/web:latest", bound("api2", 2))
    yard.identify(third)
    assert yard.lineages.unidentified(again=False) == []
    fourth = yard.begin(4)
    image = yard.image("api")
    yard.lineages.identified(fourth, {image: None})
    found = [row for row in identities(yard.engine) if row[0] == image]
    assert [(row[2], row[3], row[4]) for row in found] == [
        ("layers", first.number, fourth.number),
        (None, fourth.number, None),
    ]


def test_an_image_shows_the_base_that_was_known_then(yard: Yard, first: PassRecord) -> None:
    yard.identify(first)
    second = yard.begin(2)
    image = yard.image("api")
    yard.lineages.identified(second, {image: None})
    views = SqlViews(yard.engine)
    (then,), (now,) = views.images(first.number), views.images(second.number)
    assert then.base is not None
    assert (then.base.name, then.base.digest) == ("local/base/python:3.12", digest("old"))
    assert (then.base.grade, now.base) == ("layers", None)
    assert "its first layer is that of" in then.base.evidence
    assert views.images(first.number - 1) == []


# what is built on what


def test_a_stream_on_an_older_base_is_built_on_the_lineage_that_moved(
    yard: Yard, first: PassRecord
) -> None:
    yard.identify(first)
    (built,) = yard.lineages.construction().built
    assert (built.base, built.base_since) == (built.head.image, day(-9))
    this = rebuilt(yard)
    yard.identify(this)
    (built,) = yard.lineages.construction().built
    assert (built.repository.path, built.by, built.stream) == ("shop/api", "tag", "latest")
    assert (built.digest, built.base_digest) == (digest("api"), digest("old"))
    assert (built.head.digest, built.head.since) == (digest("new"), day(2))
    assert built.head.name == "local/base/python:3.12"
    assert (built.grade, built.track.platform) == ("layers", "linux/amd64")


def test_a_rebuilt_stream_is_built_on_its_new_base(yard: Yard, first: PassRecord) -> None:
    yard.identify(first)
    this = rebuilt(yard)
    yard.make(this, "api2", {"app": ["jinja=3"]}, on="new")
    yard.point(this, "shop/api:latest", bound("api", -5, 2.5), bound("api2", 2.5))
    yard.identify(this)
    (built,) = yard.lineages.construction().built
    assert built.base == built.head.image
    assert built.base_digest == digest("new")


def test_an_image_without_a_base_is_built_on_nothing(yard: Yard, first: PassRecord) -> None:
    yard.make(first, "scratch", {"alone": []})
    yard.point(first, "shop/web:latest", bound("scratch", -5))
    yard.identify(first)
    assert [one.repository.path for one in yard.lineages.construction().built] == ["shop/api"]


def test_a_lineage_whose_tag_is_gone_leads_nowhere(yard: Yard, first: PassRecord) -> None:
    yard.identify(first)
    this = yard.begin(2)
    yard.point(this, PYTHON, bound("old", -9, 1, "retired"), published=False)
    assert yard.lineages.construction().built == []


def test_the_annotated_name_chooses_among_lineages_of_one_base(yard: Yard) -> None:
    this = yard.begin(1)
    yard.make(this, "old", LIBC)
    told_by = {BASE_NAME: "mirror.example/base/python:3.12-slim", BASE_DIGEST: digest("old")}
    yard.make(this, "api", {"app": []}, on="old", annotations=told_by)
    yard.make(this, "web", {"app": []}, on="old")
    for tag in ("3.12", "3.12-slim", "3.12.1"):
        yard.point(this, f"base/python:{tag}", bound("old", -9), published=False)
    yard.point(this, "shop/api:latest", bound("api", -5))
    yard.point(this, "shop/web:latest", bound("web", -5))
    yard.identify(this)
    assert told(yard.lineages.construction().built) == [
        ("shop/api:latest", digest("old"), "local/base/python:3.12-slim"),
        ("shop/web:latest", digest("old"), "local/base/python:3.12"),
    ]


def test_a_lineage_that_moved_is_followed_before_one_that_did_not(
    yard: Yard, first: PassRecord
) -> None:
    yard.point(first, "base/python:3", bound("old", -9), published=False)
    yard.identify(first)
    assert told(yard.lineages.construction().built)[0][2] == "local/base/python:3"
    rebuilt(yard)
    assert told(yard.lineages.construction().built)[0][2] == "local/base/python:3.12"


def test_platforms_have_lineages_of_their_own(yard: Yard, first: PassRecord) -> None:
    yard.make(first, "old arm", LIBC, platform=ARM)
    yard.make(first, "api arm", {"app": []}, on="old arm", platform=ARM)
    arm = {"platform": ARM}
    yard.point(first, PYTHON, bound("old", -9), bound("old arm", -9, **arm), published=False)  # type: ignore[arg-type]
    yard.point(first, "shop/api:latest", bound("api", -5), bound("api arm", -5, **arm))  # type: ignore[arg-type]
    yard.identify(first)
    found = {one.track.platform: one for one in yard.lineages.construction().built}
    assert {name: one.head.digest for name, one in found.items()} == {
        "linux/amd64": digest("old"),
        "linux/arm64": digest("old arm"),
    }


def test_streams_are_named_with_their_images_and_ended_ones_are_not(
    yard: Yard, first: PassRecord
) -> None:
    yard.point(first, "shop/web:latest", bound("api", -5, -1, "retired"))
    found = yard.lineages.published()
    assert found == {
        LineName("local/base/python:3.12", "linux/amd64"): yard.image("old"),
        LineName("local/shop/api:latest", "linux/amd64"): yard.image("api"),
    }


# what images hold


def test_an_image_is_known_only_once_every_package_of_it_was_matched(
    yard: Yard, first: PassRecord
) -> None:
    yard.catalog(first)
    images = [yard.image("old"), yard.image("api")]
    assert yard.lineages.contents(images).sets == {}
    yard.match(first, {})
    told = yard.lineages.contents(images)
    base, app = (told.sets[image] for image in images)
    assert [(one.layer, [each.name for each in one.packages]) for one in base] == [
        (digest("libc"), ["libc"])
    ]
    assert set(base) < set(app)  # a set is one, whichever image has it
    assert {one.layer for one in app} == {digest("libc"), digest("app")}
    assert all(each.system for one in app for each in one.packages)
    assert {one.name for one in told.systems.values()} == {"debian 12.5"}
    later = yard.begin(2)
    yard.make(later, "api2", {"app2": ["flask=1"]}, on="old")
    yard.point(later, "shop/api:latest", bound("api", -5, 1), bound("api2", 1))
    yard.catalog(later)
    assert yard.lineages.contents([yard.image("api2")]).sets == {}
    yard.match(later, {})
    assert len(yard.lineages.contents([yard.image("api2")]).sets[yard.image("api2")]) == 2


def test_an_image_without_packages_holds_none(yard: Yard) -> None:
    this = yard.begin(1)
    yard.make(this, "static", {"binary": []})
    yard.point(this, "shop/api:latest", bound("static", -5))
    image = yard.image("static")
    assert yard.lineages.contents([image]).sets == {}
    yard.catalog(this)
    assert yard.lineages.contents([image]).sets == {image: ()}


def test_flaws_are_what_packages_match_now_as_they_are_rated_now(
    yard: Yard, first: PassRecord
) -> None:
    yard.catalog(first)
    yard.match(first, {"libc": ["V", "W"], "jinja": ["V"]}, fixed_version="2")
    sets = yard.lineages.contents([yard.image("api")]).sets[yard.image("api")]
    held = {each.name: each.number for one in sets for each in one.packages}
    found = yard.lineages.flaws(held.values())
    assert {
        (name, flaw.name, flaw.severity, flaw.installed, flaw.fixed_version)
        for name, number in held.items()
        for flaw in found[number]
    } == {
        ("libc", "V", "HIGH", "1", "2"),
        ("libc", "W", "HIGH", "1", "2"),
        ("jinja", "V", "HIGH", "3", "2"),
    }
    yard.match(yard.begin(2), {"libc": ["W"]}, severity="LOW", fixed_version="3")
    found = yard.lineages.flaws(held.values())
    assert [(one.name, one.severity, one.fixed_version) for one in found[held["libc"]]] == [
        ("W", "LOW", "3")
    ]
    assert held["jinja"] not in found
    assert yard.lineages.flaws([]) == {}
