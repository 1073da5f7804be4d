"""Who took a message to send it, and when; indexes from which alone delivery tells what may be sent."""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, NEVER_AGAIN, Moment, only

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = only("state IN ('waiting', 'sending')")
WAITING, SENDING = only("state = 'waiting'"), only("state = 'sending'")


def upgrade() -> None:
    with op.batch_alter_table("outbox", table_kwargs=NEVER_AGAIN) as table:
        table.add_column(sa.Column("sender", BIG, nullable=True))
        table.add_column(sa.Column("claimed_at", Moment(), nullable=True))
    op.drop_index("ix_outbox_open", table_name="outbox")
    op.drop_index("ix_outbox_chat", table_name="outbox")
    columns = ["bot_id", "priority", "id", "chat_id", "kind", "not_before", "state"]
    op.create_index("ix_outbox_waiting", "outbox", columns, **WAITING)
    op.create_index("ix_outbox_later", "outbox", ["bot_id", "not_before"], **WAITING)
    op.create_index("ix_outbox_sending", "outbox", ["bot_id", "id"], **SENDING)
    columns = ["bot_id", "chat_id", "id", "kind", "state"]
    op.create_index("ix_outbox_chat", "outbox", columns, **OPEN)
    op.create_index("ix_outbox_edits", "outbox", ["edits"], **only("edits IS NOT NULL"))
