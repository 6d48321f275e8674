"""`watcher doctor`: looks at everything, and fails only where a pass would."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest

from tests.fakes.knowledge import FakeArtifacts
from tests.fakes.sign_in import FakeSignIn
from tests.fakes.tracker import FakeTracker
from tests.unit.cli.conftest import DIGEST, NOON, Desk
from watcher.cli.checks import all_checks
from watcher.config import load
from watcher.domain.errors import StartError, TransientError
from watcher.domain.reference import ArtifactReference
from watcher.ports.store.views import FinishedPass, KnowledgeDelta
from watcher.report.doctor import Check
from watcher.services.knowledge import Sources

BACK = "https://watcher.example/sign-in/back"
Captured = pytest.CaptureFixture[str]

IN_FORCE = KnowledgeDelta(
    scanner="0.74.0",
    db_digest=DIGEST,
    source="db.invalid/trivy-db:2",
    updated_at=NOON - timedelta(hours=5),
    seen_at=NOON,
    applied_at=NOON,
    effective_at=NOON,
    added=0,
    removed=0,
    first_matched=0,
    contexts=1,
)


GAR = "{name: a, kind: artifact-registry, project: acme, location: eu"
ACCOUNT = "push@acme.iam.gserviceaccount.com"
CLOSED = (
    "closed: pushes are seen at the next listing; webhook_secret would let the registry tell of"
    " them"
)


class Usage(NamedTuple):
    """What the disk says."""

    total: int
    used: int
    free: int


@pytest.fixture
def desk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A watcher that lacks nothing."""
    desk.artifacts.offered = DIGEST
    desk.views.versions = [IN_FORCE]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100 << 30, 0, 100 << 30))
    return desk


def checked(desk: Desk) -> dict[str, Check]:
    with desk.build(load(desk.file, {})) as app:
        return {one.subject: one for one in all_checks(app, desk.file, NOON)}


def test_a_watcher_that_lacks_nothing_is_well(desk: Desk, capsys: Captured) -> None:
    assert desk.run("doctor", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["healthy"]) == ("watcher/doctor/1", True)
    assert {one["check"]: (one["state"], one["message"]) for one in told["doctor"]} == {
        "configuration": ("ok", f"{desk.file}, registries: 1"),
        "database": ("ok", "sqlite:///watcher.db at migration 0001, 3.0 MiB"),
        "passes": ("ok", "the last one that ended is of 2026-03-01T12:00:00Z"),
        "knowledge": ("ok", f"{DIGEST} of 2026-03-01T07:00:00Z, 6 h old"),
        "trivy": ("ok", "version 0.74.0"),
        "db db.invalid/trivy-db:2": ("ok", f"offers {DIGEST}"),
        "registry local": ("ok", "local is in memory; repositories included: 0"),
        "hooks local": ("ok", CLOSED),
        "disk": ("ok", f"100.0 GiB free at {desk.folder}"),
    }


def test_images_that_are_matched_on_their_own_are_counted(desk: Desk) -> None:
    assert "matching" not in checked(desk)
    desk.views.direct = 3
    told = checked(desk)["matching"]
    assert (told.state, told.message.partition(":")[0]) == (
        "warn",
        "3 images are matched by scans of their own",
    )


def test_each_tracker_is_a_line(desk: Desk) -> None:
    desk.trackers = {name: FakeTracker(name) for name in ("code", "tickets")}
    desk.trackers["code"].fail_next("tickets", TransientError("code does not answer"))
    told = checked(desk)
    assert told["tracker code"] == Check("tracker code", "fail", "code does not answer")
    assert told["tracker tickets"].state == "ok"


def test_each_thing_that_fails_is_a_line_and_the_others_are_checked(
    desk: Desk, capsys: Captured
) -> None:
    desk.database.failure = StartError("the database cannot be opened")
    desk.registry.fail(TransientError("nobody answers"))
    desk.artifacts.failure = TransientError("the mirror is down")
    assert desk.run("doctor") == 1
    lines = capsys.readouterr().out.splitlines()
    failed = [line.split(maxsplit=1)[1] for line in lines if line.startswith("fail")]
    assert [" ".join(line.split()) for line in failed] == [
        "database the database cannot be opened",
        "db db.invalid/trivy-db:2 the mirror is down",
        "registry local nobody answers",
    ]
    assert any(line.startswith("ok     trivy") for line in lines)


