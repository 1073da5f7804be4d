"""Teams, talk, materials, merges, costs."""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, NEVER_AGAIN, Moment, only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "costs",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=32), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("entered_by", BIG, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_costs")),
    )
    op.create_table(
        "invites",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("invited_by", BIG, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_by", BIG, nullable=True),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invites")),
        sa.UniqueConstraint("bot_id", "fingerprint", name=op.f("uq_invites_bot_id_fingerprint")),
    )
    op.create_table(
        "members",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("telegram_id", BIG, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        sa.Column("capacity", BIG, nullable=True),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("away_since", Moment(), nullable=True),
        sa.Column("away_until", Moment(), nullable=True),
        sa.Column("unreachable_since", Moment(), nullable=True),
        sa.Column("assigned_at", Moment(), nullable=True),
        sa.Column("joined_at", Moment(), nullable=False),
        sa.Column("left_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("bot_id", "telegram_id", name=op.f("uq_members_bot_id_telegram_id")),
    )
    op.create_table(
        "materials",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("file_id", BIG, nullable=True),
        sa.Column("created_by", BIG, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_materials")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "merges",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("lead_id", BIG, nullable=False),
        sa.Column("same_as", BIG, nullable=False),
        sa.Column("contact", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("suggested_at", Moment(), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_merges_lead_id")),
        sa.ForeignKeyConstraint(["same_as"], ["leads.id"], name=op.f("fk_merges_same_as")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sa.UniqueConstraint("lead_id", "same_as", name=op.f("uq_merges_lead_id_same_as")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index("ix_merges_same_as", ["same_as"], unique=False)

    op.create_table(
        "notes",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("lead_id", BIG, nullable=False),
        sa.Column("author", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_notes_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notes_lead_id"), ["lead_id"], unique=False)

    op.create_table(
        "materials_sent",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("material_id", BIG, nullable=False),
        sa.Column("lead_id", BIG, nullable=False),
        sa.Column("manager", BIG, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_materials_sent_lead_id")),
        sa.ForeignKeyConstraint(["material_id"], ["materials.id"], name=op.f("fk_materials_sent_material_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_materials_sent")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("materials_sent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_materials_sent_lead_id"), ["lead_id"], unique=False)

    op.create_table(
        "talk",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("lead_id", BIG, nullable=False),
        sa.Column("hand_off_id", BIG, nullable=False),
        sa.Column("from_manager", sa.Boolean(), nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=True),
        sa.Column("copy_id", BIG, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["outbox.id"], name=op.f("fk_talk_copy_id")),
        sa.ForeignKeyConstraint(["hand_off_id"], ["hand_offs.id"], name=op.f("fk_talk_hand_off_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_talk_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
    )
    with op.batch_alter_table("talk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_talk_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index("ix_talk_written", ["bot_id", "chat_id", "message_id"], unique=False)

    with op.batch_alter_table("hand_offs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered_to", BIG, nullable=True))
        batch_op.add_column(sa.Column("tried", sa.Text(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("reach", sa.String(length=32), nullable=False, server_default="team"))
        batch_op.add_column(sa.Column("counted_from", Moment(), nullable=True))
        batch_op.add_column(sa.Column("call_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("talking_since", Moment(), nullable=True))
        batch_op.add_column(sa.Column("worked_seconds", BIG, nullable=True))
        batch_op.add_column(sa.Column("amount", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("currency", sa.String(length=32), nullable=True))
        batch_op.create_index(
            "ix_hand_offs_call", ["bot_id", "call_at"], unique=False, **only("call_at IS NOT NULL")
        )
        batch_op.create_index("ix_hand_offs_offered", ["bot_id", "offered_at"], unique=False)
        batch_op.create_index("ix_hand_offs_lead", ["lead_id"], unique=False)

    with op.batch_alter_table("outbox", schema=None, table_kwargs=NEVER_AGAIN) as batch_op:
        batch_op.create_index(
            "ix_outbox_about",
            ["bot_id", "chat_id", "message_id"],
            unique=False,
            **only("hand_off_id IS NOT NULL"),
        )

    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("frozen_until", Moment(), nullable=True))
        batch_op.add_column(sa.Column("waiting_since", Moment(), nullable=True))
        batch_op.add_column(sa.Column("place_at", Moment(), nullable=True))
        batch_op.create_index(
            "ix_leads_frozen",
            ["bot_id", "frozen_until"],
            unique=False,
            **only("frozen_until IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_leads_waiting",
            ["bot_id", "waiting_since"],
            unique=False,
            **only("waiting_since IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_leads_place", ["bot_id", "place_at"], unique=False, **only("place_at IS NOT NULL")
        )

    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.add_column(sa.Column("product", sa.String(length=32), nullable=False, server_default=""))

    op.create_index(
        "ix_journal_scrubbed",
        "journal",
        ["bot_id", "prospect_id", "at"],
        unique=False,
        **only("event = 'scrubbed'"),
    )
    op.create_index("ix_sessions_started", "sessions", ["bot_id", "started_at"], unique=False)
