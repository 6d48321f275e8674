"""feeds, and names that went away."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _recorded(table: str, *columns: str) -> list[sa.schema.SchemaItem]:
    """The columns and constraints by which rows name their passes."""
    nullable = {"closed_in": True, "opened_in": False}
    return [
        *(sa.Column(name, sa.Integer(), nullable=nullable[name]) for name in columns),
        *(
            sa.ForeignKeyConstraint([name], ["passes.id"], name=op.f(f"fk_{table}_{name}_passes"))
            for name in columns
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _indexed(table: str, *columns: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for name in columns:
            batch_op.create_index(batch_op.f(f"ix_{table}_{name}"), [name], unique=False)
        if "closed_in" in columns:
            still_open = sa.text("closed_in IS NULL")
            batch_op.create_index(
                f"ix_{table}_open",
                ["name"],
                unique=True,
                sqlite_where=still_open,
                postgresql_where=still_open,
            )
        else:
            batch_op.create_index(f"ix_{table}_feed", ["feed", "id"], unique=False)


def upgrade() -> None:
    op.create_table(
        "feed_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("dated", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        *_recorded("feed_versions", "opened_in"),
    )
    _indexed("feed_versions", "opened_in")
    op.create_table(
        "kev_listings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("listed_on", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ransomware", sa.Boolean(), nullable=False),
        *_recorded("kev_listings", "opened_in", "closed_in"),
    )
    _indexed("kev_listings", "opened_in", "closed_in")
    op.create_table(
        "ssvc_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("exploitation", sa.String(length=8), nullable=True),
        sa.Column("automatable", sa.Boolean(), nullable=True),
        sa.Column("technical_impact", sa.String(length=8), nullable=True),
        *_recorded("ssvc_points", "opened_in", "closed_in"),
    )
    _indexed("ssvc_points", "opened_in", "closed_in")
    with op.batch_alter_table("bindings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bindings_left",
            ["image_id"],
            unique=False,
            sqlite_where=sa.text("reason <> 'moved' AND superseded_in IS NULL"),
            postgresql_where=sa.text("reason <> 'moved' AND superseded_in IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("bindings", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_bindings_left",
            sqlite_where=sa.text("reason <> 'moved' AND superseded_in IS NULL"),
            postgresql_where=sa.text("reason <> 'moved' AND superseded_in IS NULL"),
        )
    op.drop_table("ssvc_points")
    op.drop_table("kev_listings")
    op.drop_table("feed_versions")
