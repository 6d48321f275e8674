"""Recording a feed: its version, and the entries that are new, other or gone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from watcher.adapters.store.engine import add_rows, batches, still_open
from watcher.adapters.store.feeds.scores import packed
from watcher.adapters.store.tables.feeds import feed_versions, kev_listings, ssvc_points
from watcher.ports.feeds import Content, FeedName, Listings, Points, Scores
from watcher.ports.store.feeds import FeedVersion
from watcher.ports.store.passes import PassRecord

_KEV = ("name", "listed_on", "due_on", "ransomware")
_SSVC = ("name", "exploitation", "automatable", "technical_impact")


def latest(connection: Connection, name: FeedName) -> FeedVersion | None:
    """The version of a feed that was recorded last."""
    columns = (feed_versions.c.sha256, feed_versions.c.dated)
    statement = select(*columns).where(feed_versions.c.feed == name)
    row = connection.execute(statement.order_by(feed_versions.c.id.desc()).limit(1)).first()
    return FeedVersion(row.sha256, row.dated) if row else None


def record(
    connection: Connection, this: PassRecord, version: tuple[FeedName, str], content: Content
) -> None:
    """Record a version, by name and sha256, unless it is the one recorded last."""
    name, sha256 = version
    before = latest(connection, name)
    if before is not None and before.sha256 == sha256:
        return
    body = packed(content.scores) if isinstance(content, Scores) else None
    row = {"feed": name, "sha256": sha256, "dated": content.dated, "body": body}
    connection.execute(insert(feed_versions).values(**row, opened_in=this.number))
    if isinstance(content, Listings):
        _revise(connection, this, (kev_listings, _KEV), content.listings)
    if isinstance(content, Points):
        _revise(connection, this, (ssvc_points, _SSVC), content.points)


def _revise(
    connection: Connection,
    this: PassRecord,
    where: tuple[Table, Sequence[str]],
    entries: Sequence[object],
) -> None:
    """Close what is gone or otherwise now, and add what is new: nothing is rewritten."""
    table, names = where
    wanted = {_told(one, names): one for one in entries}
    columns = (table.c.id, *(table.c[name] for name in names))
    held: Mapping[Hashable, int] = {
        tuple(row[1:]): row.id
        for row in connection.execute(select(*columns).where(still_open(table)))
    }
    over = sorted(number for told, number in held.items() if told not in wanted)
    for batch in batches(over):
        ended = update(table).where(table.c.id.in_(batch))
        connection.execute(ended.values(closed_in=this.number))
    new = [dict(zip(names, told, strict=True)) for told in wanted if told not in held]
    add_rows(connection, table, [{**row, "opened_in": this.number} for row in new])


def _told(entry: object, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(entry, name) for name in names)
