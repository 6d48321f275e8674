"""However many threads ask, no more are under way at once, and no faster, than was agreed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.servers.hostile import Reply, Seen, hostile
from watcher.adapters.http import Connecting, Http, Retrying
from watcher.adapters.http.pace import Pace
from watcher.domain.errors import TransientError

pytestmark = pytest.mark.servers


class Crowd:
    """Counts who is inside at once; the first ones wait until `full` are there."""

    def __init__(self, full: int, reply: Reply) -> None:
        self._door = threading.Barrier(full)
        self._reply = reply
        self._lock = threading.Lock()
        self._inside = 0
        self.most = 0

    def __call__(self, _: Seen) -> Reply:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        self._door.wait(10)
        with self._lock:
            self._inside -= 1
        return self._reply


@pytest.mark.parametrize("status", [200, 404, 503])
def test_no_more_than_agreed_are_under_way_at_once(status: int) -> None:
    crowd = Crowd(3, Reply(status))
    with hostile(crowd) as server:
        http = Http(Connecting(concurrency=3, retrying=Retrying(attempts=1)))
        with ThreadPoolExecutor(24) as pool:
            expect = (200, 404)
            asked = [pool.submit(http.request, "GET", server.url, expect=expect) for _ in range(9)]
        failures = [one for one in asked if isinstance(one.exception(), TransientError)]
        assert len(failures) == (9 if status == 503 else 0)
        assert len(server.seen) == 9
    assert crowd.most == 3


def test_many_threads_get_turns_a_gap_apart_and_none_twice() -> None:
    waited: list[float] = []
    pace = Pace(4, clock=lambda: 0.0, sleep=waited.append)
    with ThreadPoolExecutor(16) as pool:
        for _ in range(200):
            pool.submit(pace.wait)
    # The first goes at once, without waiting.
    assert sorted(waited) == [turn * 0.25 for turn in range(1, 200)]


def test_who_waits_for_a_turn_has_not_set_off_yet() -> None:
    """A turn of the pace taken before the wait for a free place would be a burst afterwards."""
    release = threading.Event()

    def answer(_: Seen) -> Reply:
        release.wait(10)
        return Reply()

    paced: list[int] = []

    class Counting(Pace):
        def wait(self) -> None:
            paced.append(1)

    with hostile(answer) as server:
        http = Http(Connecting(concurrency=2))
        http._pace = Counting(None)
        with ThreadPoolExecutor(10) as pool:
            asked = [pool.submit(http.request, "GET", server.url) for _ in range(10)]
            while len(server.seen) < 2:
                release.wait(0.01)
            assert len(paced) == 2
            release.set()
            assert [one.result().status for one in asked] == [200] * 10
        assert len(paced) == 10
