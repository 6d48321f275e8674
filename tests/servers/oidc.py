"""An OpenID provider in a process of its own: whoever is named there, it vouches for."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

_PATIENCE = 60.0


@contextmanager
def provider(users: Sequence[Mapping[str, object]], log: Path) -> Iterator[str]:
    """Serve until the block ends; `users` are claims, each with its `sub`. Yields the issuer."""
    port = _free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    for one in users:
        command += ["--user-claims", json.dumps(dict(one))]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "NO_COLOR": "1"}
    with (
        log.open("w") as told,
        subprocess.Popen(command, stdout=told, stderr=told, env=environment) as process,
    ):
        try:
            _await(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/.well-known/openid-configuration")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError(f"the provider does not answer: {log.read_text()[-2000:]}")
