"""An image of 20,000 packages, matched in shards by real Trivy, one of them killed under way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.demo.workshop import (
    DebianPackage,
    Image,
    OsAdvisory,
    Pusher,
    Registry,
    VulnerabilityDetail,
    debian_base,
    trivy_database,
)
from watcher.demo.workshop.locate import find_tool
from watcher.domain.errors import TransientError
from watcher.domain.package import Catalogue, Package
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles
from watcher.services.match import SHARD

pytestmark = pytest.mark.servers

MANY = 20_000
FLAWED = range(0, MANY, 7)


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeFiles:
    flaws = [OsAdvisory("debian 12", f"pkg{n}", f"CVE-2026-{n}", "2.0") for n in FLAWED]
    details = [VulnerabilityDetail(one.vulnerability, one.package, "HIGH") for one in flaws]
    made = trivy_database(flaws, details, updated_at=datetime(2026, 3, 1, tzinfo=UTC))
    return KnowledgeFiles(made.unpack(tmp_path_factory.mktemp("knowledge")) / "db")


@pytest.fixture(scope="module")
def large(
    knowledge: KnowledgeFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Catalogue]:
    packages = [DebianPackage(f"pkg{number}", "1.0") for number in range(MANY)]
    image = Image((debian_base("12.5", packages),))
    with Registry(tmp_path_factory.mktemp("registry")) as registry:
        with Pusher(registry.url) as pusher:
            pusher.push_image("large", "latest", image)
        access = PullAccess(f"{registry.host}/large@{image.digest}", plain_http=True)
        scanner = TrivyScanner(str(find_tool("trivy")), tmp_path_factory.mktemp("state"))
        yield scanner.catalog(access, knowledge)


def shards(catalogue: Catalogue) -> list[Sequence[Package]]:
    packages = [one.package for one in catalogue.occurrences]
    return [packages[start : start + SHARD] for start in range(0, len(packages), SHARD)]


def test_an_image_of_20000_packages_is_matched_in_shards_as_trivy_scans_it(
    large: Catalogue, knowledge: KnowledgeFiles, tmp_path: Path
) -> None:
    scanner = TrivyScanner(str(find_tool("trivy")), tmp_path)
    with ThreadPoolExecutor(2) as pool:
        runs = [
            pool.submit(scanner.match, "debian 12", shard, knowledge) for shard in shards(large)
        ]
        found = {one for run in runs for one in run.result()}
    assert scanner.runs == 2
    assert found == set(large.findings)
    assert len(found) == len(FLAWED)


def test_a_trivy_killed_in_mid_shard_gives_no_answer_and_the_next_one_all_of_it(
    large: Catalogue, knowledge: KnowledgeFiles, tmp_path: Path
) -> None:
    binary = tmp_path / "trivy"
    pids = tmp_path / "pids"
    binary.write_text(f'#!/bin/sh\necho $$ >> {pids}\nexec {find_tool("trivy")} "$@"\n')
    binary.chmod(0o755)
    scanner = TrivyScanner(str(binary), tmp_path)
    killer = Thread(target=kill_the_first, args=(pids,))
    killer.start()
    first, second = shards(large)
    with pytest.raises(TransientError, match="killed by signal 9"):
        scanner.match("debian 12", first, knowledge)
    killer.join()
    found = {
        one for shard in (first, second) for one in scanner.match("debian 12", shard, knowledge)
    }
    assert found == set(large.findings)


def kill_the_first(pids: Path) -> None:
    """Wait for a run, let it get under way, and kill it."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        told = pids.read_text().split() if pids.exists() else []
        if told:
            time.sleep(0.1)
            os.kill(int(told[0]), signal.SIGKILL)
            return
        time.sleep(0.01)
