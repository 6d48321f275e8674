"""One world for each scanner: the same images and advisories, made for a fake and for Trivy."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from tests.fakes.scanner import FakeScanner, Known, fake_package
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
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles, Scanner

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Advisory:
    """A package of Debian 12 is affected below a version, or without end."""

    package: str
    vulnerability: str
    fixed_version: str = ""


class World(Protocol):
    """Where a scanner finds its images and databases."""

    @property
    def scanner(self) -> Scanner:
        """The scanner in question."""

    def image(self, **versions: str) -> PullAccess:
        """Publish an image with these packages and versions."""

    def missing_image(self) -> PullAccess:
        """Name an image that the registry does not have."""

    def unreachable_image(self) -> PullAccess:
        """Name an image of a registry that is down."""

    def knowledge(self, *advisories: Advisory) -> KnowledgeFiles:
        """Make a database that says this."""

    def broken_knowledge(self) -> KnowledgeFiles:
        """Make a database that no scanner can read."""

    def lose_the_registry(self) -> None:
        """Make sure that nothing can be pulled any more."""


@dataclass(slots=True)
class FakeWorld:
    """The world of the in-memory scanner."""

    folder: Path
    scanner: FakeScanner = field(default_factory=FakeScanner)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def image(self, **versions: str) -> PullAccess:
        digest = "sha256:" + hashlib.sha256(repr(versions).encode()).hexdigest()
        packages = [fake_package(name, version) for name, version in versions.items()]
        self.scanner.put_image(digest, packages)
        return PullAccess(f"registry.test/app@{digest}", plain_http=False)

    def missing_image(self) -> PullAccess:
        return PullAccess(f"registry.test/app@sha256:{'0' * 64}", plain_http=False)

    def unreachable_image(self) -> PullAccess:
        access = PullAccess(f"registry.test/app@sha256:{'1' * 64}", plain_http=False)
        self.scanner.failures[access.reference.rpartition("@")[2]] = TransientError("no answer")
        return access

    def knowledge(self, *advisories: Advisory) -> KnowledgeFiles:
        knowledge = KnowledgeFiles(self.folder / f"knowledge-{next(self.numbers)}")
        affected = {"1.0": "1.1", "1.1": "1.2", "2.0": "2.1"}
        self.scanner.learn(
            knowledge,
            [
                Known(
                    one.package,
                    one.vulnerability,
                    one.fixed_version,
                    versions=tuple(v for v in affected if v < (one.fixed_version or "9")),
                )
                for one in advisories
            ],
        )
        return knowledge

    def broken_knowledge(self) -> KnowledgeFiles:
        return KnowledgeFiles(self.folder / "nowhere")

    def lose_the_registry(self) -> None:
        self.scanner.images.clear()


@dataclass(slots=True)
class TrivyWorld:
    """The world of Trivy: a real registry on loopback, and databases in their real format."""

    folder: Path
    registry: Registry
    scanner: TrivyScanner
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def image(self, **versions: str) -> PullAccess:
        packages = [DebianPackage(name, version) for name, version in versions.items()]
        image = Image((debian_base("12.5", packages),))
        with Pusher(self.registry.url) as pusher:
            pusher.push_image("app", "latest", image)
        return self._access(image.digest)

    def missing_image(self) -> PullAccess:
        return self._access(f"sha256:{'0' * 64}")

    def unreachable_image(self) -> PullAccess:
        # Port 1 of loopback: nobody listens there.
        return PullAccess(f"127.0.0.1:1/app@sha256:{'1' * 64}", plain_http=True)

    def knowledge(self, *advisories: Advisory) -> KnowledgeFiles:
        database = trivy_database(
            [
                OsAdvisory("debian 12", one.package, one.vulnerability, one.fixed_version or None)
                for one in advisories
            ],
            [
                VulnerabilityDetail(
                    one.vulnerability, severity="HIGH", vendor_severity={"nvd": "HIGH"}
                )
                for one in advisories
            ],
            updated_at=NOON,
        )
        return KnowledgeFiles(database.unpack(self.folder / f"kn-{next(self.numbers)}") / "db")

    def broken_knowledge(self) -> KnowledgeFiles:
        knowledge = self.knowledge(Advisory("openssl", "CVE-2024-1"))
        (knowledge.db / "trivy.db").write_bytes(b"rubbish" * 4096)
        return knowledge

    def lose_the_registry(self) -> None:
        self.registry.stop()

    def _access(self, digest: str) -> PullAccess:
        return PullAccess(f"{self.registry.host}/app@{digest}", plain_http=True)


@pytest.fixture(params=["fake", pytest.param("trivy", marks=pytest.mark.servers)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "fake":
        yield FakeWorld(tmp_path)
        return
    with Registry(tmp_path / "registry") as registry:
        yield TrivyWorld(
            tmp_path, registry, TrivyScanner(str(find_tool("trivy")), tmp_path / "state")
        )
