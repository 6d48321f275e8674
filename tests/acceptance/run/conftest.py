"""A town for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.acceptance.run.town import FIXED, Town
from watcher.demo.workshop import (
    OsAdvisory,
    Pusher,
    Registry,
    VulnerabilityDetail,
    trivy_database,
)


@pytest.fixture
def town(tmp_path: Path, database_url: str, opening: Callable[[str], Engine]) -> Iterator[Town]:
    with ExitStack() as stack:
        registry = stack.enter_context(Registry(tmp_path / "registry"))
        mirror = stack.enter_context(Registry(tmp_path / "mirror"))
        now = datetime.now(UTC)  # noqa: TID251 - what runs is asked for no time
        known = now - timedelta(days=9)
        detail = VulnerabilityDetail("CVE-2026-1", title="one", severity="HIGH", published=known)
        advisory = OsAdvisory("debian 12", "openssl", "CVE-2026-1", fixed_version=FIXED)
        database = trivy_database([advisory], [detail], updated_at=now - timedelta(hours=1))
        with Pusher(mirror.url) as pusher:
            pusher.push_artifact("db", "2", database.artifact())
        made = Town(tmp_path, registry, mirror, database_url, opening(database_url))
        yield made
        for one in made.running:
            if one.process.poll() is None:
                one.process.kill()
                one.process.wait()
