"""The clock: what is due is written down, whatever the wall clock and the database do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from watcher.domain.errors import StartError
from watcher.run import clock as room
from watcher.run.clock import Clock, _Look

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCHEDULE = {"inventory": timedelta(minutes=15), "tickets": "0 3 * * *"}


@dataclass
class Notebook:
    """Calls in memory; refuses them while the database is away."""

    noted: list[str] = field(default_factory=list)
    away: bool = False

    def call(self, key: str, told: object) -> None:
        del told
        if self.away:
            raise StartError("the database is away")
        self.noted.append(key)


@dataclass
class Wall:
    """A wall clock, and the time that was really felt; they may disagree."""

    wall: datetime = NOON
    felt: float = 100.0

    def now(self) -> datetime:
        return self.wall

    def pass_by(self, felt: float, jump: timedelta = timedelta()) -> None:
        self.felt += felt
        self.wall += timedelta(seconds=felt) + jump


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(room, "monotonic", lambda: wall.felt)
    return wall


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def clock(notebook: Notebook, wall: Wall, said: list[str]) -> Clock:
    return Clock(notebook, SCHEDULE, wall.now, said.append)  # type: ignore[arg-type]


@pytest.fixture
def look(clock: Clock) -> Callable[[], None]:
    """What the clock does every few seconds; it has looked once before."""
    ticks = BackgroundScheduler(timezone=UTC)
    for name in SCHEDULE:
        ticks.add_job(clock.call, "interval", seconds=900, args=[name], id=name)
    looking = _Look(clock, ticks)
    looking.look()
    return looking.look


def test_everything_is_due_when_the_clock_begins(clock: Clock, notebook: Notebook) -> None:
    with clock.ticking():
        assert sorted(notebook.noted) == ["schedule:inventory", "schedule:tickets"]


def test_what_could_not_be_written_down_is_written_when_the_database_is_back(
    clock: Clock, notebook: Notebook, look: Callable[[], None]
) -> None:
    notebook.away = True
    clock.call("inventory")
    clock.call("inventory")
    assert notebook.noted == []
    notebook.away = False
    look()
    assert notebook.noted == ["schedule:inventory"]
    look()
    assert notebook.noted == ["schedule:inventory"]


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_jumps_by_a_day_makes_everything_due_once(
    notebook: Notebook,
    wall: Wall,
    look: Callable[[], None],
    said: list[str],
    jump: timedelta,
) -> None:
    wall.pass_by(10, jump)
    look()
    assert sorted(notebook.noted) == ["schedule:inventory", "schedule:tickets"]
    assert said == [f"the clock jumped by {jump.total_seconds():+.0f} s: everything is due anew"]
    wall.pass_by(10)
    look()
    assert len(notebook.noted) == len(SCHEDULE)


def test_a_clock_that_is_put_right_by_seconds_did_not_jump(
    notebook: Notebook, wall: Wall, look: Callable[[], None]
) -> None:
    for second in (3, -4, 5):
        wall.pass_by(10, timedelta(seconds=second))
        look()
    assert notebook.noted == []


def test_a_machine_that_slept_did_not_jump(
    notebook: Notebook, wall: Wall, look: Callable[[], None]
) -> None:
    wall.pass_by(8 * 3600)
    look()
    assert notebook.noted == []


def test_an_audit_waits_for_its_time_though_watcher_starts_or_the_clock_jumps(
    notebook: Notebook, wall: Wall, said: list[str]
) -> None:
    schedule = {"knowledge": timedelta(minutes=10), "audit": "0 3 * * *"}
    clock = Clock(notebook, schedule, wall.now, said.append)  # type: ignore[arg-type]
    with clock.ticking():
        pass
    clock.call_all()
    assert notebook.noted == ["schedule:knowledge", "schedule:knowledge"]
    clock.call("audit")
    assert notebook.noted[-1] == "schedule:audit"
