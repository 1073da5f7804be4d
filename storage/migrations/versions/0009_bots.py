"""Bots that the database itself keeps."""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bots",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("quizzes", sa.Text(), nullable=False),
        sa.Column("managers", sa.Text(), nullable=False),
        sa.Column("admins", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=True),
        sa.Column("pace", sa.Double(), nullable=True),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("paused_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bots")),
    )
