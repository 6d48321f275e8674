"""What was known: versions of knowledge, what was matched under them, and the matches."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

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

knowledge = Table(
    "knowledge",
    metadata,
    key(),
    Column("scanner", String(32), nullable=False),
    Column("db_digest", String(71), nullable=False),
    Column("source", Text, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("applied_at", Utc, nullable=False),
    Column("effective_at", Utc, nullable=False),
    opened(),
)

# The Java database belongs to catalogues, not to knowledge: a new one changes no match by itself.
java_databases = Table(
    "java_databases",
    metadata,
    key(),
    Column("digest", String(71), nullable=False),
    opened(),
)

# An older database that a source offers, from one pass to another: upstream may have gone back.
offers = Table(
    "offers",
    metadata,
    key(),
    Column("source", Words(LONGEST), nullable=False),
    Column("digest", String(71), nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("since", Utc, nullable=False),
    opened(),
    closed(),
    Index(
        "ix_offers_open",
        "source",
        unique=True,
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)

context_runs = Table(
    "context_runs",
    metadata,
    key(),
    refer("context_id", "contexts"),
    refer("knowledge_id", "knowledge"),
    Column("package_count", Integer, nullable=False),
    opened(),
    UniqueConstraint("context_id", "knowledge_id"),
)

# A package took part in every match of its context from one version of knowledge to another.
package_coverage = Table(
    "package_coverage",
    metadata,
    key(),
    refer("package_id", "packages", index=True),
    refer("from_knowledge", "knowledge"),
    refer("to_knowledge", "knowledge", nullable=True),
    opened(),
    closed(),
    Index(
        "ix_package_coverage_open",
        "package_id",
        unique=True,
        sqlite_where=text("to_knowledge IS NULL"),
        postgresql_where=text("to_knowledge IS NULL"),
    ),
)

vulnerabilities = Table(
    "vulnerabilities",
    metadata,
    key(),
    Column("name", String(128), nullable=False, unique=True),
    Column("title", Words, nullable=False),
    Column("published", Utc, nullable=True),  # as first recorded
    Column("in_db_at", Utc, nullable=False),  # effective time of the first version that knew it
    refer("published_in", "passes", nullable=True, index=True),
    opened(),
)

# A completed match of a context said that an advisory's own id is of a CVE.
alias_claims = Table(
    "alias_claims",
    metadata,
    key(),
    refer("context_id", "contexts"),
    Column("alias", String(128), nullable=False, index=True),
    refer("vulnerability_id", "vulnerabilities", index=True),
    opened(),
    closed(),
    Index(
        "ix_alias_claims_open",
        "context_id",
        "alias",
        "vulnerability_id",
        unique=True,
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)

matches = Table(
    "matches",
    metadata,
    key(),
    refer("package_id", "packages"),
    refer("vulnerability_id", "vulnerabilities"),
    Column("first", Boolean, nullable=False),
    Column("dated_at", Utc, nullable=True),
    Column("dated_not_before", Utc, nullable=True),
    refer("first_knowledge", "knowledge"),
    refer("lacked_by", "knowledge", nullable=True),
    Column("end_at", Utc, nullable=True),
    Column("end_not_before", Utc, nullable=True),
    Column("end_cause", String(24), nullable=True),
    refer("ended_by", "knowledge", nullable=True),
    opened(),
    closed(),
    Index("ix_matches_package_id_vulnerability_id", "package_id", "vulnerability_id"),
    Index("ix_matches_vulnerability_id", "vulnerability_id"),
    Index(
        "ix_matches_open",
        "package_id",
        "vulnerability_id",
        unique=True,
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)

# What the knowledge says of a match beside that it exists: these change without ending it.
assessments = Table(
    "assessments",
    metadata,
    key(),
    refer("package_id", "packages"),
    refer("vulnerability_id", "vulnerabilities"),
    Column("severity", String(8), nullable=False),
    Column("severity_source", Words, nullable=True),
    Column("status", Words, nullable=False),
    Column("fixed_version", Words, nullable=False),
    Column("effective_at", Utc, nullable=False),
    refer("knowledge_id", "knowledge"),  # the version that began to say it
    opened(),
    closed(),
    Index("ix_assessments_package_id_vulnerability_id", "package_id", "vulnerability_id"),
    Index(
        "ix_assessments_open",
        "package_id",
        "vulnerability_id",
        unique=True,
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)
