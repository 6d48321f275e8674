"""The rights that docs/registries/oci.md gives to copy: enough to watch, and not to push."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contract.registry.images import image
from tests.servers.registry import served
from watcher.adapters.distribution import Credentials
from watcher.adapters.registries.oci import OciRegistry
from watcher.demo.workshop import READER, Pusher, TokenServer, WorkshopError
from watcher.demo.workshop.locate import find_tool, free_port
from watcher.demo.workshop.wire import Wire

pytestmark = pytest.mark.servers

PAGE = Path(__file__).parents[3] / "docs" / "registries" / "oci.md"
LOGIN = Credentials(READER.username, READER.password)
WITHIN = 15.0  # seconds


@contextmanager
def read_only(folder: Path, storage: Path) -> Iterator[str]:
    """Start the second process as the page has it; gives its address."""
    page = PAGE.read_text(encoding="utf-8")
    (section,) = re.findall(r"```yaml\n(version:.*?)```", page, re.DOTALL)
    host = f"127.0.0.1:{free_port()}"
    logins = folder / "watcher.htpasswd"
    logins.write_text(f"{READER.username}:{READER.bcrypt}\n")
    configuration = folder / "read-only.yml"
    configuration.write_text(
        section.replace("/var/lib/registry", str(storage))
        .replace("/etc/registry/watcher.htpasswd", str(logins))
        .replace(":5001", host)
    )
    running = subprocess.Popen(
        [find_tool("registry"), "serve", configuration],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
    )
    try:
        wait_for(host, running)
        yield f"http://{host}"
    finally:
        running.terminate()
        running.wait(10)


def wait_for(host: str, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WITHIN
    while running.poll() is None and time.monotonic() < deadline:
        wire = Wire(f"http://{host}")
        try:
            wire.request("GET", "/v2/")
        except WorkshopError:
            time.sleep(0.02)
        else:
            return
        finally:
            wire.close()
    raise AssertionError("the registry of the page does not start")


def test_a_second_process_lets_watcher_read_and_nobody_write(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        digest = server.pusher.push("shop/api", "1.0", image())
        with read_only(tmp_path, tmp_path / "registry" / "storage") as url:
            adapter = OciRegistry("local", url, credentials=LOGIN)
            assert list(adapter.repositories()) == ["shop/api"]
            assert [one.digest for one in adapter.tags("shop/api", {}).sightings] == [digest]
            adapter.image("shop/api", digest)
            with Pusher(url, username=LOGIN.username, password=LOGIN.password) as writer:
                with pytest.raises(WorkshopError, match="405"):
                    writer.push("shop/api", "1.1", image("2"))
                with pytest.raises(WorkshopError, match="405"):
                    writer.delete_tag("shop/api", "1.0")


def test_no_other_scopes_are_asked_for_than_the_page_names(
    tmp_path: Path, tokens: TokenServer
) -> None:
    with served(tmp_path, "token", tokens) as server:
        digest = server.pusher.push("shop/api", "1.0", image())
        tokens.scopes.clear()
        adapter = OciRegistry("local", server.registry.url, credentials=LOGIN)
        adapter.check()
        adapter.tags("shop/api", {})
        adapter.image("shop/api", digest)
    asked = {one for one in tokens.scopes if one}
    assert asked == {"repository:shop/api:pull", "registry:catalog:*"}
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"`{one}`" in page for one in asked)
