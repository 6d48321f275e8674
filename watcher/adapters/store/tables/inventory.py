"""What registries showed: repositories, tags, manifests, images; and streams, a view of them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from watcher.adapters.store.tables.base import Utc, closed, key, metadata, opened, refer

repositories = Table(
    "repositories",
    metadata,
    key(),
    Column("registry", String(128), nullable=False),
    Column("path", String(255), nullable=False),
    UniqueConstraint("registry", "path"),
)

# The configuration included a repository.
repository_scopes = Table(
    "repository_scopes",
    metadata,
    key(),
    refer("repository_id", "repositories", index=True),
    Column("since", Utc, nullable=False),
    Column("until", Utc, nullable=True),
    opened(),
    closed(),
)

tag_intervals = Table(
    "tag_intervals",
    metadata,
    key(),
    refer("repository_id", "repositories"),
    Column("tag", String(128), nullable=False),
    Column("digest", String(71), nullable=False),
    Column("observed_at", Utc, nullable=False),
    Column("previous_at", Utc, nullable=True),
    Column("pushed_at", Utc, nullable=True),
    Column("gone_at", Utc, nullable=True),
    Column("gone_previous_at", Utc, nullable=True),
    opened(),
    closed(),
    Index("ix_tag_intervals_repository_id_tag", "repository_id", "tag"),
    Index(
        "ix_tag_intervals_open",
        "repository_id",
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)

# An unchanged digest was pushed again: no new interval, but a fact.
unseen_moves = Table(
    "unseen_moves",
    metadata,
    key(),
    refer("tag_interval_id", "tag_intervals", index=True),
    Column("pushed_at", Utc, nullable=False),
    opened(),
)

manifests = Table(
    "manifests",
    metadata,
    key(),
    Column("digest", String(71), nullable=False, unique=True),
    Column("media_type", String(128), nullable=False),
    Column("annotations", JSON, nullable=False),
    opened(),
)

images = Table(
    "images",
    metadata,
    key(),
    Column("digest", String(71), nullable=False),
    Column("platform", String(200), nullable=False),
    Column("created", Utc, nullable=True),
    Column("diff_ids", JSON, nullable=False),
    # A name for all its layers in order, by which images are found that begin with them.
    Column("chain", String(64), nullable=True, index=True),
    Column("layers", JSON, nullable=False),
    Column("layer_bytes", BigInteger, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("annotations", JSON, nullable=False),
    opened(),
    UniqueConstraint("digest", "platform"),
)

manifest_images = Table(
    "manifest_images",
    metadata,
    key(),
    refer("manifest_id", "manifests", index=True),
    refer("image_id", "images", index=True),
)

streams = Table(
    "streams",
    metadata,
    key(),
    refer("repository_id", "repositories"),
    Column("by", String(8), nullable=False),
    Column("name", Text, nullable=False),
    Column("published", Boolean, nullable=False),  # False: a base, watched without exposure
    UniqueConstraint("repository_id", "by", "name", "published"),
)

# Why a stream as a whole is not covered, while that is so.
stream_doubts = Table(
    "stream_doubts",
    metadata,
    key(),
    refer("stream_id", "streams", index=True),
    Column("reason", Text, nullable=False),
    opened(),
    closed(),
)

bindings = Table(
    "bindings",
    metadata,
    key(),
    refer("stream_id", "streams", index=True),
    Column("platform", String(200), nullable=False),  # empty while none is known
    refer("image_id", "images", nullable=True, index=True),
    Column("target", String(71), nullable=False),
    Column("start_at", Utc, nullable=False),
    Column("start_not_before", Utc, nullable=True),
    Column("backfilled", Boolean, nullable=False),
    Column("end_at", Utc, nullable=True),
    Column("end_not_before", Utc, nullable=True),
    Column("reason", String(16), nullable=True),
    opened(),
    closed(),
    closed("superseded_in"),
    Index(
        "ix_bindings_open",
        "stream_id",
        "image_id",
        sqlite_where=text("end_at IS NULL AND superseded_in IS NULL"),
        postgresql_where=text("end_at IS NULL AND superseded_in IS NULL"),
    ),
    Index(
        "ix_bindings_ended",
        "end_at",
        "image_id",
        sqlite_where=text("end_at IS NOT NULL AND superseded_in IS NULL"),
        postgresql_where=text("end_at IS NOT NULL AND superseded_in IS NULL"),
    ),
    Index(
        "ix_bindings_start",
        "start_at",
        sqlite_where=text("superseded_in IS NULL"),
        postgresql_where=text("superseded_in IS NULL"),
    ),
    # Names that went away, which are few beside those that moved: their clocks may go on elsewhere.
    Index(
        "ix_bindings_left",
        "image_id",
        sqlite_where=text("reason <> 'moved' AND superseded_in IS NULL"),
        postgresql_where=text("reason <> 'moved' AND superseded_in IS NULL"),
    ),
)

# What an image is built on, as it was found out; no base: it was looked for in vain.
base_identities = Table(
    "base_identities",
    metadata,
    key(),
    refer("image_id", "images", index=True),
    refer("base_image_id", "images", nullable=True, index=True),
    Column("name", Text, nullable=True),
    Column("digest", String(71), nullable=True),
    Column("grade", String(32), nullable=True),
    Column("evidence", Text, nullable=True),
    opened(),
    closed("superseded_in"),
)
