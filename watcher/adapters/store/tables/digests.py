"""Digests: what was sent, or was about to be."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from watcher.adapters.store.tables.base import Utc, key, metadata

# A row is committed before a digest is handed over. One that was never sent after that may have
# been: it is not sent again.
digests = Table(
    "digests",
    metadata,
    key(),
    Column("key", String(200), nullable=False, unique=True),  # week, reader, way
    Column("begun_at", Utc, nullable=False),
    Column("sent_at", Utc, nullable=True),
)
