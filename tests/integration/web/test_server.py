"""Serving: on a free port, until the block ends, and nothing is left behind."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import enumerate as threads
from urllib.parse import urlsplit

import pytest

from tests.integration.web.browser import Browser
from tests.integration.web.conftest import Opening, configured
from tests.integration.web.streams import PLATFORMS
from watcher.bootstrap import App
from watcher.domain.errors import StartError
from watcher.web.addresses import Addresses
from watcher.web.application import make_application
from watcher.web.server import serving

_SERVING = """
import sys
from pathlib import Path
from watcher.cli.serve import serve
from watcher.cli.session import Session
serve(Session(), Path(sys.argv[1]), lambda address: print(address, flush=True))
"""


def test_a_server_ends_with_its_block(small_record: Path, opened: Opening) -> None:
    with opened(small_record) as (web, _):
        assert web.get("/healthz").status == 200
    with pytest.raises(ConnectionRefusedError):
        web.get("/healthz")
    assert "web" not in {thread.name for thread in threads() if not thread.is_alive()}


def test_a_port_that_is_taken_is_named(app: App) -> None:
    application = make_application(app, lambda: pytest.fail("nobody asked for the time"))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        named = pytest.raises(StartError, match=rf"cannot listen on 127\.0\.0\.1:{port}")
        with named, serving(application, "127.0.0.1", port):
            pytest.fail("two listen on one port")


def test_a_record_is_served_until_somebody_interrupts(small_record: Path) -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    file = configured(small_record)
    port = taken.getsockname()[1]
    file.write_text(f'{file.read_text()}web: {{listen: "127.0.0.1:{port}"}}\n')
    command = [sys.executable, "-c", _SERVING, str(file)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as one:
        assert one.stdout is not None
        address = one.stdout.readline().strip()
        assert urlsplit(address).port not in {None, port}
        assert "Exposure report" in Browser(address).get("/").text
        one.send_signal(signal.SIGINT)
        _, told = one.communicate(timeout=30)
    taken.close()
    assert (one.returncode, told) == (0, "watcher: the web has ended; the record stays\n")


def test_many_ask_at_once_and_all_are_answered(web: Browser) -> None:
    address = Addresses().stream(PLATFORMS, "linux/amd64")
    with ThreadPoolExecutor(30) as executor:
        answers = list(executor.map(web.get, [address] * 60))
    assert {answer.status for answer in answers} == {200}
