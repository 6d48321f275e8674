"""The ledger signs the port `Ledger`: what is folded when, and how little a fold writes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update

from tests.contract.store.fleet import day
from tests.contract.store.record import (
    ARM,
    begin,
    begun,
    bind,
    bound,
    catalogue,
    catalogued,
    digest,
    image,
    manifest,
    match,
    package,
    repository,
    rows,
)
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.ledger import SqlLedger
from watcher.adapters.store.tables.knowledge import vulnerabilities
from watcher.adapters.store.tables.ledger import episodes
from watcher.adapters.store.tables.passes import passes
from watcher.domain.exposure import Episode
from watcher.domain.interval import Bound
from watcher.domain.stream import Stream
from watcher.ports.store.ledger import LedgerCounts, Track, TrackFacts
from watcher.ports.store.passes import PassRecord
from watcher.services.exposure import ExposureStage

EPISODE = ("start_at", "end_at", "cause", "detected_in", "opened_in", "closed_in", "superseded_in")


def pending(engine: Engine, this: PassRecord) -> list[TrackFacts]:
    return [facts for batch in SqlLedger(engine).pending(this) for facts in batch]


def fold(engine: Engine, this: PassRecord) -> dict[str, int]:
    """Fold what is pending; how many episodes that opened and closed."""
    return dict(ExposureStage(SqlLedger(engine)).take(this).counts)


def recorded(engine: Engine) -> list[tuple[Any, ...]]:
    statement = select(*(episodes.c[name] for name in EPISODE)).order_by(episodes.c.id)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def names(engine: Engine, numbers: frozenset[int] | None) -> set[str] | None:
    if numbers is None:
        return None
    statement = select(vulnerabilities.c.name).where(vulnerabilities.c.id.in_(numbers))
    with engine.connect() as connection:
        return set(connection.scalars(statement))


def exposed(engine: Engine, this: PassRecord) -> int:
    """Let `shop/api` have an image with a package that V and W affect, and fold it."""
    number = repository(engine, this)
    bind(engine, this, number, bound("A", 0))
    catalogued(engine, this, "A", catalogue([package("p1"), package("p2")]))
    match(engine, this, -1, {"p1": ["V", "W"]})
    fold(engine, this)
    return number


def emptied(engine: Engine, at: float) -> PassRecord:
    """The same, in a pass that still runs, with the ledger's windows and none of their episodes."""
    exposed(engine, this := begin(engine, at))
    with engine.begin() as connection:
        connection.execute(episodes.delete())
    return this


def lasting(start: float, *, not_before: float | None = None) -> Episode:
    at = Bound(day(start), None if not_before is None else day(not_before))
    return Episode(at, None, None, digest("A"), digest("A"), day(0), frozenset({1}))


def ended(start: float, end: float) -> Episode:
    return replace(lasting(start), end=Bound(day(end)), cause="remediated")


def revise(engine: Engine, this: PassRecord, *found: Episode) -> LedgerCounts:
    """Record that vulnerability 1 has these episodes on the first track."""
    facts = TrackFacts(Track(1, "linux/amd64"), (), {}, frozenset({1}))
    return SqlLedger(engine).revise(this, [(facts, {1: list(found)})])


def test_a_new_track_is_folded_as_a_whole_and_once(engine: Engine) -> None:
    first = begin(engine, 0)
    bind(engine, first, repository(engine, first), bound("A", 0))
    catalogued(engine, first, "A", catalogue([package("p1")]))
    match(engine, first, -1, {"p1": ["V"]})
    (facts,) = pending(engine, first)
    assert facts.vulnerabilities is None
    assert facts.track.platform == "linux/amd64"
    assert [held.binding for held in facts.history] == [bound("A", 0)]
    assert [set(by_package) for by_package in facts.matches.values()] == [{1}]
    assert fold(engine, first) == {"episodes_opened": 1, "episodes_closed": 0}
    assert pending(engine, begin(engine, 1)) == []


def test_what_was_not_folded_stays_pending(engine: Engine) -> None:
    first = begin(engine, 0)
    bind(engine, first, repository(engine, first), bound("A", 0))
    (before,) = pending(engine, first)
    (after,) = pending(engine, begin(engine, 1))
    assert after.vulnerabilities is before.vulnerabilities is None


def test_a_match_that_changes_pends_its_vulnerability_alone(engine: Engine) -> None:
    exposed(engine, begin(engine, 0))
    match(engine, second := begin(engine, 5), 4, {"p1": ["W"], "p2": ["X"]})
    (facts,) = pending(engine, second)
    assert names(engine, facts.vulnerabilities) == {"V", "X"}
    assert names(engine, frozenset(facts.matches)) == {"V", "X"}
    assert fold(engine, second) == {"episodes_opened": 1, "episodes_closed": 1}


