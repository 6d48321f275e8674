"""calls to trackers know since when they are under way, by the clock of the database."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ticket_intents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("begun_at", sa.Float(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("ticket_intents", schema=None) as batch_op:
        batch_op.drop_column("begun_at")
