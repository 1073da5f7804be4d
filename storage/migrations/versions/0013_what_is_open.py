"""Indexes of what is open, put aside or abandoned: however much is over, nobody goes through that."""

from alembic import op

from storage.columns import only

revision = "0013"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, table, columns, which in (
        ("ix_hand_offs_open", "hand_offs", ["bot_id", "offered_at"], "closed_at IS NULL"),
        ("ix_sessions_abandoned", "sessions", ["bot_id", "abandoned_at"], "abandoned_at IS NOT NULL"),
        ("ix_inbox_parked", "inbox", ["bot_id", "id"], "state = 'parked'"),
    ):
        op.create_index(name, table, columns, **only(which))