def test_a_published_date_learnt_later_pends_its_vulnerability(engine: Engine) -> None:
    exposed(engine, begin(engine, 0))
    second = begin(engine, 5)
    match(engine, second, 4, {"p1": ["V", "W"]}, published=day(-30), severity="LOW")
    (facts,) = pending(engine, second)
    assert names(engine, facts.vulnerabilities) == {"V", "W"}


def test_another_severity_alone_pends_nothing(engine: Engine) -> None:
    exposed(engine, begin(engine, 0))
    match(engine, second := begin(engine, 5), 4, {"p1": ["V", "W"]}, severity="LOW")
    assert pending(engine, second) == []


def test_a_binding_that_changes_pends_its_whole_track_and_no_other(engine: Engine) -> None:
    first = begin(engine, 0)
    number = exposed(engine, first)
    bind(engine, first, repository(engine, first, "other"), bound("A", 0))
    fold(engine, first)
    bind(engine, second := begin(engine, 5), number, bound("A", 0, 5), bound("B", 5))
    (facts,) = pending(engine, second)
    assert facts.vulnerabilities is None
    assert [held.binding.target for held in facts.history] == [digest("A"), digest("B")]


def test_a_superseded_binding_pends_its_track(engine: Engine) -> None:
    number = exposed(engine, begin(engine, 0))
    second = begin(engine, 5)
    SqlInventory(engine).revise_streams(second, {number: []})
    (facts,) = pending(engine, second)
    assert (facts.vulnerabilities, facts.history) == (None, ())
    assert fold(engine, second) == {"episodes_opened": 0, "episodes_closed": 2}
    assert {row[-1] for row in recorded(engine)} == {second.number}


def test_a_catalogue_pends_the_tracks_of_its_image(engine: Engine) -> None:
    first = begin(engine, 0)
    bind(engine, first, repository(engine, first), bound("A", 0))
    fold(engine, first)
    catalogued(engine, second := begin(engine, 1), "A", catalogue([package("p1")]))
    (facts,) = pending(engine, second)
    assert facts.vulnerabilities is None
    # None of its packages was matched yet, so nothing of it is known.
    assert [held.contents for held in facts.history] == [()]
    match(engine, second, 0, {})
    (facts,) = pending(engine, second)
    assert [len(held.contents) for held in facts.history] == [1]


def test_a_first_match_without_any_finding_makes_an_image_known(engine: Engine) -> None:
    first = begin(engine, 0)
    bind(engine, first, repository(engine, first), bound("A", 0))
    catalogued(engine, first, "A", catalogue([package("p1")]))
    fold(engine, first)
    match(engine, second := begin(engine, 1), 0, {})
    (facts,) = pending(engine, second)
    assert facts.vulnerabilities is None


def test_bases_are_never_folded(engine: Engine) -> None:
    this, store = begin(engine, 0), SqlInventory(engine)
    number, one = repository(engine, this), image("A")
    store.add_manifest(this, manifest("A", [one]), [one])
    base = Stream("tag", "latest", published=False)
    store.revise_streams(this, {number: [(base, [bound("A", 0)])]})
    catalogued(engine, this, "A", catalogue([package("p1")]))
    match(engine, this, -1, {"p1": ["V"]})
    assert pending(engine, this) == []
    # Once it is published, it is another stream, folded as a whole.
    store.revise_streams(this, {number: [(Stream("tag", "latest"), [bound("A", 0)])]})
    (facts,) = pending(engine, this)
    assert (facts.vulnerabilities, len(facts.history)) == (None, 1)


def test_facts_are_those_recorded_up_to_the_pass(engine: Engine) -> None:
    first = begin(engine, 0)
    number = repository(engine, first)
    bind(engine, first, number, bound("A", 0))
    catalogued(engine, first, "A", catalogue([package("p1")]))
    match(engine, first, -1, {"p1": ["V"]})
    bind(engine, second := begin(engine, 5), number, bound("A", 0, 5), bound("B", 5))
    match(engine, second, 4, {"p1": []})
    (earlier,) = pending(engine, first)
    assert [held.binding for held in earlier.history] == [bound("A", 0)]
    (found,) = (one for by_package in earlier.matches.values() for one in by_package.values())
    assert [one.end for one in found] == [None]


def test_tracks_come_in_bounded_batches(engine: Engine) -> None:
    this, store = begin(engine, 0), SqlInventory(engine)
    number = repository(engine, this)
    bind(engine, this, number, bound("A", 0))
    many = [(Stream("tag", f"t{n}"), [bound("A", 0)]) for n in range(205)]
    store.revise_streams(this, {number: many})
    sizes = [len(batch) for batch in SqlLedger(engine).pending(this)]
    assert (max(sizes), sum(sizes)) == (100, 206)


