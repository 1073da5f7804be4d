"""Tracked links."""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, Moment, only

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tracked_links",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("prospect_id", BIG, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("enrolment_id", BIG, nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("broadcast_id", BIG, nullable=True),
        sa.Column("sending_id", BIG, nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["prospect_id"], ["prospects.id"], name=op.f("fk_tracked_links_prospect_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_tracked_links_enrolment_id")),
        sa.ForeignKeyConstraint(["sending_id"], ["materials_sent.id"], name=op.f("fk_tracked_links_sending_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracked_links")),
        sa.UniqueConstraint("bot_id", "fingerprint", name=op.f("uq_tracked_links_bot_id_fingerprint")),
        sqlite_autoincrement=True,
    )
    for name, columns, where in (
        ("ix_tracked_links_prospect_id", ["prospect_id"], None),
        ("ix_tracked_links_due", ["bot_id", "due_at"], "due_at IS NOT NULL"),
        ("ix_tracked_links_enrolment", ["enrolment_id"], "enrolment_id IS NOT NULL"),
        ("ix_tracked_links_broadcast", ["broadcast_id"], "broadcast_id IS NOT NULL"),
        ("ix_tracked_links_sending", ["sending_id"], "sending_id IS NOT NULL"),
    ):
        some = only(where) if where else {}
        op.create_index(name, "tracked_links", columns, unique=False, **some)
