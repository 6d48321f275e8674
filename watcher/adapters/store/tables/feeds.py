"""What feeds said: their versions, who was listed as exploited from when to when, and SSVC."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, LargeBinary, String, Table, text

from watcher.adapters.store.tables.base import Utc, closed, key, metadata, opened

# A day of EPSS is one compressed body: a row for each CVE and day would be the largest table.
feed_versions = Table(
    "feed_versions",
    metadata,
    key(),
    Column("feed", String(8), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("dated", Utc, nullable=True),
    Column("body", LargeBinary, nullable=True),
    opened(),
    Index("ix_feed_versions_feed", "feed", "id"),
)

kev_listings = Table(
    "kev_listings",
    metadata,
    key(),
    Column("name", String(32), nullable=False),
    Column("listed_on", Utc, nullable=False),
    Column("due_on", Utc, nullable=True),
    Column("ransomware", Boolean, nullable=False),
    opened(),
    closed(),
    Index(
        "ix_kev_listings_open",
        "name",
        unique=True,
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)

ssvc_points = Table(
    "ssvc_points",
    metadata,
    key(),
    Column("name", String(32), nullable=False),
    Column("exploitation", String(8), nullable=True),
    Column("automatable", Boolean, nullable=True),
    Column("technical_impact", String(8), nullable=True),
    opened(),
    closed(),
    Index(
        "ix_ssvc_points_open",
        "name",
        unique=True,
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)
