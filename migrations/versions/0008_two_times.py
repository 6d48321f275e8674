"""Why a stream is not covered, with recorded time; reports that were published, as bytes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stream_doubts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_in", sa.Integer(), nullable=False),
        sa.Column("closed_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_in"], ["passes.id"], name=op.f("fk_stream_doubts_closed_in_passes")
        ),
        sa.ForeignKeyConstraint(
            ["opened_in"], ["passes.id"], name=op.f("fk_stream_doubts_opened_in_passes")
        ),
        sa.ForeignKeyConstraint(
            ["stream_id"], ["streams.id"], name=op.f("fk_stream_doubts_stream_id_streams")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream_doubts")),
    )
    with op.batch_alter_table("stream_doubts", schema=None) as batch_op:
        for column in ("closed_in", "opened_in", "stream_id"):
            name = batch_op.f(f"ix_stream_doubts_{column}")
            batch_op.create_index(name, [column], unique=False)
    # Since when is not on record: what a stream was called before holds from the first pass on.
    op.execute(
        "INSERT INTO stream_doubts (stream_id, reason, opened_in) "
        "SELECT id, not_covered, (SELECT MIN(passes.id) FROM passes) FROM streams "
        "WHERE not_covered IS NOT NULL"
    )
    # Not as a batch: that would drop and copy a table to which others refer.
    op.execute("ALTER TABLE streams DROP COLUMN not_covered")
    op.create_table(
        "published_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_now", sa.Boolean(), nullable=False),
        sa.Column("figures_version", sa.Integer(), nullable=False),
        sa.Column("read_upto", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["read_upto"], ["passes.id"], name=op.f("fk_published_reports_read_upto_passes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_reports")),
        sa.UniqueConstraint("sha256", name=op.f("uq_published_reports_sha256")),
    )
    with op.batch_alter_table("published_reports", schema=None) as batch_op:
        name = batch_op.f("ix_published_reports_published_at")
        batch_op.create_index(name, ["published_at"], unique=False)


def downgrade() -> None:
    op.drop_table("published_reports")
    op.add_column("streams", sa.Column("not_covered", sa.Text(), nullable=True))
    op.execute(
        "UPDATE streams SET not_covered = (SELECT reason FROM stream_doubts "
        "WHERE stream_doubts.stream_id = streams.id AND stream_doubts.closed_in IS NULL)"
    )
    op.drop_table("stream_doubts")
