"""Conversations that go back, privacy, drafts, links."""

import hashlib
import json
import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, NEVER_AGAIN, Moment, only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _pictures_become_media()
    op.create_table(
        "audit",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "erasures",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_table(
        "quizzes",
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("quiz", sa.String(length=32), nullable=False),
        sa.Column("paused_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("bot_id", "quiz", name=op.f("pk_quizzes")),
    )
    op.create_table(
        "states",
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "name", name=op.f("pk_states")),
    )
    op.create_table(
        "links",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("quiz", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=32), nullable=True),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("utm", sa.Text(), nullable=False),
        sa.Column("referrer", BIG, nullable=True),
        sa.Column("created_by", BIG, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["referrer"], ["prospects.id"], name=op.f("fk_links_referrer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("bot_id", "token", name=op.f("uq_links_bot_id_token")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_links_referrer"), ["referrer"], unique=False)

    op.create_table(
        "codes",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("prospect_id", BIG, nullable=False),
        sa.Column("session_id", BIG, nullable=False),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("tries", BIG, nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["prospect_id"], ["prospects.id"], name=op.f("fk_codes_prospect_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_codes_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codes")),
    )
    with op.batch_alter_table("codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_codes_prospect_id"), ["prospect_id"], unique=False)
        batch_op.create_index("ix_codes_address", ["bot_id", "address"], unique=False)

    op.create_table(
        "consent_ends",
        sa.Column("consent_id", BIG, autoincrement=False, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_consent_ends_consent_id")),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_consent_ends")),
    )
    with op.batch_alter_table("consent_ends", schema=None) as batch_op:
        batch_op.create_index("ix_consent_ends_due", ["bot_id", "due_at"], unique=False)

    op.create_table(
        "files",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("prospect_id", BIG, nullable=True),
        sa.Column("session_id", BIG, nullable=True),
        sa.Column("question", sa.String(length=32), nullable=True),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("file_id", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("arrived_at", Moment(), nullable=True),
        sa.Column("handled_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["prospect_id"], ["prospects.id"], name=op.f("fk_files_prospect_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_files_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index(
            "ix_files_arrived",
            ["bot_id", "id"],
            unique=False,
            **only("arrived_at IS NOT NULL AND handled_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_files_prospect_id"), ["prospect_id"], unique=False)

    _columns()
    _name_old_consents()
    _convert_open_messages()


def _columns() -> None:
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaced_at", Moment(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_answers_session_id_question"), type_="unique")
        batch_op.create_index(
            "uq_answers_present",
            ["session_id", "question"],
            unique=True,
            **only("replaced_at IS NULL"),
        )

    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaced_at", Moment(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_ledger_lead_id_once"), type_="unique")
        batch_op.create_index(
            "uq_ledger_once",
            ["lead_id", "once"],
            unique=True,
            **only("replaced_at IS NULL"),
        )

    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expires_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("record", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("previous_sha256", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("sha256", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("method", sa.String(length=32), nullable=False, server_default="button"))

    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fingerprint", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index("ix_contacts_fingerprint", ["bot_id", "fingerprint"], unique=False)

    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("telegram_id", BIG, nullable=True))

    with op.batch_alter_table("outbox", schema=None, table_kwargs=NEVER_AGAIN) as batch_op:
        batch_op.add_column(sa.Column("forget", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(
            "ix_outbox_groups",
            ["bot_id", "chat_id", "created_at"],
            unique=False,
            **only("chat_id < 0"),
        )

    with op.batch_alter_table("prospects", schema=None) as batch_op:
        batch_op.add_column(sa.Column("timezone", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("first_link_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("last_link_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("referred_by", BIG, nullable=True))
        batch_op.add_column(sa.Column("keep_until", Moment(), nullable=True))
        batch_op.create_index(
            "ix_prospects_keep_until",
            ["bot_id", "keep_until"],
            unique=False,
            **only("keep_until IS NOT NULL"),
        )

    with op.batch_alter_table("sessions", schema=None, table_kwargs=NEVER_AGAIN) as batch_op:
        batch_op.add_column(sa.Column("link_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("is_test", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("abandoned_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("due_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("due_for", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("nudges", BIG, nullable=False, server_default="0"))
        batch_op.create_index("ix_sessions_due", ["bot_id", "due_at"], unique=False, **only("due_at IS NOT NULL"))


def _pictures_become_media() -> None:
    # A table that others refer to cannot be made anew in SQLite, so the pictures step aside.
    op.execute("CREATE TABLE pictures_aside AS SELECT bot_id, quiz, number, name, content, file_id FROM pictures")
    op.drop_table("pictures")
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(length=32), nullable=False, server_default="published"))
        batch_op.add_column(sa.Column("drafted_by", BIG, nullable=True))
        batch_op.add_column(
            sa.Column("drafted_at", Moment(), nullable=False, server_default="1970-01-01 00:00:00.000000")
        )
        batch_op.alter_column("published_at", existing_type=sa.DATETIME(), nullable=True)
    op.execute("UPDATE revisions SET drafted_at = published_at")
    op.create_table(
        "media",
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("quiz", sa.String(length=32), nullable=False),
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bot_id", "quiz", "number"],
            ["revisions.bot_id", "revisions.quiz", "revisions.number"],
            name=op.f("fk_media_bot_id"),
        ),
        sa.PrimaryKeyConstraint("bot_id", "quiz", "number", "name", name=op.f("pk_media")),
    )
    op.execute(
        "INSERT INTO media (bot_id, quiz, number, name, content, file_id) "
        "SELECT bot_id, quiz, number, name, content, file_id FROM pictures_aside"
    )
    op.drop_table("pictures_aside")


def _name_old_consents() -> None:
    """Give every event of before its own name and its place in its person's chain."""
    connection = op.get_bind()
    consents = sa.table(
        "consents",
        *(sa.column(name) for name in ("id", "prospect_id", "purpose", "event", "text_sha256", "record")),
        *(sa.column(name) for name in ("previous_sha256", "sha256")),
        sa.column("at", Moment()),
    )
    last: dict[int, str] = {}
    for row in connection.execute(sa.select(consents).order_by(consents.c.id)).all():
        record, previous = uuid.uuid4().hex, last.get(row.prospect_id)
        at = row.at.isoformat(timespec="microseconds")
        facts = [record, row.purpose, row.event, at, None, row.text_sha256, previous]
        last[row.prospect_id] = hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()
        chained = {"record": record, "previous_sha256": previous, "sha256": last[row.prospect_id]}
        connection.execute(sa.update(consents).where(consents.c.id == row.id).values(**chained))


def _convert_open_messages() -> None:
    """Write what still waits to be sent as this release reads it."""
    connection = op.get_bind()
    open_rows = "SELECT id, request FROM outbox WHERE state IN ('waiting', 'sending')"
    for number, request in connection.execute(sa.text(open_rows)).all():
        body = _converted(json.loads(request))
        changed = {"request": json.dumps(body, ensure_ascii=False), "id": number}
        connection.execute(sa.text("UPDATE outbox SET request = :request WHERE id = :id"), changed)


def _converted(body: dict[str, Any]) -> dict[str, Any]:
    if body["method"] == "send_picture":
        media = {"kind": "revision"} | {name: body.pop(name) for name in ("quiz", "revision", "name")}
        return {**body, "method": "send_media", "kind": "photo", "media": media}
    keyboard = body.get("keyboard")
    if keyboard and "text" in keyboard:
        key = {"text": keyboard["text"], "asks": "contact"}
        return {**body, "keyboard": {"keys": [key], "hint": keyboard.get("hint", "")}}
    return body
