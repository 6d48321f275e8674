"""Chains of images on the organisation's own, and what statements excuse in them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.contract.store.bases import Yard, address
from tests.contract.store.fleet import day
from tests.contract.store.record import bound, digest
from watcher.adapters.store.statements.record import SqlVex
from watcher.adapters.store.views import SqlViews
from watcher.domain.vex import Product, StatedPackage, Statement, Status
from watcher.ports.store.lineages import HeldIn
from watcher.ports.store.passes import PassRecord
from watcher.ports.vex import VexDocument


@pytest.fixture
def yard(engine: Engine) -> Yard:
    return Yard(engine)


@pytest.fixture
def first(yard: Yard) -> PassRecord:
    """A base, and one stream built on it."""
    this = yard.begin(1)
    yard.make(this, "old", {"libc": ["libc=1"]})
    yard.make(this, "api", {"app": ["jinja=3"]}, on="old")
    yard.point(this, "base/python:3.12", bound("old", -9), published=False)
    yard.point(this, "shop/api:latest", bound("api", -5))
    return this


# chains


def family(yard: Yard, this: PassRecord) -> None:
    """shop/web is built on shop/api, which is built on the base."""
    yard.make(this, "web", {"web": ["react=1"]}, on="api")
    yard.point(this, "shop/web:latest", bound("web", -4))
    yard.identify(this)


def test_an_image_of_the_organisation_is_a_base_and_its_stream_a_lineage(
    yard: Yard, first: PassRecord
) -> None:
    family(yard, first)
    api, web = yard.lineages.construction().built
    assert (api.base_digest, api.head.published) == (digest("old"), False)
    assert (web.base_digest, web.head.name) == (digest("api"), "local/shop/api:latest")
    assert (web.head.published, web.head.image) == (True, api.image)
    this = yard.begin(3)
    yard.make(this, "api2", {"app": ["jinja=3"]}, on="old")
    yard.move(this, "shop/api:latest", "api2", 2)
    (web,) = yard.lineages.construction().built  # what api2 stands on is not known yet
    assert (web.behind, web.head.digest) == (True, digest("api2"))
    assert [one.digest for one in web.head.earlier] == [digest("api")]


def test_a_base_that_is_built_on_another_one_is_told_as_such(yard: Yard, first: PassRecord) -> None:
    yard.make(first, "dev", {"headers": ["gcc=1"]}, on="old")
    yard.point(first, "base/python:3.12-dev", bound("dev", -8), published=False)
    yard.identify(first)
    found = {one.name: one for one in yard.lineages.construction().built}
    dev = found["local/base/python:3.12-dev"]
    assert (dev.published, dev.head.name) == (False, "local/base/python:3.12")
    heads = {one.name for one in yard.lineages.construction().heads}
    assert heads == {"local/base/python:3.12", "local/base/python:3.12-dev"}


def test_views_and_images_follow_an_image_of_the_organisation(
    yard: Yard, first: PassRecord
) -> None:
    family(yard, first)
    bases = {one.repository.path: one.base for one in SqlViews(yard.engine).images(first.number)}
    assert bases["shop/web"] is not None
    assert bases["shop/web"].name == "local/shop/api:latest"


def test_images_are_known_by_all_their_layers_or_by_a_digest(yard: Yard, first: PassRecord) -> None:
    (api,) = yard.known("api")
    assert (api.watched, api.names) == (False, ("registry.example/shop/api:latest",))
    (old,) = yard.lineages.bases((), {digest("old")}, address)["linux/amd64"]
    assert (old.watched, old.diff_ids) == (True, yard.layers["old"])
    assert yard.lineages.bases({"nothing"}, {digest("nothing")}, address) == {}
    assert yard.lineages.bases((), (), address) == {}
    del first


# what is excused


def stating(
    yard: Yard, this: PassRecord, product: Product, status: Status = "not_affected"
) -> None:
    said = Statement("acme", ("V",), (product,), status, "not_present", day(0))
    document = VexDocument("vex.json", digest("vex")[7:], (said,))
    SqlVex(yard.engine).record(this, {"feed": [document]})


def held(yard: Yard, *digests: str, image: str = "api") -> HeldIn:
    return HeldIn(yard.image(image), "local/shop/api", "latest", frozenset(digests))


@pytest.fixture
def matched(yard: Yard, first: PassRecord) -> PassRecord:
    yard.catalog(first)
    yard.match(first, {"libc": ["V"], "jinja": ["V"]})
    return first


def excused(yard: Yard, *wanted: HeldIn) -> list[list[str]]:
    """The names of packages that are excused in each of these."""
    found = yard.lineages.excused(wanted)
    sets = [
        s for one in yard.lineages.contents([o.image for o in wanted]).sets.values() for s in one
    ]
    names = {each.number: each.name for one in sets for each in one.packages}
    return [sorted(names[number] for number in found.get(one, {})) for one in wanted]


def test_where_nothing_is_stated_nothing_is_excused(yard: Yard, matched: PassRecord) -> None:
    assert yard.lineages.excused([held(yard, digest("api"))]) == {}
    del matched


def test_a_statement_on_a_package_excuses_it_wherever_it_would_be(
    yard: Yard, matched: PassRecord
) -> None:
    stating(yard, matched, Product(package=StatedPackage("deb", None, "libc")))
    now, then, base = held(yard, digest("api")), held(yard), held(yard, image="old")
    assert excused(yard, now, then, base) == [["libc"]] * 3
    (told,) = yard.lineages.excused([now])[now].values()
    (one,) = told.values()
    assert (one.author, one.justification, one.document) == ("acme", "not_present", "vex.json")


def test_a_statement_on_an_image_says_nothing_of_one_that_is_not_built(
    yard: Yard, matched: PassRecord
) -> None:
    stating(yard, matched, Product(digest=digest("api")))
    now, then = held(yard, digest("api")), held(yard)
    assert excused(yard, now, then) == [["jinja", "libc"], []]
    stating(yard, yard.begin(2), Product(repository="local/shop/api"))
    assert excused(yard, now, then) == [["jinja", "libc"]] * 2


def test_what_is_contested_or_withdrawn_is_not_excused(yard: Yard, matched: PassRecord) -> None:
    product = Product(digest=digest("api"))
    stating(yard, matched, product, "affected")
    assert excused(yard, held(yard, digest("api"))) == [[]]
    stating(yard, yard.begin(2), product)
    assert excused(yard, held(yard, digest("api"))) == [["jinja", "libc"]]
    SqlVex(yard.engine).record(yard.begin(3), {"feed": []})
    assert excused(yard, held(yard, digest("api"))) == [[]]
