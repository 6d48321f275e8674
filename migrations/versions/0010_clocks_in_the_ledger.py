"""episodes with their clocks, and with the packages that matched last."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "affected_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("packages", sa.JSON(), nullable=False),
        sa.Column("opened_in", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opened_in"], ["passes.id"], name=op.f("fk_affected_sets_opened_in_passes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affected_sets")),
        sa.UniqueConstraint("sha256", name=op.f("uq_affected_sets_sha256")),
    )
    with op.batch_alter_table("affected_sets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_affected_sets_opened_in"), ["opened_in"], unique=False)
    with op.batch_alter_table("episodes", schema=None) as batch_op:
        for name in ("present_at", "known_at"):
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("affected_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("resumes", sa.Boolean(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_episodes_affected_id_affected_sets"),
            "affected_sets",
            ["affected_id"],
            ["id"],
        )
        batch_op.create_index(batch_op.f("ix_episodes_detected_in"), ["detected_in"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("episodes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_episodes_detected_in"))
        batch_op.drop_constraint(
            batch_op.f("fk_episodes_affected_id_affected_sets"), type_="foreignkey"
        )
        for name in ("resumes", "affected_id", "known_at", "present_at"):
            batch_op.drop_column(name)
    op.drop_table("affected_sets")
