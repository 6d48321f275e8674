"""What may be asked again is asked again, politely, a few times."""

from __future__ import annotations

import time

import pytest

from tests.servers.hostile import Reply, Seen, hostile
from watcher.adapters.http import Connecting, Http, Retrying
from watcher.domain.errors import RateLimitedError, TransientError

pytestmark = pytest.mark.servers

AT_ONCE = Retrying(attempts=3, within=3, first=0, longest=0.3, jitter=0)


class Recovering:
    """Fails so many times, then answers."""

    def __init__(self, times: int, failure: Reply) -> None:
        self._left = times
        self._failure = failure

    def __call__(self, _: Seen) -> Reply:
        self._left -= 1
        return self._failure if self._left >= 0 else Reply(body=b"well")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_passing_failure_is_asked_again(client: Http, method: str, status: int) -> None:
    with hostile(Recovering(2, Reply(status))) as server:
        assert client.request(method, server.url + "/").status == 200
        assert len(server.seen) == 3


def test_what_is_asked_again_is_said_in_errors_alone(
    client: Http, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with hostile(Recovering(2, Reply(503))) as server:
        client.request("GET", server.url + "/")
        assert len(server.seen) == 3
    assert (capsys.readouterr(), caplog.messages) == (("", ""), [])


def test_a_failure_that_stays_is_given_up(client: Http) -> None:
    with hostile(lambda _: Reply(500)) as server:
        with pytest.raises(TransientError, match="500 Internal Server Error"):
            client.request("GET", server.url + "/")
        assert len(server.seen) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406])
def test_a_lasting_failure_is_not_asked_again(client: Http, status: int) -> None:
    with hostile(lambda _: Reply(status)) as server:
        with pytest.raises(Exception, match=str(status)):
            client.request("GET", server.url + "/")
        assert len(server.seen) == 1


def test_what_changes_something_is_asked_once(client: Http) -> None:
    with hostile(lambda _: Reply(502)) as server:
        with pytest.raises(TransientError):
            client.request("POST", server.url + "/", content=b"{}")
        assert [one.body for one in server.seen] == [b"{}"]


def test_a_short_pause_asked_for_is_kept() -> None:
    patient = Http(Connecting(retrying=Retrying(attempts=2, first=0, longest=2, jitter=0)))
    with hostile(Recovering(1, Reply(429, {"Retry-After": "1"}))) as server:
        began = time.monotonic()
        assert patient.request("GET", server.url + "/").body == b"well"
        assert 0.9 < time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": "9" * 400}, 86400.0),
        (
            {
                "Date": "Sat, 31 Jan 2026 12:00:00 GMT",
                "Retry-After": "Sat, 31 Jan 2026 12:05:00 GMT",
            },
            300.0,
        ),
    ],
)
def test_a_long_pause_goes_up_with_the_error(
    client: Http, headers: dict[str, str], pause: float
) -> None:
    with hostile(lambda _: Reply(429, headers)) as server:
        with pytest.raises(RateLimitedError) as caught:
            client.request("GET", server.url + "/")
        assert caught.value.retry_after == pause
        assert len(server.seen) == 1


@pytest.mark.parametrize("pause", ["soon", "-1", "", "1e9", "\xb2"])
def test_a_pause_that_makes_no_sense_is_no_pause(client: Http, pause: str) -> None:
    with hostile(Recovering(1, Reply(503, {"Retry-After": pause}))) as server:
        assert client.request("GET", server.url + "/").body == b"well"


def test_the_time_for_all_attempts_is_bounded() -> None:
    client = Http(Connecting(retrying=Retrying(attempts=100, within=0.5, first=0.2, jitter=0)))
    with hostile(lambda _: Reply(503)) as server:
        began = time.monotonic()
        with pytest.raises(TransientError):
            client.request("GET", server.url + "/")
        assert time.monotonic() - began < 30  # a hundred would take many minutes


def test_a_rate_is_kept() -> None:
    paced = Http(Connecting(rate=20))
    with hostile(lambda _: Reply()) as server:
        began = time.monotonic()
        for _ in range(11):
            paced.request("GET", server.url + "/")
        assert time.monotonic() - began >= 0.5
        assert len(server.seen) == 11


@pytest.mark.parametrize("name", ["Retry-After", "X-Retry-After"])
def test_a_pause_may_be_told_as_the_second_when_it_is_over(client: Http, name: str) -> None:
    noon = 1769860800  # Sat, 31 Jan 2026 12:00:00 GMT
    headers = {"Date": "Sat, 31 Jan 2026 12:00:00 GMT", name: str(noon + 90)}
    with hostile(lambda _: Reply(429, headers)) as server:
        with pytest.raises(RateLimitedError) as caught:
            client.request("GET", server.url + "/")
        assert caught.value.retry_after == 90
