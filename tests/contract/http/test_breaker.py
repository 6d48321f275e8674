"""A remote that keeps failing is left alone, and nobody is told anything else than that."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.http.conftest import QUICK
from tests.servers.hostile import Hostile, Reply, Seen, hostile, routed
from watcher.adapters.http import Breaking, Connecting, Http, Retrying
from watcher.adapters.http.breaker import LeftAloneError
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
)

pytestmark = pytest.mark.servers

ONCE = Retrying(attempts=1)
SOON = Breaking(silent=3, failing=5, first=10, longest=35)


class Clock:
    """A clock that goes on when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Mood:
    """A server that answers as it is told."""

    def __init__(self) -> None:
        self.reply = Reply(503)

    def __call__(self, _: Seen) -> Reply:
        return self.reply


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mood() -> Mood:
    return Mood()


@pytest.fixture
def server(mood: Mood) -> Iterator[Hostile]:
    with hostile(mood) as server:
        yield server


def client(clock: Callable[[], float], retrying: Retrying = ONCE, concurrency: int = 1) -> Http:
    connecting = Connecting(
        concurrency=concurrency, timeouts=QUICK, retrying=retrying, breaking=SOON
    )
    return Http(connecting, clock=clock)


def failed(http: Http, url: str, times: int = 1) -> TransientError:
    for _ in range(times):
        with pytest.raises(TransientError) as caught:
            http.request("GET", url)
    return caught.value


def test_after_so_many_failures_nobody_is_asked_any_more(server: Hostile, clock: Clock) -> None:
    http = client(clock)
    failed(http, server.url, 5)
    failed(http, server.url, 20)
    assert len(server.seen) == 5


def test_what_is_refused_says_since_when_how_often_and_what_is_next(
    server: Hostile, clock: Clock
) -> None:
    http = client(clock)
    failed(http, server.url, 2)
    clock.now += 42
    failed(http, server.url, 3)
    clock.now += 4
    error = failed(http, f"{server.url}/v2/?n=5&token=s3cret")
    host = server.host.partition(":")[0]
    assert str(error) == (
        f"GET {server.url}/v2/?n=5&...: not asked: {host} has answered with errors of its own"
        " (5xx) for 46 s, 5 times in a row; tried again in 6 s"
    )
    assert error.retry_after == 6


def test_one_question_tries_it_once_the_pause_is_over(server: Hostile, clock: Clock) -> None:
    http = client(clock)
    failed(http, server.url, 5)
    clock.now += 10
    failed(http, server.url, 4)
    assert len(server.seen) == 6


def test_the_one_that_tries_is_not_repeated(server: Hostile, clock: Clock) -> None:
    http = client(clock, Retrying(attempts=3, within=3, first=0, jitter=0))
    failed(http, server.url, 5)
    assert len(server.seen) == 15
    clock.now += 10
    failed(http, server.url)
    assert len(server.seen) == 16


def test_the_pause_doubles_up_to_a_cap(server: Hostile, clock: Clock) -> None:
    http = client(clock)
    failed(http, server.url, 5)
    pauses = []
    for _ in range(5):
        pauses.append(failed(http, server.url).retry_after)
        clock.now += pauses[-1] or 0
        failed(http, server.url)
    assert pauses == [10, 20, 35, 35, 35]


def test_a_success_ends_it(server: Hostile, mood: Mood, clock: Clock) -> None:
    http = client(clock)
    failed(http, server.url, 5)
    clock.now += 10
    mood.reply = Reply(body=b"well")
    assert [http.request("GET", server.url).body for _ in range(3)] == [b"well"] * 3
    mood.reply = Reply(503)
    failed(http, server.url, 5)
    assert len(server.seen) == 5 + 3 + 5


def test_a_success_between_failures_keeps_it_closed(clock: Clock) -> None:
    with hostile(routed({"/well": Reply(), "/ill": Reply(500)})) as server:
        http = client(clock)
        for _ in range(10):
            failed(http, f"{server.url}/ill", 4)
            http.request("GET", f"{server.url}/well")
        assert len(server.seen) == 50


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 410, 418, 429])
def test_a_remote_that_refuses_us_is_not_failing(
    server: Hostile, mood: Mood, clock: Clock, status: int
) -> None:
    mood.reply = Reply(status)
    http = client(clock)
    for _ in range(30):
        with pytest.raises((PermanentError, TransientError), match=str(status)):
            http.request("GET", server.url)
    assert len(server.seen) == 30


