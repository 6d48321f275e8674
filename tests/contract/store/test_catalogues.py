"""The record of what images consist of signs the port `Catalogues`."""

from __future__ import annotations

from time import perf_counter

import pytest
from sqlalchemy import Engine, select

from tests.contract.store.fleet import day
from tests.contract.store.record import (
    ARM,
    begin,
    bind,
    bound,
    catalogue,
    catalogued,
    digest,
    finding,
    occurrence,
    package,
    repository,
    rows,
)
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.tables.packages import (
    birth_findings,
    catalogues,
    package_set_members,
    packages,
)
from watcher.domain.package import Occurrence, Package
from watcher.domain.reference import Repository
from watcher.ports.store.catalogues import Uncatalogued
from watcher.ports.store.matches import Appearance, ContextMatch, Stamp
from watcher.ports.store.passes import PassRecord

P1, P2, P3 = package("p1"), package("p2"), package("p3")
STRANGE = (
    "it's",
    'say "hi"',
    "100%",
    "%s %(name)s :name ?",
    "ü漢🐳",
    "back\\slash",
    "tab\tline\n",
    "-- ; DROP TABLE packages",
    " ",
    "x" * 50_000,
)


def audits(engine: Engine) -> list[tuple[str, list[str]]]:
    with engine.connect() as connection:
        statement = select(catalogues.c.audit, catalogues.c.differences).order_by(catalogues.c.id)
        return [(row.audit, row.differences) for row in connection.execute(statement)]


def adopt_and_match(engine: Engine, this: PassRecord, *found: Appearance) -> int:
    """Record a match of every package there is; returns the number of the one context."""
    store = SqlMatches(engine)
    version = store.adopt(this, Stamp("0.74.0", digest("db"), "db:2", day(-1), day(-1)))
    (context,) = store.contexts(day(-30))
    members = frozenset(store.in_scope(context.number, day(-30), only_new=False))
    match = ContextMatch(
        context=context.number,
        last_version=None,
        whole=True,
        package_count=len(members),
        joined=members,
        left=frozenset(),
        appeared=found,
        disappeared=(),
        reassessed=(),
    )
    store.record(this, version, match)
    return context.number


def test_an_image_is_catalogued_once_wherever_it_is_bound(engine: Engine) -> None:
    this, store = begin(engine, 0), SqlCatalogues(engine)
    for path in ("a", "b"):
        bind(engine, this, repository(engine, this, path), bound("A", 0))
    (waiting,) = store.uncatalogued()
    expected = Uncatalogued(
        waiting.image, Repository("local", "a"), digest("A"), "linux/amd64", layer_bytes=0
    )
    assert waiting == expected
    catalogued(engine, this, "A", catalogue([P1]))
    assert store.uncatalogued() == []


def test_each_platform_is_catalogued_and_only_what_is_bound_now(engine: Engine) -> None:
    this = begin(engine, 0)
    number = repository(engine, this)
    view = [bound("A", 0, 5), bound("B", 5), bound("C", 5, platform=ARM)]
    bind(engine, this, number, *view)
    waiting = {(one.digest, one.platform) for one in SqlCatalogues(engine).uncatalogued()}
    assert waiting == {(digest("B"), "linux/amd64"), (digest("C"), "linux/arm64")}


def test_a_superseded_binding_asks_for_no_catalogue(engine: Engine) -> None:
    this = begin(engine, 0)
    number = repository(engine, this)
    bind(engine, this, number, bound("A", 0))
    bind(engine, begin(engine, 1), number, bound("B", 0))
    assert [one.digest for one in SqlCatalogues(engine).uncatalogued()] == [digest("B")]


def test_packages_and_sets_are_shared_by_the_images_that_have_them(engine: Engine) -> None:
    this = begin(engine, 0)
    number = repository(engine, this)
    bind(engine, this, number, bound("A", 0), bound("B", 0, platform=ARM))
    base = [occurrence(P1, "base"), occurrence(P2, "base", "/usr/lib")]
    catalogued(engine, this, "A", catalogue([*base, occurrence(P1, "app")]))
    catalogued(engine, this, "B", catalogue([*reversed(base), occurrence(P3, "app")]))
    counted = rows(engine)
    assert SqlCatalogues(engine).distinct_packages() == 3
    assert {name: counted[name] for name in ("contexts", "package_sets", "catalogue_sets")} == {
        "contexts": 1,
        "package_sets": 3,  # the base once, and two apps
        "catalogue_sets": 4,
    }
    assert counted["package_set_members"] == 4


