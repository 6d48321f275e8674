"""An HTTP server on loopback that answers whatever a test wants, however wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came in; header names in lower case, `client` the port it came from."""

    method: str
    path: str
    headers: Mapping[str, str]
    client: int
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `script` writes it byte by byte instead, and the connection is closed after it."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    script: Callable[[BufferedIOBase], None] | None = None


class Hostile:
    """A running server: its address, and what it has seen."""

    def __init__(self, server: ThreadingHTTPServer, seen: list[Seen]) -> None:
        self.host = f"{server.server_address[0]!s}:{server.server_port}"
        self.url = f"http://{self.host}"
        self.seen = seen

    def asked(self, path: str) -> list[Seen]:
        """Give the requests for a path, whatever their query."""
        return [one for one in self.seen if one.path.partition("?")[0] == path]


@contextmanager
def hostile(answer: Callable[[Seen], Reply], host: str = "127.0.0.1") -> Iterator[Hostile]:
    """Serve `answer`; 127.0.0.2 and the like stand for other machines."""
    seen: list[Seen] = []
    server = ThreadingHTTPServer((host, 0), _answering(answer, seen))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield Hostile(server, seen)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def routed(routes: Mapping[str, Reply]) -> Callable[[Seen], Reply]:
    """Answer by path, without its query; 404 for all others."""
    return lambda seen: routes.get(seen.path.partition("?")[0], Reply(404))


def _answering(answer: Callable[[Seen], Reply], seen: list[Seen]) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or a body waits 40 ms behind its headers

        def do_GET(self) -> None:
            lowered = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(lowered.get("content-length", "0")))
            request = Seen(self.command, self.path, lowered, self.client_address[1], body)
            seen.append(request)
            reply = answer(request)
            try:
                self._send(reply)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_HEAD = do_GET  # noqa: N815 - the base's names
        do_POST = do_GET  # noqa: N815
        do_PATCH = do_GET  # noqa: N815
        do_PUT = do_GET  # noqa: N815
        do_DELETE = do_GET  # noqa: N815

        def _send(self, reply: Reply) -> None:
            if reply.script:
                self.close_connection = True
                reply.script(self.wfile)
                return
            self.send_response_only(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Say nothing: a test looks at what was seen."""

    return Answering