def test_nobody_there_counts_sooner_than_errors_told(clock: Clock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    http = client(clock)
    assert "connection refused" in str(failed(http, url, 3))
    assert "127.0.0.1 has given no answer for 0 s, 3 times in a row" in str(failed(http, url))


def test_each_remote_is_judged_by_itself(server: Hostile, clock: Clock) -> None:
    http = client(clock)
    failed(http, server.url, 6)
    with hostile(lambda _: Reply(body=b"other")) as other:
        assert http.request("GET", other.url).body == b"other"


def test_a_disk_that_is_full_is_not_the_remotes_fault(mood: Mood, clock: Clock) -> None:
    def full(_: bytes) -> None:
        raise TransientError("the disk is full")

    mood.reply = Reply(body=b"bytes")
    with hostile(mood) as server:
        http = client(clock)
        for _ in range(10):
            with pytest.raises(TransientError, match="the disk is full"):
                http.download(server.url, full, limit=10, total=5)
        assert len(server.seen) == 10


def test_many_threads_try_a_failing_remote_once_between_them(server: Hostile, clock: Clock) -> None:
    http = client(clock, concurrency=8)
    with ThreadPoolExecutor(32) as pool:
        errors = list(pool.map(lambda _: failed(http, server.url), range(400)))
        opened = len(server.seen)
        clock.now += 10
        errors += pool.map(lambda _: failed(http, server.url), range(200))
    assert len(errors) == 600
    # Four times what may be under way at once, and what was under way when that was reached.
    assert 32 <= opened < 32 + 8
    assert len(server.seen) == opened + 1


def test_what_waits_for_its_turn_is_not_sent_into_a_failing_remote(clock: Clock) -> None:
    enough = threading.Event()

    def slow(_: Seen) -> Reply:
        enough.wait(5)
        return Reply(503)

    with hostile(slow) as server:
        http = client(clock)
        with ThreadPoolExecutor(30) as pool:
            asked = [pool.submit(failed, http, server.url) for _ in range(30)]
            enough.set()
            said = [str(one.result()) for one in asked]
        assert len(server.seen) == 5
    assert sum("not asked" in one for one in said) == 25


def test_a_remote_that_asks_for_a_long_pause_is_left_alone(
    server: Hostile, mood: Mood, clock: Clock
) -> None:
    mood.reply = Reply(429, {"Retry-After": "120"})
    http = client(clock)
    failed(http, server.url)
    mood.reply = Reply(body=b"well")
    clock.now += 100
    with pytest.raises(RateLimitedError, match="wants to be left alone for another 20 s") as caught:
        http.request("GET", server.url)
    assert caught.value.retry_after == 20
    clock.now += 20
    assert http.request("GET", server.url).body == b"well"
    assert len(server.seen) == 2


def test_a_short_pause_is_sat_out_by_who_was_told_and_by_nobody_else(
    server: Hostile, mood: Mood, clock: Clock
) -> None:
    http = client(clock, Retrying(attempts=1, longest=2))
    mood.reply = Reply(429, {"Retry-After": "2"})
    failed(http, server.url)
    mood.reply = Reply(body=b"well")
    assert http.request("GET", server.url).body == b"well"


def test_what_is_refused_is_not_waited_for(clock: Clock) -> None:
    http = client(clock, Retrying(attempts=3, longest=10))
    assert http._worth_retrying(TransientError("503", 1)) == 1
    assert http._worth_retrying(LeftAloneError("not asked", 1)) is False


def test_no_refusal_looks_like_an_answer(server: Hostile, clock: Clock) -> None:
    http = client(clock)
    failed(http, server.url, 5)
    for method in ("GET", "HEAD", "POST"):
        with pytest.raises(TransientError, match="not asked") as caught:
            http.request(method, server.url, expect=(200, 404, 503))
        assert not isinstance(caught.value, NotFoundError)
        assert re.fullmatch(r"[^\n]+", str(caught.value))
