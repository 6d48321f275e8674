"""No remote makes us wait or read for ever."""

from __future__ import annotations

import time
from io import BufferedIOBase

import pytest

from tests.servers.hostile import Reply, hostile, routed
from watcher.adapters.http import Connecting, Http, Retrying, Timeouts
from watcher.domain.errors import NotFoundError, PermanentError, TransientError

pytestmark = pytest.mark.servers

ONCE = Retrying(attempts=1)


def impatient(read: float = 0.4, total: float = 0.8) -> Http:
    return Http(Connecting(timeouts=Timeouts(1, read, total), retrying=ONCE))


def dripping(head: bytes, drop: bytes) -> Reply:
    """Send the head, then one drop after the other, each well within the wait for a byte."""

    def drip(wire: BufferedIOBase) -> None:
        wire.write(head)
        for _ in range(100):
            wire.write(drop)
            time.sleep(0.1)

    return Reply(script=drip)


@pytest.mark.parametrize(
    "reply",
    [
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "chunks", "headers", "one-header", "interim"],
)
def test_an_answer_that_drips_is_cut_at_the_deadline(reply: Reply) -> None:
    with hostile(lambda _: reply) as server:
        began = time.monotonic()
        with pytest.raises((TransientError, PermanentError)):
            impatient().request("GET", server.url + "/")
        assert 0.6 < time.monotonic() - began < 30  # all of it would take minutes


def test_the_body_of_an_error_delays_nothing() -> None:
    reply = dripping(b"HTTP/1.1 404 Not Found\r\nContent-Length: 5000\r\n\r\n", b"x")
    with hostile(lambda _: reply) as server, pytest.raises(NotFoundError):
        impatient().request("GET", server.url + "/")


def test_a_silent_remote_is_left_after_the_wait_for_a_byte() -> None:
    def sleep(_: BufferedIOBase) -> None:
        time.sleep(2)

    with (
        hostile(lambda _: Reply(script=sleep)) as server,
        pytest.raises(TransientError, match="no answer in time"),
    ):
        impatient(read=0.3, total=60).request("GET", server.url + "/")


def test_a_body_declared_too_long_is_refused_unread() -> None:
    huge = Reply(headers={"Content-Length": str(10**15)})
    with hostile(lambda _: huge) as server, pytest.raises(PermanentError, match="1000 bytes"):
        impatient().request("GET", server.url + "/", limit=1000)


def test_a_body_that_grows_too_long_is_refused() -> None:
    def flood(wire: BufferedIOBase) -> None:
        wire.write(b"HTTP/1.1 200 OK\r\n\r\n")
        wire.writelines(b"x" * 100_000 for _ in range(1000))

    refused = pytest.raises(PermanentError, match="longer than the 1000 bytes")
    with hostile(lambda _: Reply(script=flood)) as server, refused:
        impatient().request("GET", server.url + "/", limit=1000)


def test_a_body_of_exactly_the_limit_is_read() -> None:
    with hostile(routed({"/": Reply(body=b"x" * 1000)})) as server:
        assert len(impatient().request("GET", server.url + "/", limit=1000).body) == 1000


def test_a_compressed_body_nobody_asked_for_does_not_swell() -> None:
    packed = Reply(headers={"Content-Encoding": "gzip"}, body=b"\x1f\x8b not unpacked")
    with hostile(lambda _: packed) as server:
        answer = impatient().request("GET", server.url + "/")
        assert answer.body == packed.body
        assert server.seen[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("framing", [b"Content-Length: 100\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_a_body_cut_short_is_a_passing_failure(framing: bytes) -> None:
    def cut(wire: BufferedIOBase) -> None:
        wire.write(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n5\r\nabcde")

    broken = pytest.raises(TransientError, match=r"cut short|broke")
    with hostile(lambda _: Reply(script=cut)) as server, broken:
        impatient().request("GET", server.url + "/")


@pytest.mark.parametrize(
    "rubbish",
    [b"SSH-2.0-OpenSSH_9\r\n", b"\0" * 100, b"HTTP/1.1 banana\r\n\r\n", b"x" * 70000, b""],
)
def test_an_answer_that_is_not_http_is_a_passing_failure(rubbish: bytes) -> None:
    def send(wire: BufferedIOBase) -> None:
        wire.write(rubbish)

    with hostile(lambda _: Reply(script=send)) as server, pytest.raises(TransientError):
        impatient().request("GET", server.url + "/")


def test_connections_are_used_again(client: Http) -> None:
    with hostile(routed({"/": Reply(body=b"yes")})) as server:
        for _ in range(5):
            client.request("GET", server.url + "/")
            client.request("HEAD", server.url + "/")
            client.request("GET", server.url + "/none", expect=(404,))
        assert len({one.client for one in server.seen}) == 1
