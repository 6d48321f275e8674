"""Who was watched from when to when, and what ended it: where every estimate starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

CENSORED = 0


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Subjects at risk over (entry, exit]; `entries` and `exits` are each sorted for themselves.

    `outcomes` stands beside `exits`: 0 where the subject was censored, else the cause's number.
    """

    entries: Floats
    exits: Floats
    outcomes: npt.NDArray[np.uint8]

    @classmethod
    def of(
        cls, entries: Sequence[float], exits: Sequence[float], outcomes: Sequence[int]
    ) -> Cohort:
        """Gather subjects given in any order; who did not leave after entering is left out.

        Arrays of type `d` and `B` are read without a copy. Raises ValueError for a time that is no
        number, and for sequences of different lengths.
        """
        entry, leave = np.asarray(entries, dtype=np.float64), np.asarray(exits, dtype=np.float64)
        outcome = np.asarray(outcomes, dtype=np.uint8)
        if not entry.shape == leave.shape == outcome.shape:
            raise ValueError("each subject needs an entry, an exit and an outcome")
        if np.isnan(entry).any() or np.isnan(leave).any():
            raise ValueError("an entry or exit is no number")
        watched = leave > entry
        leave, outcome = leave[watched], outcome[watched]
        order = np.argsort(leave, kind="stable")
        return cls(np.sort(entry[watched]), leave[order], outcome[order])

    @property
    def size(self) -> int:
        """How many subjects were ever at risk."""
        return int(self.exits.size)

    @property
    def last_exit(self) -> float:
        """When the last subject left; 0 where there was none."""
        return float(self.exits[-1]) if self.size else 0.0

    def events(self, cause: int | None = None) -> int:
        """How many subjects ended for a cause, or for any."""
        return int(self.exits_for(cause).size)

    def exits_for(self, cause: int | None = None) -> Floats:
        """When subjects ended for a cause, or for any, ascending."""
        wanted = self.outcomes != CENSORED if cause is None else self.outcomes == cause
        exits: Floats = self.exits[wanted]
        return exits

    def at_risk(self, times: Floats) -> Counts:
        """How many subjects are at risk at each of the times."""
        entered = np.searchsorted(self.entries, times, side="left")
        left = np.searchsorted(self.exits, times, side="left")
        return entered - left

    def at_risk_at(self, time: float) -> int:
        """How many subjects are at risk at one time."""
        return int(self.at_risk(np.array([time]))[0])
