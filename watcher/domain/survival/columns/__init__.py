"""Many stretches of exposure at once, as columns of whole numbers.

A row is a stretch, a column one thing that is known of all of them. Times are ticks; NEVER is later
than all. Sums are exact in whatever order they are made. Read it from the bottom up: whole, keyed,
clock, milestones, spans, united, counted, waited.
"""

from watcher.domain.survival.columns.clock import (
    DUE,
    UNDETERMINED,
    UNLIMITED,
    WAITING,
    Allowed,
    Judged,
    dues,
)
from watcher.domain.survival.columns.counted import (
    ClusterCount,
    Counted,
    Observed,
    Terms,
    counted,
    observed_in,
    open_at,
)
from watcher.domain.survival.columns.keyed import Keyed
from watcher.domain.survival.columns.milestones import Built, base_fixes
from watcher.domain.survival.columns.spans import Spans
from watcher.domain.survival.columns.united import united
from watcher.domain.survival.columns.waited import Waited, waited
from watcher.domain.survival.columns.whole import (
    NEVER,
    Truth,
    Whole,
    all_of,
    among,
    distinct,
    earliest,
    in_order,
    in_order_of,
    joined,
    last_of,
    later,
    paired,
    places,
    whole,
)

__all__ = [
    "DUE",
    "NEVER",
    "UNDETERMINED",
    "UNLIMITED",
    "WAITING",
    "Allowed",
    "Built",
    "ClusterCount",
    "Counted",
    "Judged",
    "Keyed",
    "Observed",
    "Spans",
    "Terms",
    "Truth",
    "Waited",
    "Whole",
    "all_of",
    "among",
    "base_fixes",
    "bottom",
    "clock",
    "counted",
    "distinct",
    "dues",
    "earliest",
    "from",
    "in_order",
    "in_order_of",
    "joined",
    "keyed",
    "last_of",
    "later",
    "milestones",
    "observed_in",
    "open_at",
    "paired",
    "places",
    "spans",
    "the",
    "united",
    "up",
    "waited",
    "whole",
]
