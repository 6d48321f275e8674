"""Real Trivy on a fleet with an image that no document can carry, and with a broken rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.contract.store.fleet import exposures
from tests.faults.story.days import DAYS
from tests.faults.story.flaws import IN_OPENSSL, UNNAMED_IN_JINJA, day
from tests.faults.story.real import Servers, served_days
from tests.faults.story.world import World
from watcher.adapters.scanners.trivy import component
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.migrate import upgrade
from watcher.adapters.store.views import SqlViews
from watcher.bootstrap import pass_runner
from watcher.domain.package import Package
from watcher.ports.store.passes import Snapshot
from watcher.ports.store.views import WatchedImage
from watcher.services.audit import Sample
from watcher.services.pass_ import Mood, PassReport, Stage

pytestmark = pytest.mark.servers

STAGES: tuple[Stage, ...] = ("match", "audit", "exposure")
FIRST = DAYS[0]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with served_days(tmp_path_factory.mktemp("days")) as served:
        yield served


@pytest.fixture
def world(tmp_path: Path, servers: Servers) -> Iterator[World]:
    engine = open_engine(f"sqlite:///{tmp_path / 'watcher.db'}")
    upgrade(engine)
    yield World(tmp_path, engine, servers.setting)
    engine.dispose()


def audit(world: World, number: float) -> PassReport:
    at = day(number)
    runner = pass_runner(world._parts(FIRST))
    return runner.make(at, at, STAGES, Snapshot("0" * 64, "{}"), Mood(sample=Sample(every=True)))


def images(engine: Engine) -> list[WatchedImage]:
    views = SqlViews(engine)
    done = views.finished(None)
    return views.images(done.number if done else 0)


def uncovered(engine: Engine) -> list[str | None]:
    views = SqlViews(engine)
    done = views.finished(None)
    assert done is not None
    judged = views.coverage(done.number, done.at, timedelta(days=1))
    return [one.reason for one in judged.values() if not one.covered]


def exposed_by(vulnerability: str, engine: Engine, number: float) -> set[str]:
    return {path for path, name in still_open(engine, number) if name == vulnerability}


def still_open(engine: Engine, number: float) -> set[tuple[str, str]]:
    told: Any = exposures(engine, day(number))
    return {(one["repository"], one["vulnerability"]) for one in told["windows"] if one["open"]}


def test_an_image_that_no_document_can_carry_is_scanned_and_the_others_are_equal(
    world: World,
) -> None:
    report = world.make(FIRST)
    assert report.failures == []
    direct = [one for one in images(world.engine) if one.direct is not None]
    assert [one.repository.path for one in direct] == ["open/curated"]
    assert "RapidFort" in (direct[0].direct or "")
    assert ("open/curated", UNNAMED_IN_JINJA.name) in still_open(world.engine, 1)
    assert uncovered(world.engine) == []
    audited = audit(world, 2)
    assert audited.audit is not None
    assert (audited.audit.mismatching, audited.audit.direct) == ([], 1)
    shown = {f"{one.repository}@{one.digest}" for one in images(world.engine)}
    named = {one.subject for one in audited.audit.audited}
    assert shown - named == {f"{direct[0].repository}@{direct[0].digest}"}
    assert {one.partition("@")[0] for one in named - shown} == {"local/base/python"}
    assert sum(one.findings for one in audited.audit.audited) > 10


def test_a_broken_rule_is_found_named_and_made_good_by_scans_of_the_images(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.make(FIRST).failures == []
    at_first = exposed_by(IN_OPENSSL.name, world.engine, 1)
    told = component._source

    def broken(kind: str, package: Package) -> list[tuple[str, str]]:
        """Forget which source openssl is built from, so that its advisories are not found."""
        written = told(kind, package)
        return written if package.name != "openssl" else [("SrcName", "lost"), *written[1:]]

    monkeypatch.setattr(component, "_source", broken)
    # New knowledge is matched by the broken rule: what it no longer finds seems to have ended, but
    # for an image that is new, since that is compared at once.
    report = world.make(DAYS[1])
    assert {one.subject.partition("@")[0] for one in report.failures} == {"local/shop/worker"}
    assert exposed_by(IN_OPENSSL.name, world.engine, 3) == {"shop/worker"}
    found = audit(world, 4).audit
    assert found is not None
    for one in found.mismatching:
        assert {each["vulnerability"] for each in one.differences} == {IN_OPENSSL.name}
        assert {each["side"] for each in one.differences} == {"missing"}
    # From the audit on their own scans tell, and what was lost is there again.
    assert exposed_by(IN_OPENSSL.name, world.engine, 4) == at_first
    assert len(at_first) > 3
    assert uncovered(world.engine) == []
    assert found.direct == 2 + len(found.mismatching)
    assert audit(world, 4.5).counts["direct"] == found.direct
