"""A cluster over TLS: certificates as Dask's own settings name them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dask
import pytest

from tests.integration.dask import work
from tests.integration.dask.certificates import certified
from tests.integration.dask.cluster import Cluster
from watcher.adapters.executors.dask import DaskExecutor
from watcher.adapters.executors.security import security_for
from watcher.adapters.executors.watch import Patience
from watcher.domain.errors import TransientError

pytestmark = pytest.mark.servers


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster with one worker, and an authority of its own."""
    environment = certified(tmp_path / "certificates")
    with Cluster(tmp_path / "cluster", scheme="tls", environment=environment) as made:
        made.scheduler()
        made.worker()
        yield made


def reach(cluster: Cluster, environment: dict[str, str]) -> DaskExecutor:
    """An executor of a process with these variables."""
    named = {
        name.removeprefix("DASK_").lower().replace("__", "."): path
        for name, path in environment.items()
    }
    with dask.config.set(named):
        security = security_for(cluster.address)
    return DaskExecutor(cluster.address, security, Patience(answer=5.0))


def test_tasks_are_done_over_tls(secured: Cluster) -> None:
    executor = reach(secured, dict(secured.environment))
    assert executor.submit(work.double, 21).result(60) == 42
    executor.shutdown()


def test_a_certificate_of_another_authority_is_of_no_use(secured: Cluster, tmp_path: Path) -> None:
    executor = reach(secured, certified(tmp_path / "other"))
    with pytest.raises(TransientError, match="certificate verify failed") as caught:
        executor.width()
    assert "\n" not in str(caught.value)
    executor.shutdown()
