"""Who took a message to send it, and when; indexes from which alone delivery tells what may be sent."""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('waiting', 'sending')")
WAITING, SENDING = sa.text("state = 'waiting'"), sa.text("state = 'sending'")


def upgrade() -> None:
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("sender", BIG, nullable=True))
        table.add_column(sa.Column("claimed_at", Moment(), nullable=True))
    op.drop_index("ix_outbox_open", table_name="outbox")
    op.drop_index("ix_outbox_chat", table_name="outbox")
    columns = ["bot_id", "priority", "id", "chat_id", "kind", "not_before", "state"]
    op.create_index("ix_outbox_waiting", "outbox", columns, sqlite_where=WAITING)
    op.create_index("ix_outbox_later", "outbox", ["bot_id", "not_before"], sqlite_where=WAITING)
    op.create_index("ix_outbox_sending", "outbox", ["bot_id", "id"], sqlite_where=SENDING)
    columns = ["bot_id", "chat_id", "id", "kind", "state"]
    op.create_index("ix_outbox_chat", "outbox", columns, sqlite_where=OPEN)
    op.create_index("ix_outbox_edits", "outbox", ["edits"], sqlite_where=sa.text("edits IS NOT NULL"))
