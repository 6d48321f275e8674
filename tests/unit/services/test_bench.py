"""The bench: every job is done once, rests where it failed, and stays in nobody's hand."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.domain.days import day
from tests.unit.services.benches import Copying, Hands, Shop
from watcher.domain.errors import PermanentError, StartError, TransientError
from watcher.domain.job import PATIENCE
from watcher.ports.store.jobs import Order
from watcher.services.work import Bench, Stopped, Workplace, shift
from watcher.services.work import bench as module


@pytest.fixture(autouse=True)
def _no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "sleep", lambda _: None)
    monkeypatch.setattr(shift, "_WAIT", 0)


def nothing() -> None:
    """A step in which nothing happens."""


def steps(*each: Callable[[], object]) -> Callable[[], None]:
    """A guard that does one thing after each turn, and is called no more often than that."""
    left = list(each)

    def guard() -> None:
        left.pop(0)()

    return guard


# What is done.


def test_jobs_are_done_in_the_order_in_which_they_were_added() -> None:
    shop = Shop(width=1)
    with shop.bench() as bench:
        this = shop.order(bench, 0, "c", "a", "b")
        bench.clear(shop.craft)
    assert shop.craft.applied == [("c", ["c!"]), ("a", ["a!"]), ("b", ["b!"])]
    assert {(one.number, one.at) for one in shop.craft.under} == {(this.number, this.at)}
    assert shop.states() == {}


def test_what_is_done_is_not_done_again() -> None:
    shop = Shop()
    with shop.bench() as bench:
        shop.order(bench, 0, "a", "b")
        bench.clear(shop.craft)
        bench.clear(shop.craft)
    assert shop.done == ["a", "b"]


def test_every_job_is_told_when_it_is_over() -> None:
    shop, told = Shop(), list[int]()
    shop.craft.wrong["b"] = TransientError("down")
    with shop.bench() as bench:
        shop.order(bench, 0, "a", "b", "c")
        bench.clear(shop.craft, lambda: told.append(len(shop.done)))
    assert len(told) == 3


def test_several_tasks_of_a_job_are_applied_together_and_in_their_order() -> None:
    shop = Shop(Hands(at_once=False), width=3)

    def two_of_three() -> None:
        shop.hands.do(2)
        assert shop.craft.applied == []

    with shop.bench(guard=steps(two_of_three, lambda: shop.hands.do(1), nothing)) as bench:
        shop.order(bench, 0, "a", tasks=3)
        bench.clear(shop.craft)
    assert shop.craft.applied == [("a", ["a0!", "a1!", "a2!"])]


def test_a_job_of_which_one_task_fails_applies_nothing() -> None:
    shop = Shop()
    shop.craft.wrong["a1"] = TransientError("down")
    with shop.bench() as bench:
        shop.order(bench, 0, "a", tasks=3)
        bench.clear(shop.craft)
        (left,) = bench.left("match")
    assert shop.craft.applied == []
    assert (left.failure.error, left.failure.retry) == ("down", True)


def test_a_job_without_tasks_is_applied_at_once() -> None:
    shop = Shop()
    with shop.bench() as bench:
        shop.order(bench, 0, *(f"job {n}" for n in range(50)), tasks=0)
        bench.clear(shop.craft)
    assert len(shop.done) == 50
    assert shop.hands.given == []


def test_real_threads_do_all_of_it_once() -> None:
    shop = Shop()
    keys = [f"job {number}" for number in range(200)]
    with ThreadPoolExecutor(4) as executor, shop.presence.joined("pass") as worker:
        bench = Bench(shop.jobs, shop.presence, executor, lambda: 4, worker)
        shop.order(bench, 0, *keys, tasks=2)
        bench.clear(shop.craft)
    assert sorted(shop.done) == sorted(keys)


# A huge queue.


def test_no_more_is_under_way_than_twice_the_hands() -> None:
    shop = Shop(Hands(at_once=False), width=2)
    with shop.bench(guard=lambda: shop.hands.do(1)) as bench:
        shop.order(bench, 0, *(f"job {number}" for number in range(300)))
        bench.clear(shop.craft)
    assert len(shop.done) == 300
    assert shop.hands.most == 4


def test_a_job_is_read_only_when_a_hand_is_about_to_be_free() -> None:
    shop = Shop(Hands(at_once=False), width=2)
    ahead = []

    def guard() -> None:
        shop.hands.do(1)
        ahead.append(
            (len(shop.jobs.read) - len(shop.done), len(shop.craft.prepared) - len(shop.done))
        )

    with shop.bench(guard=guard) as bench:
        shop.order(bench, 0, *(f"job {number}" for number in range(100)))
        bench.clear(shop.craft)
    assert max(ahead) == (4, 4)


def test_jobs_of_many_tasks_are_begun_one_by_one() -> None:
    shop = Shop(Hands(at_once=False), width=2)
    with shop.bench(guard=lambda: shop.hands.do(1)) as bench:
        shop.order(bench, 0, *(f"job {number}" for number in range(5)), tasks=30)
        bench.clear(shop.craft)
    assert len(shop.done) == 5
    assert shop.hands.most <= 3 + 30


def test_jobs_without_tasks_are_not_all_claimed_at_once() -> None:
    shop, most = Shop(width=2), list[int]()
    with shop.bench(guard=lambda: most.append(len(shop.jobs.read) - len(shop.done))) as bench:
        shop.order(bench, 0, *(f"job {number}" for number in range(100)), tasks=0)
        bench.clear(shop.craft)
    assert len(shop.done) == 100
    assert max(most) <= 4


# Failures.


def test_a_job_that_fails_rests_with_growing_pauses_and_is_parked_in_the_end() -> None:
    shop = Shop()
    shop.craft.wrong["a"] = TransientError("it fell over\nagain")
    rests = []
    with shop.bench() as bench:
        at, this = 0.0, shop.order(bench, 0, "a", "b")
        while True:
            bench.clear(shop.craft)
            (left,) = bench.left("match")
            assert left.job.due_at is not None
            rests.append(left.job.due_at - this.at)
            if left.job.state == "parked":
                break
            at += rests[-1] / timedelta(days=1)
            this = shop.order(bench, at, "a")
    minutes = [1, 3, 9, 27, 81, 243, 360]
    assert rests == [*(timedelta(minutes=one) for one in minutes), timedelta(days=1)]
    assert len(rests) == PATIENCE
    assert (left.failure.error, left.failure.retry) == ("it fell over again", False)
    assert (left.failure.stage, left.failure.subject) == ("match", "a")
    assert shop.done == ["b"]


def test_what_rests_is_not_tried_before_its_time() -> None:
    shop = Shop()
    shop.craft.wrong["a"] = TransientError("down")
    with shop.bench() as bench:
        shop.order(bench, 0, "a")
        bench.clear(shop.craft)
        shop.order(bench, 0.9 / 24 / 60, "a")
        bench.clear(shop.craft)
        assert shop.craft.prepared == ["a"]
        assert [one.failure.error for one in bench.left("match")] == ["down"]
        shop.order(bench, 1.1 / 24 / 60, "a")
        bench.clear(shop.craft)
    assert shop.craft.prepared == ["a", "a"]


def test_what_fails_for_a_lasting_reason_is_parked_at_once_and_tried_once_a_day() -> None:
    shop = Shop()
    shop.craft.wrong["a"] = PermanentError("no such image")
    with shop.bench() as bench:
        shop.order(bench, 0, "a")
        bench.clear(shop.craft)
        assert [(one.job.due_at, one.failure.retry) for one in bench.left("match")] == [
            (day(1), False)
        ]
        for at in (0.5, 0.99, 1):
            shop.order(bench, at, "a")
            bench.clear(shop.craft)
    assert shop.craft.prepared == ["a", "a"]
    assert shop.states() == {"a": "parked"}


def test_an_eager_pass_tries_everything_at_once() -> None:
    shop = Shop()
    shop.craft.wrong |= {"a": [PermanentError("wrong")], "b": [TransientError("down")]}
    with shop.bench() as bench:
        shop.order(bench, 0, "a", "b")
        bench.clear(shop.craft)
        assert shop.states() == {"a": "parked", "b": "resting"}
    with shop.bench(eager=True) as bench:
        shop.order(bench, 0, "a", "b")
        bench.clear(shop.craft)
    assert shop.done == ["a", "b"]
    assert shop.craft.attempts == [2, 2]


def test_an_error_without_words_is_shown_by_its_name() -> None:
    shop = Shop()
    shop.craft.wrong["a"] = TransientError("")
    with shop.bench() as bench:
        shop.order(bench, 0, "a")
        bench.clear(shop.craft)
        assert [one.failure.error for one in bench.left("match")] == ["TransientError"]


@pytest.mark.parametrize("where", ["prepare:b", "b", "apply:b"])
@pytest.mark.parametrize(
    "error", [KeyError("under"), RecursionError("too deep"), MemoryError(), OSError(28, "full")]
)
def test_what_nobody_foresaw_is_the_failure_of_its_job_alone(where: str, error: Exception) -> None:
    shop = Shop()
    shop.craft.wrong[where] = error
    with shop.bench() as bench:
        shop.order(bench, 0, "a", "b", "c")
        bench.clear(shop.craft)
        (left,) = bench.left("match")
    assert shop.done == ["a", "c"]
    assert (left.job.key, left.job.state, left.job.attempts) == ("b", "resting", 1)
    assert left.failure.error.startswith(f"unexpected {type(error).__name__}: ")
    assert "(benches.py, line " in left.failure.error
    assert "\n" not in left.failure.error


def test_a_payload_that_no_code_understands_is_parked_in_the_end_and_stops_nobody() -> None:
    shop = Shop()
    with shop.bench(eager=True) as bench:
        for _ in range(PATIENCE):
            this = shop.jobs.begin(day(0))
            told = [Order("odd", {"of": "a newer watcher"})]
            bench.order(this, "match", told)
            bench.clear(shop.craft)
        (left,) = bench.left("match")
    assert left.job.state == "parked"
    assert "unexpected KeyError: 'tasks'" in left.failure.error


# Ends before its time.


def test_a_stop_gives_everything_back_untried() -> None:
    shop = Shop(Hands(at_once=False), width=1)
    asked = iter([False, False, True])
    with shop.bench(stopping=lambda: next(asked), guard=lambda: shop.hands.do(1)) as bench:
        shop.order(bench, 0, "a", "b", "c", "d")
        with pytest.raises(Stopped):
            bench.clear(shop.craft)
        assert shop.states() == {"b": "ready", "c": "ready", "d": "ready"}
        assert {one.attempts for one in shop.jobs.unfinished()} == {0}
        assert not shop.jobs.held_by(bench.worker)
    # Whatever still runs is heard by nobody.
    shop.hands.do()
    assert shop.done == ["a"]


@pytest.mark.parametrize(
    "error", [StartError("the database is away"), KeyboardInterrupt(), SystemExit(3)]
)
@pytest.mark.parametrize("turn", [False, True])
def test_whatever_ends_a_shift_leaves_nothing_claimed(error: BaseException, *, turn: bool) -> None:
    shop = Shop(Hands(at_once=False))

    def guard() -> None:
        raise error

    with shop.bench(guard=guard) as bench:
        shop.order(bench, 0, "a", "b", "c")
        work = bench.take_turn if turn else bench.clear
        with pytest.raises(type(error)):
            work(shop.craft)
        assert set(shop.states().values()) == {"ready"}


def test_a_database_that_is_away_while_jobs_are_given_back_hides_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = Shop(Hands(at_once=False))

    def away(worker: int) -> int:
        raise StartError(f"the database is away from {worker}")

    monkeypatch.setattr(shop.jobs, "release", away)
    with shop.bench(stopping=iter([False, True]).__next__) as bench:
        shop.order(bench, 0, "a")
        with pytest.raises(Stopped):
            bench.clear(shop.craft)
        assert shop.states() == {"a": "under way"}
    # Its worker is gone with it, and so is the lease.
    assert shop.states() == {"a": "ready"}


def test_a_guard_that_forbids_it_ends_the_work() -> None:
    shop = Shop(Hands(at_once=False))

    def forbid() -> None:
        raise StartError("the pass lost its lock")

    with shop.bench(guard=forbid) as bench:
        shop.order(bench, 0, "a")
        with pytest.raises(StartError, match="lost its lock"):
            bench.clear(shop.craft)
        assert shop.states() == {"a": "ready"}


# Others.


def test_what_others_are_at_is_waited_for() -> None:
    shop = Shop()
    with shop.presence.joined("worker") as other, shop.bench() as bench:
        shop.order(bench, 0, "a")
        (held,) = shop.jobs.claim(other, ["match"], 9)
        looks = []

        def guard() -> None:
            looks.append(shop.states())
            if len(looks) == 3:
                shop.jobs.finish(held)

        replace(bench, guard=guard).clear(shop.craft)
    assert looks == [{"a": "under way"}] * 3
    assert shop.done == []


def test_what_somebody_who_is_gone_was_at_is_taken_over() -> None:
    shop = Shop()
    with shop.bench() as bench:
        shop.order(bench, 0, "a", "b")
        shop.jobs.claim(shop.presence.lost(), ["match"], 1)
        bench.clear(shop.craft)
    assert shop.done == ["b", "a"]
    assert shop.craft.attempts == [1, 2]


def test_what_others_give_back_is_done_here() -> None:
    shop = Shop()
    with shop.presence.joined("worker") as other, shop.bench() as bench:
        shop.order(bench, 0, "a")
        shop.jobs.claim(other, ["match"], 1)
        guard = steps(lambda: shop.jobs.release(other), nothing)
        replace(bench, guard=guard).clear(shop.craft)
    assert (shop.done, shop.craft.attempts) == (["a"], [1])


def test_a_job_that_was_given_to_somebody_else_meanwhile_is_applied_once() -> None:
    shop = Shop(Hands(at_once=False))
    with shop.presence.joined("worker") as other, shop.bench() as bench:
        shop.order(bench, 0, "a")

        def taken_over() -> None:
            shop.jobs.release(bench.worker)
            (job,) = shop.jobs.claim(other, ["match"], 1)
            shop.hands.do()
            shop.craft.apply(job, "a kept", ["a!"])
            shop.jobs.finish(job)

        guarded = replace(bench, guard=steps(taken_over, nothing))
        guarded.clear(shop.craft)
    assert shop.craft.applied == [("a", ["a!"])]
    assert shop.states() == {}


def test_what_a_later_pass_wants_is_recorded_under_that_one() -> None:
    shop = Shop(Hands(at_once=False))
    with shop.bench() as bench:
        shop.order(bench, 0, "a")
        later = []

        def another_pass() -> None:
            later.append(shop.order(bench, 3, "a"))
            shop.hands.do()

        guarded = replace(bench, guard=steps(another_pass, nothing))
        guarded.clear(shop.craft)
    assert [(one.number, one.at) for one in shop.craft.under] == [(later[0].number, day(3))]


def test_what_comes_back_when_no_pass_wants_it_is_given_back() -> None:
    shop = Shop(Hands(at_once=False))
    with shop.bench() as bench:
        shop.order(bench, 0, "a")
        ended = []

        def end() -> None:
            shop.jobs.end()
            shop.hands.do()
            ended.append(True)

        with pytest.raises(StartError, match="over"):
            replace(bench, guard=steps(end, over)).clear(shop.craft)
        assert shop.done == []
        assert shop.states() == {"a": "ready"}
        assert [one.attempts for one in shop.jobs.unfinished()] == [0]


def over() -> None:
    raise StartError("the pass is over")


def test_what_was_told_otherwise_meanwhile_is_done_once_more() -> None:
    shop = Shop(Hands(at_once=False))
    with shop.bench() as bench:
        shop.order(bench, 0, "a")

        def told_otherwise() -> None:
            shop.order(bench, 1, "a", told=" anew")
            shop.hands.do()
            shop.hands.at_once = True

        replace(bench, guard=steps(told_otherwise, *[nothing] * 3)).clear(shop.craft)
    assert shop.craft.applied == [("a", ["a!"]), ("a", ["a anew!"])]


# Hands that are gone.


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BrokenExecutor("a process ended"), "a process ended"),
        (CancelledError(), "CancelledError"),
    ],
)
def test_hands_that_are_lost_cost_no_try_and_the_rest_waits_for_the_next_pass(
    error: Exception, said: str
) -> None:
    shop = Shop(Hands(at_once=False))
    with shop.bench(patience=-1.0) as bench:
        shop.order(bench, 0, *"abcdefg")
        guard = steps(lambda: shop.hands.break_down(error), nothing)
        replace(bench, guard=guard).clear(shop.craft)
        left = bench.left("match")
    assert {(one.job.state, one.job.attempts, one.failure.retry) for one in left} == {
        ("resting", 0, True)
    }
    assert {one.failure.error for one in left} == {
        f"those who did it are gone before it was done: {said}"
    }
    shop.hands.at_once = True
    with shop.bench() as bench:
        shop.order(bench, 0, *"abcdefg")
        bench.clear(shop.craft)
    assert shop.done == list("abcdefg")


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("cannot schedule new futures after shutdown"),
        BrokenExecutor("broken"),
        TransientError("the scheduler does not answer"),
    ],
)
def test_hands_that_take_nothing_cost_no_try(error: Exception) -> None:
    shop = Shop()
    shop.hands.broken = error
    with shop.bench(patience=-1.0) as bench:
        shop.order(bench, 0, "a", "b", tasks=2)
        bench.clear(shop.craft)
        assert [(one.job.attempts, one.failure.error) for one in bench.left("match")] == [
            (0, f"nobody does what is to be done: {error}")
        ] * 2
        shop.order(bench, 0)
        bench.clear(shop.craft)


def test_hands_that_come_back_in_time_are_waited_for() -> None:
    shop = Shop()
    shop.hands.broken = BrokenExecutor("broken")

    def mend() -> None:
        shop.hands.broken = None

    with shop.bench(patience=60.0) as bench:
        shop.order(bench, 0, "a", "b")
        guard = steps(nothing, mend, *[nothing] * 3)
        replace(bench, guard=guard).clear(shop.craft)
    assert shop.done == ["a", "b"]
    assert shop.craft.attempts == [1, 1]


def test_a_cluster_without_workers_is_waited_for_and_nothing_is_claimed() -> None:
    shop = Shop(width=0)
    with shop.bench() as bench:
        shop.order(bench, 0, "a")

        def come() -> None:
            assert shop.states() == {"a": "ready"}
            shop.width = 2

        replace(bench, guard=steps(nothing, come, *[nothing] * 2)).clear(shop.craft)
    assert shop.done == ["a"]


def test_what_others_do_while_our_hands_are_gone_is_waited_for() -> None:
    shop = Shop()
    shop.hands.broken = BrokenExecutor("broken")
    with shop.presence.joined("worker") as other, shop.bench(patience=-1.0) as bench:
        shop.order(bench, 0, "a", "b")
        (held,) = shop.jobs.claim(other, ["match"], 1)
        guard = steps(nothing, lambda: shop.jobs.finish(held), nothing)
        replace(bench, guard=guard).clear(shop.craft)
        assert shop.states() == {"b": "resting"}


# A worker that leads no pass.


def test_a_turn_takes_what_is_there_and_waits_for_nobody() -> None:
    shop = Shop()
    with shop.presence.joined("worker") as other, shop.bench() as bench:
        assert not bench.take_turn(shop.craft)
        shop.order(bench, 0, "a", "b")
        shop.jobs.claim(other, ["match"], 1)
        assert bench.take_turn(shop.craft)
        assert not bench.take_turn(shop.craft)
    assert shop.done == ["b"]


def test_a_turn_whose_hands_are_gone_leaves_the_jobs_to_others() -> None:
    shop = Shop()
    shop.hands.broken = BrokenExecutor("broken")
    with shop.bench() as bench:
        shop.order(bench, 0, "a")
        with pytest.raises(TransientError, match="nobody does"):
            bench.take_turn(shop.craft)
        assert shop.states() == {"a": "ready"}
        assert [one.attempts for one in shop.jobs.unfinished()] == [0]


def test_a_workplace_finds_what_others_left_behind_and_leaves_nothing() -> None:
    shop = Shop()
    this = shop.jobs.begin(day(0))
    shop.jobs.order(this, "match", [Order("a", {"tasks": ["a"]})], eager=False)
    shop.jobs.claim(shop.presence.lost(), ["match"], 1)
    place = Workplace(shop.jobs, shop.presence, shop.hands, lambda: 2)
    with place.bench("worker", eager=False, stopping=lambda: False, guard=lambda: None) as bench:
        assert shop.states() == {"a": "ready"}
        assert bench.take_turn(shop.craft)
    assert shop.jobs.workers == {}
    assert Copying().stage == "match"
