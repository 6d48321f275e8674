"""Every failure is one clear line in watcher's own words, and no secret is in it."""

from __future__ import annotations

import io
import logging
import socket
import traceback

import pytest

from tests.contract.http.conftest import AT_ONCE, QUICK
from tests.servers.hostile import Reply, hostile, routed
from watcher.adapters.http import Answer, Connecting, Http
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
    WatcherError,
)

pytestmark = pytest.mark.servers

SECRETS = "token=s3cret-1&X-Amz-Signature=s3cret-2&n=5"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, PermanentError),
        (401, UnauthorizedError),
        (403, UnauthorizedError),
        (404, NotFoundError),
        (408, TransientError),
        (410, NotFoundError),
        (418, PermanentError),
        (429, RateLimitedError),
        (500, TransientError),
        (503, TransientError),
        (599, TransientError),
        (304, PermanentError),
        (204, PermanentError),
    ],
)
def test_each_status_has_its_error(client: Http, status: int, kind: type[WatcherError]) -> None:
    with hostile(lambda _: Reply(status)) as server:
        with pytest.raises(WatcherError) as caught:
            client.request("GET", f"{server.url}/v2/?n=5")
        assert type(caught.value) is kind
        assert f"GET {server.url}/v2/?n=5: {status}" in str(caught.value)


def test_a_vendor_may_say_more_of_a_status_in_its_body() -> None:
    seen: list[Answer] = []

    def failing(answer: Answer) -> WatcherError:
        seen.append(answer)
        return TransientError("said by the body", retry_after=0.01)

    client = Http(Connecting(timeouts=QUICK, retrying=AT_ONCE), failing=failing)
    with hostile(lambda _: Reply(404, body=b"x" * 1_000_000)) as server:
        with pytest.raises(TransientError, match="said by the body"):
            client.request("GET", f"{server.url}/v2/")
        assert len(server.seen) == AT_ONCE.attempts
    assert seen[0].status == 404
    assert 0 < len(seen[0].body) < 1_000_000
    assert set(seen[0].body) == {ord("x")}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def test_no_error_shows_a_secret(client: Http, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"Authorization": "Basic s3cret-3"}
    cut = Reply(headers={"Content-Length": "5"}, script=None, body=b"")
    with hostile(routed({"/a": Reply(500), "/b": Reply(404), "/c": cut})) as server:
        bases = [f"{server.url}/{name}" for name in "abc"]
        bases += [f"http://127.0.0.1:{free_port()}/", "http://nowhere.invalid/"]
        for base in bases:
            with pytest.raises(WatcherError) as caught:
                client.request("GET", f"{base}?{SECRETS}", headers=headers)
            trace = io.StringIO()
            traceback.print_exception(caught.value, file=trace)
            said = f"{caught.value!s} {caught.value!r} {trace.getvalue()}"
            assert "s3cret" not in said
            assert caught.value.__context__ is None
            assert "\n" not in str(caught.value)
            assert "n=5" in str(caught.value)
    assert "s3cret" not in caplog.text


def test_a_refused_connection_is_called_that(client: Http) -> None:
    with pytest.raises(TransientError, match="connection refused"):
        client.request("GET", f"http://127.0.0.1:{free_port()}/")


def test_an_unknown_name_is_called_that(client: Http) -> None:
    with pytest.raises(TransientError, match="its name is not known"):
        client.request("GET", "http://nowhere.invalid/")


@pytest.mark.parametrize(
    "url", ["", "nothing", "ftp://127.0.0.1/", "http://", "http://a:b@127.0.0.1/", "http://[::1"]
)
def test_an_address_that_is_none_is_refused(client: Http, url: str) -> None:
    with pytest.raises(PermanentError) as caught:
        client.request("GET", url)
    assert "a:b" not in str(caught.value)


def test_no_secret_is_in_a_repr() -> None:
    connecting = Connecting(proxy="http://user:s3cret@127.0.0.1:1", timeouts=QUICK)
    assert "s3cret" not in repr(connecting) + repr(Http(connecting))
    assert AT_ONCE.attempts == 3
