"""bindings are sought by when they began."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("bindings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bindings_start",
            ["start_at"],
            unique=False,
            sqlite_where=sa.text("superseded_in IS NULL"),
            postgresql_where=sa.text("superseded_in IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("bindings", schema=None) as batch_op:
        batch_op.drop_index("ix_bindings_start")
