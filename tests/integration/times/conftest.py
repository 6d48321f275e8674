"""A fleet with the configuration file that its passes are made under, and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.scanner import Known, fake_package
from tests.integration.store_views.conftest import Fleet, day
from watcher.adapters.store.engine import open_engine
from watcher.cli import Session, run
from watcher.config import load
from watcher.domain.errors import TransientError
from watcher.report.times import stamp

OPENSSL, ZLIB, CURL = (fake_package(name) for name in ("openssl", "zlib", "curl"))
FIXED = fake_package("openssl", "2")
KNOWN = [
    Known("openssl", "CVE-2026-1", "2", "CRITICAL", versions=("1",)),
    Known("zlib", "CVE-2026-2", severity="MEDIUM"),
]
CURLS = Known("curl", "CVE-2026-3", severity="HIGH")


@dataclass
class Desk:
    """A fleet and a command line over its record; `now` is what the clock says."""

    folder: Path
    fleet: Fleet
    settings: dict[str, Any] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: day(12.5))

    @property
    def file(self) -> Path:
        """The configuration's file."""
        return self.folder / "watcher.yaml"

    def configure(self, **changed: object) -> None:
        """Change keys of the configuration; passes from now on are made under it."""
        self.settings |= changed
        self.file.write_text(yaml.safe_dump(self.settings), encoding="utf-8")
        config = load(self.file, {})
        self.fleet.configured = config.snapshot()
        self.fleet.rules = config.stream_rules()
        self.fleet.include = tuple(one.text for one in config.registries[0].include)

    def sync(self, at: datetime) -> None:
        """Make a pass."""
        self.fleet.sync(at)
        self.now = max(self.now, at)

    def told(self, *arguments: str) -> bytes:
        """What a command writes."""
        file = self.folder / "told"
        assert self.run(*arguments, "-o", str(file)) == 0
        return file.read_bytes()

    def run(self, *arguments: str) -> int:
        """The exit code of a command."""
        session = Session(environment={}, now=lambda: self.now)
        return run(["--config", str(self.file), *arguments], session)

    def report(self, at: datetime, *options: str) -> bytes:
        """The report as JSON."""
        return self.told("report", "--as-of", stamp(at), "--format", "json", *options)


def owner(match: str, team: str) -> Mapping[str, str]:
    """An owner's rule."""
    return {"match": match, "team": team}


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Desk:
    """Twelve days of a small fleet: exposures of every kind, a stream that is not covered."""
    fleet = Fleet(open_engine(sqlite_url))
    desk = Desk(tmp_path, fleet)
    desk.configure(
        database={"url": sqlite_url},
        state=str(tmp_path / "var"),
        stale_after="3d",
        registries=[
            {"name": "local", "kind": "oci", "url": "http://127.0.0.1:9", "include": ["**"]}
        ],
        owners=[owner("local/shop/**", "shop"), owner("local/data/**", "data")],
    )
    fleet.push("shop/web", "latest", [OPENSSL, ZLIB])
    fleet.push("shop/api", "1.0.0", [OPENSSL])
    fleet.push("data/etl", "latest", [ZLIB, CURL])
    fleet.push("ops/cron", "main", [CURL])
    slow = fleet.push("pay/gate", "latest", [OPENSSL, fake_package("bash")])
    fleet.scanner.failures[slow] = TransientError("it timed out")
    fleet.learn(day(0), KNOWN)
    desk.sync(day(1))
    fleet.learn(day(4), [*KNOWN, CURLS])
    desk.sync(day(5))
    fleet.push("shop/web", "latest", [FIXED, ZLIB])
    fleet.registry.delete("ops/cron", "main")
    desk.sync(day(8))
    fleet.learn(day(9), [KNOWN[0], CURLS])
    desk.sync(day(12))
    fleet.scanner.failures.clear()
    return desk
