"""What was fetched a moment ago, kept while it is small enough."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """The values last kept, by repository and digest, of `limit` bytes in all; for many threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[tuple[str, str], tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: str, digest: str) -> Value | None:
        """Give a value that is still kept, else None."""
        with self._lock:
            found = self._kept.get((path, digest))
            if found is None:
                return None
            self._kept.move_to_end((path, digest))
            return found[0]

    def keep(self, path: str, digest: str, value: Value, size: int) -> None:
        """Keep a value of so many bytes; those unused for longest make room."""
        with self._lock:
            _, before = self._kept.pop((path, digest), (None, 0))
            self._kept[path, digest] = (value, size)
            self._size += size - before
            while self._size > self._limit:
                _, (_, freed) = self._kept.popitem(last=False)
                self._size -= freed
