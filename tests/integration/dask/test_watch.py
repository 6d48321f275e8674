"""For how long a cluster is believed in."""

from __future__ import annotations

import pytest

from watcher.adapters.executors import watch
from watcher.adapters.executors.failures import Cluster
from watcher.adapters.executors.watch import Patience, Watch
from watcher.domain.errors import TransientError


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(watch, "monotonic", made)
    return made


@pytest.fixture
def seen() -> Watch:
    return Watch(Cluster("tcp://127.0.0.1:1"), Patience(worker=30.0, task=600.0))


def test_a_look_is_believed_for_a_moment(seen: Watch, clock: Clock) -> None:
    assert seen.stale
    seen.saw(4)
    assert (seen.width, seen.stale) == (4, False)
    clock.now += 2
    assert seen.stale


def test_workers_may_be_away_for_a_while_and_then_again(seen: Watch, clock: Clock) -> None:
    for _ in range(2):
        seen.saw(0)
        clock.now += 29
        seen.saw(0)
        seen.saw(2)
        clock.now += 10


def test_workers_that_stay_away_are_missed(seen: Watch, clock: Clock) -> None:
    seen.saw(0)
    clock.now += 31
    with pytest.raises(TransientError, match="has had no worker for 30 s"):
        seen.saw(0)
    seen.saw(0)  # whoever asks again waits again


def test_tasks_that_do_not_come_back_are_missed(seen: Watch, clock: Clock) -> None:
    seen.began()
    seen.began()
    clock.now += 599
    seen.saw(1)
    seen.ended()
    clock.now += 599
    seen.saw(1)
    clock.now += 2
    with pytest.raises(TransientError, match=r"no task came back .* for 600 s"):
        seen.saw(1)


def test_a_cluster_that_has_nothing_to_do_is_not_missed(seen: Watch, clock: Clock) -> None:
    seen.began()
    seen.ended()
    clock.now += 10_000
    seen.saw(1)
    seen.began()
    seen.saw(1)
