"""Serving an application from a thread, for as long as a block of code lasts."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Final

import uvicorn
from fastapi import FastAPI

from watcher.domain.errors import StartError

_STARTING: Final = 30.0  # seconds
_ENDING: Final = 5
_BACKLOG: Final = 128
_CONNECTIONS: Final = 256
_LONGEST_LINE: Final = 16_384  # bytes of a request's line and headers


@contextmanager
def serving(
    application: FastAPI, host: str, port: int, proxies: Sequence[str] = ()
) -> Iterator[str]:
    """Serve until the block ends; yields the address, such as `http://127.0.0.1:8080`.

    Port 0 means a free one. What `proxies` say of who asks is believed. Raises StartError where
    the port is taken.
    """
    with _listening(host, port) as listener:
        server = uvicorn.Server(_settings(application, proxies))
        # Signals are for whoever serves, who ends the block.
        thread = Thread(target=server.run, args=([listener],), name="web", daemon=True)
        thread.start()
        try:
            _await_start(server, thread)
            shown = f"[{host}]" if ":" in host else host
            yield f"http://{shown}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(_ENDING + 1)


def _settings(application: FastAPI, proxies: Sequence[str]) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        limit_concurrency=_CONNECTIONS,
        h11_max_incomplete_event_size=_LONGEST_LINE,
        timeout_graceful_shutdown=_ENDING,
    )


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(_BACKLOG)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StartError(
                f"the web cannot listen on {host}:{port}: {reason}; change web.listen"
            ) from None
        yield listener


def _await_start(server: uvicorn.Server, thread: Thread) -> None:
    """Wait until requests are answered; raises StartError where that does not come about."""
    until = time.monotonic() + _STARTING
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise StartError("the web did not start; its log says why")
        time.sleep(0.01)