def test_a_mirror_that_fails_is_a_warning_while_another_answers(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = (
        ArtifactReference(host, "trivy-db", "2") for host in ("one.invalid", "two.invalid")
    )

    class OneDown(FakeArtifacts):
        def poll(self, reference: ArtifactReference) -> str:
            if reference == bad:
                raise TransientError("it is down")
            return DIGEST

    real = desk.parts
    sources = Sources([good, bad], [])
    monkeypatch.setattr(
        desk,
        "parts",
        lambda progress: replace(real(progress), sources=sources, artifacts=OneDown()),
    )
    states = {subject: one.state for subject, one in checked(desk).items()}
    assert (states[f"db {good}"], states[f"db {bad}"]) == ("ok", "warn")


def test_a_configuration_that_watches_nothing_is_a_warning(desk: Desk) -> None:
    desk.configure("registries: []")
    assert checked(desk)["configuration"].state == "warn"


def test_a_provider_of_sign_ins_is_asked_and_told_where_people_come_back(desk: Desk) -> None:
    assert "sign-in" not in checked(desk)
    desk.configure(
        "registries: [{name: local, kind: oci, url: 'http://127.0.0.1:5000'}]\n"
        "web:\n  url: https://watcher.example\n"
        "  auth: {oidc: {issuer: 'https://id.example', client_id: w, client_secret: s}}"
    )
    desk.provider = FakeSignIn()
    told = checked(desk)["sign-in"]
    assert (told.state, told.message) == (
        "ok",
        f"https://id.example answers; let it send people back to {BACK}",
    )
    desk.provider = FakeSignIn(TransientError("it is away"))
    assert checked(desk)["sign-in"] == Check("sign-in", "fail", "it is away")


def test_a_file_without_a_schema_is_a_warning_and_a_server_without_one_a_failure(
    desk: Desk,
) -> None:
    desk.database.current = None
    told = checked(desk)
    assert (told["database"].state, "passes" in told) == ("warn", False)
    assert told["database"].message.endswith("run `watcher sync`")
    desk.database.file = desk.database.size = None
    told = checked(desk)
    assert told["database"].state == "fail"
    assert told["database"].message.endswith("run `watcher db upgrade`")


def test_old_passes_and_old_knowledge_are_warnings(desk: Desk) -> None:
    desk.views.last = FinishedPass(7, NOON, NOON - timedelta(hours=25))
    desk.views.versions = [replace(IN_FORCE, updated_at=NOON - timedelta(hours=24))]
    told = checked(desk)
    assert (told["passes"].state, told["knowledge"].state) == ("warn", "warn")


def test_nothing_recorded_yet_is_a_warning(desk: Desk) -> None:
    desk.views.versions = []
    assert checked(desk)["knowledge"].state == "warn"
    desk.views.last = None
    told = checked(desk)
    assert (told["passes"].state, "knowledge" in told) == ("warn", False)


@pytest.mark.parametrize(("free", "state"), [(1 << 20, "fail"), (1 << 30, "warn")])
def test_a_disk_that_is_nearly_full_is_told_before_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100 << 30, 0, free))
    assert checked(desk)["disk"].state == state


@pytest.mark.parametrize(("mebibytes", "near"), [(3071, False), (3072, True), (9000, True)])
def test_a_file_is_told_to_be_near_its_ceiling_before_it_gets_there(
    desk: Desk, mebibytes: int, *, near: bool
) -> None:
    desk.database.size = mebibytes << 20
    told = checked(desk)
    assert ("database size" in told) == near
    assert (told["database"].state, "passes" in told) == ("ok", True)
    if near:
        assert told["database size"].state == "warn"
        assert "PostgreSQL" in told["database size"].message


@pytest.mark.parametrize(
    ("registry", "told"),
    [
        (
            "{name: a, kind: oci, url: 'http://x', webhook_secret: sixteen-letters-}",
            "open: let the registry send to https://<where the web is reached>/hooks/a, with the",
        ),
        (
            "{name: a, kind: docker-hub, namespaces: [x], webhook_secret: sixteen-letters-}",
            "open: let each repository send to https://<where the web is reached>/hooks/a/<webhook",
        ),
        (
            f"{GAR}, webhook_account: {ACCOUNT}, webhook_audience: 'https://w.example/hooks/a'}}",
            "open for push@acme.iam.gserviceaccount.com: let Pub/Sub push to https://<where the",
        ),
        (
            f"{GAR}}}",
            "closed: pushes are seen at the next listing; webhook_audience and webhook_account",
        ),
    ],
)
def test_where_hooks_are_to_be_sent_is_said(desk: Desk, registry: str, told: str) -> None:
    desk.configure(f"registries: [{registry}]")
    check = checked(desk)["hooks a"]
    assert check.state == "ok"
    assert check.message.startswith(told)
    assert "sixteen" not in check.message
