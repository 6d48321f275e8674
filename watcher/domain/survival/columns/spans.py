"""Stretches as columns: who was exposed to what from when to when, and what is known beside."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from watcher.domain.survival.columns.whole import Truth, Whole


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """A row for each stretch.

    `stream`, `flaw`, `team` and `cluster` are places in lists of names; `severity` is a rank, 0 the
    worst. `end` is NEVER while it lasts, `cause` then 0. `seen` is when it was detected. `due` is
    NEVER where there is none; `state` and `missing` say why, as `dues` does. `known`, `fixed`,
    `base_fixed` and `ticketed` are milestones, NEVER where they have not come.
    """

    stream: Whole
    flaw: Whole
    team: Whole
    cluster: Whole
    severity: Whole
    start: Whole
    end: Whole
    seen: Whole
    cause: Whole
    backfilled: Whole
    due: Whole
    state: Whole
    missing: Whole
    known: Whole
    fixed: Whole
    base_fixed: Whole
    ticketed: Whole
    in_base: Whole

    def __len__(self) -> int:
        """How many stretches there are."""
        return len(self.start)

    def where(self, rows: Whole | Truth) -> Self:
        """Some of the rows."""
        return replace(self, **{one.name: getattr(self, one.name)[rows] for one in fields(self)})

    def beside(self, others: Self) -> Self:
        """These rows and, behind them, others."""
        return replace(
            self,
            **{
                one.name: np.concatenate((getattr(self, one.name), getattr(others, one.name)))
                for one in fields(self)
            },
        )
