"""A cluster on more than one machine: certificate, folder and user are each host's own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.dask import work
from tests.integration.dask.certificates import certified, certified_each
from tests.integration.dask.cluster import Cluster, wait_for
from tests.integration.dask.test_tls import reach

pytestmark = pytest.mark.servers
HERE, FIRST, SECOND = "127.0.0.1", "127.0.0.2", "127.0.0.3"


# Whom the hosts' programs run as; nobody else has these numbers.
USERS = {FIRST: 64_102, SECOND: 64_103}
# What a worker imports before it becomes that user, who may not read where Python stands.
READY = (
    "import concurrent.futures.thread, encodings.idna, os, ssl, distributed.cli.dask_worker, "
    "distributed.comm.tcp, distributed.http.worker, tests.integration.dask.work"
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may pass through."""
    if os.geteuid() != 0:
        pytest.skip("only root may start programs as several users")
    made = Path(tempfile.mkdtemp(prefix="watcher-hosts-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def hosts(folder: Path) -> dict[str, dict[str, str]]:
    """Dask's settings on each host: one authority, and no key that two of them may read."""
    made = certified_each(folder / "certificates", [HERE, FIRST, SECOND])
    for name, user in USERS.items():
        own = folder / "certificates" / name
        for one in (own, *own.iterdir()):
            os.chown(one, user, user)
    keys = {settings["DASK_DISTRIBUTED__COMM__TLS__WORKER__KEY"] for settings in made.values()}
    assert len({Path(one).read_bytes() for one in keys}) == 3
    return made


@pytest.fixture
def cluster(folder: Path, hosts: dict[str, dict[str, str]]) -> Iterator[Cluster]:
    """A scheduler here and a worker on each of two other hosts, over TLS."""
    with Cluster(folder / "cluster", scheme="tls", environment=hosts[HERE]) as made:
        made.scheduler()
        for one, user in USERS.items():
            become = f"{READY}; os.setgroups([]); os.setgid({user}); os.setuid({user})"
            made.worker(hosts[one], host=one, before=become, user=user)
        yield made


def test_work_is_spread_over_hosts_that_share_nothing_but_an_authority(
    cluster: Cluster, hosts: dict[str, dict[str, str]]
) -> None:
    executor = reach(cluster, hosts[HERE])
    assert executor.width() == 2
    futures = [executor.submit(work.host) for _ in range(20)]
    assert {one.result(60) for one in futures} == {FIRST, SECOND}
    executor.shutdown()


def test_no_host_can_read_the_key_of_another_one(
    cluster: Cluster, hosts: dict[str, dict[str, str]]
) -> None:
    executor = reach(cluster, hosts[HERE])
    keys = [settings["DASK_DISTRIBUTED__COMM__TLS__WORKER__KEY"] for settings in hosts.values()]
    futures = [executor.submit(work.user_and_readable, keys) for _ in range(20)]
    readable = {HERE: keys[0], FIRST: keys[1], SECOND: keys[2]}
    expected = {(user, (readable[name],)) for name, user in USERS.items()}
    assert {one.result(60) for one in futures} == expected
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
