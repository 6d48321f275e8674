"""A cluster for each test that breaks it, and one for all those that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.dask.cluster import Cluster
from watcher.adapters.executors.dask import DaskExecutor
from watcher.adapters.executors.watch import Patience

PATIENCE = Patience(answer=3.0, worker=3.0)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of which nothing runs yet."""
    with Cluster(tmp_path / "cluster") as made:
        yield made


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with two workers, for tests that leave it as it is."""
    with Cluster(tmp_path_factory.mktemp("cluster")) as made:
        made.scheduler()
        made.worker(threads=2)
        made.worker()
        yield made


@pytest.fixture
def reach() -> Iterator[Callable[[Cluster], DaskExecutor]]:
    """Makes executors that do not wait long; they are shut down behind the test."""
    made: list[DaskExecutor] = []

    def to(cluster: Cluster) -> DaskExecutor:
        made.append(DaskExecutor(cluster.address, patience=PATIENCE))
        return made[-1]

    yield to
    for one in made:
        one.shutdown()
