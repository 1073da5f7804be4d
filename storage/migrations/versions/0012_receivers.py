"""Receivers of the owner's, and the notices that tell them what happens to leads."""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, Moment, only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NEVER_AGAIN = {"sqlite_autoincrement": True}


def upgrade() -> None:
    op.create_table(
        "receivers",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("paused_at", Moment(), nullable=True),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.Column("rests_until", Moment(), nullable=True),
        sa.Column("failing_since", Moment(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_receivers"),
        **NEVER_AGAIN,
    )
    op.create_index("ix_receivers_bot_id", "receivers", ["bot_id"])
    op.create_table(
        "notices",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("receiver_id", BIG, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("lead_id", BIG, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["receiver_id"], ["receivers.id"], name="fk_notices_receiver_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_notices_lead_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        **NEVER_AGAIN,
    )
    op.create_index("ix_notices_waiting", "notices", ["receiver_id", "due_at", "id"], **only("state = 'waiting'"))
    op.create_index("ix_notices_sending", "notices", ["bot_id", "id"], **only("state = 'sending'"))
    op.create_index("ix_notices_state", "notices", ["receiver_id", "state"])
    op.create_index("ix_notices_kept", "notices", ["bot_id", "created_at"])
    op.create_index("ix_notices_lead", "notices", ["lead_id"], **only("lead_id IS NOT NULL"))
    op.create_index("uq_notices_public_id", "notices", ["public_id"], unique=True)


def downgrade() -> None:
    op.drop_table("notices")
    op.drop_table("receivers")
