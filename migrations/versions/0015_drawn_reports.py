"""reports that were drawn lately are kept until the next pass."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drawn_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_upto", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["read_upto"], ["passes.id"], name=op.f("fk_drawn_reports_read_upto_passes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawn_reports")),
    )
    with op.batch_alter_table("drawn_reports", schema=None) as batch_op:
        batch_op.create_index("ix_drawn_reports_asked", ["asked", "as_of"], unique=True)


def downgrade() -> None:
    op.drop_table("drawn_reports")