def test_the_same_packages_in_another_layer_or_place_are_another_set(engine: Engine) -> None:
    this = begin(engine, 0)
    number = repository(engine, this)
    bind(engine, this, number, bound("A", 0), bound("B", 0, platform=ARM))
    catalogued(engine, this, "A", catalogue([occurrence(P1, "one", "/a")]))
    places = [occurrence(P1, "two", "/a"), occurrence(P1, "one", "/b")]
    catalogued(engine, this, "B", catalogue(places))
    assert (rows(engine)["package_sets"], rows(engine)["packages"]) == (3, 1)


def test_an_image_without_packages_is_known(engine: Engine) -> None:
    this, store = begin(engine, 0), SqlCatalogues(engine)
    bind(engine, this, repository(engine, this), bound("A", 0))
    catalogued(engine, this, "A", catalogue([]))
    assert store.uncatalogued() == []
    (newborn,) = store.newborn([])
    assert newborn.findings == ()


def test_packages_left_out_are_kept_and_never_matched(engine: Engine) -> None:
    this = begin(engine, 0)
    bind(engine, this, repository(engine, this), bound("A", 0))
    third = Package("debian 12", "x@1", "x", "1", {}, "third-party")
    catalogued(engine, this, "A", catalogue([P1, third]))
    store = SqlMatches(engine)
    (context,) = store.contexts(day(-30))
    assert context.new == 1
    found = store.in_scope(context.number, day(-30), only_new=False)
    assert [one.name for one in found.values()] == ["p1"]
    assert SqlCatalogues(engine).distinct_packages() == 2


def test_an_image_of_packages_left_out_alone_has_nothing_to_match(engine: Engine) -> None:
    this = begin(engine, 0)
    bind(engine, this, repository(engine, this), bound("A", 0))
    third = Package("debian 12", "x@1", "x", "1", {}, "third-party")
    catalogued(engine, this, "A", catalogue([third]))
    assert SqlMatches(engine).contexts(day(-30)) == []
    assert len(list(SqlCatalogues(engine).newborn([]))) == 1


def test_a_newborn_waits_until_all_its_contexts_are_matched(engine: Engine) -> None:
    this, store = begin(engine, 0), SqlCatalogues(engine)
    bind(engine, this, repository(engine, this), bound("A", 0))
    library = package("lib", context="language")
    own = [finding(P1, "V", fixed_version="1.1", title="a title", vendor_ids=("DSA-1",))]
    catalogued(engine, this, "A", catalogue([P1, library], own))
    contexts = {one.name: one.number for one in SqlMatches(engine).contexts(day(-30))}
    assert list(store.newborn([])) == []
    assert list(store.newborn([contexts["language"]])) == []
    (newborn,) = store.newborn(contexts.values())
    assert newborn.subject == f"local/shop/api@{digest('A')}"
    assert (newborn.db_digest, newborn.scanner) == (digest("db"), "0.74.0")
    assert newborn.findings == (finding(P1, "V", fixed_version="1.1", vendor_ids=("DSA-1",)),)


def test_an_image_that_cannot_be_matched_is_not_audited(engine: Engine) -> None:
    this, store = begin(engine, 0), SqlCatalogues(engine)
    bind(engine, this, repository(engine, this), bound("A", 0))
    catalogued(engine, this, "A", catalogue([P1], not_covered="Root.io"))
    assert list(store.newborn([1, 2, 3])) == []
    assert SqlMatches(engine).contexts(day(-30)) == []
    assert rows(engine)["birth_findings"] == 0


@pytest.mark.parametrize(
    ("found", "state"),
    [(["only derived: V"], "different"), ([], "equal"), (None, "skipped")],
)
def test_an_audit_is_recorded_and_its_findings_dropped(
    engine: Engine, found: list[str] | None, state: str
) -> None:
    this, store = begin(engine, 0), SqlCatalogues(engine)
    bind(engine, this, repository(engine, this), bound("A", 0))
    catalogued(engine, this, "A", catalogue([P1], [finding(P1, "V")]))
    (newborn,) = store.newborn([adopt_and_match(engine, this)])
    store.audited(this, newborn.catalogue, found)
    assert audits(engine) == [(state, found or [])]
    with engine.connect() as connection:
        assert connection.execute(select(birth_findings)).all() == []
    assert list(store.newborn([1])) == []


