"""Trivy's own ways to scan a fleet again: images cold, images with layers cached, a server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from watcher.demo.workshop import Database

Row = tuple[str, str, str, str, str]
Found = frozenset[Row]

_FLAGS = (
    "--scanners",
    "vuln",
    "--format",
    "json",
    "--image-src",
    "remote",
    "--offline-scan",
    "--skip-version-check",
    "--disable-telemetry",
    "--skip-java-db-update",
    "--quiet",
)
# Jars are named where an image is analysed: by whoever scans, with a server too.
_NO_UPDATE = ("--skip-db-update",)


@dataclass(slots=True)
class Trivy:
    """Scans images, so many side by side, each worker with a cache of its own."""

    binary: Path
    folder: Path
    workers: int
    caches: SimpleQueue[Path] = field(default_factory=SimpleQueue)

    def load(self, *databases: Database) -> None:
        """Give every worker the databases, and caches without a single layer."""
        self.caches = SimpleQueue()
        for number in range(self.workers):
            cache = self.folder / f"cache-{number}"
            for database in databases:
                database.unpack(cache)
            self.caches.put(cache)

    def scan_all(self, references: Sequence[str], server: str | None = None) -> dict[str, Found]:
        """Scan every image; returns findings by reference."""
        with ThreadPoolExecutor(self.workers) as executor:
            found = executor.map(lambda reference: self._scan(reference, server), references)
            return dict(zip(references, found, strict=True))

    @contextmanager
    def server(self, database: Database) -> Iterator[str]:
        """Run Trivy as a server; yields its address."""
        cache = self.folder / "server"
        database.unpack(cache)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        command = [str(self.binary), "server", "--listen", address, "--cache-dir", str(cache)]
        command += ["--skip-db-update", "--quiet"]
        quiet = os.environ | {"TRIVY_DISABLE_TELEMETRY": "true", "TRIVY_SKIP_VERSION_CHECK": "true"}
        running = subprocess.Popen(
            command, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait_for(address)
            yield f"http://{address}"
        finally:
            running.terminate()
            running.wait()

    def _scan(self, reference: str, server: str | None) -> Found:
        cache = self.caches.get()
        try:
            command = [str(self.binary), "image", *_FLAGS, "--cache-dir", str(cache)]
            command += ["--server", server] if server else _NO_UPDATE
            environment = os.environ | {"TRIVY_NON_SSL": "true"}
            done = subprocess.run(
                [*command, reference], check=True, capture_output=True, env=environment
            )
            return frozenset(_found(json.loads(done.stdout)))
        finally:
            self.caches.put(cache)


def _found(report: dict[str, list[dict[str, list[dict[str, str]]]]]) -> Iterator[Row]:
    for result in report.get("Results", []):
        for one in result.get("Vulnerabilities", []):
            yield (
                one["VulnerabilityID"],
                one["PkgName"],
                one["InstalledVersion"],
                one.get("FixedVersion", ""),
                one["Severity"],
            )


def _wait_for(address: str) -> None:
    host, _, port = address.partition(":")
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"the Trivy server on {address} does not answer")
