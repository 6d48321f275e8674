"""The executor on a real cluster: what comes back, and what is said when nothing does."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, wait
from pathlib import Path
from threading import active_count
from typing import Any

import pytest

from tests.integration.dask import work
from tests.integration.dask.cluster import Cluster, wait_for
from watcher import __version__
from watcher.adapters.executors.dask import DaskExecutor
from watcher.domain.errors import NotFoundError, PermanentError, TransientError

pytestmark = pytest.mark.servers

Reach = Callable[[Cluster], DaskExecutor]
LONG = 60.0  # seconds; no test waits so long


def failure(future: Future[Any], kind: type[Exception] = TransientError) -> str:
    """The one line that a future failed with."""
    error = future.exception(LONG)
    assert isinstance(error, kind), error
    assert "\n" not in str(error)
    return str(error)


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(TransientError) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


# What comes back.


def test_tasks_are_done_in_other_processes(whole: Cluster, reach: Reach) -> None:
    executor = reach(whole)
    assert list(executor.map(work.double, range(50), timeout=LONG)) == [2 * n for n in range(50)]
    assert executor.submit(work.pid).result(LONG) in {one.pid for one in whole.programs}


def test_the_width_is_the_number_of_all_threads(whole: Cluster, reach: Reach) -> None:
    assert reach(whole).width() == 3


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        (work.fail_for_now, TransientError),
        (work.fail_for_good, PermanentError),
        (work.find_nothing, NotFoundError),
        (work.stumble, ZeroDivisionError),
    ],
)
def test_what_a_task_raises_arrives_as_it_is(
    whole: Cluster, reach: Reach, task: Callable[[], None], kind: type[Exception]
) -> None:
    error = reach(whole).submit(task).exception(LONG)
    assert type(error) is kind
    with pytest.raises(kind) as here:
        task()
    assert str(error) == str(here.value)


def test_how_long_to_wait_arrives_too(whole: Cluster, reach: Reach) -> None:
    error = reach(whole).submit(work.fail_for_now).exception(LONG)
    assert isinstance(error, TransientError)
    assert error.retry_after == 7.5


def test_a_mistake_of_ours_tells_where_it_was_made(whole: Cluster, reach: Reach) -> None:
    error = reach(whole).submit(work.stumble).exception(LONG)
    assert error is not None
    assert "work.py" in "".join(error.__notes__)


def test_an_argument_that_cannot_be_read_there_is_told_of(whole: Cluster, reach: Reach) -> None:
    future = reach(whole).submit(work.double, work.Unreadable())  # type: ignore[arg-type]
    assert "cannot read what" in failure(future)


def test_what_cannot_be_sent_is_said_at_once(whole: Cluster, reach: Reach) -> None:
    with pytest.raises((pickle.PicklingError, AttributeError)):
        reach(whole).submit(lambda: None)


def test_a_task_given_up_is_no_longer_waited_for(
    whole: Cluster, reach: Reach, tmp_path: Path
) -> None:
    executor = reach(whole)
    futures = [
        executor.submit(work.stay, tmp_path / f"began{n}", tmp_path / "until") for n in range(6)
    ]
    wait_for(lambda: len(list(tmp_path.glob("began*"))) == 3)
    futures[-1].cancel()
    (tmp_path / "until").touch()
    wait(futures, LONG)
    assert [one.cancelled() for one in futures] == [False] * 5 + [True]
    assert executor.submit(work.double, 4).result(LONG) == 8


def test_dask_says_nothing_on_the_terminal(
    whole: Cluster, reach: Reach, capfd: pytest.CaptureFixture[str]
) -> None:
    executor = reach(whole)
    executor.submit(work.stumble).exception(LONG)
    executor.submit(work.double, 2).cancel()
    executor.shutdown()
    assert capfd.readouterr() == ("", "")


def test_no_thread_is_left_behind(whole: Cluster, reach: Reach) -> None:
    before = active_count()
    executor = reach(whole)
    assert executor.submit(work.double, 1).result(LONG) == 2
    executor.shutdown()
    assert active_count() == before


def test_an_executor_that_was_shut_down_connects_again(whole: Cluster, reach: Reach) -> None:
    executor = reach(whole)
    executor.width()
    executor.shutdown()
    assert executor.submit(work.double, 3).result(LONG) == 6


# What is said when nothing does.


def test_a_scheduler_that_is_not_there_is_named(cluster: Cluster, reach: Reach) -> None:
    executor = reach(cluster)
    for call in (executor.width, lambda: executor.submit(work.double, 1)):
        told = refusal(call)
        assert told.startswith(
            f"the Dask scheduler at {cluster.address} does not answer within 3 s"
        )


def test_trying_in_vain_leaves_one_thread_behind_however_often(
    cluster: Cluster, reach: Reach
) -> None:
    executor = reach(cluster)
    before = active_count()
    for _ in range(3):
        refusal(executor.width)
    assert active_count() == before + 1


def test_a_scheduler_that_accepts_and_says_nothing_is_not_waited_for(
    cluster: Cluster, reach: Reach
) -> None:
    scheduler = cluster.scheduler()
    connected, fresh = reach(cluster), reach(cluster)
    connected.width()
    os.kill(scheduler.pid, signal.SIGSTOP)
    wait_for(lambda: _raises(connected.width))
    assert "does not answer within 3 s" in refusal(fresh.width)
    os.kill(scheduler.pid, signal.SIGCONT)
    cluster.worker()
    assert connected.submit(work.double, 1).result(LONG) == 2
    assert fresh.submit(work.double, 1).result(LONG) == 2


def _raises(call: Callable[[], object]) -> bool:
    try:
        call()
    except TransientError:
        return True
    return False


def test_a_cluster_without_workers_is_given_a_moment(cluster: Cluster, reach: Reach) -> None:
    cluster.scheduler()
    executor = reach(cluster)
    assert executor.width() == 0
    wait_for(lambda: _raises(executor.width))
    assert executor.width() == 0  # and another one
    cluster.worker(threads=2)
    wait_for(lambda: executor.width() == 2)


def test_a_scheduler_that_dies_loses_the_tasks_and_nothing_more(
    cluster: Cluster, reach: Reach, tmp_path: Path
) -> None:
    scheduler = cluster.scheduler()
    worker = cluster.worker()
    executor = reach(cluster)
    began, until = tmp_path / "began", tmp_path / "until"
    future = executor.submit(work.stay, began, until)
    wait_for(began.exists)
    scheduler.kill()
    assert "was lost before the task was done" in failure(future, BrokenExecutor)
    assert "does not answer" in refusal(executor.width)
    until.touch()
    worker.kill()
    cluster.scheduler()
    cluster.worker()
    assert executor.submit(work.double, 5).result(LONG) == 10


def test_dask_says_nothing_on_the_terminal_when_all_is_lost(
    cluster: Cluster, reach: Reach, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    scheduler = cluster.scheduler()
    worker = cluster.worker()
    executor = reach(cluster)
    began, until = tmp_path / "began", tmp_path / "until"
    futures = [executor.submit(work.stay, began, until) for _ in range(3)]
    wait_for(began.exists)
    worker.kill()
    scheduler.kill()
    wait(futures, LONG)
    refusal(executor.width)
    executor.shutdown()
    assert capfd.readouterr() == ("", "")


def test_a_task_whose_worker_dies_is_done_by_another(
    cluster: Cluster, reach: Reach, tmp_path: Path
) -> None:
    cluster.scheduler()
    first = cluster.worker()
    executor = reach(cluster)
    began, until = tmp_path / "began", tmp_path / "until"
    future = executor.submit(work.stay, began, until)
    wait_for(began.exists)
    second = cluster.worker()
    began.unlink()
    first.kill()
    wait_for(began.exists)
    until.touch()
    assert future.result(LONG) == second.pid


def test_a_task_that_kills_each_worker_is_given_up(cluster: Cluster, reach: Reach) -> None:
    cluster.environment = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    cluster.scheduler()
    for _ in range(2):
        cluster.worker()
    told = failure(reach(cluster).submit(os._exit, 7))
    assert told.startswith("2 workers of the Dask cluster")


def test_a_worker_with_another_watcher_says_so(cluster: Cluster, reach: Reach) -> None:
    cluster.scheduler()
    cluster.worker(before="import watcher; watcher.__version__ = '0.0.9'")
    told = failure(reach(cluster).submit(work.double, 1))
    assert f"with watcher {__version__} cannot read what" in told
    assert told.endswith("with watcher 0.0.9 sent: install the same watcher there and here")


def test_a_worker_without_our_code_says_so_and_lives_on(cluster: Cluster, reach: Reach) -> None:
    cluster.scheduler()
    worker = cluster.worker(before="import sys; sys.modules['watcher.adapters'] = None")
    executor = reach(cluster)
    for _ in range(2):
        told = failure(executor.submit(work.double, 1))
        assert "cannot do this task (ModuleNotFoundError" in told
        assert "watcher.adapters" in told
    assert worker.running.poll() is None


def test_a_scheduler_needs_nothing_of_ours(cluster: Cluster, reach: Reach) -> None:
    cluster.scheduler(before="import sys; sys.modules['watcher'] = None")
    cluster.worker()
    assert reach(cluster).submit(work.double, 2).result(LONG) == 4
