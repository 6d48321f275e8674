"""Readiness says what is missing, and means it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from watcher.bootstrap import App
from watcher.domain.errors import StartError
from watcher.ports.store.views import FinishedPass
from watcher.web.health import health, missing
from watcher.web.site import Part, Site

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Record:
    """As much of a watcher as readiness asks."""

    last: FinishedPass | None
    migrated: bool = True
    lost: bool = False
    stale_after: timedelta = timedelta(hours=24)

    @property
    def database(self) -> Record:
        return self

    @property
    def views(self) -> Record:
        return self

    @property
    def config(self) -> Record:
        return self

    @property
    def ready(self) -> bool:
        return self.migrated

    def state(self) -> Record:
        return self

    def finished(self, at: datetime | None) -> FinishedPass | None:
        assert at is None
        if self.lost:
            raise StartError("gone")
        return self.last


def made(hours_ago: float) -> FinishedPass:
    return FinishedPass(1, NOW - timedelta(days=9), NOW - timedelta(hours=hours_ago))


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Record(made(1)), None),
        (Record(made(24)), None),
        (Record(made(24.1)), "no pass was completed since 2026-03-01T11:54:00Z"),
        (Record(None), "no pass was completed yet"),
        (Record(made(1), migrated=False), "the database is not migrated"),
        (Record(made(1), lost=True), "the database cannot be read"),
    ],
)
def test_ready_is_what_has_fresh_passes_to_show(record: Record, reason: str | None) -> None:
    found = missing(Site(cast("App", record), lambda: NOW))
    assert found == reason if reason is None else (found or "").startswith(reason)


def test_health_names_the_parts_that_are_ill() -> None:
    parts = {"scheduler": Part("leads"), "stage match": Part("failures: 3", well=False)}
    found = health(Site(cast("App", Record(made(1))), lambda: NOW, lambda: parts))
    assert (found["alive"], found["well"], found["ill"]) == (True, False, ["stage match"])
    lost = health(Site(cast("App", Record(made(1), lost=True)), lambda: NOW))
    assert lost["ill"] == ["record"]
    assert health(Site(cast("App", Record(made(1))), lambda: NOW))["well"]
