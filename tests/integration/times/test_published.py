"""Published reports: the bytes that they were, whatever changes, and told apart by their sha256."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.integration.store_views.conftest import day
from tests.integration.times.conftest import Desk
from watcher.adapters.store.tables.published import published_reports
from watcher.report.figures import management

Captured = pytest.CaptureFixture[str]


def listed(desk: Desk) -> list[dict[str, Any]]:
    written = json.loads(desk.told("published", "--format", "json"))
    assert written["schema"] == "watcher/published/1"
    entries: list[dict[str, Any]] = written["published"]
    return entries


def test_a_published_report_is_the_same_bytes_after_everything_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    handed_on = desk.report(day(12), "--publish")
    (one,) = listed(desk)
    assert one["sha256"] == f"sha256:{sha256(handed_on).hexdigest()}"
    assert one["sha256"] in capsys.readouterr().err
    assert (one["as_of"], one["bytes"]) == ("2026-03-13T00:00:00Z", len(handed_on))
    monkeypatch.setattr(management, "FIGURES_VERSION", 99)
    desk.configure(owners=[])
    desk.sync(day(13))
    assert desk.report(day(12)) != handed_on
    for which in (one["id"], one["sha256"], one["sha256"][:15], "2026-03-20T00:00:00Z"):
        assert desk.told("published", which) == handed_on


def test_a_report_that_is_not_published_is_not_kept(desk: Desk) -> None:
    desk.report(day(12))
    assert listed(desk) == []


def test_a_page_is_published_as_what_it_is_drawn_from(desk: Desk) -> None:
    page = desk.told("report", "--as-of", "2026-03-13T00:00:00Z", "--format", "html", "--publish")
    assert page.startswith(b"<!doctype html>")
    assert desk.told("published", "1") == desk.report(day(12))


def test_the_same_bytes_are_published_once_and_as_they_were_first(desk: Desk) -> None:
    desk.report(day(12), "--publish")
    first = listed(desk)
    desk.now = day(20)
    desk.report(day(12), "--publish")
    assert listed(desk) == first
    desk.report(day(12), "--publish", "--known-now")
    assert [one["known_now"] for one in listed(desk)] == [False, True]


def test_a_time_names_the_one_published_last_by_then(desk: Desk) -> None:
    early, late = desk.report(day(8), "--publish"), None
    desk.now = day(15)
    late = desk.report(day(12), "--publish")
    assert desk.told("published", "2026-03-14T00:00:00Z") == early
    assert desk.told("published", "2026-03-16T00:00:00Z") == late


@pytest.mark.parametrize("which", ["7", "sha256:0123456789", "2026-01-01T00:00:00Z", "latest"])
def test_what_was_never_published_is_wrong_usage(desk: Desk, which: str, capsys: Captured) -> None:
    desk.report(day(12), "--publish")
    assert desk.run("published", which) == 2
    assert "watcher published lists" in capsys.readouterr().err


@pytest.mark.parametrize("damage", [b"", b"not gzip"])
def test_damaged_bytes_are_never_handed_on(desk: Desk, damage: bytes, capsys: Captured) -> None:
    desk.report(day(12), "--publish")
    with desk.fleet.engine.begin() as connection:
        connection.execute(update(published_reports).values(body=damage))
    assert desk.run("published", "1") == 3
    assert "is not what it was" in capsys.readouterr().err
    with desk.fleet.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(published_reports)) == 1
