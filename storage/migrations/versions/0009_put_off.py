"""Until when a message may be sent, and where its sequence stood before it; unknown fates are counted."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("not_after", Moment(), nullable=True))
    op.add_column("outbox", sa.Column("after_step", sa.String(32), nullable=True))
    op.create_index("ix_outbox_unknown", "outbox", ["bot_id", "kind"], sqlite_where=sa.text("state = 'unknown'"))


def downgrade() -> None:
    op.drop_index("ix_outbox_unknown", table_name="outbox")
    op.drop_column("outbox", "after_step")
    op.drop_column("outbox", "not_after")
