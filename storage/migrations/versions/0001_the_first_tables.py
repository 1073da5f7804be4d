"""The first tables."""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, Moment, only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("update_id", BIG, nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("bot_id", "update_id", name=op.f("uq_inbox_bot_id_update_id")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_waiting", ["bot_id", "id"], unique=False, **only("state = 'waiting'"))

    op.create_table(
        "journal",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("prospect_id", BIG, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index("ix_journal_prospect", ["prospect_id", "id"], unique=False)

    op.create_table(
        "pauses",
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column(
            "chat_id",
            BIG,
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "chat_id", name=op.f("pk_pauses")),
    )
    op.create_table(
        "prospects",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("telegram_id", BIG, nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=32), nullable=True),
        sa.Column("chosen_language", sa.String(length=32), nullable=True),
        sa.Column("first_source", sa.Text(), nullable=True),
        sa.Column("last_source", sa.Text(), nullable=True),
        sa.Column("first_seen_at", Moment(), nullable=False),
        sa.Column("last_seen_at", Moment(), nullable=False),
        sa.Column("blocked_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prospects")),
        sa.UniqueConstraint("bot_id", "telegram_id", name=op.f("uq_prospects_bot_id_telegram_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "revisions",
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("quiz", sa.String(length=32), nullable=False),
        sa.Column(
            "number",
            BIG,
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "quiz", "number", name=op.f("pk_revisions")),
    )
    op.create_table(
        "consents",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("prospect_id", BIG, nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("quiz", sa.String(length=32), nullable=True),
        sa.Column("revision", BIG, nullable=True),
        sa.Column("step", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("button", sa.Text(), nullable=True),
        sa.Column("controller", sa.Text(), nullable=True),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=True),
        sa.Column("update_id", BIG, nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["prospect_id"], ["prospects.id"], name=op.f("fk_consents_prospect_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index("ix_consents_prospect", ["prospect_id", "purpose", "id"], unique=False)

    op.create_table(
        "pictures",
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("quiz", sa.String(length=32), nullable=False),
        sa.Column(
            "number",
            BIG,
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bot_id", "quiz", "number"],
            ["revisions.bot_id", "revisions.quiz", "revisions.number"],
            name=op.f("fk_pictures_bot_id"),
        ),
        sa.PrimaryKeyConstraint("bot_id", "quiz", "number", "name", name=op.f("pk_pictures")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("prospect_id", BIG, nullable=False),
        sa.Column("quiz", sa.String(length=32), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_in", BIG, nullable=True),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["prospect_id"], ["prospects.id"], name=op.f("fk_sessions_prospect_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index("ix_sessions_prospect", ["prospect_id", "id"], unique=False)
        batch_op.create_index(
            "uq_sessions_open",
            ["bot_id", "prospect_id"],
            unique=True,
            **only("is_open"),
        )

    op.create_table(
        "answers",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("session_id", BIG, nullable=False),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_answers_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("session_id", "question", name=op.f("uq_answers_session_id_question")),
    )
    op.create_table(
        "leads",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("prospect_id", BIG, nullable=False),
        sa.Column("quiz", sa.String(length=32), nullable=False),
        sa.Column("session_id", BIG, nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("band", sa.String(length=32), nullable=True),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["prospect_id"], ["prospects.id"], name=op.f("fk_leads_prospect_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_leads_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
    )
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.create_index(
            "uq_leads_open",
            ["bot_id", "prospect_id", "quiz"],
            unique=True,
            **only("closed_at IS NULL"),
        )

    op.create_table(
        "contacts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("lead_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_contacts_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("lead_id", "kind", name=op.f("uq_contacts_lead_id_kind")),
    )
    op.create_table(
        "enrolments",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("lead_id", BIG, nullable=False),
        sa.Column("prospect_id", BIG, nullable=False),
        sa.Column("quiz", sa.String(length=32), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("sequence", sa.String(length=32), nullable=False),
        sa.Column("last_step", sa.String(length=32), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("unanswered", BIG, nullable=False),
        sa.Column("enrolled_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("end_reason", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_enrolments_lead_id")),
        sa.ForeignKeyConstraint(["prospect_id"], ["prospects.id"], name=op.f("fk_enrolments_prospect_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_enrolments_due",
            ["bot_id", "due_at"],
            unique=False,
            **only("due_at IS NOT NULL"),
        )
        batch_op.create_index("ix_enrolments_prospect", ["prospect_id"], unique=False)
        batch_op.create_index(
            "uq_enrolments_active",
            ["lead_id"],
            unique=True,
            **only("ended_at IS NULL"),
        )

    op.create_table(
        "hand_offs",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("lead_id", BIG, nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("phase", sa.String(length=32), nullable=False),
        sa.Column("round", BIG, nullable=False),
        sa.Column("offered_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("taken_by", BIG, nullable=True),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("contacted_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("lost_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_hand_offs_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_offs")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("hand_offs", schema=None) as batch_op:
        batch_op.create_index("ix_hand_offs_due", ["bot_id", "due_at"], unique=False, **only("due_at IS NOT NULL"))
        batch_op.create_index(
            "uq_hand_offs_open",
            ["lead_id"],
            unique=True,
            **only("closed_at IS NULL"),
        )

    op.create_table(
        "ledger",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("lead_id", BIG, nullable=False),
        sa.Column("session_id", BIG, nullable=True),
        sa.Column("quiz", sa.String(length=32), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("points", BIG, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("once", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_ledger_lead_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_ledger_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("lead_id", "once", name=op.f("uq_ledger_lead_id_once")),
    )
    op.create_table(
        "stage_moves",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("lead_id", BIG, nullable=False),
        sa.Column("from_stage", sa.String(length=32), nullable=True),
        sa.Column("to_stage", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_stage_moves_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_moves")),
    )
    with op.batch_alter_table("stage_moves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_moves_lead_id"), ["lead_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("priority", BIG, nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("not_before", Moment(), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("message_id", BIG, nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("edits", BIG, nullable=True),
        sa.Column("hand_off_id", BIG, nullable=True),
        sa.Column("enrolment_id", BIG, nullable=True),
        sa.Column("consent_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_outbox_consent_id")),
        sa.ForeignKeyConstraint(["edits"], ["outbox.id"], name=op.f("fk_outbox_edits")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_outbox_enrolment_id")),
        sa.ForeignKeyConstraint(["hand_off_id"], ["hand_offs.id"], name=op.f("fk_outbox_hand_off_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_chat",
            ["bot_id", "chat_id", "id"],
            unique=False,
            **only("state IN ('waiting', 'sending')"),
        )
        batch_op.create_index(
            "ix_outbox_hand_off",
            ["hand_off_id"],
            unique=False,
            **only("hand_off_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_outbox_open",
            ["bot_id", "priority", "id"],
            unique=False,
            **only("state IN ('waiting', 'sending')"),
        )


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_open", sqlite_where=sa.text("state IN ('waiting', 'sending')"))
        batch_op.drop_index("ix_outbox_hand_off", sqlite_where=sa.text("hand_off_id IS NOT NULL"))
        batch_op.drop_index("ix_outbox_chat", sqlite_where=sa.text("state IN ('waiting', 'sending')"))

    op.drop_table("outbox")
    with op.batch_alter_table("stage_moves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_moves_lead_id"))

    op.drop_table("stage_moves")
    op.drop_table("ledger")
    with op.batch_alter_table("hand_offs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hand_offs_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_hand_offs_due", sqlite_where=sa.text("due_at IS NOT NULL"))

    op.drop_table("hand_offs")
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_enrolments_active",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_enrolments_prospect")
        batch_op.drop_index("ix_enrolments_due", sqlite_where=sa.text("due_at IS NOT NULL"))

    op.drop_table("enrolments")
    op.drop_table("contacts")
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_leads_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.drop_table("leads")
    op.drop_table("answers")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sessions_open", sqlite_where=sa.text("is_open"), postgresql_where=sa.text("is_open")
        )
        batch_op.drop_index("ix_sessions_prospect")

    op.drop_table("sessions")
    op.drop_table("pictures")
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_index("ix_consents_prospect")

    op.drop_table("consents")
    op.drop_table("revisions")
    op.drop_table("prospects")
    op.drop_table("pauses")
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_prospect")

    op.drop_table("journal")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_waiting", sqlite_where=sa.text("state = 'waiting'"))

    op.drop_table("inbox")
