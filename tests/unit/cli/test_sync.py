"""`watcher sync`: which stages at which time, what is told, and with which code it ends."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.cli.conftest import DIGEST, NOON, NOW, Desk
from watcher.domain.errors import StartError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.note import Note
from watcher.ports.store.passes import Failure
from watcher.ports.store.views import FinishedPass
from watcher.services.pass_ import STAGES, PassReport

Captured = pytest.CaptureFixture[str]
BROKEN = Failure("catalog", "local/shop/api@sha256:1", "Trivy was \x1b[31mstopped", retry=True)
VERSION = KnowledgeVersion(1, "0.74.0", DIGEST, NOON, NOON, NOON)


def report(at: datetime, *failures: Failure) -> PassReport:
    return PassReport(
        at,
        Counter(tags=5, tags_changed=1),
        {"knowledge": 0.25, "inventory": 1.5},
        list(failures),
        VERSION,
        knowledge_changed=True,
    )


def test_a_pass_is_made_now_with_every_stage(desk: Desk) -> None:
    assert desk.run("sync") == 0
    assert desk.runner.made == [(NOW, NOW, STAGES)]
    assert desk.database.required == [True]


def test_a_pass_of_now_is_recorded_to_the_second(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = NOW + timedelta(microseconds=999_999)
    session = desk.session()
    session.now = lambda: late
    monkeypatch.setattr(desk, "session", lambda: session)
    desk.run("sync")
    assert desk.runner.made == [(NOW, late, STAGES)]


def test_a_pass_is_made_at_the_time_asked_for(desk: Desk) -> None:
    assert desk.run("sync", "--at", "2026-01-31T12:00:00+01:00") == 0
    assert desk.runner.made == [(datetime(2026, 1, 31, 11, tzinfo=UTC), NOW, STAGES)]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--only", "knowledge", "match", "exposure"],
        ["--only", "exposure", "--only", "match", "knowledge"],
        ["--only=match", "knowledge", "exposure", "--format", "json"],
    ],
)
def test_only_the_stages_named_run_in_their_own_order(desk: Desk, arguments: list[str]) -> None:
    assert desk.run("sync", *arguments) == 0
    assert desk.runner.made == [(NOW, NOW, ("knowledge", "match", "exposure"))]


def test_failures_are_listed_and_end_with_code_one(desk: Desk, capsys: Captured) -> None:
    lasting = Failure("inventory", "local", "it says no", retry=False)
    desk.runner.reports = lambda at: report(at, BROKEN, lasting)
    assert desk.run("sync", "--format", "json") == 1
    out, err = capsys.readouterr()
    assert err == (
        "watcher: failed: catalog: local/shop/api@sha256:1: Trivy was \\x1b[31mstopped; "
        "the next pass tries again\n"
        "watcher: failed: inventory: local: it says no\n"
    )
    assert json.loads(out)["failures"] == [
        {
            "stage": "catalog",
            "subject": "local/shop/api@sha256:1",
            "error": "Trivy was \x1b[31mstopped",
            "retry": True,
        },
        {"stage": "inventory", "subject": "local", "error": "it says no", "retry": False},
    ]


def test_the_document_has_every_key_of_the_contract(desk: Desk, tmp_path: Path) -> None:
    desk.runner.reports = report
    file = tmp_path / "sync.json"
    assert desk.run("sync", "--format", "json", "-o", str(file)) == 0
    told = json.loads(file.read_text())
    assert (told["schema"], told["at"]) == ("watcher/sync/1", "2026-03-01T13:00:00Z")
    assert told["knowledge"] == {
        "db": DIGEST,
        "java_db": None,
        "effective_at": "2026-03-01T12:00:00Z",
        "changed": True,
    }
    assert told["counts"] == {
        "tags": 5,
        "tags_changed": 1,
        "images_new": 0,
        "catalogued": 0,
        "audited": 0,
        "mismatching": 0,
        "direct": 0,
        "packages_distinct": 0,
        "packages_matched": 0,
        "matches_added": 0,
        "matches_removed": 0,
        "episodes_opened": 0,
        "episodes_closed": 0,
        "bumps_planned": 0,
        "tickets_created": 0,
        "tickets_updated": 0,
        "tickets_closed": 0,
        "registry_requests": 0,
        "manifest_gets": 0,
        "bytes_pulled": 0,
        "trivy_runs": 0,
    }
    assert told["seconds"] == {
        "knowledge": 0.25,
        "inventory": 1.5,
        "catalog": 0.0,
        "match": 0.0,
        "exposure": 0.0,
        "bump": 0.0,
        "ticket": 0.0,
    }
    assert (told["failures"], told["notes"]) == ([], [])


def test_a_person_reads_a_line_for_each_stage_that_ran(desk: Desk, capsys: Captured) -> None:
    desk.runner.reports = report
    desk.run("sync")
    assert capsys.readouterr().out == (
        "pass of 2026-03-01T13:00:00Z\n"
        "knowledge  0123456789ab of 2026-03-01T12:00:00Z, new (0.2 s)\n"
        "inventory  5 tags seen, 1 changed (1.5 s)\n"
        "failures   0\n"
    )


def test_a_pass_that_files_updates_or_closes_tickets_says_so(desk: Desk, capsys: Captured) -> None:
    counts = Counter(bumps_planned=4, tickets_created=2, tickets_updated=3, tickets_closed=1)
    desk.runner.reports = lambda at: PassReport(at, counts, {"bump": 0.5, "ticket": 0.25})
    desk.run("sync")
    assert capsys.readouterr().out == (
        "pass of 2026-03-01T13:00:00Z\n"
        "bump       4 bumps planned (0.5 s)\n"
        "ticket     2 tickets filed, 3 updated, 1 closed (0.2 s)\n"
        "failures   0\n"
    )


def test_a_note_is_a_line_and_no_failure(desk: Desk, capsys: Captured) -> None:
    note = Note("ticket", "tickets: 12", "closed by a \x1b[31mperson")
    desk.runner.reports = lambda at: PassReport(at, notes=[note])
    assert desk.run("sync") == 0
    out, err = capsys.readouterr()
    assert out == "pass of 2026-03-01T13:00:00Z\nfailures   0\nnotes      1\n"
    assert err == "watcher: note: ticket: tickets: 12: closed by a \\x1b[31mperson\n"
    desk.run("sync", "--format", "json")
    assert json.loads(capsys.readouterr().out)["notes"] == [
        {"stage": "ticket", "subject": "tickets: 12", "note": "closed by a \x1b[31mperson"}
    ]


def test_a_missing_trivy_is_noticed_before_anything_is_recorded(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    class Missing:
        @property
        def version(self) -> str:
            raise StartError("Trivy is not there: install it")

    monkeypatch.setattr(desk.runner, "scanner", Missing())
    assert desk.run("sync") == 3
    assert desk.runner.made == []
    assert capsys.readouterr().err == "watcher: error: Trivy is not there: install it\n"
    assert desk.run("sync", "--only", "inventory", "exposure") == 0


def test_a_database_that_is_not_ready_ends_with_code_three(desk: Desk) -> None:
    desk.database.failure = StartError("the database is of a newer watcher")
    assert desk.run("sync") == 3
    assert desk.runner.made == []


def test_a_pass_ahead_of_the_clock_is_taken_with_a_warning(desk: Desk, capsys: Captured) -> None:
    assert desk.run("sync", "--at", "2099-01-01T00:00:00Z") == 0
    assert "lies ahead of the clock" in capsys.readouterr().err


def test_after_a_pass_ahead_of_the_clock_one_is_asked_for_a_time(
    desk: Desk, capsys: Captured
) -> None:
    ahead = datetime(2099, 1, 1, tzinfo=UTC)
    desk.views.last = FinishedPass(1, ahead, ahead)
    assert desk.run("sync") == 2
    assert "recorded at 2099-01-01T00:00:00Z, ahead of the clock" in capsys.readouterr().err
