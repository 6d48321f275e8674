"""Tickets: what is remembered of each, and the calls to trackers that were begun."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from watcher.adapters.store.tables.base import Utc, closed, key, metadata, opened, refer

tickets = Table(
    "tickets",
    metadata,
    key(),
    Column("tracker", String(128), nullable=False),
    Column("team", Text, nullable=False),
    Column("lineage", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("ticket", Text, nullable=False),  # as the tracker calls it
    Column("url", Text, nullable=True),
    Column("closed_by", String(16), nullable=True),  # watcher, person
    Column("closed_at", Utc, nullable=True),
    opened(),
    closed(),
    UniqueConstraint("team", "lineage", "generation"),
)

# What was remembered of a ticket each time that changed: what its text said, and who closed it.
ticket_texts = Table(
    "ticket_texts",
    metadata,
    key(),
    refer("ticket_id", "tickets", index=True),
    Column("fingerprint", String(64), nullable=False),  # empty: the text is none of ours
    Column("memory", JSON, nullable=False),  # lines, what was listed, substance and action
    Column("written_at", Utc, nullable=False),
    opened(),
    closed("superseded_in"),
)

# Committed before a tracker is called, so that a call whose answer was lost is never made blindly
# again.
ticket_intents = Table(
    "ticket_intents",
    metadata,
    key(),
    Column("tracker", String(128), nullable=False),
    Column("team", Text, nullable=False),
    Column("lineage", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("step", String(16), nullable=False),
    # Seconds since 1970 by the database's clock, which has nothing to do with the time of a pass;
    # null in rows of before that was kept, which are old.
    Column("begun_at", Float, nullable=True),
    opened(),
    closed(),
    Index(
        "ix_ticket_intents_open",
        "team",
        "lineage",
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)

# A plan for one team and lineage, as it was drawn; a new row where its substance changed.
bump_plans = Table(
    "bump_plans",
    metadata,
    key(),
    Column("team", Text, nullable=False),
    Column("lineage", Text, nullable=False),
    Column("substance", String(64), nullable=False),
    Column("body", JSON, nullable=False),
    Column("drawn_at", Utc, nullable=False),
    opened(),
    closed("superseded_in"),
    Index(
        "ix_bump_plans_current",
        "team",
        "lineage",
        unique=True,
        sqlite_where=text("superseded_in IS NULL"),
        postgresql_where=text("superseded_in IS NULL"),
    ),
)
