"""Spans of time by a key, asked from when on one of them holds in another span."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from watcher.domain.survival.columns.whole import NEVER, Whole


@dataclass(frozen=True, slots=True, eq=False)
class Keyed:
    """Spans [start, end) by key, sorted by it."""

    keys: Whole
    starts: Whole
    ends: Whole

    @classmethod
    def of(cls, keys: Whole, starts: Whole, ends: Whole) -> Keyed:
        """Take spans in any order."""
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], starts[order], ends[order])

    def first(self, keys: Whole, starts: Whole, ends: Whole) -> Whole:
        """When in each span [start, end) one of its key first holds; NEVER where none does."""
        found = np.full(len(keys), NEVER, dtype=np.int64)
        if not len(self.keys):
            return found
        place = np.searchsorted(self.keys, keys, side="left")
        behind = np.searchsorted(self.keys, keys, side="right")
        rows = np.flatnonzero(place < behind)
        while len(rows):
            at = place[rows]
            start, end = self.starts[at], self.ends[at]
            holds = (start < ends[rows]) & (end > starts[rows])
            here = np.where(holds, np.maximum(start, starts[rows]), NEVER)
            found[rows] = np.minimum(found[rows], here)
            place[rows] += 1
            rows = rows[place[rows] < behind[rows]]
        return found
