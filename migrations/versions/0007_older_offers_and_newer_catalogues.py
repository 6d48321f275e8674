"""Older databases on offer, catalogues made again, and which version began to say an assessment."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Until now a pass adopted one version at most, so the newest one of its time said it.
_SAID_BY = """
UPDATE assessments SET knowledge_id = (
    SELECT max(knowledge.id) FROM knowledge WHERE knowledge.opened_in <= assessments.opened_in
)
"""


def upgrade() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_in", sa.Integer(), nullable=False),
        sa.Column("closed_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_in"], ["passes.id"], name=op.f("fk_offers_closed_in_passes")
        ),
        sa.ForeignKeyConstraint(
            ["opened_in"], ["passes.id"], name=op.f("fk_offers_opened_in_passes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offers_closed_in"), ["closed_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_offers_opened_in"), ["opened_in"], unique=False)
        batch_op.create_index(
            "ix_offers_open",
            ["source"],
            unique=True,
            sqlite_where=sa.text("closed_in IS NULL"),
            postgresql_where=sa.text("closed_in IS NULL"),
        )

    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("knowledge_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_assessments_knowledge_id_knowledge"),
            "knowledge",
            ["knowledge_id"],
            ["id"],
        )
    op.execute(_SAID_BY)
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.alter_column("knowledge_id", existing_type=sa.Integer(), nullable=False)

    with op.batch_alter_table("catalogues", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("unknown_jars", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("catalogues", schema=None) as batch_op:
        batch_op.drop_column("unknown_jars")

    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_assessments_knowledge_id_knowledge"), type_="foreignkey"
        )
        batch_op.drop_column("knowledge_id")

    op.drop_table("offers")
