"""What is attached to images in their registries: provenance, and statements of VEX."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, String, Table, UniqueConstraint, text

from watcher.adapters.store.tables.base import Utc, Words, closed, key, metadata, opened, refer

attestations = Table(
    "attestations",
    metadata,
    key(),
    refer("repository_id", "repositories"),
    Column("subject", String(71), nullable=False, index=True),  # the digest that it is about
    Column("kind", String(16), nullable=False),  # provenance, vex
    Column("sha256", String(64), nullable=False),  # of what was attached
    Column("signed", Boolean, nullable=False),  # in an envelope with signatures, verified by nobody
    Column("place", Words, nullable=False),  # index, referrer, tag
    Column("body", JSON, nullable=False),  # images that a build used, or the document
    opened(),
    closed(),
    Index(
        "ix_attestations_open",
        "kind",
        "repository_id",
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)

# When it was last looked for what is attached to a digest.
attestation_looks = Table(
    "attestation_looks",
    metadata,
    key(),
    refer("repository_id", "repositories"),
    Column("subject", String(71), nullable=False),
    Column("looked_at", Utc, nullable=False),
    UniqueConstraint("repository_id", "subject"),
)
