"""The record of passes signs the port `Passes`."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from tests.contract.store.fleet import day
from tests.contract.store.record import begin, begun, rows
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.tables.passes import coverage, failures, passes
from watcher.ports.store.passes import Failure, PassRecord, Snapshot

A, B = Snapshot("a" * 64, '{"a": 1}'), Snapshot("b" * 64, '{"b": 1}')


def states(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(passes.c.state).order_by(passes.c.id)))


def covered(engine: Engine, stage: str) -> list[tuple[object, ...]]:
    """Rows as (subject, since, until, opened in, closed in)."""
    columns = [coverage.c[n] for n in ("subject", "since", "until", "opened_in", "closed_in")]
    statement = select(*columns).where(coverage.c.stage == stage).order_by(coverage.c.id)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def failed(engine: Engine, stage: str) -> list[tuple[object, ...]]:
    """Rows as (subject, error, attempts, opened in, closed in)."""
    columns = [failures.c[n] for n in ("subject", "error", "attempts", "opened_in", "closed_in")]
    statement = select(*columns).where(failures.c.stage == stage).order_by(failures.c.id)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def failure(subject: str, error: str = "down") -> Failure:
    return Failure("inventory", subject, error, retry=True)


def test_an_empty_record_has_no_last_pass(engine: Engine) -> None:
    assert SqlPasses(engine).last() is None
    assert SqlPasses(engine).running_since() is None


def test_the_last_pass_is_the_latest_begun_in_whatever_state(engine: Engine) -> None:
    store = SqlPasses(engine)
    first = begin(engine, 3)
    store.finish(first, "complete", {"counts": {}})
    second = begin(engine, 3)
    assert second.number > first.number
    assert store.last() == PassRecord(second.number, day(3))


def test_a_pass_left_running_is_abandoned_by_the_next(engine: Engine) -> None:
    store = SqlPasses(engine)
    begin(engine, 1)
    assert store.running_since() == day(1)
    store.finish(begin(engine, 2), "partial", {})
    begin(engine, 3)
    assert states(engine) == ["abandoned", "partial", "running"]
    assert store.running_since() == day(3)


def test_a_configuration_is_kept_once_however_many_passes_have_it(engine: Engine) -> None:
    for at, snapshot in enumerate((A, B, A, A)):
        begin(engine, at, snapshot)
    assert rows(engine)["config_snapshots"] == 2


def test_the_previous_configuration_is_that_of_the_last_pass_that_viewed_streams(
    engine: Engine,
) -> None:
    store = SqlPasses(engine)
    first = begin(engine, 1, A)
    assert store.previous_snapshot(first) is None
    store.finish(first, "complete", {})
    dead = begin(engine, 2, B)
    assert store.previous_snapshot(dead) == A.sha256
    # It died before it could view the streams anew, so the next one has to.
    assert store.previous_snapshot(begin(engine, 3, B)) == A.sha256
    matching = store.begin(day(4), day(4), ["match"], B)
    store.finish(matching, "complete", {})
    last = begin(engine, 5, B)
    assert store.previous_snapshot(last) == A.sha256
    store.finish(last, "partial", {})
    assert store.previous_snapshot(begin(engine, 6, B)) == B.sha256


def test_success_after_success_is_one_stretch(engine: Engine) -> None:
    store = SqlPasses(engine)
    store.cover(first := begin(engine, 1), "inventory", {7, 8})
    store.cover(begin(engine, 2), "inventory", {7, 8})
    expected = [(one, day(1), day(2), first.number, None) for one in (7, 8)]
    assert covered(engine, "inventory") == expected


def test_a_failure_ends_the_stretch_at_the_last_success(engine: Engine) -> None:
    store = SqlPasses(engine)
    store.cover(first := begin(engine, 1), "inventory", {7, 8})
    store.cover(second := begin(engine, 2), "inventory", {8})
    store.cover(third := begin(engine, 3), "inventory", {7, 8})
    assert covered(engine, "inventory") == [
        (7, day(1), day(1), first.number, second.number),
        (8, day(1), day(3), first.number, None),
        (7, day(3), day(3), third.number, None),
    ]


def test_stages_are_covered_apart(engine: Engine) -> None:
    store = SqlPasses(engine)
    first = begin(engine, 1)
    store.cover(first, "inventory", {1})
    store.cover(first, "match", {1})
    store.cover(second := begin(engine, 2), "match", set())
    assert covered(engine, "inventory")[0][-1] is None
    assert covered(engine, "match")[0][-1] == second.number


def test_the_same_failure_again_counts_attempts(engine: Engine) -> None:
    store = SqlPasses(engine)
    store.record_failures(first := begin(engine, 1), "inventory", [failure("a"), failure("b")])
    store.record_failures(second := begin(engine, 2), "inventory", [failure("a")])
    store.record_failures(begin(engine, 3), "inventory", [failure("a")])
    assert failed(engine, "inventory") == [
        ("a", "down", 3, first.number, None),
        ("b", "down", 1, first.number, second.number),
    ]


def test_another_error_of_the_same_subject_is_another_row(engine: Engine) -> None:
    store = SqlPasses(engine)
    store.record_failures(first := begin(engine, 1), "inventory", [failure("a", "401")])
    down = failure("a", "it's 100% down")
    store.record_failures(second := begin(engine, 2), "inventory", [down])
    assert failed(engine, "inventory") == [
        ("a", "401", 1, first.number, second.number),
        ("a", "it's 100% down", 2, second.number, None),
    ]


def test_a_stage_that_failed_at_nothing_ends_its_failures_only(engine: Engine) -> None:
    store = SqlPasses(engine)
    first = begin(engine, 1)
    store.record_failures(first, "inventory", [failure("a")])
    store.record_failures(first, "match", [Failure("match", "a", "slow", retry=False)])
    store.record_failures(second := begin(engine, 2), "inventory", [])
    assert failed(engine, "inventory")[0][-1] == second.number
    assert failed(engine, "match")[0][-1] is None


def test_a_subject_named_twice_is_recorded_once(engine: Engine) -> None:
    this = begin(engine, 1)
    SqlPasses(engine).record_failures(this, "inventory", [failure("a", "1"), failure("a", "2")])
    assert failed(engine, "inventory") == [("a", "2", 1, this.number, None)]


@pytest.mark.parametrize("error", ["NUL \0 in it", "half a pair \ud83d", "tab\t, ü, 漢 and 🐳"])
def test_an_error_may_hold_whatever_a_remote_says(engine: Engine, error: str) -> None:
    store = SqlPasses(engine)
    for this in begun(engine, 1, 2):
        store.record_failures(this, "inventory", [failure("a", error)])
    ((_, told, attempts, *_),) = failed(engine, "inventory")
    assert attempts == 2
    assert told == error.replace("\0", "�").replace("\ud83d", "�")


def test_many_subjects_are_covered_and_lost_at_once(engine: Engine) -> None:
    store = SqlPasses(engine)
    store.cover(begin(engine, 1), "inventory", range(20_000))
    store.cover(begin(engine, 2), "inventory", range(10_000))
    ends = [row[-1] for row in covered(engine, "inventory")]
    assert (ends.count(None), len(ends)) == (10_000, 20_000)


def test_where_some_subjects_were_tried_the_others_stay_as_they_are(engine: Engine) -> None:
    store = SqlPasses(engine)
    store.cover(first := begin(engine, 1), "inventory", {7, 8, 9})
    store.cover(second := begin(engine, 2), "inventory", {8, 10}, tried={7, 8, 10})
    assert covered(engine, "inventory") == [
        (7, day(1), day(1), first.number, second.number),
        (8, day(1), day(2), first.number, None),
        (9, day(1), day(1), first.number, None),
        (10, day(2), day(2), second.number, None),
    ]
    store.cover(begin(engine, 3), "inventory", set(), tried=set())
    assert [row[-1] for row in covered(engine, "inventory")] == [second.number, None, None, None]


def test_where_some_subjects_were_tried_the_failures_of_others_go_on(engine: Engine) -> None:
    store = SqlPasses(engine)
    failing = [failure("a"), failure("b"), failure("c")]
    store.record_failures(first := begin(engine, 1), "inventory", failing)
    second, tried = begin(engine, 2), {"a", "c", "d"}
    store.record_failures(second, "inventory", [failure("c"), failure("d")], tried.__contains__)
    assert failed(engine, "inventory") == [
        ("a", "down", 1, first.number, second.number),
        ("b", "down", 1, first.number, None),
        ("c", "down", 2, first.number, None),
        ("d", "down", 1, second.number, None),
    ]
