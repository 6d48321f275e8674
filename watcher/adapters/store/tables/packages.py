"""What images consist of: distinct packages, sets of them by layer, and catalogues."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
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

contexts = Table(
    "contexts",
    metadata,
    key(),
    Column("name", Words(LONGEST), nullable=False, unique=True),
    Column("direct", Boolean, nullable=False, server_default=false()),  # of one image's own scans
)

packages = Table(
    "packages",
    metadata,
    key(),
    refer("context_id", "contexts"),
    Column("identity", Words(LONGEST), nullable=False),
    Column("name", Words(LONGEST), nullable=False, index=True),
    Column("version", Words, nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("left_out", Words, nullable=True),
    opened(),
    UniqueConstraint("context_id", "identity"),
)

# The packages one layer brings, shared by all images that have it; named by their content.
package_sets = Table(
    "package_sets",
    metadata,
    key(),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("layer", Words, nullable=False),
    opened(),
)

package_set_members = Table(
    "package_set_members",
    metadata,
    key(),
    refer("set_id", "package_sets"),
    refer("package_id", "packages"),
    Column("path", Words, nullable=False),
    Column("purl", Words(LONGEST), nullable=False),
    Index("ix_package_set_members_purl", "purl"),
    # Both ways, and either tells the other number without a look at the row, which is long.
    Index(None, "set_id", "package_id"),
    Index(None, "package_id", "set_id"),
)

catalogues = Table(
    "catalogues",
    metadata,
    key(),
    refer("image_id", "images"),
    Column("scanner", String(32), nullable=False),
    Column("db_digest", String(71), nullable=False),
    Column("java_db_digest", String(71), nullable=True),
    Column("os_family", Words, nullable=False),
    Column("os_version", Words, nullable=False),
    Column("end_of_life", Boolean, nullable=False),
    Column("package_count", Integer, nullable=False),
    # A list whose packages are matched by the image's own scans, and no document.
    Column("direct", Boolean, nullable=False, server_default=false()),
    # Whether it may have jars that the Java database has no name for: a later one may have.
    Column("unknown_jars", Boolean, nullable=False, server_default=false()),
    Column("not_covered", Words, nullable=True),
    Column("applied_at", Utc, nullable=False),
    Column("audit", String(16), nullable=False),  # pending, equal, different, skipped, late, direct
    Column("differences", JSON, nullable=False),
    refer("audited_in", "passes", nullable=True),
    opened(),
    # In this order, so that nobody looks for what is new by way of all images.
    UniqueConstraint("opened_in", "image_id", "direct"),
    Index(None, "image_id"),
    Index(
        "ix_catalogues_pending",
        "image_id",
        sqlite_where=text("audit = 'pending'"),
        postgresql_where=text("audit = 'pending'"),
    ),
)

catalogue_sets = Table(
    "catalogue_sets",
    metadata,
    key(),
    refer("catalogue_id", "catalogues"),
    refer("set_id", "package_sets"),
    Index(None, "catalogue_id", "set_id"),
    Index(None, "set_id", "catalogue_id"),
)

# The scanner's own findings on a new image, kept until they were compared with the derived ones.
birth_findings = Table(
    "birth_findings",
    metadata,
    key(),
    refer("catalogue_id", "catalogues", index=True),
    Column("body", LargeBinary, nullable=False),
)

# An image that is matched by scans of its own, and why; what was in force when that was decided.
direct_images = Table(
    "direct_images",
    metadata,
    key(),
    refer("image_id", "images", index=True),
    Column("reason", Words, nullable=False),
    Column("scanner", String(32), nullable=False),
    Column("release", String(32), nullable=False),  # watcher's own
    opened(),
    closed(),
    Index(
        "ix_direct_images_open",
        "image_id",
        unique=True,
        sqlite_where=text("closed_in IS NULL"),
        postgresql_where=text("closed_in IS NULL"),
    ),
)

# A full scan of an image, compared with what was derived for it.
audits = Table(
    "audits",
    metadata,
    key(),
    refer("catalogue_id", "catalogues", index=True),
    refer("knowledge_id", "knowledge"),
    Column("findings", Integer, nullable=False),  # of the scanner's own that were compared
    Column("differences", JSON, nullable=False),
    opened(),
)
