"""`watcher audit`: what it asks for, what it tells, and how it ends."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from tests.unit.cli.conftest import NOON, NOW, Desk
from watcher.ports.store.audits import Audited
from watcher.ports.store.passes import Failure
from watcher.ports.store.views import FinishedPass
from watcher.services.audit import AuditOutcome, Sample
from watcher.services.pass_ import PassReport

Captured = pytest.CaptureFixture[str]

DIFFERENCE = {
    "side": "missing",
    "vulnerability": "CVE-2026-1",
    "context": "debian 12",
    "package": "openssl",
    "installed_version": "3.0.11",
    "fixed_version": None,
    "status": "affected",
    "severity": "HIGH",
    "severity_source": "nvd",
    "rule": "unknown",
}
EQUAL = Audited("local/shop/web@sha256:2", 40, [])
DIFFERING = Audited("local/shop/api@sha256:1", 2, [DIFFERENCE, {**DIFFERENCE, "side": "extra"}])


def finds(desk: Desk, *audited: Audited, failures: tuple[Failure, ...] = ()) -> None:
    def report(at: datetime) -> PassReport:
        found = AuditOutcome("audit", audited=list(audited), direct=3)
        made = PassReport(at, audit=found, failures=list(failures))
        made.counts["mismatching"] = len(found.mismatching)
        return made

    desk.runner.reports = report


def test_an_audit_that_finds_nothing_ends_well(desk: Desk, capsys: Captured) -> None:
    finds(desk, EQUAL)
    assert desk.run("audit", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": "watcher/audit/1",
        "at": "2026-03-01T13:00:00Z",
        "images": 1,
        "findings": 40,
        "direct": 3,
        "mismatching": [],
        "failures": [],
    }
    assert desk.runner.made == [(NOW, NOW, ("match", "audit", "exposure"))]
    assert desk.runner.moods[0].sample == Sample()


def test_a_difference_is_told_by_its_side_and_ends_with_4(desk: Desk, capsys: Captured) -> None:
    named = Failure("audit", DIFFERING.subject, "it differs", retry=False)
    finds(desk, EQUAL, DIFFERING, failures=(named,))
    assert desk.run("audit", "--format", "json") == 4
    out, err = capsys.readouterr()
    told = json.loads(out)
    said = {key: value for key, value in DIFFERENCE.items() if key != "side"}
    assert told["mismatching"] == [{"image": DIFFERING.subject, "missing": [said], "extra": [said]}]
    assert (told["images"], told["findings"], err) == (2, 42, "")


def test_a_table_has_a_row_for_each_difference(desk: Desk, capsys: Captured) -> None:
    finds(desk, EQUAL, DIFFERING)
    assert desk.run("audit", "--all") == 4
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[1:3]] == ["missing", "extra"]
    assert lines[-1] == (
        "2 images audited, 42 findings compared, 1 images differ; 3 are matched on their own"
    )
    assert desk.runner.moods[0].sample == Sample(every=True)


def test_an_image_that_differs_at_birth_counts_too(desk: Desk) -> None:
    def report(at: datetime) -> PassReport:
        made = PassReport(at, audit=AuditOutcome("audit"))
        made.counts["mismatching"] = 1
        return made

    desk.runner.reports = report
    assert desk.run("audit") == 4


def test_a_scan_that_failed_is_an_audit_done_in_part(desk: Desk, capsys: Captured) -> None:
    finds(desk, EQUAL, failures=(Failure("audit", "local/a@sha256:3", "no answer", retry=True),))
    assert desk.run("audit", "--sample", "7") == 1
    assert "failed: audit: local/a@sha256:3: no answer" in capsys.readouterr().err
    assert desk.runner.moods[0].sample == Sample(most=7)


@pytest.mark.parametrize("options", [["--sample", "0"], ["--sample", "3", "--all"]])
def test_what_cannot_be_sampled_is_wrong_usage(desk: Desk, options: list[str]) -> None:
    assert desk.run("audit", *options) == 2
    assert desk.runner.made == []


def test_before_the_first_pass_there_is_nothing_to_audit(desk: Desk, capsys: Captured) -> None:
    desk.views.last = None
    assert desk.run("audit") == 3
    assert "watcher sync" in capsys.readouterr().err


def test_an_audit_is_recorded_no_earlier_than_the_last_pass(desk: Desk) -> None:
    ahead = NOON + timedelta(days=9)
    desk.views.last = FinishedPass(7, ahead, ahead)
    finds(desk, EQUAL)
    assert desk.run("audit") == 0
    assert [at for at, _, _ in desk.runner.made] == [ahead]
