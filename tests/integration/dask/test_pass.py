"""Passes on a real cluster with real Trivy: the same record as in threads, whatever is killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.integration.dask.cluster import Cluster, Program
from tests.integration.dask.holding import HoldingTrivy
from tests.integration.dask.world import IMAGES, Watching, World, staged, watching
from watcher.adapters.executors import dask as module
from watcher.adapters.executors.watch import Patience
from watcher.demo.workshop import READER
from watcher.services.pass_ import PassReport
from watcher.services.work import place
from watcher.services.work.bench import Bench

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]

Record = tuple[Any, Mapping[str, int]]
Begin = Callable[[float], Future[PassReport]]
NAME = iter(f"pass{number}" for number in range(1000))


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
def trivy(tmp_path: Path) -> Iterator[HoldingTrivy]:
    made = HoldingTrivy.made(tmp_path / "trivy")
    yield made
    made.release()


@pytest.fixture
def hire(cluster: Cluster, trivy: HoldingTrivy, tmp_path: Path) -> Callable[[], Program]:
    """Starts a worker with a state folder of its own."""

    def one() -> Program:
        state = tmp_path / f"state{len(cluster.programs)}"
        return cluster.worker(
            {"WATCHER_STATE": str(state), "WATCHER_TRIVY__BINARY": str(trivy.binary)}
        )

    return one


@pytest.fixture
def watcher(world: World, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watching]:
    """A watcher over the cluster that has had no pass yet, and little patience."""
    monkeypatch.setattr(module, "_PATIENCE", Patience(answer=3.0, worker=3.0))
    world.publish(0)
    path = world.configure(next(NAME), {"dask": {"scheduler": cluster.address}})
    with watching(path) as made:
        yield made


@pytest.fixture
def begin(watcher: Watching) -> Iterator[Begin]:
    """Begins a pass in a thread of its own."""
    with ThreadPoolExecutor(1) as executor, ExitStack() as stack:
        yield lambda day: executor.submit(watcher.sync, day)
        stack.close()


def test_a_pass_on_a_cluster_reports_and_leaves_what_one_in_threads_does(
    world: World,
    cluster: Cluster,
    watcher: Watching,
    hire: Callable[[], Program],
    in_threads: list[tuple[PassReport, Record]],
) -> None:
    cluster.scheduler()
    for _ in range(2):
        hire()
    for day, (report, record) in enumerate(in_threads):
        world.publish(day)
        found = watcher.sync(day)
        assert (found.counts, found.failures) == (report.counts, [])
        assert watcher.record() == record
    assert in_threads[0][0].counts["trivy_runs"] > IMAGES
    assert READER.password not in cluster.written()


def test_a_worker_killed_in_the_middle_of_its_task_delays_the_pass_and_nothing_else(
    cluster: Cluster,
    watcher: Watching,
    begin: Begin,
    hire: Callable[[], Program],
    trivy: HoldingTrivy,
    in_threads: list[tuple[PassReport, Record]],
) -> None:
    cluster.scheduler()
    first, _ = hire(), hire()
    trivy.hold()
    making = begin(0)
    trivy.began(2)
    first.kill()
    trivy.release()
    assert making.result().failures == []
    assert watcher.record() == in_threads[0][1]


def test_the_last_worker_killed_leaves_work_to_the_next_pass(
    cluster: Cluster,
    watcher: Watching,
    begin: Begin,
    hire: Callable[[], Program],
    trivy: HoldingTrivy,
    in_threads: list[tuple[PassReport, Record]],
    impatient: None,
) -> None:
    cluster.scheduler()
    worker = hire()
    trivy.hold()
    making = begin(0)
    trivy.began()
    worker.kill()
    report = making.result()
    assert {one.stage for one in report.failures} == {"catalog"}
    assert all("has had no worker for 3 s" in one.error for one in report.failures)
    assert all(one.retry for one in report.failures)
    trivy.release()
    hire()
    assert watcher.sync(0).failures == []
    assert watcher.record() == in_threads[0][1]


@pytest.mark.parametrize("with_workers", [False, True])
def test_a_scheduler_killed_and_started_again_delays_the_pass_and_nothing_else(
    cluster: Cluster,
    watcher: Watching,
    begin: Begin,
    hire: Callable[[], Program],
    trivy: HoldingTrivy,
    in_threads: list[tuple[PassReport, Record]],
    *,
    with_workers: bool,
) -> None:
    scheduler = cluster.scheduler()
    worker = hire()
    trivy.hold()
    making = begin(0)
    trivy.began()
    scheduler.kill()
    if with_workers:
        worker.kill()
    trivy.release()
    cluster.scheduler()
    hire()
    assert making.result().failures == []
    assert watcher.record() == in_threads[0][1]


def test_a_cluster_that_stays_away_leaves_work_to_the_next_pass(
    world: World,
    cluster: Cluster,
    watcher: Watching,
    begin: Begin,
    hire: Callable[[], Program],
    trivy: HoldingTrivy,
    in_threads: list[tuple[PassReport, Record]],
    impatient: None,
) -> None:
    scheduler = cluster.scheduler()
    worker = hire()
    assert watcher.sync(0).failures == []
    world.publish(1)
    trivy.hold()
    making = begin(1)
    trivy.began()
    scheduler.kill()
    worker.kill()
    failures = making.result().failures
    assert {one.stage for one in failures} == {"match"}
    assert all(f"the Dask scheduler at {cluster.address}" in one.error for one in failures)
    # Nobody was told that anything ended: what was open is as it was.
    assert watcher.record()[0] == in_threads[0][1][0]
    trivy.release()
    cluster.scheduler()
    hire()
    assert watcher.sync(1).failures == []
    assert watcher.record() == in_threads[1][1]


def test_workers_of_another_version_are_told_of_in_one_line_for_each_image(
    cluster: Cluster, watcher: Watching, hire: Callable[[], Program]
) -> None:
    cluster.scheduler()
    cluster.worker(before="import watcher; watcher.__version__ = '0.0.9'")
    failures = watcher.sync(0).failures
    assert len(failures) == IMAGES
    for one in failures:
        assert "with watcher 0.0.9 sent: install the same watcher" in one.error
        assert "\n" not in one.error
        assert one.retry
    cluster.programs[-1].kill()
    hire()
    assert watcher.sync(0).failures == []


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bench that puts work off as soon as nobody is there to do it."""
    monkeypatch.setattr(place, "Bench", partial(Bench, patience=1.0))