def test_derived_findings_are_the_open_matches_of_the_images_packages(engine: Engine) -> None:
    this, store = begin(engine, 0), SqlCatalogues(engine)
    number = repository(engine, this)
    bind(engine, this, number, bound("A", 0), bound("B", 0, platform=ARM))
    catalogued(engine, this, "A", catalogue([occurrence(P1, "base"), occurrence(P2, "app")]))
    catalogued(engine, this, "B", catalogue([occurrence(P1, "base"), occurrence(P3, "app")]))
    with engine.connect() as connection:
        numbers = {row.identity: row.id for row in connection.execute(select(packages))}
    said = [finding(P1, "V", fixed_version="2"), finding(P2, "V"), finding(P3, "W")]
    appeared = [Appearance(numbers[one.identity], one, None, None) for one in said]
    context = adopt_and_match(engine, this, *appeared)
    first, second = store.newborn([context])
    derived = [set(store.derived(one.catalogue)) for one in (first, second)]
    assert derived == [set(said[:2]), {said[0], said[2]}]


@pytest.mark.parametrize("text", STRANGE, ids=lambda text: repr(text[:12]))
def test_text_of_strangers_comes_back_as_it_was(engine: Engine, text: str) -> None:
    this = begin(engine, 0)
    bind(engine, this, repository(engine, this), bound("A", 0))
    attributes = {"src_name": text, "nested": [text, {text: None}], "epoch": 7}
    strange = Package("debian 12", "strange", "name", text, attributes)
    catalogued(engine, this, "A", catalogue([Occurrence(strange, text, text, "pkg:deb/x")]))
    store = SqlMatches(engine)
    (context,) = store.contexts(day(-30))
    (found,) = store.in_scope(context.number, day(-30), only_new=True).values()
    assert found == strange
    with engine.connect() as connection:
        assert connection.scalar(select(package_set_members.c.path)) == text


@pytest.mark.parametrize("text", ["NUL \0", "half \ud83d", "\0" * 9, "漢" * 5000, "x\0" * 5000])
def test_text_that_no_database_keeps_is_made_fit_and_stays_the_same(
    engine: Engine, text: str
) -> None:
    this, store = begin(engine, 0), SqlCatalogues(engine)
    number = repository(engine, this)
    bind(engine, this, number, bound("A", 0), bound("B", 0, platform=ARM))
    strange = Package(text, text, text, text, {"src_name": text})
    own = [finding(strange, "V")]
    for name in ("A", "B"):
        one = catalogue([Occurrence(strange, text, text, text)], own)
        catalogued(engine, this, name, one)
    assert (rows(engine)["packages"], rows(engine)["contexts"]) == (1, 1)
    matches = SqlMatches(engine)
    (context,) = matches.contexts(day(-30))
    ((identifier, found),) = matches.in_scope(context.number, day(-30), only_new=True).items()
    assert found.attributes == {"src_name": text}
    assert "\0" not in found.name
    said = finding(found, "V")
    adopt_and_match(engine, this, Appearance(identifier, said, None, None))
    # The audit compares what the image's own scan said with what is derived for it.
    for newborn in store.newborn([context.number]):
        assert list(newborn.findings) == store.derived(newborn.catalogue) == [said]


def test_an_image_of_20000_packages_is_catalogued(engine: Engine) -> None:
    this = begin(engine, 0)
    bind(engine, this, repository(engine, this), bound("A", 0))
    many = [occurrence(package(f"p{n}"), f"layer {n % 5}") for n in range(20_000)]
    catalogued(engine, this, "A", catalogue(many))
    assert SqlCatalogues(engine).distinct_packages() == 20_000
    assert rows(engine)["package_set_members"] == 20_000
    store = SqlMatches(engine)
    (context,) = store.contexts(day(-30))
    begun = perf_counter()
    assert len(store.in_scope(context.number, day(-30), only_new=True)) == 20_000
    # A server that plans by sizes it counted before would take a quarter of a minute.
    assert perf_counter() - begun < 5


def test_findings_that_nobody_came_to_compare_expire_and_the_list_stays(engine: Engine) -> None:
    this = begin(engine, 0)
    number = repository(engine, this)
    bind(engine, this, number, bound("image", 0))
    catalogued(engine, this, "image", catalogue([P1], [finding(P1, "V")]))
    before = rows(engine)
    store = SqlCatalogues(engine)
    store.expire(begin(engine, 30), day(0))
    assert audits(engine) == [("pending", [])]
    store.expire(begin(engine, 31), day(1))
    assert audits(engine) == [("skipped", [])]
    after = rows(engine)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"birth_findings", "passes"}
    assert after["birth_findings"] == 0
