"""The record of registries signs the port `Inventory`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.contract.store.fleet import day
from tests.contract.store.record import (
    AMD,
    ARM,
    PLAIN,
    begin,
    begun,
    bind,
    bound,
    digest,
    image,
    manifest,
    repository,
    rows,
)
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.tables.inventory import bindings, images
from watcher.adapters.store.views.current import heads
from watcher.domain.interval import Bound
from watcher.domain.inventory import TagChanges, TagInterval
from watcher.domain.reference import Platform, Repository
from watcher.domain.stream import Binding, PlatformImage, Stream
from watcher.ports.store.inventory import KnownTag, Scope
from watcher.ports.store.passes import PassRecord

BINDING = ("target", "start_at", "end_at", "reason", "opened_in", "closed_in", "superseded_in")


def seen(engine: Engine, this: PassRecord, tag: str, name: str, **told: Any) -> None:  # noqa: ANN401 - fields of TagInterval
    """Record that a listing of `shop/api` found a tag at a digest it was not at before."""
    store = SqlInventory(engine)
    known = store.known("local")["shop/api"]
    begun = TagInterval(tag, digest(name), this.at, known.listed_at, **told)
    store.record_tags(this, {known.number: TagChanges(begun=(begun,))}, {known.number: known})


def gone(engine: Engine, this: PassRecord, tag: str) -> None:
    store = SqlInventory(engine)
    known = store.known("local")["shop/api"]
    store.record_tags(this, {known.number: TagChanges(gone=(tag,))}, {known.number: known})


def recorded(engine: Engine) -> list[tuple[Any, ...]]:
    columns = [bindings.c[name] for name in BINDING]
    with engine.connect() as connection:
        found = connection.execute(select(*columns).order_by(bindings.c.id))
        return [tuple(row) for row in found]


def test_an_included_repository_is_known_and_in_scope(engine: Engine) -> None:
    store, this = SqlInventory(engine), begin(engine, 0)
    store.include(this, "local", ["shop/api", "shop/web"])
    store.include(this, "other", ["shop/api"])
    known = store.known("local")
    assert set(known) == {"shop/api", "shop/web"}
    assert known["shop/api"].repository == Repository("local", "shop/api")
    assert known["shop/api"].in_scope
    assert (known["shop/api"].listed_at, known["shop/api"].reconciled_at) == (None, None)
    assert known["shop/api"].tags == {}
    assert store.known("third") == {}
    other = store.known("other")["shop/api"].number
    assert store.all_numbers() == {one.number for one in known.values()} | {other}


def test_the_last_listing_and_the_last_complete_one_are_remembered_over_failed_ones(
    engine: Engine,
) -> None:
    store, passes, first = SqlInventory(engine), SqlPasses(engine), begin(engine, 0)
    number = repository(engine, first)
    for at, listed, reconciled in (
        (0, {number}, {number}),
        (1, {number}, set()),
        (2, set(), set()),
    ):
        this = first if at == 0 else begin(engine, at)
        passes.cover(this, "inventory", listed)
        passes.cover(this, "reconciliation", reconciled)
    known = store.known("local")["shop/api"]
    assert (known.listed_at, known.reconciled_at) == (day(1), day(0))


def test_a_repository_left_out_and_taken_in_again_has_two_scopes(engine: Engine) -> None:
    store = SqlInventory(engine)
    number = repository(engine, begin(engine, 0))
    store.leave_out(begin(engine, 2), [number])
    assert not store.known("local")["shop/api"].in_scope
    store.include(begin(engine, 5), "local", ["shop/api"])
    (history,) = store.histories([number])
    assert history.scopes == (Scope(day(0), day(2)), Scope(day(5), None))
    assert store.all_numbers() == {number}


def test_a_moved_tag_closes_one_interval_and_opens_another(engine: Engine) -> None:
    store, passes = SqlInventory(engine), SqlPasses(engine)
    first = begin(engine, 0)
    number = repository(engine, first)
    seen(engine, first, "latest", "A", pushed_at=day(-1))
    passes.cover(first, "inventory", {number})
    seen(engine, begin(engine, 3), "latest", "B")
    (history,) = store.histories([number])
    assert history.tags == (
        TagInterval("latest", digest("A"), day(0), None, day(-1)),
        TagInterval("latest", digest("B"), day(3), day(0)),
    )
    tags = store.known("local")["shop/api"].tags
    assert {tag: known.digest for tag, known in tags.items()} == {"latest": digest("B")}


def test_a_tag_that_is_gone_says_when_and_since_when_it_may_be(engine: Engine) -> None:
    store, passes = SqlInventory(engine), SqlPasses(engine)
    first = begin(engine, 0)
    number = repository(engine, first)
    seen(engine, first, "latest", "A")
    passes.cover(first, "reconciliation", {number})
    gone(engine, begin(engine, 4), "latest")
    (history,) = store.histories([number])
    expected = TagInterval("latest", digest("A"), day(0), gone_at=day(4), gone_previous_at=day(0))
    assert history.tags == (expected,)
    assert store.known("local")["shop/api"].tags == {}


def test_histories_are_those_asked_for_and_no_others(engine: Engine) -> None:
    store, this = SqlInventory(engine), begin(engine, 0)
    store.include(this, "local", ["a", "b", "c"])
    wanted = {store.known("local")[path].number for path in ("a", "c")}
    assert [one.repository.path for one in store.histories(wanted)] == ["a", "c"]
    assert store.histories([]) == []


def test_a_push_of_the_same_digest_is_news_once(engine: Engine) -> None:
    store, this = SqlInventory(engine), begin(engine, 0)
    repository(engine, this)
    seen(engine, this, "latest", "A", pushed_at=day(-1))
    (known,) = store.known("local")["shop/api"].tags.values()
    store.record_unseen_moves(begin(engine, 2), {known.interval: day(1.5)})
    store.record_unseen_moves(begin(engine, 3), {known.interval: day(2.5)})
    assert store.known("local")["shop/api"].tags == {
        "latest": KnownTag(known.interval, digest("A"), day(2.5))
    }


def test_a_manifest_gives_back_its_platforms(engine: Engine) -> None:
    store, this = SqlInventory(engine), begin(engine, 0)
    both = [image("amd", AMD, created=day(-3)), image("arm", ARM)]
    store.add_manifest(this, manifest("index", both), both)
    assert store.resolved([digest("index"), digest("unknown")]) == {
        digest("index"): {
            AMD: PlatformImage(digest("amd"), day(-3)),
            ARM: PlatformImage(digest("arm"), None),
        }
    }
    assert store.resolved([]) == {}


def test_an_image_is_shared_by_all_manifests_that_list_it(engine: Engine) -> None:
    store, this = SqlInventory(engine), begin(engine, 0)
    amd, arm = image("amd", AMD), image("arm", ARM)
    store.add_manifest(this, manifest("amd", [amd]), [amd])
    store.add_manifest(this, manifest("index", [amd, arm]), [amd, arm])
    assert rows(engine)["images"] == 2
    found = store.resolved([digest("amd"), digest("index")])
    assert {name: set(one) for name, one in found.items()} == {
        digest("amd"): {AMD},
        digest("index"): {AMD, ARM},
    }


def test_an_index_that_lists_one_image_twice_has_it_once(engine: Engine) -> None:
    store, this = SqlInventory(engine), begin(engine, 0)
    amd = image("amd")
    store.add_manifest(this, manifest("index", [amd, amd]), [amd, amd])
    assert rows(engine)["images"] == 1
    assert store.resolved([digest("index")])[digest("index")] == {
        AMD: PlatformImage(digest("amd"), None)
    }


def test_an_index_has_no_image_that_only_shares_a_digest(engine: Engine) -> None:
    store, this = SqlInventory(engine), begin(engine, 0)
    one, other = image("same", AMD), image("same", ARM)
    store.add_manifest(this, manifest("first", [one]), [one])
    store.add_manifest(this, manifest("second", [other]), [other])
    assert set(store.resolved([digest("second")])[digest("second")]) == {ARM}


def test_what_an_image_says_of_itself_comes_back(engine: Engine) -> None:
    this = begin(engine, 0)
    told = {"org.label": 'it\'s "100%" \\ ü漢🐳\t\n', "nul": "a\0b", "half": "\ud83d"}
    strange = replace(image("amd"), labels=told)
    SqlInventory(engine).add_manifest(this, manifest("amd", [strange]), [strange])
    with engine.connect() as connection:
        row = connection.execute(select(images)).one()
    assert row.labels == told
    assert row.layer_bytes == 7
    assert row.diff_ids == [digest("amd diff")]


def test_the_longest_platform_has_room(engine: Engine) -> None:
    store, this = SqlInventory(engine), begin(engine, 0)
    longest = Platform("o" * 64, "a" * 64, "v" * 64)
    number = repository(engine, this)
    bind(engine, this, number, bound("A", 0, platform=longest))
    assert set(store.resolved([digest("A")])[digest("A")]) == {longest}


def test_streams_and_bindings_become_the_given_ones(engine: Engine) -> None:
    this = begin(engine, 0)
    bind(engine, this, repository(engine, this), bound("A", 0))
    assert recorded(engine) == [(digest("A"), day(0), None, None, this.number, None, None)]


def test_the_same_view_again_writes_nothing(engine: Engine) -> None:
    this = begin(engine, 0)
    number = repository(engine, this)
    view = [bound("A", 0, 5), bound("B", 5)]
    bind(engine, this, number, *view)
    before = (rows(engine), recorded(engine))
    bind(engine, begin(engine, 6), number, *view)
    assert recorded(engine) == before[1]
    assert rows(engine) == {**before[0], "passes": 2}


def test_a_binding_that_ends_is_closed_and_not_rewritten(engine: Engine) -> None:
    first = begin(engine, 0)
    number = repository(engine, first)
    bind(engine, first, number, bound("A", 0))
    second = begin(engine, 5)
    bind(engine, second, number, bound("A", 0, 5), bound("B", 5))
    assert recorded(engine) == [
        (digest("A"), day(0), day(5), "moved", first.number, second.number, None),
        (digest("B"), day(5), None, None, second.number, None, None),
    ]


def test_a_binding_that_turns_out_otherwise_is_superseded(engine: Engine) -> None:
    first = begin(engine, 0)
    number = repository(engine, first)
    bind(engine, first, number, bound("A", 0, 5), bound("B", 5))
    second = begin(engine, 6)
    # The end lies elsewhere, and so does the next one's start; nothing recorded is changed.
    bind(engine, second, number, bound("A", 0, 4), bound("B", 4))
    assert recorded(engine) == [
        (digest("A"), day(0), day(5), "moved", first.number, first.number, second.number),
        (digest("B"), day(5), None, None, first.number, None, second.number),
        (digest("A"), day(0), day(4), "moved", second.number, second.number, None),
        (digest("B"), day(4), None, None, second.number, None, None),
    ]


def test_an_end_that_is_taken_back_reopens_as_a_new_row(engine: Engine) -> None:
    first = begin(engine, 0)
    number = repository(engine, first)
    bind(engine, first, number, bound("A", 0, 5))
    bind(engine, second := begin(engine, 1), number, bound("A", 0))
    assert [row[2:] for row in recorded(engine)] == [
        (day(5), "moved", first.number, first.number, second.number),
        (None, None, second.number, None, None),
    ]


def test_a_stream_that_is_no_longer_viewed_has_no_binding_left(engine: Engine) -> None:
    first = begin(engine, 0)
    number = repository(engine, first)
    bind(engine, first, number, bound("A", 0))
    second = begin(engine, 1)
    SqlInventory(engine).revise_streams(second, {number: []})
    assert [row[-1] for row in recorded(engine)] == [second.number]
    # And comes back when the rules do.
    bind(engine, begin(engine, 2), number, bound("A", 0))
    assert [row[-1] for row in recorded(engine)] == [second.number, None]
    assert rows(engine)["streams"] == 1


def test_other_repositories_are_left_alone(engine: Engine) -> None:
    this, store = begin(engine, 0), SqlInventory(engine)
    one, other = repository(engine, this, "a"), repository(engine, this, "b")
    bind(engine, this, one, bound("A", 0))
    bind(engine, this, other, bound("B", 0))
    store.revise_streams(begin(engine, 1), {one: []})
    ends = {row[0]: row[-1] is None for row in recorded(engine)}
    assert ends == {digest("A"): False, digest("B"): True}


def test_why_a_stream_is_not_covered_may_change_and_what_was_said_then_stays_said(
    engine: Engine,
) -> None:
    store, told = SqlInventory(engine), ["no rule", "no push time", "no push time", None]
    number, passes = repository(engine, begin(engine, -1)), []
    for this, reason in zip(begun(engine, *range(len(told))), told, strict=True):
        one = Stream("newest", "newest", not_covered=reason)
        bound = Binding(None, None, digest("A"), Bound(day(0)))
        store.revise_streams(this, {number: [(one, [bound])]})
        passes.append(this)
    with engine.connect() as connection:
        said = [heads(connection, this.number)[0].not_covered for this in passes]
    assert said == told


def test_an_unresolved_digest_is_bound_and_asked_for_again(engine: Engine) -> None:
    store, this = SqlInventory(engine), begin(engine, 0)
    number = repository(engine, this)
    unknown = Binding(None, None, digest("A"), Bound(day(0)))
    store.revise_streams(this, {number: [(Stream("tag", "latest"), [unknown])]})
    SqlPasses(engine).finish(this, "complete", {})
    SqlPasses(engine).finish(begin(engine, 1), "complete", {})
    assert store.unresolved() == {number}
    bind(engine, begin(engine, 2), number, bound("A", 0))
    assert store.unresolved() == set()


@pytest.mark.parametrize("state", ["complete", "partial"])
def test_what_changed_in_a_pass_that_came_to_its_end_is_viewed(engine: Engine, state: Any) -> None:  # noqa: ANN401 - a state of a pass
    this = begin(engine, 0)
    repository(engine, this)
    seen(engine, this, "latest", "A")
    SqlPasses(engine).finish(this, state, {})
    assert SqlInventory(engine).unresolved() == set()


def test_what_changed_in_a_pass_that_died_is_still_to_be_viewed(engine: Engine) -> None:
    store, passes = SqlInventory(engine), SqlPasses(engine)
    before = begin(engine, 0)
    store.include(before, "local", ["shop/api", "moved", "left", "quiet"])
    numbers = {path: one.number for path, one in store.known("local").items()}
    seen(engine, before, "latest", "A")
    passes.finish(before, "complete", {})
    dead = begin(engine, 1)
    gone(engine, dead, "latest")
    store.leave_out(dead, [numbers["left"]])
    passes.finish(dead, "abandoned", {})
    assert store.unresolved() == {numbers["shop/api"], numbers["left"]}
    # A pass without the inventory views nothing either.
    passes.finish(passes.begin(day(2), day(2), ["match"], PLAIN), "complete", {})
    assert store.unresolved() == {numbers["shop/api"], numbers["left"]}
    passes.finish(begin(engine, 3), "complete", {})
    assert store.unresolved() == set()


def test_many_tags_are_recorded_at_once(engine: Engine) -> None:
    store, this = SqlInventory(engine), begin(engine, 0)
    number = repository(engine, this)
    known = store.known("local")["shop/api"]
    begun = tuple(TagInterval(f"t{n}", digest("A"), day(0)) for n in range(20_000))
    store.record_tags(this, {number: TagChanges(begun=begun)}, {number: known})
    known = store.known("local")["shop/api"]
    assert len(known.tags) == 20_000
    every = tuple(known.tags)
    store.record_tags(begin(engine, 1), {number: TagChanges(gone=every)}, {number: known})
    assert store.known("local")["shop/api"].tags == {}


def test_a_registry_that_is_no_longer_configured_is_left_out_once(engine: Engine) -> None:
    store, first = SqlInventory(engine), begin(engine, 0)
    for registry in ("local", "other"):
        store.include(first, registry, ["shop/api"])
    number = store.known("other")["shop/api"].number
    assert store.leave_out_registries(begin(engine, 5), {"local", "new"}) == {number}
    assert store.known("local")["shop/api"].in_scope
    assert not store.known("other")["shop/api"].in_scope
    (history,) = store.histories([number])
    assert history.scopes == (Scope(day(0), day(5)),)
    assert store.leave_out_registries(begin(engine, 6), {"local"}) == set()
