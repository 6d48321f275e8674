"""Matches with their dates, as what was known after a pass gives them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection, Row, select

from watcher.adapters.store.asof import visible
from watcher.adapters.store.rows import among, unindexed
from watcher.adapters.store.tables.knowledge import knowledge, matches, vulnerabilities
from watcher.domain.interval import Bound
from watcher.domain.knowledge import Known, Match, Run, match_interval

_KNOWN: Final = ("published", "published_in", "in_db_at")


def read_matches(
    connection: Connection, upto: int, packages: Collection[int], asked: frozenset[int] | None
) -> dict[int, dict[int, list[Match]]]:
    """Matches by package and vulnerability, of all vulnerabilities or of those asked for."""
    found: dict[int, dict[int, list[Match]]] = defaultdict(dict)
    dated = lru_cache(maxsize=None)(_dated)
    statement = (
        select(matches, *(vulnerabilities.c[name] for name in _KNOWN))
        .add_columns(knowledge.c.effective_at.label("first_at"))
        .join(vulnerabilities, vulnerabilities.c.id == matches.c.vulnerability_id)
        .join(knowledge, knowledge.c.id == matches.c.first_knowledge)
        .where(among(matches.c.package_id, packages), visible(matches, upto))
        .order_by(matches.c.id)
    )
    if asked is not None:
        statement = statement.where(among(unindexed(matches.c.vulnerability_id), asked))
    for row in connection.execute(statement):
        match = dated(_run(row, upto), _known(row, upto), row.first_at)
        found[row.package_id].setdefault(row.vulnerability_id, []).append(match)
    return found


def _dated(run: Run, known: Known, first_at: datetime) -> Match:
    """A match with its dates; `first_at` is when the first version of the run came to hold."""
    known_at = known.in_db_at if run.dated is None else first_at
    return replace(match_interval(run, known), known=known_at)


def _run(row: Row[tuple[object, ...]], upto: int) -> Run:
    ended = row.closed_in is not None and row.closed_in <= upto
    return Run(
        vulnerability=row.vulnerability_id,
        first=row.first,
        dated=Bound(row.dated_at, row.dated_not_before) if row.dated_at else None,
        end=Bound(row.end_at, row.end_not_before) if ended else None,
        end_cause=row.end_cause if ended else None,
    )


def _known(row: Row[tuple[object, ...]], upto: int) -> Known:
    recorded = row.published_in is not None and row.published_in <= upto
    return Known(row.published if recorded else None, row.in_db_at)
