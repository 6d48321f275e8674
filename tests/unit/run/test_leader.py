"""The leader: answers calls with the pass they ask for, and keeps those whose look failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from watcher.bootstrap import App
from watcher.config import Config
from watcher.domain.errors import StartError
from watcher.domain.places import Places
from watcher.domain.reference import Repository
from watcher.ports.store.calls import Call
from watcher.ports.store.passes import Failure
from watcher.run.condition import Condition
from watcher.run.leader import Leader, shortened
from watcher.run.patience import Patience
from watcher.services.pass_ import PassReport, PassRunner

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLOCK = Call("schedule:inventory", {}, 1)


def look(path: str) -> Call:
    return Call(f"look:local/{path}", {"registry": "local", "repository": path}, 1)


@dataclass(slots=True)
class Office:
    """A leader whose passes are made up, and what became of them."""

    failures: list[Failure] = field(default_factory=list)
    refuses: bool = False
    places: list[Places | None] = field(default_factory=list)
    off: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    stop: Event = field(default_factory=Event)

    def at_places(self, places: Places | None) -> Office:
        self.places.append(places)
        return self

    def make(self, at: datetime, *_: object) -> PassReport:
        if self.refuses:
            self.stop.set()  # so that nobody waits
            raise StartError("another pass is running")
        return PassReport(at, failures=self.failures)

    def answered(self, calls: Sequence[Call]) -> None:
        self.off += [one.key for one in calls]

    def answer(self, *calls: Call) -> None:
        views = SimpleNamespace(finished=lambda _: None)
        app = SimpleNamespace(config=Config(), views=views, calls=self)
        runner = cast("PassRunner", self)
        now: Callable[[], datetime] = lambda: NOW  # noqa: E731 - as short as it is
        leader = Leader(
            cast("App", cast("Any", app)), runner, now, self.said.append, self.stop, Condition()
        )
        leader._answer(list(calls), Patience())


def failed(subject: str, *, retry: bool = True) -> Failure:
    return Failure("inventory", subject, "it is busy", retry)


def test_hooks_are_answered_by_a_pass_of_their_places_which_the_log_names() -> None:
    office = Office()
    office.answer(look("a"), look("b"))
    assert office.places == [Places.of([Repository("local", "a"), Repository("local", "b")])]
    assert office.off == ["look:local/a", "look:local/b"]
    made = "pass at 2026-03-01T12:00:00Z (inventory catalog match exposure)"
    why = "for hooks about local/a, local/b"
    assert office.said == [f"{made} {why}: nothing changed; 0.0 s"]


def test_a_look_that_failed_for_now_stays_called_and_the_others_do_not() -> None:
    office = Office([failed("local/a"), failed("local/b", retry=False)])
    office.answer(look("a"), look("b"), look("c"))
    assert office.off == ["look:local/b", "look:local/c"]
    assert "failed: inventory: local/a: it is busy" in office.said


def test_a_listing_of_everything_answers_hooks_too_whatever_it_failed_at() -> None:
    office = Office([failed("local/a")])
    office.answer(look("a"), CLOCK)
    assert office.places == [None]
    assert office.off == ["look:local/a", "schedule:inventory"]
    assert "for hooks" not in office.said[0]


def test_calls_whose_pass_could_not_be_made_stay_called() -> None:
    office = Office(refuses=True)
    office.answer(look("a"), CLOCK)
    assert office.off == []
    assert office.said == ["no pass: another pass is running"]


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["a"], "local/a"),
        (["a", "b", "c"], "local/a, local/b, local/c"),
        (["a", "b", "c", "d", "e"], "local/a, local/b, local/c and 2 more"),
    ],
)
def test_a_line_names_the_first_places_and_counts_the_rest(names: list[str], line: str) -> None:
    assert shortened(Places.of(Repository("local", name) for name in names)) == line
    assert shortened(Places.of(["local"])) == "all of local"