@pytest.mark.parametrize("whole", [True, False])
def test_a_second_fold_writes_nothing(engine: Engine, whole: bool) -> None:  # noqa: FBT001
    this = begin(engine, 0)
    bind(engine, this, repository(engine, this), bound("A", 0), bound("B", 0, platform=ARM))
    for name in ("A", "B"):
        catalogued(engine, this, name, catalogue([package("p1")]))
    match(engine, this, -1, {"p1": ["V", "W"]})
    assert fold(engine, this)["episodes_opened"] == 4
    if not whole:
        this = begin(engine, 1)
        match(engine, this, 1, {"p1": ["W"]})
        assert fold(engine, this) == {"episodes_opened": 0, "episodes_closed": 2}
    before, counted = recorded(engine), rows(engine)
    forget = update(passes).where(passes.c.id == this.number).values(folded=False)
    with engine.begin() as connection:
        connection.execute(forget)
    (facts, _) = pending(engine, this)
    assert (facts.vulnerabilities is None) is whole
    written: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: written.append(told[2]))
    assert fold(engine, this) == {"episodes_opened": 0, "episodes_closed": 0}
    changing = [one for one in written if one.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [one.split()[1] for one in changing] == ["passes"]
    assert (recorded(engine), rows(engine)) == (before, counted)


def test_an_episode_that_ends_is_closed_in_place(engine: Engine) -> None:
    exposed(engine, first := begin(engine, 0))
    bind(engine, second := begin(engine, 5), 1, bound("A", 0, 5), bound("B", 5))
    catalogued(engine, second, "B", catalogue([package("p2")]))
    assert fold(engine, second) == {"episodes_opened": 0, "episodes_closed": 2}
    closed = (day(5), "remediated", first.number, first.number, second.number, None)
    assert [row[1:] for row in recorded(engine)] == [closed, closed]


def test_an_episode_that_turns_out_otherwise_keeps_when_it_was_detected(engine: Engine) -> None:
    first = emptied(engine, 0)
    assert revise(engine, first, lasting(0)) == LedgerCounts(1, 0)
    assert revise(engine, second := begin(engine, 5), lasting(-2)) == LedgerCounts(0, 0)
    assert revise(engine, third := begin(engine, 6), ended(-2, 5)) == LedgerCounts(0, 1)
    assert recorded(engine) == [
        (day(0), None, None, first.number, first.number, None, second.number),
        (day(-2), day(5), "remediated", first.number, second.number, third.number, None),
    ]


def test_an_episode_of_another_time_is_detected_anew(engine: Engine) -> None:
    revise(engine, first := emptied(engine, 0), ended(0, 3))
    second = begin(engine, 9)
    assert revise(engine, second, ended(0, 3), lasting(7)) == LedgerCounts(1, 0)
    assert [(row[3], row[-1]) for row in recorded(engine)] == [
        (first.number, None),
        (second.number, None),
    ]
    # One that never overlapped with it does not inherit its detection either.
    revise(engine, begin(engine, 10), ended(0, 3), lasting(3))
    assert [row[3] for row in recorded(engine)] == [first.number, second.number, second.number]


def test_an_episode_found_already_ended_is_opened_and_closed(engine: Engine) -> None:
    """What was opened less what was closed is always what is open."""
    this = emptied(engine, 0)
    days = begun(engine, 5, 6, 7, 8, 9)
    told = [
        revise(engine, this, ended(0, 3)),
        revise(engine, next(days), ended(0, 3), ended(4, 5)),
        revise(engine, next(days), ended(0, 3), lasting(4)),  # an end is taken back
        revise(engine, next(days), ended(0, 3), ended(4, 5), lasting(6)),  # one proves to be two
        revise(engine, next(days), ended(0, 3), ended(4, 5), ended(6, 7)),
        revise(engine, next(days), ended(0, 7)),
    ]
    assert [(one.opened, one.closed) for one in told] == [
        *((1, 1), (1, 1), (1, 0)),
        *((1, 1), (0, 1), (0, 0)),
    ]


def test_an_episode_that_never_was_is_superseded(engine: Engine) -> None:
    revise(engine, emptied(engine, 0), lasting(0))
    assert revise(engine, second := begin(engine, 5)) == LedgerCounts(0, 1)
    assert [row[-1] for row in recorded(engine)] == [second.number]
    revise(engine, begin(engine, 6))
    assert len(recorded(engine)) == 1


def test_an_end_taken_back_opens_the_episode_again(engine: Engine) -> None:
    revise(engine, first := emptied(engine, 0), ended(0, 3))
    revise(engine, second := begin(engine, 5), lasting(0))
    assert recorded(engine) == [
        (day(0), day(3), "remediated", first.number, first.number, first.number, second.number),
        (day(0), None, None, first.number, second.number, None, None),
    ]


def test_windows_are_made_for_what_is_exposed_and_once(engine: Engine) -> None:
    exposed(engine, begin(engine, 0))
    assert rows(engine)["windows"] == 2
    match(engine, second := begin(engine, 5), 4, {"p1": []})
    fold(engine, second)
    match(engine, third := begin(engine, 6), 5, {"p1": ["V"]})
    assert fold(engine, third) == {"episodes_opened": 1, "episodes_closed": 0}
    assert (rows(engine)["windows"], rows(engine)["episodes"]) == (2, 3)
