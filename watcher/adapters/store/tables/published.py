"""Reports as bytes: those that were handed on, and those that were drawn lately."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table

from watcher.adapters.store.tables.base import Utc, key, metadata, refer

# Written once and never again; the same bytes are one row, however often they are published.
published_reports = Table(
    "published_reports",
    metadata,
    key(),
    Column("sha256", String(64), nullable=False, unique=True),  # of the bytes before gzip
    Column("published_at", Utc, nullable=False, index=True),
    Column("as_of", Utc, nullable=False),
    Column("since", Utc, nullable=False),
    Column("known_now", Boolean, nullable=False),
    Column("figures_version", Integer, nullable=False),
    refer(
        "read_upto", "passes", nullable=True
    ),  # the pass up to which the record was read; none where there was none
    Column("size", Integer, nullable=False),  # bytes before gzip
    Column("body", LargeBinary, nullable=False),  # gzip
)

# Of passes past nothing is kept; whoever asks again before the next one need not draw it anew.
drawn_reports = Table(
    "drawn_reports",
    metadata,
    key(),
    Column("asked", String(64), nullable=False),  # sha256 of what it was drawn by
    Column("as_of", Utc, nullable=False),
    refer("read_upto", "passes"),
    Column("body", LargeBinary, nullable=False),  # gzip
    Index("ix_drawn_reports_asked", "asked", "as_of", unique=True),
)
