"""Passes on a real cluster with real Trivy: the same record as in threads, whatever is killed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.integration.dask.cluster import Cluster, Program
from tests.integration.dask.holding import HoldingTrivy
from tests.integration.dask.world import IMAGES, Record, Watching, World, staged, watching
from watcher.adapters.executors import dask
from watcher.adapters.executors.watch import Patience
from watcher.demo.workshop import READER
from watcher.services.pass_ import PassReport
from watcher.services.work import place
from watcher.services.work.bench import Bench

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]

NUMBERS = count()


@dataclass
class Scene:
    """A cluster of which nothing runs yet, and a watcher over it that has made no pass."""

    world: World
    cluster: Cluster
    trivy: HoldingTrivy
    watcher: Watching
    thread: ThreadPoolExecutor
    states: Iterator[int] = field(default_factory=count)

    def hire(self) -> Program:
        """Start a worker with a state folder of its own, in which no database is yet."""
        state = self.cluster.folder / f"state{next(self.states)}"
        own = {"WATCHER_STATE": str(state), "WATCHER_TRIVY__BINARY": str(self.trivy.binary)}
        return self.cluster.worker(own)

    def caught(self, day: float, runs: int = 1) -> Future[PassReport]:
        """Begin a pass and catch it while so many runs of Trivy are under way."""
        self.trivy.hold()
        making = self.thread.submit(self.watcher.sync, day)
        self.trivy.began(runs)
        return making


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with staged(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(scope="module")
def in_threads(world: World) -> list[tuple[PassReport, Record]]:
    """What two passes in threads report and leave: all new, and then only new knowledge."""
    found = []
    with watching(world.configure("threads", "threads")) as watcher:
        for day in (0, 1):
            world.publish(day)
            found.append((watcher.sync(day), watcher.record()))
    assert found[0][0].counts["catalogued"] == IMAGES
    assert found[0][1] != found[1][1]
    return found


@pytest.fixture
def scene(
    world: World, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    hasty = partial(dask.DaskExecutor, patience=Patience(answer=3.0, worker=3.0))
    monkeypatch.setattr(dask, "DaskExecutor", hasty)
    world.publish(0)
    trivy = HoldingTrivy.made(tmp_path / "trivy")
    executor = {"dask": {"scheduler": cluster.address}}
    with (
        watching(world.configure(f"pass{next(NUMBERS)}", executor)) as watcher,
        ThreadPoolExecutor(1) as thread,
    ):
        yield Scene(world, cluster, trivy, watcher, thread)
        trivy.release()


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bench that puts work off as soon as nobody is there to do it."""
    monkeypatch.setattr(place, "Bench", partial(Bench, patience=1.0))


def test_a_pass_on_a_cluster_reports_and_leaves_what_one_in_threads_does(
    scene: Scene, in_threads: list[tuple[PassReport, Record]]
) -> None:
    scene.cluster.scheduler()
    for _ in range(2):
        scene.hire()
    for day, (report, record) in enumerate(in_threads):
        scene.world.publish(day)
        found = scene.watcher.sync(day)
        assert (found.counts, found.failures) == (report.counts, [])
        assert scene.watcher.record() == record
    assert in_threads[0][0].counts["trivy_runs"] > IMAGES
    assert READER.password not in scene.cluster.written()


def test_a_worker_killed_over_its_task_delays_the_pass_and_nothing_else(
    scene: Scene, in_threads: list[tuple[PassReport, Record]]
) -> None:
    scene.cluster.scheduler()
    first, _ = scene.hire(), scene.hire()
    making = scene.caught(0, runs=2)
    first.kill()
    scene.trivy.release()
    assert making.result().failures == []
    assert scene.watcher.record() == in_threads[0][1]


@pytest.mark.usefixtures("_impatient")
def test_the_last_worker_killed_leaves_work_to_the_next_pass(
    scene: Scene, in_threads: list[tuple[PassReport, Record]]
) -> None:
    scene.cluster.scheduler()
    worker = scene.hire()
    making = scene.caught(0)
    worker.kill()
    failures = making.result().failures
    assert len(failures) == IMAGES
    for one in failures:
        assert (one.stage, one.retry) == ("catalog", True)
        assert "has had no worker for 3 s" in one.error
    scene.trivy.release()
    scene.hire()
    assert scene.watcher.sync(0).failures == []
    assert scene.watcher.record() == in_threads[0][1]


@pytest.mark.parametrize("both", [False, True])
def test_a_scheduler_killed_and_started_again_delays_the_pass_and_nothing_else(
    scene: Scene, in_threads: list[tuple[PassReport, Record]], *, both: bool
) -> None:
    scheduler, worker = scene.cluster.scheduler(), scene.hire()
    making = scene.caught(0)
    scheduler.kill()
    if both:
        worker.kill()
    scene.trivy.release()
    scene.cluster.scheduler()
    scene.hire()
    assert making.result().failures == []
    assert scene.watcher.record() == in_threads[0][1]


@pytest.mark.usefixtures("_impatient")
def test_a_cluster_that_stays_away_leaves_work_to_the_next_pass(
    scene: Scene, in_threads: list[tuple[PassReport, Record]]
) -> None:
    scheduler, worker = scene.cluster.scheduler(), scene.hire()
    assert scene.watcher.sync(0).failures == []
    scene.world.publish(1)
    making = scene.caught(1)
    scheduler.kill()
    worker.kill()
    failures = making.result().failures
    assert {one.stage for one in failures} == {"match"}
    assert all(f"the Dask scheduler at {scene.cluster.address}" in one.error for one in failures)
    # A match that nobody made ends nothing.
    assert scene.watcher.record()[0] == in_threads[0][1][0]
    scene.trivy.release()
    scene.cluster.scheduler()
    scene.hire()
    assert scene.watcher.sync(1).failures == []
    assert scene.watcher.record() == in_threads[1][1]


def test_workers_of_another_version_are_told_of_in_a_line_for_each_image(scene: Scene) -> None:
    scene.cluster.scheduler()
    other = scene.cluster.worker(before="import watcher; watcher.__version__ = '0.0.9'")
    failures = scene.watcher.sync(0).failures
    assert len(failures) == IMAGES
    for one in failures:
        assert "with watcher 0.0.9 sent: install the same watcher" in one.error
        assert "\n" not in one.error
        assert one.retry
    other.kill()
    scene.hire()
    assert scene.watcher.sync(0).failures == []
