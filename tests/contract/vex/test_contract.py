"""What every feed of VEX promises: documents whole, or said to be unread, or an error."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.fakes.vex import FakeFeed
from watcher.adapters.vex import Called, feed_of
from watcher.domain.errors import AttemptError, TransientError
from watcher.domain.vex import Product, StatedPackage, Statement
from watcher.ports.vex import Unread, VexDocument, VexFeed

TOLD = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "author": "acme",
    "timestamp": "2026-01-01T00:00:00Z",
    "statements": [
        {
            "vulnerability": {"name": "CVE-1"},
            "products": [{"@id": "pkg:pypi/x"}],
            "status": "affected",
        }
    ],
}
STATED = Product(package=StatedPackage("pypi", None, "x"))


@dataclass(frozen=True, slots=True)
class Held:
    """A feed, and ways to change what is behind it."""

    feed: VexFeed
    write: Callable[[bytes], object]
    remove: Callable[[], object]


def _of_file(folder: Path) -> Iterator[Held]:
    file = folder / "vex.json"
    yield Held(
        feed_of(str(file), Called({})), file.write_bytes, lambda: file.unlink(missing_ok=True)
    )


def _of_folder(folder: Path) -> Iterator[Held]:
    inside = folder / "statements"
    inside.mkdir()

    def remove() -> None:
        for one in inside.iterdir():
            one.unlink()
        inside.rmdir()

    yield Held(feed_of(str(inside), Called({})), (inside / "a.json").write_bytes, remove)


def _of_address(_: Path) -> Iterator[Held]:
    content: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if content else 404)
            body = content[-1] if content else b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/vex.json"
    yield Held(feed_of(address, Called({})), content.append, content.clear)
    server.shutdown()
    server.server_close()
    thread.join()


def _of_fake(_: Path) -> Iterator[Held]:
    feed = FakeFeed()

    def write(content: bytes) -> None:
        if content == json.dumps(TOLD).encode():
            feed.put("a", [Statement("acme", ("CVE-1",), (STATED,), "affected", "", None)])
        else:
            feed.documents["a"] = Unread("a", "is no JSON", retry=False)

    def remove() -> None:
        feed.failure = TransientError("the feed is gone")

    yield Held(feed, write, remove)


KINDS = {"file": _of_file, "folder": _of_folder, "address": _of_address, "fake": _of_fake}


@pytest.fixture(params=KINDS)
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Held]:
    yield from KINDS[request.param](tmp_path)


def test_a_document_is_read_whole(held: Held) -> None:
    held.write(json.dumps(TOLD).encode())
    (one,) = held.feed.read()
    assert isinstance(one, VexDocument)
    (said,) = one.statements
    assert (said.names, said.products, said.status) == (("CVE-1",), (STATED,), "affected")
    assert len(one.sha256) == 64


def test_what_is_there_and_broken_is_unread_with_its_reason(held: Held) -> None:
    held.write(b"{")
    (one,) = held.feed.read()
    assert isinstance(one, Unread)
    assert "no JSON" in one.error
    assert "\n" not in one.error


def test_a_feed_that_is_gone_is_an_error_and_not_empty(held: Held) -> None:
    held.write(json.dumps(TOLD).encode())
    held.remove()
    with pytest.raises(AttemptError) as refused:
        held.feed.read()
    assert "\n" not in str(refused.value)


def test_the_same_bytes_have_the_same_hash(held: Held) -> None:
    held.write(json.dumps(TOLD).encode())
    first, again = held.feed.read(), held.feed.read()
    assert first == again


def test_a_feed_says_what_it_is_called(held: Held) -> None:
    assert held.feed.source
