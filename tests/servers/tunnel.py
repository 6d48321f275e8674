"""A proxy on loopback that tunnels: CONNECT, then bytes both ways."""

from __future__ import annotations

import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Tunnel:
    """A running proxy: its address, and where it was asked to connect to."""

    def __init__(self, port: int, targets: list[str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.targets = targets


@contextmanager
def tunnel() -> Iterator[Tunnel]:
    """Serve until the block ends."""
    targets: list[str] = []

    class Connecting(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            target = self.rfile.readline().split()[1].decode()
            while self.rfile.readline().strip():
                pass
            targets.append(target)
            host, _, port = target.partition(":")
            with socket.create_connection((host, int(port))) as there:
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _carry(self.connection, there)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connecting)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield Tunnel(server.server_address[1], targets)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _carry(here: socket.socket, there: socket.socket) -> None:
    while True:
        for ready in select.select([here, there], [], [], 10)[0]:
            piece = ready.recv(65536)
            if not piece:
                return
            (there if ready is here else here).sendall(piece)
