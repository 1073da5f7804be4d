"""Indexes of what is open, put aside or abandoned, and of all about one person: nobody goes through the rest."""

from alembic import op

from storage.columns import only

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OPEN = (
    ("ix_hand_offs_open", "hand_offs", ["bot_id", "offered_at"], "closed_at IS NULL"),
    ("ix_sessions_abandoned", "sessions", ["bot_id", "abandoned_at"], "abandoned_at IS NOT NULL"),
    ("ix_inbox_parked", "inbox", ["bot_id", "id"], "state = 'parked'"),
)
ABOUT_ONE_PERSON = (
    ("ix_inbox_person", "inbox", ["bot_id", "telegram_id"], "telegram_id IS NOT NULL"),
    ("ix_outbox_person", "outbox", ["chat_id"], None),
    ("ix_outbox_enrolment", "outbox", ["enrolment_id"], "enrolment_id IS NOT NULL"),
    ("ix_outbox_consent", "outbox", ["consent_id"], "consent_id IS NOT NULL"),
    ("ix_leads_session", "leads", ["session_id"], None),
    ("ix_ledger_lead", "ledger", ["lead_id"], None),
    ("ix_ledger_session", "ledger", ["session_id"], "session_id IS NOT NULL"),
    ("ix_enrolments_lead", "enrolments", ["lead_id"], None),
    ("ix_prospects_referred_by", "prospects", ["referred_by"], "referred_by IS NOT NULL"),
    ("ix_answers_session", "answers", ["session_id"], None),
    ("ix_codes_session", "codes", ["session_id"], None),
    ("ix_files_session", "files", ["session_id"], "session_id IS NOT NULL"),
    ("ix_talk_hand_off", "talk", ["hand_off_id"], None),
    ("ix_talk_copy", "talk", ["copy_id"], "copy_id IS NOT NULL"),
    ("ix_materials_sent_material", "materials_sent", ["material_id"], None),
)


def upgrade() -> None:
    for name, table, columns, which in (*OPEN, *ABOUT_ONE_PERSON):
        op.create_index(name, table, columns, **(only(which) if which else {}))
