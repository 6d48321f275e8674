"""Which repositories there are, and which of them need not be looked at this time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from watcher.adapters.registries.docker_hub.api import HubApi
from watcher.adapters.registries.docker_hub.entries import RepositoryEntry
from watcher.adapters.registries.docker_hub.walk import list_all
from watcher.domain.errors import NotFoundError, PermanentError
from watcher.ports.registry import Known

_YOUNG: Final = 15 * 60.0  # seconds
# A repository's time follows its newest tag's at once; where they are further apart than this, it
# does not tell when it was pushed to.
_APART: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What a repository's own time was when its tags were listed, and their newest push."""

    updated_at: datetime
    newest: datetime


class Catalogue:
    """The repositories of some namespaces, as they were last listed; for many threads.

    What a listing says of a repository is used once, and only while it is young: the next pass
    has to have looked itself.
    """

    def __init__(
        self,
        api: HubApi,
        namespaces: tuple[str, ...],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = api
        self._namespaces = namespaces
        self._clock = clock
        self._entries: dict[str, RepositoryEntry] = {}
        self._until = 0.0
        self._settled: dict[str, _Settled] = {}
        self._lock = threading.Lock()

    def list_all(self) -> dict[str, RepositoryEntry]:
        """List every repository of the namespaces by its path; complete or an error."""
        with self._lock:
            self._entries = {}  # nothing of the last time, should this one fail
        since = self._clock()
        entries = {
            f"{namespace}/{entry.name}": entry
            for namespace in self._namespaces
            for entry in self._listed(namespace)
        }
        with self._lock:
            self._entries, self._until = dict(entries), since + _YOUNG
        return entries

    def take(self, path: str) -> RepositoryEntry | None:
        """Give what the last listing said of a repository, once."""
        with self._lock:
            entry = self._entries.pop(path, None)
            return entry if self._clock() < self._until else None

    def is_settled(self, path: str, entry: RepositoryEntry, known: Known) -> bool:
        """Whether nothing can have been pushed to a repository since what is known of it."""
        newest, updated = newest_push(known), entry.updated_at
        if newest is None or updated is None:
            return False
        if not updated.microsecond:
            # A time in whole seconds may stand for a second push within the same one.
            return newest - _APART < updated < newest
        # Only a record that took the last listing in knows its newest push.
        if self._settled.get(path) == _Settled(updated, newest):
            return True
        return newest - _APART < updated <= newest

    def settle(self, path: str, entry: RepositoryEntry, newest: datetime | None) -> None:
        """Note that all tags were listed after the catalogue showed this entry."""
        with self._lock:
            if entry.updated_at is not None and newest is not None:
                self._settled[path] = _Settled(entry.updated_at, newest)

    def _listed(self, namespace: str) -> Iterator[RepositoryEntry]:
        what = f"the repositories of {namespace}"
        try:
            yield from list_all(lambda: self._api.repositories(namespace), what)
        except NotFoundError as error:
            # No evidence that anything in it is gone.
            raise PermanentError(
                f"{error}: there is no namespace {namespace}; correct namespaces"
            ) from None


def newest_push(known: Known) -> datetime | None:
    """The newest push that the record knows of a repository."""
    return max((one.pushed_at for one in known.values() if one.pushed_at), default=None)
