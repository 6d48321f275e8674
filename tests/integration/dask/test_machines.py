"""A cluster on more than one machine: each host has a certificate and a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.dask import work
from tests.integration.dask.certificates import certified, certified_each
from tests.integration.dask.cluster import Cluster, wait_for
from tests.integration.dask.test_tls import reach

pytestmark = pytest.mark.servers
HERE, FIRST, SECOND = "127.0.0.1", "127.0.0.2", "127.0.0.3"


@pytest.fixture
def hosts(tmp_path: Path) -> dict[str, dict[str, str]]:
    """Dask's settings on each host: one authority, and no key that two of them have."""
    made = certified_each(tmp_path / "certificates", [HERE, FIRST, SECOND])
    keys = {settings["DASK_DISTRIBUTED__COMM__TLS__WORKER__KEY"] for settings in made.values()}
    assert len({Path(one).read_bytes() for one in keys}) == 3
    return made


@pytest.fixture
def cluster(tmp_path: Path, hosts: dict[str, dict[str, str]]) -> Iterator[Cluster]:
    """A scheduler here and a worker on each of two other hosts, over TLS."""
    with Cluster(tmp_path / "cluster", scheme="tls", environment=hosts[HERE]) as made:
        made.scheduler()
        for one in (FIRST, SECOND):
            made.worker(hosts[one], host=one)
        yield made


def test_work_is_spread_over_hosts_that_share_nothing_but_an_authority(
    cluster: Cluster, hosts: dict[str, dict[str, str]]
) -> None:
    executor = reach(cluster, hosts[HERE])
    assert executor.width() == 2
    futures = [executor.submit(work.host) for _ in range(20)]
    assert {one.result(60) for one in futures} == {FIRST, SECOND}
    executor.shutdown()


def test_a_host_that_is_lost_leaves_its_work_to_the_other_one(
    cluster: Cluster, hosts: dict[str, dict[str, str]]
) -> None:
    executor = reach(cluster, hosts[HERE])
    assert executor.width() == 2
    cluster.programs[-1].kill()
    futures = [executor.submit(work.host) for _ in range(4)]
    assert {one.result(60) for one in futures} == {FIRST}
    executor.shutdown()


def test_a_host_with_a_certificate_of_another_authority_is_not_let_in(
    cluster: Cluster, hosts: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    stranger = cluster.called(certified(tmp_path / "stranger"), host="127.0.0.4")
    tries = "Waiting to connect to:"
    wait_for(lambda: stranger.written().count(tries) > 10, stranger.written)
    assert "Registered to:" not in stranger.written()
    executor = reach(cluster, hosts[HERE])
    assert executor.width() == 2
    executor.shutdown()
