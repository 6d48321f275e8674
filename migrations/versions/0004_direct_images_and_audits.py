"""Images matched on their own, and full scans compared with what was derived."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("catalogue_id", sa.Integer(), nullable=False),
        sa.Column("knowledge_id", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("opened_in", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["catalogue_id"], ["catalogues.id"], name=op.f("fk_audits_catalogue_id_catalogues")
        ),
        sa.ForeignKeyConstraint(
            ["knowledge_id"], ["knowledge.id"], name=op.f("fk_audits_knowledge_id_knowledge")
        ),
        sa.ForeignKeyConstraint(
            ["opened_in"], ["passes.id"], name=op.f("fk_audits_opened_in_passes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
    )
    with op.batch_alter_table("audits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audits_catalogue_id"), ["catalogue_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audits_opened_in"), ["opened_in"], unique=False)

    op.create_table(
        "direct_images",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("scanner", sa.String(length=32), nullable=False),
        sa.Column("release", sa.String(length=32), nullable=False),
        sa.Column("opened_in", sa.Integer(), nullable=False),
        sa.Column("closed_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_in"], ["passes.id"], name=op.f("fk_direct_images_closed_in_passes")
        ),
        sa.ForeignKeyConstraint(
            ["image_id"], ["images.id"], name=op.f("fk_direct_images_image_id_images")
        ),
        sa.ForeignKeyConstraint(
            ["opened_in"], ["passes.id"], name=op.f("fk_direct_images_opened_in_passes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_direct_images")),
    )
    with op.batch_alter_table("direct_images", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_direct_images_closed_in"), ["closed_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_direct_images_image_id"), ["image_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_direct_images_opened_in"), ["opened_in"], unique=False)
        batch_op.create_index(
            "ix_direct_images_open",
            ["image_id"],
            unique=True,
            sqlite_where=sa.text("closed_in IS NULL"),
            postgresql_where=sa.text("closed_in IS NULL"),
        )

    with op.batch_alter_table("contexts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("direct", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("catalogues", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("direct", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.drop_constraint(batch_op.f("uq_catalogues_image_id_scanner"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_catalogues_opened_in_image_id_direct"),
            ["opened_in", "image_id", "direct"],
        )
        batch_op.create_index(batch_op.f("ix_catalogues_image_id"), ["image_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("catalogues", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catalogues_image_id"))
        batch_op.drop_constraint(
            batch_op.f("uq_catalogues_opened_in_image_id_direct"), type_="unique"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_catalogues_image_id_scanner"), ["image_id", "scanner"]
        )
        batch_op.drop_column("direct")
    with op.batch_alter_table("contexts", schema=None) as batch_op:
        batch_op.drop_column("direct")
    op.drop_table("direct_images")
    op.drop_table("audits")
