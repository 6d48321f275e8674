"""Feeds fetched from files and addresses: whole, or an error that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from watcher.adapters.feeds import Feed
from watcher.adapters.feeds import source as source_module
from watcher.domain.errors import AttemptError, NotFoundError, PermanentError, TransientError

BODY = b"cve,exploitation,automatable,technical_impact\nCVE-2024-1000,poc,no,partial\n"


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = {"/ssvc": (200, BODY), "/cut": (200, BODY), "/broken": (500, b"")}
        status, body = known.get(self.path, (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + (self.path == "/cut")))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_feed_is_read_whole_from_a_file_and_from_an_address(tmp_path: Path, address: str) -> None:
    (tmp_path / "ssvc").write_bytes(BODY)
    for place in (str(tmp_path / "ssvc"), f"{address}/ssvc"):
        feed = Feed("ssvc", place)
        assert feed.fetch() == BODY
        assert len(feed.parse(feed.fetch()).points) == 1  # type: ignore[union-attr]


def test_a_file_that_is_not_there_is_an_error_that_names_the_key(tmp_path: Path) -> None:
    with pytest.raises(TransientError, match=r"put the file there, or correct feeds\.kev"):
        Feed("kev", str(tmp_path / "gone")).fetch()
    with pytest.raises(TransientError, match="could not be read"):
        Feed("kev", str(tmp_path)).fetch()


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/gone", NotFoundError), ("/broken", TransientError), ("/cut", AttemptError)],
)
def test_an_address_that_fails_is_an_error_and_never_an_empty_feed(
    address: str, path: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        Feed("epss", address + path).fetch()


def test_what_is_larger_than_any_feed_is_refused(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "LARGEST", 20)
    (tmp_path / "ssvc").write_bytes(BODY)
    for place in (str(tmp_path / "ssvc"), f"{address}/ssvc"):
        with pytest.raises(PermanentError):
            Feed("ssvc", place).fetch()
