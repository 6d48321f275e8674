"""The record of jobs signs the port `Jobs`, in memory and on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.store.places import JobPlace, fake_place, hour, order, sql_place
from watcher.domain.job import DEATHS, PARKED, PATIENCE, Rest
from watcher.ports.store.jobs import DismissedError, Job, Lease
from watcher.ports.store.passes import TooLateError

SOON = Rest(hour(1), parked=False)
PARK = Rest(hour(24), parked=True)


@pytest.fixture(params=["fake", "sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def place(request: pytest.FixtureRequest) -> JobPlace:
    if request.param == "fake":
        return fake_place()
    opening = request.getfixturevalue("opening")
    return sql_place(opening(request.getfixturevalue(f"{request.param}_url")))


def keys(jobs: list[Job]) -> list[str]:
    return [one.key for one in jobs]


# Claims.


def test_jobs_are_claimed_in_the_order_in_which_they_were_added(place: JobPlace) -> None:
    place.order(0, "b", "c", "a")
    with place.worker() as worker:
        assert keys(place.claim(worker, 2)) == ["b", "c"]
        assert keys(place.claim(worker, 2)) == ["a"]
        assert place.claim(worker, 2) == []


def test_a_job_tells_whoever_claims_it_all_that_he_needs(place: JobPlace) -> None:
    this = place.order(0, order("a", image=3, under={"db": "sha256:1", "java_db": None}))
    with place.worker() as worker:
        (job,) = place.claim(worker)
        assert (job.stage, job.key, job.attempts) == ("match", "a", 1)
        assert job.payload == {"image": 3, "under": {"db": "sha256:1", "java_db": None}}
        assert job.wanted == Lease(this.number, hour(0), job.number, worker)


@pytest.mark.parametrize("most", [0, -1])
def test_who_has_no_room_claims_nothing(place: JobPlace, most: int) -> None:
    place.order(0, "a")
    with place.worker() as worker:
        assert place.claim(worker, most) == []


def test_one_job_is_claimed_by_one_worker(place: JobPlace) -> None:
    place.order(0, "a", "b")
    with place.worker() as worker, place.worker() as other:
        assert worker != other
        assert keys(place.claim(worker, 1)) == ["a"]
        assert keys(place.claim(other)) == ["b"]
        assert place.claim(worker) == place.claim(other) == []


def test_only_stages_that_were_asked_for_are_claimed(place: JobPlace) -> None:
    this = place.order(0, "a")
    place.jobs.order(this, "catalog", [order("a"), order("b")], eager=False)
    with place.worker() as worker:
        assert [one.stage for one in place.claim(worker)] == ["match"]
        both = place.jobs.claim(worker, ["match", "catalog"], 9)
        assert [(one.stage, one.key) for one in both] == [("catalog", "a"), ("catalog", "b")]


def test_only_what_the_running_pass_wants_is_claimed(place: JobPlace) -> None:
    place.order(0, "a")
    with place.worker() as worker:
        place.end()
        assert place.claim(worker) == []
        place.begin(hour(1))
        assert place.claim(worker) == []
        place.order(2, "a")
        assert keys(place.claim(worker)) == ["a"]


def test_who_was_taken_for_gone_claims_nothing_more(place: JobPlace) -> None:
    place.order(0, "a")
    worker = place.lost()
    place.presence.bury()
    with pytest.raises(DismissedError) as refused:
        place.claim(worker)
    assert "\n" not in str(refused.value)
    assert place.states() == {"a": "ready"}


# The ends of a lease.


def test_what_is_finished_is_off_the_record(place: JobPlace) -> None:
    place.order(0, "a", "b")
    with place.worker() as worker:
        job, _ = place.claim(worker)
        assert place.jobs.finish(job)
        assert place.states() == {"b": "under way"}
        assert not place.jobs.finish(job)


def test_what_failed_rests_and_says_why(place: JobPlace) -> None:
    place.order(0, "a")
    with place.worker() as worker:
        (job,) = place.claim(worker)
        assert place.jobs.fail(job, "it fell over", SOON)
        assert place.claim(worker) == []
    (left,) = place.jobs.unfinished()
    assert (left.state, left.attempts, left.due_at, left.reason, left.worker) == (
        "resting",
        1,
        hour(1),
        "it fell over",
        None,
    )


def test_what_is_given_back_was_not_tried(place: JobPlace) -> None:
    place.order(0, "a", "b")
    with place.worker() as worker:
        job, _ = place.claim(worker)
        assert place.jobs.give_back(job)
        assert place.states() == {"a": "ready", "b": "under way"}
        assert [one.attempts for one in place.claim(worker)] == [1]


def test_a_worker_gives_back_all_that_it_has_and_nothing_else(place: JobPlace) -> None:
    place.order(0, "a", "b", "c")
    with place.worker() as worker, place.worker() as other:
        place.claim(worker, 2)
        place.claim(other, 2)
        assert place.jobs.release(worker) == 2
        assert place.jobs.release(worker) == 0
        assert place.states() == {"a": "ready", "b": "ready", "c": "under way"}
        assert [one.attempts for one in place.claim(other)] == [1, 1]


def test_who_lost_a_lease_changes_nothing(place: JobPlace) -> None:
    place.order(0, "a")
    with place.worker() as worker, place.worker() as other:
        (lost,) = place.claim(worker)
        place.jobs.release(worker)
        (held,) = place.claim(other)
        before = place.jobs.unfinished()
        assert place.jobs.still(lost) is None
        assert not place.jobs.finish(lost)
        assert not place.jobs.fail(lost, "too late", PARK)
        assert not place.jobs.give_back(lost)
        assert place.jobs.unfinished() == before
        assert place.jobs.still(held) == held
        assert place.jobs.finish(held)


def test_what_is_put_off_rests_until_the_next_pass_and_was_not_tried(place: JobPlace) -> None:
    place.order(5, "a", "b", "c")
    with place.worker() as worker:
        place.claim(worker, 1)
        assert place.jobs.put_off("catalog", "no hands") == 0
        assert place.jobs.put_off("match", "no hands") == 2
        assert place.states() == {"a": "under way", "b": "resting", "c": "resting"}
        left = {one.key: (one.attempts, one.reason) for one in place.jobs.unfinished()}
        assert left == {"a": (1, None), "b": (0, "no hands"), "c": (0, "no hands")}
        # The next pass may be made at the same time.
        place.order(5, "a", "b", "c")
        assert place.states() == {"a": "under way", "b": "ready", "c": "ready"}


# Orders.


def test_a_stage_wants_what_was_ordered_last(place: JobPlace) -> None:
    place.order(0, "a", "b")
    place.order(1, "c", "b")
    assert place.states() == {"b": "ready", "c": "ready"}
    place.order(2)
    assert place.states() == {}


def test_an_order_for_one_stage_leaves_the_others_alone(place: JobPlace) -> None:
    this = place.order(0, "a")
    place.jobs.order(this, "catalog", [order("x")], eager=True)
    place.jobs.order(this, "match", [], eager=True)
    assert place.states() == {"x": "ready"}
    assert place.states(["match"]) == {}


def test_what_is_ordered_twice_is_there_once(place: JobPlace) -> None:
    place.order(0, order("a", told=1), order("a", told=2))
    with place.worker() as worker:
        assert [one.payload for one in place.claim(worker)] == [{"told": 2}]


def test_an_order_of_a_pass_that_is_over_counts_for_nothing(place: JobPlace) -> None:
    old = place.order(0, "a")
    place.order(1, "b")
    with pytest.raises(TooLateError):
        place.jobs.order(old, "match", [order("c")], eager=True)
    assert place.states() == {"b": "ready"}


def test_what_somebody_is_at_stays_with_him_and_is_wanted_by_the_new_pass(
    place: JobPlace,
) -> None:
    place.order(0, "a")
    with place.worker() as worker, place.worker() as other:
        (job,) = place.claim(worker)
        place.end()
        assert place.jobs.still(job) is None
        this = place.order(3, "a", eager=True)
        assert place.claim(other) == []
        now = place.jobs.still(job)
        assert now is not None
        assert (now.wanted.number, now.wanted.at) == (this.number, hour(3))
        assert place.jobs.finish(now)
        assert place.states() == {}


def test_what_nobody_wants_any_more_is_dropped_even_if_somebody_is_at_it(place: JobPlace) -> None:
    place.order(0, "a", "b")
    with place.worker() as worker:
        job, _ = place.claim(worker)
        place.order(1, "b")
        assert place.states() == {"b": "under way"}
        assert place.jobs.still(job) is None
        assert not place.jobs.finish(job)


def test_what_rests_is_ready_again_when_its_time_has_come(place: JobPlace) -> None:
    place.order(0, "a", "b")
    with place.worker() as worker:
        first, second = place.claim(worker)
        place.jobs.fail(first, "down", SOON)
        place.jobs.fail(second, "wrong", PARK)
    place.order(0.99, "a", "b")
    assert place.states() == {"a": "resting", "b": "parked"}
    place.order(1, "a", "b")
    assert place.states() == {"a": "ready", "b": "parked"}
    place.order(24, "a", "b")
    assert place.states() == {"a": "ready", "b": "ready"}
    # What was wrong is still shown, and how often it was tried.
    assert [(one.attempts, one.reason) for one in place.jobs.unfinished()] == [
        (1, "down"),
        (1, "wrong"),
    ]


def test_an_eager_pass_wakes_all_that_rests(place: JobPlace) -> None:
    place.order(0, "a", "b")
    with place.worker() as worker:
        first, second = place.claim(worker)
        place.jobs.fail(first, "down", SOON)
        place.jobs.fail(second, "wrong", PARK)
        place.order(0, "a", "b", eager=True)
        assert [(one.key, one.attempts) for one in place.claim(worker)] == [("a", 2), ("b", 2)]


def test_what_is_told_something_else_need_not_rest(place: JobPlace) -> None:
    place.order(0, order("a", db=1), order("b", db=1))
    with place.worker() as worker:
        for one in place.claim(worker):
            place.jobs.fail(one, "corrupt", PARK)
        place.order(1, order("a", db=2), order("b", db=1))
        assert place.states() == {"a": "ready", "b": "parked"}
        assert [one.payload for one in place.claim(worker)] == [{"db": 2}]


@pytest.mark.parametrize("way", ["finish", "fail", "give back"])
def test_what_was_told_something_else_while_somebody_was_at_it_is_ready_once_more(
    place: JobPlace, way: str
) -> None:
    place.order(0, order("a", db=1))
    with place.worker() as worker:
        (job,) = place.claim(worker)
        place.order(1, order("a", db=2))
        assert place.states() == {"a": "under way"}
        ends = {
            "finish": place.jobs.finish,
            "fail": lambda one: place.jobs.fail(one, "down", PARK),
            "give back": place.jobs.give_back,
        }
        assert ends[way](job)
        assert place.states() == {"a": "ready"}
        assert [one.payload for one in place.claim(worker)] == [{"db": 2}]


def test_pending_is_what_is_ready_and_what_is_under_way(place: JobPlace) -> None:
    place.order(0, "a", "b", "c", "d")
    with place.worker() as worker:
        first, second = place.claim(worker, 2)
        assert place.jobs.pending("match") == 4
        place.jobs.fail(first, "down", SOON)
        place.jobs.finish(second)
        assert place.jobs.pending("match") == 2
        assert place.jobs.pending("catalog") == 0


def test_what_is_unfinished_tells_who_is_at_it(place: JobPlace) -> None:
    this = place.order(0, "a", "b")
    place.jobs.order(this, "catalog", [order("c")], eager=False)
    with place.worker() as worker:
        place.claim(worker, 1)
        told = [(one.stage, one.key, bool(one.worker)) for one in place.jobs.unfinished()]
        assert told == [("catalog", "c", False), ("match", "a", True), ("match", "b", False)]
        assert [one.key for one in place.jobs.unfinished(["catalog"])] == ["c"]


# Clocks: the only time is the one that passes are told.


def test_a_clock_that_jumps_ahead_wakes_what_rests_once_and_nothing_else_changes(
    place: JobPlace,
) -> None:
    place.order(0, "a", "b", "c")
    with place.worker() as worker:
        first, second, third = place.claim(worker)
        place.jobs.fail(first, "down", SOON)
        place.jobs.fail(second, "wrong", PARK)
        place.order(24, "a", "b", "c")
        assert place.states() == {"a": "ready", "b": "ready", "c": "under way"}
        assert place.jobs.finish(third)
        for one in place.claim(worker):
            place.jobs.fail(one, "down", Rest(hour(24) + PARKED, parked=True))
    # Back in time: nothing is tried too often, and nothing is forgotten.
    place.order(1, "a", "b")
    assert place.states() == {"a": "parked", "b": "parked"}


def test_a_clock_that_jumps_back_lets_what_rests_wait_until_it_has_caught_up(
    place: JobPlace,
) -> None:
    place.order(24, "a", "b")
    with place.worker() as worker:
        job, _ = place.claim(worker)
        place.jobs.fail(job, "down", Rest(hour(25), parked=False))
        for at in (0, 12, 24, 24.9):
            place.order(at, "a", "b")
            assert place.states() == {"a": "resting", "b": "under way"}
        # A person's pass tries it at once, whatever the clock says; so does the clock, at last.
        place.order(0, "a", "b", eager=True)
        assert place.states() == {"a": "ready", "b": "under way"}
        (job,) = place.claim(worker)
        place.jobs.fail(job, "down", Rest(hour(25), parked=False))
        place.order(25, "a", "b")
        assert place.states() == {"a": "ready", "b": "under way"}


# Workers that are lost.


def test_the_leases_of_the_dead_are_taken_back(place: JobPlace) -> None:
    place.order(0, "a", "b", "c")
    with place.worker() as worker:
        lost = place.lost()
        (job, _) = place.claim(lost, 2)
        (mine,) = place.claim(worker)
        assert place.presence.bury() == 2
        assert place.presence.bury() == 0
        assert place.states() == {"a": "ready", "b": "ready", "c": "under way"}
        assert not place.jobs.finish(job)
        assert place.jobs.finish(mine)


def test_a_job_over_which_too_many_workers_are_lost_is_parked_and_says_so(
    place: JobPlace,
) -> None:
    place.order(0, "a", "b")
    for _ in range(DEATHS):
        assert place.states() == {"a": "ready", "b": "ready"}
        (job,) = place.claim(place.lost(), 1)
        assert job.key == "a"
        place.presence.bury()
    assert place.states() == {"a": "parked", "b": "ready"}
    (left, _) = place.jobs.unfinished()
    assert (left.reason or "").startswith(f"{DEATHS} workers were lost over it")
    # It rests from the next pass on, for as long as any other that is parked.
    place.order(7, "a", "b")
    place.order(7 + PARKED / timedelta(hours=1) - 0.1, "a", "b")
    assert place.states() == {"a": "parked", "b": "ready"}
    place.order(7 + PARKED / timedelta(hours=1), "a", "b")
    assert place.states() == {"a": "ready", "b": "ready"}
    place.claim(place.lost(), 1)
    place.presence.bury()
    assert place.states() == {"a": "parked", "b": "ready"}


def test_a_job_that_failed_otherwise_is_not_said_to_have_killed_workers(place: JobPlace) -> None:
    place.order(0, "a")
    with place.worker() as worker:
        for _ in range(PATIENCE - 2):
            (job,) = place.claim(worker)
            place.jobs.fail(job, "down", SOON)
            place.order(1, "a")
    for expected in ("ready", "parked"):
        place.claim(place.lost())
        place.presence.bury()
        assert place.states() == {"a": expected}
        assert [one.reason for one in place.jobs.unfinished()] == ["down"]


def test_who_leaves_with_jobs_in_hand_leaves_them_behind(place: JobPlace) -> None:
    place.order(0, "a")
    with place.worker() as worker:
        place.claim(worker)
    assert place.states() == {"a": "ready"}
    with place.worker() as worker:
        assert [one.attempts for one in place.claim(worker)] == [2]
