"""images by all their layers, and what is attached to them."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

_BATCH = 1000  # images


def upgrade() -> None:
    op.create_table(
        "attestation_looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repository_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=71), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repositories.id"],
            name=op.f("fk_attestation_looks_repository_id_repositories"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestation_looks")),
        sa.UniqueConstraint(
            "repository_id", "subject", name=op.f("uq_attestation_looks_repository_id_subject")
        ),
    )
    op.create_table(
        "attestations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("repository_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=71), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("opened_in", sa.Integer(), nullable=False),
        sa.Column("closed_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_in"], ["passes.id"], name=op.f("fk_attestations_closed_in_passes")
        ),
        sa.ForeignKeyConstraint(
            ["opened_in"], ["passes.id"], name=op.f("fk_attestations_opened_in_passes")
        ),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repositories.id"],
            name=op.f("fk_attestations_repository_id_repositories"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestations")),
    )
    with op.batch_alter_table("attestations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attestations_closed_in"), ["closed_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_attestations_opened_in"), ["opened_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_attestations_subject"), ["subject"], unique=False)
        batch_op.create_index(
            "ix_attestations_open",
            ["kind", "repository_id"],
            unique=False,
            sqlite_where=sa.text("closed_in IS NULL"),
            postgresql_where=sa.text("closed_in IS NULL"),
        )
    with op.batch_alter_table("images", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chain", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_images_chain"), ["chain"], unique=False)
    _name_layers()


def _name_layers() -> None:
    """Name the layers of all images so far, some at a time."""
    images = sa.table(
        "images",
        sa.column("id", sa.Integer),
        sa.column("diff_ids", sa.JSON),
        sa.column("chain", sa.String),
    )
    connection, last = op.get_bind(), 0
    one = sa.update(images).where(images.c.id == sa.bindparam("number"))
    while True:
        statement = sa.select(images.c.id, images.c.diff_ids).where(images.c.id > last)
        rows = connection.execute(statement.order_by(images.c.id).limit(_BATCH)).all()
        if not rows:
            return
        last = rows[-1].id
        named = [{"number": row.id, "named": _chain(row.diff_ids)} for row in rows if row.diff_ids]
        if named:
            connection.execute(one.values(chain=sa.bindparam("named")), named)


def _chain(diff_ids: list[str]) -> str:
    """What `watcher.domain.lineage.chains` calls all layers together."""
    name = ""
    for diff_id in diff_ids:
        name = hashlib.sha256(f"{name} {diff_id}".encode()).hexdigest()
    return name


def downgrade() -> None:
    with op.batch_alter_table("images", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_images_chain"))
        batch_op.drop_column("chain")
    op.drop_table("attestations")
    op.drop_table("attestation_looks")
