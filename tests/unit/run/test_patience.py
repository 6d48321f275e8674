"""When looks are made: soon after the last hook, not at once, and rarer where they fail."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.domain.places import Places
from watcher.domain.reference import Repository
from watcher.ports.store.calls import Call
from watcher.ports.store.passes import Failure
from watcher.run.patience import LONGEST, QUIET, RESTS, Patience
from watcher.run.schedule import places_of, stages_of


def look(path: str, times: int = 1) -> Call:
    payload = {"registry": "local", "repository": path}
    return Call(f"look:local/{path}", payload, times)


def clock(name: str) -> Call:
    return Call(f"schedule:{name}", {}, 1)


WHOLE = Call("look:local", {"registry": "local"}, 1)


class Waiting:
    """Asks again and again, as the leader does, at times of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.patience = Patience(lambda: self.now)

    def ripe(self, at: float, *waiting: Call) -> list[str]:
        self.now = at
        return [one.key.removeprefix("look:local/") for one in self.patience.ripe(waiting)]

    def failed(self, at: float, *waiting: Call, subject: str, retry: bool = True) -> set[str]:
        self.now = at
        failures = [Failure("inventory", subject, "down", retry)]
        return self.patience.failed(waiting, failures)


def test_a_look_is_made_once_no_further_hook_came_for_a_while() -> None:
    waiting = Waiting()
    assert waiting.ripe(0, look("a")) == []
    assert waiting.ripe(1, look("a"), look("b")) == []
    assert waiting.ripe(1 + QUIET - 0.1, look("a"), look("b")) == []
    assert waiting.ripe(1 + QUIET, look("a"), look("b")) == ["a", "b"]


def test_hooks_that_never_fall_silent_are_not_waited_for_any_longer() -> None:
    waiting = Waiting()
    made = [second for second in range(1, 25) if waiting.ripe(second, look("a", second))]
    assert made == [1 + LONGEST, 2 + 2 * LONGEST]


def test_the_clock_does_not_wait_and_a_listing_of_everything_answers_all() -> None:
    waiting = Waiting()
    assert waiting.ripe(0, look("a"), clock("knowledge")) == ["schedule:knowledge"]
    everything = [look("a"), clock("inventory"), look("b")]
    assert waiting.ripe(0.1, *everything) == ["a", "schedule:inventory", "b"]
    assert places_of(everything) is None


def test_what_only_hooks_ask_for_is_an_inventory_of_their_places() -> None:
    calls: Sequence[Call] = [look("a"), look("b"), clock("knowledge")]
    inventory = ["knowledge", "inventory", "catalog", "match", "exposure"]
    assert stages_of(calls) == inventory
    assert places_of(calls) == Places.of([Repository("local", "a"), Repository("local", "b")])
    assert places_of([*calls, WHOLE]) == Places.of(["local"])
    assert places_of([clock("knowledge")]) is None


def test_a_look_that_failed_rests_longer_each_time_and_is_then_left_to_the_next_listing() -> None:
    waiting, now = Waiting(), 0.0
    for rest in RESTS:
        assert waiting.failed(now, look("a"), look("b"), subject="local/a") == {"look:local/a"}
        assert waiting.ripe(now + rest - 1, look("a")) == []
        assert waiting.ripe(now + rest, look("a")) == []
        now += rest + QUIET
        assert waiting.ripe(now, look("a")) == ["a"]
    assert waiting.failed(now, look("a"), subject="local/a") == set()


def test_others_do_not_wait_for_a_look_that_rests() -> None:
    waiting = Waiting()
    waiting.failed(0, look("a"), subject="local/a")
    assert waiting.ripe(1, look("a", 2), look("b")) == []
    assert waiting.ripe(1 + QUIET, look("a", 3), look("b")) == ["b"]


def test_a_tag_that_failed_is_its_repositorys_and_its_registrys_look() -> None:
    assert Waiting().failed(0, look("a"), subject="local/a:1") == {"look:local/a"}
    assert Waiting().failed(0, WHOLE, subject="local/a:1") == {"look:local"}
    assert Waiting().failed(0, look("a"), subject="local/ab") == set()


def test_what_fails_until_somebody_acts_is_not_tried_again_by_itself() -> None:
    assert Waiting().failed(0, look("a"), subject="local/a", retry=False) == set()


def test_a_look_that_succeeded_forgets_that_it_failed() -> None:
    waiting = Waiting()
    for _ in range(2 * len(RESTS)):
        assert waiting.failed(0, look("a"), subject="local/a")
        assert waiting.failed(0, look("a"), subject="local/other") == set()
