"""Jobs, and the workers that hold leases on them."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, UniqueConstraint, text

from watcher.adapters.store.tables.base import LONGEST, Utc, Words, key, metadata, refer

# A process that is at work; its row goes with it, or is removed by whoever notices that it is gone.
workers = Table(
    "workers",
    metadata,
    key(),
    Column("role", String(16), nullable=False),
    Column("name", Words(LONGEST), nullable=False),  # host and process, for people
    Column("beat", Integer, nullable=False),  # grows while the worker lives
)

# Work that is still to be done. Its rows go when it is done: what was done stands in the facts.
jobs = Table(
    "jobs",
    metadata,
    key(),
    Column("stage", String(16), nullable=False),
    Column("key", Words(LONGEST), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String(8), nullable=False),  # ready, resting, parked
    Column("attempts", Integer, nullable=False),
    Column("due_at", Utc, nullable=True),
    Column("reason", Words, nullable=True),
    refer("wanted_in", "passes"),
    Column("worker_id", Integer, nullable=True, index=True),  # who holds the lease
    UniqueConstraint("stage", "key"),
    Index(
        "ix_jobs_ready",
        "stage",
        "id",
        sqlite_where=text("state = 'ready' AND worker_id IS NULL"),
        postgresql_where=text("state = 'ready' AND worker_id IS NULL"),
    ),
)

# What the clock, a hook or a person asked for and no pass has answered yet.
calls = Table(
    "calls",
    metadata,
    key(),
    Column("key", Words(LONGEST), nullable=False, unique=True),
    Column("payload", JSON, nullable=False),
    Column("times", Integer, nullable=False),  # how often it was asked for since
)
