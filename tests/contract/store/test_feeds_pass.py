"""Feeds through whole passes: what they change in due times; their failures end nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.contract.store.fleet import Fleet, Inline, day
from tests.fakes.progress import Silent
from watcher.adapters.feeds import Feed
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.feeds import SqlFeeds
from watcher.adapters.store.views import SqlViews
from watcher.bootstrap import Parts, pass_runner
from watcher.config.policies import preset
from watcher.domain.reference import ArtifactReference
from watcher.domain.stream import StreamRule
from watcher.ports.store.exposures import WindowFilter
from watcher.ports.store.passes import Snapshot
from watcher.report.dues import Judge
from watcher.report.exposures import document
from watcher.services.knowledge import Sources
from watcher.services.pass_ import STAGES, PassReport

FLAW = "CVE-2024-1000"


@dataclass
class Office:
    """An agency under BOD 26-04 with one exposed stream, and files of feeds that change."""

    engine: Engine
    folder: Path
    fleet: Fleet = field(default_factory=lambda: Fleet(by="tag"))

    def __post_init__(self) -> None:
        self.fleet.learn(day(-9), {"libc": [FLAW]}, {FLAW: day(-90)})
        self.fleet.push("shop/api", "latest", ["libc"], pushed_at=day(-2))
        points = "cve,exploitation,automatable,technical_impact\n"
        (self.folder / "ssvc").write_text(f"{points}{FLAW},poc,no,partial\n")

    def lists(self, at: float, *names: str) -> None:
        listed = [{"cveID": name, "dateAdded": f"{day(at):%Y-%m-%d}"} for name in names]
        told = {"dateReleased": day(at).isoformat(), "vulnerabilities": listed}
        (self.folder / "kev").write_text(json.dumps(told))

    def sync(self, at: float) -> PassReport:
        fleet = self.fleet
        parts = Parts(
            engine=self.engine,
            registries=[fleet.registry],
            artifacts=fleet.artifacts,
            library=fleet.library,
            scanner=fleet.scanner,
            sources=Sources([ArtifactReference("db.invalid", "trivy-db", "2")], []),
            includes=lambda _: True,
            rules=[StreamRule(by="tag")],
            executor=Inline(),
            progress=Silent(),
            feeds=[Feed("kev", str(self.folder / "kev")), Feed("ssvc", str(self.folder / "ssvc"))],
        )
        return pass_runner(parts).make(day(at), day(at), STAGES, Snapshot("0" * 64, "{}"))

    def window(self, at: float) -> Mapping[str, Any]:
        """The one window as it stood at a time."""
        done = SqlViews(self.engine).finished(day(at))
        assert done is not None
        flaws = SqlFeeds(self.engine).flaws(done.number)
        judge = Judge(preset("bod-26-04"), lambda _: {"internet_reachable": "no"}, flaws)
        windows = SqlExposures(self.engine).windows(WindowFilter(), done.number)
        told: dict[str, Any] = document(day(at), windows, lambda _: None, {}, judge)
        (window,) = told["windows"]
        found: Mapping[str, Any] = window
        return found

    def due(self, at: float) -> tuple[str, str | None]:
        """State and time of the last episode."""
        last = self.window(at)["episodes"][-1]
        return last["due_state"], last["due"]


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path)


def test_a_listing_brings_a_due_time_from_the_pass_that_saw_it(office: Office) -> None:
    (office.folder / "kev").write_text(json.dumps({"vulnerabilities": []}))
    assert [one.subject for one in office.sync(1).failures] == ["feeds.kev"]  # empty is no feed
    assert office.due(1) == ("undetermined", None)
    office.lists(2, "CVE-2021-44228")
    assert office.sync(2).failures == []
    assert office.due(2) == ("unlimited", None)
    office.lists(5, "CVE-2021-44228", FLAW)
    office.sync(6)
    assert office.due(6) == ("due", f"{day(6 + 14):%Y-%m-%dT%H:%M:%SZ}")
    assert office.window(6)["kev"] is True
    # What was known before stays known as it was.
    assert office.due(1) == ("undetermined", None)
    assert office.due(2) == ("unlimited", None)
    assert office.window(2)["kev"] is False


def test_a_feed_that_is_gone_cut_or_old_ends_nothing_and_is_named(office: Office) -> None:
    office.lists(2, FLAW)
    assert office.sync(2).failures == []
    before = office.due(2)
    assert before[0] == "due"
    kev = office.folder / "kev"
    for at, content in enumerate((b"", kev.read_bytes()[:-9], b"<html>", None), 3):
        kev.write_bytes(content) if content is not None else kev.unlink()
        (failure,) = office.sync(at).failures
        assert (failure.stage, failure.subject) == ("knowledge", "feeds.kev")
        assert office.due(at) == before
    office.lists(1, "CVE-2021-44228")
    (failure,) = office.sync(9).failures
    assert "older than what was recorded" in failure.error
    assert office.due(9) == before
