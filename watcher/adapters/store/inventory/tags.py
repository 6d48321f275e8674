"""Tags as intervals: what a listing changed, and pushes that changed nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, update

from watcher.adapters.store.copying import Row
from watcher.adapters.store.rows import add_rows
from watcher.adapters.store.tables.inventory import tag_intervals, unseen_moves
from watcher.domain.inventory import TagChanges, TagInterval
from watcher.ports.store.inventory import KnownRepository
from watcher.ports.store.passes import PassRecord


def record(
    connection: Connection,
    this: PassRecord,
    changes: Mapping[int, TagChanges],
    known: Mapping[int, KnownRepository],
) -> None:
    """Record what listings changed, by repository."""
    begun = [_row(this, number, one) for number, change in changes.items() for one in change.begun]
    ended = [
        row for number, change in changes.items() for row in _ended(this, change, known[number])
    ]
    if ended:
        end = update(tag_intervals).where(tag_intervals.c.id == bindparam("number"))
        end = end.values(
            gone_at=bindparam("at"), gone_previous_at=bindparam("previous"), closed_in=this.number
        )
        connection.execute(end, ended)
    add_rows(connection, tag_intervals, begun)


def record_unseen_moves(
    connection: Connection, this: PassRecord, moves: Mapping[int, datetime]
) -> None:
    """Record newer push times (by tag interval) of tags whose digest is the same."""
    rows: list[Row] = [
        {"tag_interval_id": number, "pushed_at": at, "opened_in": this.number}
        for number, at in moves.items()
    ]
    add_rows(connection, unseen_moves, rows)


def _ended(this: PassRecord, change: TagChanges, known: KnownRepository) -> list[Row]:
    """Intervals that end: of tags that moved, and of tags that are gone."""
    held = known.tags
    moved: list[Row] = [
        {"number": held[one.tag].interval, "at": None, "previous": None}
        for one in change.begun
        if one.tag in held
    ]
    gone: list[Row] = [
        {"number": held[tag].interval, "at": this.at, "previous": known.reconciled_at}
        for tag in change.gone
    ]
    return [*moved, *gone]


def _row(this: PassRecord, repository: int, one: TagInterval) -> Row:
    return {
        "repository_id": repository,
        "tag": one.tag,
        "digest": one.digest,
        "observed_at": one.observed_at,
        "previous_at": one.previous_at,
        "pushed_at": one.pushed_at,
        "opened_in": this.number,
    }
