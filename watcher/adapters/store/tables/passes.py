"""Passes, their configuration, which stage succeeded when, and what failed."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text, text

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

config_snapshots = Table(
    "config_snapshots",
    metadata,
    key(),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("body", Text, nullable=False),  # canonical JSON, secrets left out
)

passes = Table(
    "passes",
    metadata,
    key(),
    Column("at", Utc, nullable=False, index=True),
    Column("started_at", Utc, nullable=False),
    Column("state", String(16), nullable=False),  # running, complete, partial, abandoned
    Column("stages", JSON, nullable=False),
    Column(
        "folded", Boolean, nullable=False
    ),  # whether the exposure stage took in all facts so far
    Column("identified", Boolean, nullable=False),  # whether all bases so far were looked for
    Column("summary", JSON, nullable=True),
    refer("config_id", "config_snapshots"),
)

# A stage succeeded for a subject in every pass that tried it, from `since` to `until`.
coverage = Table(
    "coverage",
    metadata,
    key(),
    Column("stage", String(16), nullable=False),
    # A repository of inventory and reconciliation, a context of match, 0 of knowledge.
    Column("subject", Integer, nullable=False),
    Column("since", Utc, nullable=False),
    Column("until", Utc, nullable=False),
    opened(),
    closed(),
    Index(
        "ix_coverage_open",
        "stage",
        "subject",
        unique=True,
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)

failures = Table(
    "failures",
    metadata,
    key(),
    Column("stage", String(16), nullable=False),
    Column("subject", Words(LONGEST), nullable=False),
    Column("error", Words, nullable=False),
    Column("retry", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    opened(),
    closed(),
    Index(
        "ix_failures_open",
        "stage",
        "subject",
        unique=True,
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)
