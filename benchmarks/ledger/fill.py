"""A record of two years: its facts in bulk, its ledger folded from them by the stage itself.

One fold takes in all facts at once. When each episode was recorded is put in afterwards: by the
first pass behind its start, and its end by the first one behind that.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Engine, func, select, text, update

from benchmarks.ledger.facts import CONTEXTS, seen_at, write_facts
from benchmarks.ledger.years import DAYS, Years
from watcher.adapters.store.ledger import SqlLedger
from watcher.adapters.store.tables.ledger import episodes
from watcher.adapters.store.tables.passes import passes
from watcher.ports.store.passes import PassRecord, Snapshot
from watcher.services.exposure import ExposureStage

__all__ = ["CONTEXTS", "Filled", "fill"]


@dataclass(frozen=True, slots=True)
class Filled:
    """What a record holds, and how many seconds it took to write its facts and to fold them."""

    episodes: int
    wrote: float
    folded: float


def fill(engine: Engine, years: Years, made: Snapshot) -> Filled:
    """Fill an empty SQLite database with our schema."""
    begun = time.perf_counter()
    write_facts(engine, years, made)
    wrote = time.perf_counter() - begun
    begun = time.perf_counter()
    last = PassRecord(DAYS, seen_at(DAYS))
    with engine.begin() as connection:
        connection.execute(update(passes).where(passes.c.id == DAYS).values(state="running"))
    ExposureStage(SqlLedger(engine)).take(last)
    folded = time.perf_counter() - begun
    return Filled(_dated(engine), wrote, folded)


def _dated(engine: Engine) -> int:
    """Let each episode have been recorded when it would have been; returns how many there are."""
    first_after = "(SELECT id FROM passes WHERE at >= {} ORDER BY at LIMIT 1)"
    started, ended = first_after.format("start_at"), first_after.format("end_at")
    with engine.begin() as connection:
        connection.execute(
            text(
                f"UPDATE episodes SET opened_in = {started}, detected_in = {started}, "  # noqa: S608
                f"closed_in = CASE WHEN end_at IS NULL THEN NULL ELSE {ended} END"
            )
        )
        connection.execute(update(passes).values(folded=True, state="complete"))
        return connection.scalar(select(func.count()).select_from(episodes)) or 0
