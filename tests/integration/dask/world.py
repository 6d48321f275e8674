"""A small fleet in a registry that asks for a password, and passes over it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from tests.fakes.progress import Silent
from tests.properties.record import Ledger, recorded
from tests.servers.registry import Served, served
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.tables.base import metadata
from watcher.bootstrap import build, pass_runner
from watcher.config import load
from watcher.demo.workshop import (
    NPM,
    PIP,
    READER,
    Advisory,
    ApkPackage,
    DebianPackage,
    Image,
    LanguageAdvisory,
    NodePackage,
    OsAdvisory,
    PythonPackage,
    VulnerabilityDetail,
    alpine_base,
    built_on,
    debian_base,
    node_layer,
    python_layer,
    trivy_database,
)
from watcher.demo.workshop.locate import find_tool
from watcher.services.pass_ import STAGES, PassReport, PassRunner

START = datetime(2026, 5, 1, tzinfo=UTC)
IMAGES = 6
Record = tuple[Ledger, Mapping[str, int]]
_FACTS = {
    *("images", "bindings", "contexts", "packages", "package_sets", "package_set_members"),
    *("catalogues", "catalogue_sets", "birth_findings", "knowledge", "vulnerabilities"),
    *("matches", "assessments", "package_coverage", "windows", "episodes"),
}
_CONFIGURATION = """\
database: {{url: "sqlite:///{folder}/{name}.db"}}
state: "{folder}/{name}-state"
trivy: {{binary: "{trivy}", db: ["{mirror}/mirror/trivy-db:2"], java_db: [], workers: 2}}
registries:
  - {{name: local, kind: oci, url: "{registry}", include: ["shop/**"],
      username: {login.username}, password: {login.password}}}
executor: {executor}
"""


@dataclass(frozen=True, slots=True)
class World:
    """The servers, and a folder for databases and states."""

    folder: Path
    shop: Served
    mirror: Served

    def configure(self, name: str, executor: object) -> Path:
        """Write a configuration with a database and a state folder of its own."""
        path = self.folder / f"{name}.yaml"
        path.write_text(
            _CONFIGURATION.format(
                folder=self.folder,
                name=name,
                trivy=find_tool("trivy"),
                mirror=self.mirror.registry.host,
                registry=self.shop.registry.url,
                login=READER,
                executor=json.dumps(executor),
            )
        )
        return path

    def publish(self, day: int) -> None:
        """Offer the database of a day: what was known on the first day, and more on later ones."""
        advisories: list[Advisory] = [
            OsAdvisory("debian 12", "pkg1", "CVE-2026-1", fixed_version="2.0-1"),
            LanguageAdvisory(PIP, "lib1", "CVE-2026-2", ("<2.0",), ("2.0",)),
            LanguageAdvisory(NPM, "web1", "CVE-2026-3", ("<2.0.0",), ("2.0.0",)),
            OsAdvisory("alpine 3.19", "pkg1", "CVE-2026-4", fixed_version="2.0-r0"),
            OsAdvisory("debian 12", "pkg2", "CVE-2026-5", fixed_version="2.0-1"),
        ]
        known = advisories[: 3 + day]
        details = [
            VulnerabilityDetail(one.vulnerability, title="a flaw", severity="HIGH", published=START)
            for one in known
        ]
        database = trivy_database(known, details, updated_at=START + timedelta(days=day))
        self.mirror.pusher.push_artifact("mirror/trivy-db", "2", database.artifact())


@contextmanager
def staged(folder: Path) -> Iterator[World]:
    """Start both registries and fill them."""
    with ExitStack() as stack:
        shop = stack.enter_context(served(folder / "shop", "basic"))
        mirror = stack.enter_context(served(folder / "mirror"))
        world = World(folder, shop, mirror)
        for repository, image in _fleet():
            shop.pusher.push_image(repository, "latest", image)
        world.publish(0)
        yield world


def _fleet() -> Iterator[tuple[str, Image]]:
    debian = [DebianPackage(f"pkg{number}", "1.0-1") for number in range(20)]
    alpine = [ApkPackage(f"pkg{number}", "1.0-r0") for number in range(20)]
    bases = (
        Image([debian_base("12.5", debian)], created=START - timedelta(days=9)),
        Image([alpine_base("3.19.1", alpine)], created=START - timedelta(days=8)),
    )
    for number in range(IMAGES):
        layers = [
            python_layer([PythonPackage(f"lib{number % 3}", "1.0")]),
            node_layer([NodePackage(f"web{number % 4}", "1.0.0")]),
        ]
        image = built_on(bases[number % 2], layers, created=START - timedelta(days=number))
        yield f"shop/service{number}", image


@dataclass(frozen=True, slots=True)
class Watching:
    """A watcher that makes passes over one database."""

    runner: PassRunner
    config: Any
    engine: Engine

    def sync(self, day: float) -> PassReport:
        at = START + timedelta(days=day)
        return self.runner.make(at, at, STAGES, self.config.snapshot())

    def record(self) -> Record:
        """The ledger, and how many rows there are of what must not be doubled."""
        with self.engine.connect() as connection:
            rows = {
                table.name: connection.scalar(select(func.count()).select_from(table)) or 0
                for table in metadata.sorted_tables
                if table.name in _FACTS
            }
        return recorded(self.engine), rows


@contextmanager
def watching(path: Path) -> Iterator[Watching]:
    """Build a watcher as the command line does."""
    config = load(path, {})
    with build(config) as app:
        app.database.require(own_upgrade=True)
        engine = open_engine(config.database.url.reveal())
        yield Watching(pass_runner(app.parts(Silent())), config, engine)
        engine.dispose()
