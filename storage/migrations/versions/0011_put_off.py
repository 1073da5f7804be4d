"""Until when a message may be sent, and where its sequence stood before it; whose an update is that waits."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment, only

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WAITING, UNKNOWN = only("state = 'waiting'"), only("state = 'unknown'")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("not_after", Moment(), nullable=True))
    op.add_column("outbox", sa.Column("after_step", sa.String(32), nullable=True))
    op.create_index("ix_outbox_unknown", "outbox", ["bot_id", "kind"], **UNKNOWN)
    op.drop_index("ix_inbox_waiting", table_name="inbox")
    op.create_index("ix_inbox_waiting", "inbox", ["bot_id", "id", "telegram_id"], **WAITING)


def downgrade() -> None:
    op.drop_index("ix_inbox_waiting", table_name="inbox")
    op.create_index("ix_inbox_waiting", "inbox", ["bot_id", "id"], **WAITING)
    op.drop_index("ix_outbox_unknown", table_name="outbox")
    op.drop_column("outbox", "after_step")
    op.drop_column("outbox", "not_after")
