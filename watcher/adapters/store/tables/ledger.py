"""The exposure ledger: windows and episodes, folded from facts and never the source of any."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, String, Table, UniqueConstraint, text

from watcher.adapters.store.tables.base import Utc, closed, key, metadata, opened, refer

windows = Table(
    "windows",
    metadata,
    key(),
    refer("stream_id", "streams"),
    Column("platform", String(200), nullable=False),
    refer("vulnerability_id", "vulnerabilities", index=True),
    UniqueConstraint("stream_id", "platform", "vulnerability_id"),
)

# Packages that matched last in some episode, by number, ascending; named by their content.
affected_sets = Table(
    "affected_sets",
    metadata,
    key(),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("packages", JSON, nullable=False),
    opened(),
)

# What stands behind `detected_in` follows by the same fold as the rest; None in rows of watchers
# before 0010, of which it is folded anew where it is asked for.
episodes = Table(
    "episodes",
    metadata,
    key(),
    refer("window_id", "windows"),
    Column("start_at", Utc, nullable=False),
    Column("start_not_before", Utc, nullable=True),
    Column("backfilled", Boolean, nullable=False),
    Column("end_at", Utc, nullable=True),
    Column("end_not_before", Utc, nullable=True),
    Column("cause", String(24), nullable=True),
    refer("detected_in", "passes", index=True),
    Column("present_at", Utc, nullable=True),  # the unbroken run of bindings with what is affected
    Column("known_at", Utc, nullable=True),  # the first database with it
    refer("affected_id", "affected_sets", nullable=True),
    Column("resumes", Boolean, nullable=True),  # whether clocks go on from the episode before
    opened(),
    closed(),
    closed("superseded_in"),
    Index("ix_episodes_window_id", "window_id"),
    Index(
        "ix_episodes_open",
        "window_id",
        sqlite_where=text("end_at IS NULL AND superseded_in IS NULL"),
        postgresql_where=text("end_at IS NULL AND superseded_in IS NULL"),
    ),
)
