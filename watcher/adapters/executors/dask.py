"""A Dask cluster as an executor: tasks in parcels to its workers, and their answers back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from threading import Lock
from typing import Final, ParamSpec, TypeVar

from distributed import Security

from watcher.adapters.executors.connection import Connection
from watcher.adapters.executors.failures import Cluster
from watcher.adapters.executors.loop import Loop
from watcher.adapters.executors.parcel import task, unpack
from watcher.adapters.executors.silence import silence
from watcher.adapters.executors.watch import Patience, Watch

P = ParamSpec("P")
T = TypeVar("T")

_PATIENCE: Final = Patience()


class DaskExecutor(Executor):
    """Tasks on the workers of the Dask scheduler at an address.

    It connects when it is first asked for something, and again where the connection was lost. What
    a task raises arrives as it is; whatever else goes wrong is a TransientError. Functions must be
    such as are found by their names.
    """

    def __init__(
        self, address: str, security: Security | None = None, patience: Patience = _PATIENCE
    ) -> None:
        self._address = address
        self._security = security
        self._patience = patience
        self._cluster = Cluster(address)
        self._watch = Watch(self._cluster, patience)
        self._lock = Lock()
        self._loop: Loop | None = None
        self._connection: Connection | None = None

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a worker call a function; raises TransientError where there is no scheduler."""
        work = task(fn, args, kwargs)
        connection = self._connected()
        try:
            inner = connection.give(work)
        except Exception as error:  # a connection that is closing raises anything
            raise self._cluster.meaning(error) from error
        outer: Future[T] = Future()
        self._watch.began()
        outer.add_done_callback(partial(self._over, inner))
        inner.add_done_callback(partial(self._settle, outer))
        return outer

    def width(self) -> int:
        """How many tasks the workers do at once now; 0 for a while where there is no worker.

        Raises TransientError where the scheduler does not answer, where still no worker has come
        after that while, and where no task comes back any more.
        """
        connection = self._connected()
        if self._watch.stale:
            try:
                threads = connection.threads(self._patience.answer)
            except Exception as error:  # a connection that is closing raises anything
                self._leave()
                raise self._cluster.unanswered(self._patience.answer, error) from error
            self._watch.saw(threads)
        return self._watch.width

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - what an Executor is asked
        """Leave the cluster, which then drops what it has not done for us."""
        del wait, cancel_futures
        self._leave()
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.stop()

    def _connected(self) -> Connection:
        """The connection, a new one where there is none any more; raises TransientError."""
        with self._lock:
            if self._connection is not None and not self._connection.alive:
                self._connection.close(self._patience.answer)
                self._connection = None
            if self._connection is None:
                self._watch.forget()
                self._connection = self._connect()
            return self._connection

    def _connect(self) -> Connection:
        silence()
        self._loop = self._loop or Loop()
        seconds = self._patience.answer
        try:
            return Connection.to(self._address, self._security, self._loop, seconds)
        except Exception as error:  # nobody there, or somebody else
            raise self._cluster.unanswered(seconds, error) from error

    def _leave(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close(self._patience.answer)
            self._connection = None

    def _over(self, inner: Future[bytes], outer: Future[T]) -> None:
        self._watch.ended()
        if outer.cancelled():
            inner.cancel()

    def _settle(self, outer: Future[T], inner: Future[bytes]) -> None:
        """Give an answer on; runs in Dask's thread."""
        if not outer.set_running_or_notify_cancel():
            return
        try:
            packed = inner.result()
        except BaseException as error:  # noqa: BLE001 - of Dask, which also cancels
            outer.set_exception(self._cluster.meaning(error))
            return
        try:
            given = unpack(packed).given()
        except Exception as error:  # noqa: BLE001 - of the task itself
            outer.set_exception(error)
        else:
            outer.set_result(given)
