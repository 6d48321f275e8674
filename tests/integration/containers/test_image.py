"""The image as the Dockerfile makes it: what it says of itself, what is in it, and that it runs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from tests.acceptance.run.town import fetched
from tests.integration.containers.conftest import REVISION, ROOT, Built
from watcher.demo.workshop.locate import free_port

pytestmark = [pytest.mark.servers, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def container(built: Built) -> str:
    return built.buildah.container(built.name)


def said(built: Built, container: str, *arguments: str) -> str:
    done = subprocess.run(
        built.buildah.command(container, arguments),
        env=built.buildah.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_says_what_it_is_and_what_it_was_built_on(built: Built) -> None:
    settings = built.buildah.settings(built.name)
    labels = settings["Labels"]
    prefix = "org.opencontainers.image"
    assert labels[f"{prefix}.base.name"] == built.base
    assert labels[f"{prefix}.base.digest"] == built.digest
    assert labels[f"{prefix}.revision"] == REVISION
    assert settings["User"] == "65532:65532"
    assert (settings["Entrypoint"], settings["Cmd"]) == (["watcher"], ["run"])
    assert "8080/tcp" in settings["ExposedPorts"]


def test_it_holds_the_locked_packages_and_lists_them(built: Built, container: str) -> None:
    told = json.loads(said(built, container, "cat", "/opt/watcher/sbom.cdx.json"))
    listed = {one["name"]: one["version"] for one in told["components"] if "version" in one}
    lock = (ROOT / "requirements" / "runtime.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^ ]+) \\$", lock, re.MULTILINE))
    assert told["bomFormat"] == "CycloneDX"
    assert listed["watcher"] == "0.1.0"
    normal = {name.lower().replace("_", "-").replace(".", "-"): it for name, it in listed.items()}
    assert {name: normal.get(name) for name in locked} == locked


def test_nobody_in_it_may_write_but_where_state_is(built: Built, container: str) -> None:
    places = ["/", "/etc", "/opt/watcher", "/usr/local/bin", "/var/lib/watcher", "/tmp"]  # noqa: S108 - the image's
    may = f"[one for one in {places} if os.access(one, os.W_OK)]"
    code = f"import os; print({may}, os.getuid(), os.getgid())"
    assert said(built, container, "python", "-c", code).strip() == (
        "['/var/lib/watcher', '/tmp'] 65532 65532"
    )


def test_its_commands_work(built: Built, container: str) -> None:
    assert said(built, container, "watcher", "--version") == "watcher 0.1.0\n"
    assert "0.74.0" in said(built, container, "trivy", "--version")


@pytest.fixture
def configuration(tmp_path: Path) -> tuple[Path, int]:
    """What an operator mounts; without a registry, which is all that this looks at."""
    port = free_port()
    file = tmp_path / "watcher.yaml"
    file.write_text(yaml.safe_dump({"web": {"listen": f"127.0.0.1:{port}"}}))
    tmp_path.chmod(0o755)
    file.chmod(0o644)
    return file, port


def test_it_serves_and_tells_its_health_until_it_is_told_to_end(
    built: Built, container: str, configuration: tuple[Path, int]
) -> None:
    file, port = configuration
    mounted = ["--volume", f"{file}:/etc/watcher/watcher.yaml:ro"]
    command = built.buildah.command(container, ["watcher", "run"], mounted)
    log = file.with_name("log")
    with log.open("wb") as output:
        running = subprocess.Popen(
            command, env=built.buildah.environment(), stdout=output, stderr=output
        )
    try:
        until = time.monotonic() + 90
        while "web: http" not in log.read_text():
            assert running.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.2)
        status, told = fetched(f"http://127.0.0.1:{port}/healthz")
        assert (status, told["alive"]) == (200, True)
        check = built.buildah.settings(built.name).get("Healthcheck")
        assert check is None or "/healthz" in str(check)
        assert fetched(f"http://127.0.0.1:{port}/readyz")[0] == 503
    finally:
        _end(running)


def _end(running: subprocess.Popen[bytes]) -> None:
    """Ask what runs in the container to end; buildah waits for it."""
    for child in _below(running.pid) if running.poll() is None else ():
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
    running.wait(30)


def _below(pid: int) -> list[int]:
    """What was started by it, from any of its threads, and below; the deepest first."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(one) for task in tasks for one in task.read_text(encoding="ascii").split()]
    return [one for child in children for one in (*_below(child), child)]
