"""Broadcasts to segments; answers found by their choices."""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, Moment, only

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("hours", sa.String(length=32), nullable=True),
        sa.Column("created_by", BIG, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("begins_at", Moment(), nullable=True),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("cursor", BIG, nullable=False),
        sa.Column("found_all", sa.Boolean(), nullable=False),
        sa.Column("people", BIG, nullable=False),
        sa.Column("busy", BIG, nullable=False),
        sa.Column("counted_to", BIG, nullable=True),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("shown_in", BIG, nullable=True),
        sa.Column("shown_to", BIG, nullable=True),
        sa.Column("shown_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_broadcasts_due", "broadcasts", ["bot_id", "due_at"], **only("due_at IS NOT NULL"))
    op.create_table(
        "broadcast_recipients",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("broadcast_id", BIG, nullable=False),
        sa.Column("prospect_id", BIG, nullable=False),
        sa.Column("outbox_id", BIG, nullable=True),
        sa.Column("fate", sa.String(length=32), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("tapped_at", Moment(), nullable=True),
        sa.Column("stopped_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_recipients")),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcasts.id"], name=op.f("fk_broadcast_recipients_broadcast_id")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospects.id"], name=op.f("fk_broadcast_recipients_prospect_id")
        ),
        sa.UniqueConstraint(
            "broadcast_id", "prospect_id", name=op.f("uq_broadcast_recipients_broadcast_id_prospect_id")
        ),
    )
    op.create_index(
        op.f("ix_broadcast_recipients_prospect_id"), "broadcast_recipients", ["prospect_id"], unique=False
    )
    op.create_index("ix_broadcast_recipients_fate", "broadcast_recipients", ["broadcast_id", "fate"])
    op.create_index(
        "ix_broadcast_recipients_due",
        "broadcast_recipients",
        ["broadcast_id", "due_at"],
        **only("due_at IS NOT NULL"),
    )
    for deed in ("tapped", "stopped"):
        op.create_index(
            f"ix_broadcast_recipients_{deed}",
            "broadcast_recipients",
            ["broadcast_id"],
            **only(f"{deed}_at IS NOT NULL"),
        )
    op.add_column("answers", sa.Column("marks", sa.Text(), nullable=True))
    op.create_index("ix_leads_prospect", "leads", ["prospect_id"], unique=False)
