"""VEX: the feeds that were ever read, and their statements while they were in force."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, String, Table, text

from watcher.adapters.store.tables.base import (
    LONGEST,
    Utc,
    Words,
    closed,
    key,
    metadata,
    opened,
    refer,
)

vex_feeds = Table(
    "vex_feeds",
    metadata,
    key(),
    Column("source", Words(LONGEST), nullable=False, unique=True),
)

vex_statements = Table(
    "vex_statements",
    metadata,
    key(),
    refer("feed_id", "vex_feeds"),
    Column("location", Words, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the document it was first read in
    Column("content", String(64), nullable=False),  # sha256 of where it stands and what it says
    Column("body", JSON, nullable=False),
    Column("start_at", Utc, nullable=False),
    Column("end_at", Utc, nullable=True),
    Column("end_not_before", Utc, nullable=True),
    opened(),
    closed(),
    Index(
        "ix_vex_statements_open",
        "feed_id",
        "content",
        unique=True,
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)
