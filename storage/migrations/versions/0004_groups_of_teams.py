"""Groups that see the hot leads of a team."""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team_groups",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("brought_by", BIG, nullable=False),
        sa.Column("brought_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_groups")),
        sa.UniqueConstraint("bot_id", "chat_id", name=op.f("uq_team_groups_bot_id_chat_id")),
        sqlite_autoincrement=True,
    )
