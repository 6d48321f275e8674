"""Looking at many tags at once, and knowing when to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from watcher.domain.errors import (
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
    WatcherError,
)

_PATIENCE = 16


@dataclass(slots=True)
class Resolved:
    """Tags with their digests, tags that are gone, and tags nothing was learnt about, and why."""

    digests: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)


def resolve_all(names: Iterable[str], look: Callable[[str], str], concurrency: int) -> Resolved:
    """Look at all names in parallel; `look` gives a digest or raises errors of watcher.

    A name that fails is noted in `failed`. A registry that refuses us, slows us down, or fails
    many times in a row is asked no further: what is left fails with the same reason, and where
    nothing at all was learnt, or we are refused, the error is raised.
    """
    wanted = list(names)
    work = _Work(wanted, look, max(_PATIENCE, 2 * concurrency))
    count = min(concurrency, len(wanted))
    if count:
        with ThreadPoolExecutor(count, thread_name_prefix="resolve") as pool:
            runs = [pool.submit(work.run) for _ in range(count)]
        for run in runs:
            run.result()
    return work.finish()


class _Work:
    def __init__(self, names: list[str], look: Callable[[str], str], patience: int) -> None:
        self._names: Iterator[str] = iter(names)
        self._look = look
        self._patience = patience
        self._failures = 0  # in a row
        self._stop: WatcherError | None = None
        self._resolved = Resolved()
        self._lock = threading.Lock()

    def run(self) -> None:
        while (name := self._next()) is not None:
            try:
                digest = self._look(name)
            except WatcherError as error:
                self._failed(name, error)
            except BaseException:
                self._names = iter(())  # a defect: the other threads need not go on
                raise
            else:
                self._succeeded(name, digest)

    def finish(self) -> Resolved:
        if self._stop is None:
            return self._resolved
        if isinstance(self._stop, UnauthorizedError) or not self._resolved.digests:
            raise self._stop
        reason = f"not asked any more: {self._stop}"
        self._resolved.failed.update(dict.fromkeys(self._names, reason))
        return self._resolved

    def _next(self) -> str | None:
        with self._lock:
            return None if self._stop else next(self._names, None)

    def _succeeded(self, name: str, digest: str) -> None:
        with self._lock:
            self._failures = 0
            self._resolved.digests[name] = digest

    def _failed(self, name: str, error: WatcherError) -> None:
        with self._lock:
            if isinstance(error, NotFoundError):
                self._resolved.gone.add(name)
                return
            self._resolved.failed[name] = str(error)
            self._failures += 1
            hopeless = isinstance(error, UnauthorizedError | RateLimitedError)
            if hopeless or self._failures >= self._patience:
                self._stop = error
