"""The record of what is attached signs the port `Attestations`."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.contract.store.bases import Yard
from tests.contract.store.fleet import day
from tests.contract.store.record import bound, digest, rows
from watcher.adapters.store.attestations import SqlAttestations
from watcher.domain.lineage import Material, Provenance
from watcher.domain.reference import Repository
from watcher.ports.store.attestations import Attested, Place
from watcher.ports.store.passes import PassRecord

API = Repository("local", "shop/api")
USED = Provenance((Material("debian:12", digest("debian"), (digest("layer"),)),))


@pytest.fixture
def yard(engine: Engine) -> Yard:
    return Yard(engine)


@pytest.fixture
def first(yard: Yard) -> PassRecord:
    """A base, and one stream."""
    this = yard.begin(1)
    yard.make(this, "base", {"libc": ["libc=1"]})
    yard.make(this, "api", {"app": []}, on="base")
    yard.point(this, "base/debian:12", bound("base", -9), published=False)
    yard.point(this, "shop/api:latest", bound("api", -5))
    return this


@pytest.fixture
def store(engine: Engine) -> SqlAttestations:
    return SqlAttestations(engine)


def said(content: Any, name: str = "x", subject: str = "api") -> Attested:  # noqa: ANN401 JSON
    return Attested(digest(subject), digest(name)[7:], True, "tag", content)  # noqa: FBT003 signed


def due(store: SqlAttestations, at: float, most: int = 9) -> list[str]:
    return [one.digest for one in store.due(["local"], day(at), most)]


@pytest.mark.usefixtures("first")
def test_what_published_streams_point_to_is_due_and_bases_are_not(store: SqlAttestations) -> None:
    assert store.due(["local"], day(0), 9) == [Place(API, digest("api"))]
    assert store.due(["other"], day(0), 9) == []
    assert store.due([], day(0), 9) == []


def test_what_was_looked_at_is_due_again_after_a_while_and_what_never_was_comes_first(
    yard: Yard, first: PassRecord, store: SqlAttestations
) -> None:
    store.looked(first, {Place(API, digest("api")): []})
    assert due(store, 0.9) == []
    assert due(store, 1) == [digest("api")]
    yard.make(first, "web", {"w": []})
    yard.point(first, "shop/web:latest", bound("web", -5))
    assert due(store, 1) == [digest("web"), digest("api")]
    assert due(store, 1, most=1) == [digest("web")]


def test_documents_are_there_while_they_are_attached(
    yard: Yard, first: PassRecord, store: SqlAttestations
) -> None:
    place = Place(API, digest("api"))
    store.looked(first, {place: [said({"a": 1}), said({"b": 2}, "y"), said(USED, "z")]})
    assert [one.content for one in store.documents("local")] == [{"a": 1}, {"b": 2}]
    assert {(one.repository, one.signed) for one in store.documents("local")} == {(API, True)}
    assert store.documents("other") == []
    before = rows(yard.engine)
    second = yard.begin(2)
    store.looked(second, {place: [said({"a": 1}), said({"b": 2}, "y"), said(USED, "z")]})
    assert rows(yard.engine) == {**before, "passes": before["passes"] + 1}
    store.looked(yard.begin(3), {place: [said({"b": 2}, "y")]})
    assert [one.content for one in store.documents("local")] == [{"b": 2}]


def test_a_builders_account_is_told_with_the_image_that_it_is_about(
    yard: Yard, first: PassRecord, store: SqlAttestations
) -> None:
    store.add(first, API, [said(USED)])
    store.add(first, API, [said(USED)])
    store.add(first, API, [])
    base, api = yard.wanted()
    assert (base.provenance, api.provenance) == (None, USED)


def test_the_base_of_an_image_is_looked_for_anew_when_its_builder_has_told_something(
    yard: Yard, first: PassRecord, store: SqlAttestations
) -> None:
    yard.identify(first)
    assert yard.wanted() == []
    second = yard.begin(2)
    store.looked(second, {Place(API, digest("api")): [said(USED)]})
    assert [one.digest for one in yard.wanted()] == [digest("api")]
    yard.identify(second, again=False)
    assert yard.wanted() == []
