"""A town with a registry, a mirror of the database, and processes of watcher that run beside."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import URL, Engine, create_engine, text

from watcher.demo.workshop import (
    DebianPackage,
    Image,
    Pusher,
    Registry,
    debian_base,
)
from watcher.demo.workshop.locate import find_tool

ROOT = Path(__file__).resolve().parents[3]
FIXED, OLD = "3.0.14-1~deb12u2", "3.0.11-1~deb12u2"
PATIENCE = 60.0  # seconds


def awaited(what: str, there: Callable[[], bool], within: float = PATIENCE) -> None:
    """Wait until something is so."""
    until = time.monotonic() + within
    while not there():
        assert time.monotonic() < until, f"waited in vain: {what}"
        time.sleep(0.1)


@dataclass(slots=True)
class Running:
    """A process of watcher."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self, what: str) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return what in self.log.read_text()

    def ended(self, number: signal.Signals = signal.SIGTERM, within: float = 20) -> int:
        """End it; it has twenty seconds."""
        self.process.send_signal(number)
        return self.process.wait(within)


@dataclass(slots=True)
class Town:
    """Servers, a database, and what runs on them."""

    folder: Path
    registry: Registry
    mirror: Registry
    url: str
    engine: Engine
    running: list[Running] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)  # further keys of the registry

    def push(self, repository: str, openssl: str, tag: str = "latest") -> None:
        packages = [DebianPackage("openssl", openssl), DebianPackage(repository[-1] * 3, "1.0")]
        created = datetime.now(UTC) - timedelta(days=3)  # noqa: TID251 - what runs is asked for no time
        image = Image([debian_base("12.5", packages)], created=created)
        with Pusher(self.registry.url) as pusher:
            pusher.push_image(repository, tag, image)

    def configure(
        self,
        name: str = "watcher",
        trivy: Path | None = None,
        workers: int = 2,
        **more: dict[str, str],
    ) -> Path:
        """Write a configuration; sections named are other than those of every town."""
        file = self.folder / f"{name}.yaml"
        document = {
            "database": {"url": self.url},
            "state": str(self.folder / "state"),
            "trivy": {
                "binary": str(trivy or find_tool("trivy")),
                "db": [f"{self.mirror.host}/db:2"],
                "java_db": [],
                "workers": workers,
            },
            "registries": [{"name": "local", "kind": "oci", "url": self.registry.url, **self.told}],
            "schedule": {"knowledge": "2s", "inventory": "1s", "tickets": "5s"},
            "web": {"listen": "127.0.0.1:0"},
            **more,
        }
        file.write_text(yaml.safe_dump(document))
        return file

    def slow_trivy(self, seconds: int) -> Path:
        """The real Trivy, but for the time it takes over an image."""
        program = self.folder / f"slow-{seconds}"
        program.write_text(
            f'#!/bin/sh\nif [ "$1" = image ]; then sleep {seconds}; fi\n'
            f'exec "{find_tool("trivy")}" "$@"\n'
        )
        program.chmod(0o755)
        return program

    def start(self, configuration: Path, *arguments: str) -> Running:
        log = self.folder / f"{len(self.running)}.log"
        command = [sys.executable, "-m", "watcher", "--config", str(configuration), "run"]
        with log.open("wb") as file:
            process = subprocess.Popen([*command, *arguments], cwd=ROOT, stdout=file, stderr=file)
        self.running.append(Running(process, log))
        return self.running[-1]

    def rows(self, statement: str) -> list[Any]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    @contextmanager
    def opened(self, url: URL) -> Iterator[Callable[..., object]]:
        """Run statements on another database of the same server."""
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield lambda statement, **named: connection.execute(text(statement), named)
        engine.dispose()

    def number(self, statement: str) -> int:
        return int(self.rows(statement)[0][0])


def fetched(address: str) -> tuple[int, Any]:
    """What the web answers: status and document."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
