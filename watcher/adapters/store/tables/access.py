"""Who may ask: tokens for scripts."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, String, Table, text

from watcher.adapters.store.tables.base import Utc, key, metadata

# Never the token itself: it is long and made by chance, so that its sha256 gives nothing away.
api_tokens = Table(
    "api_tokens",
    metadata,
    key(),
    Column("name", String(100), nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("teams", JSON(none_as_null=True), nullable=True),  # null: every team
    Column("made_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=True),
    Column("revoked_at", Utc, nullable=True),
    Column("used_at", Utc, nullable=True),
    Index(
        "ix_api_tokens_name",
        "name",
        unique=True,
        sqlite_where=text("revoked_at IS NULL"),
        postgresql_where=text("revoked_at IS NULL"),
    ),
)
