"""The tables. Every row names its bot, so that several bots can share a database; what is personal is sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG, Base, BotId, Key, Word
from storage.sealed import Sealed, SealedBytes


class InboxRow(Base):
    """An update of Telegram, kept before it is confirmed."""

    __tablename__ = "inbox"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    update_id: Mapped[int]
    received_at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Sealed("inbox.body"))
    state: Mapped[Word]
    """waiting, done or parked"""
    error: Mapped[str | None]
    telegram_id: Mapped[int | None]
    """whose update it is, once that is known: what they left parked is erased with them"""
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("ix_inbox_waiting", "bot_id", "id", sqlite_where=text("state = 'waiting'")),
    )


class QuizRow(Base):
    """What holds for a quiz whatever its revision: whether it is paused."""

    __tablename__ = "quizzes"
    bot_id: Mapped[BotId] = mapped_column(BIG, primary_key=True)
    quiz: Mapped[Word] = mapped_column(primary_key=True)
    paused_at: Mapped[datetime | None]


class RevisionRow(Base):
    """A quiz document; its text never changes, and it is not removed while a session may need it."""

    __tablename__ = "revisions"
    bot_id: Mapped[BotId] = mapped_column(BIG, primary_key=True)
    quiz: Mapped[Word] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[Word]
    """draft, published or discarded"""
    sha256: Mapped[str]
    source: Mapped[str]
    drafted_by: Mapped[int | None]
    """the admin's Telegram id, for one that came through the chat"""
    drafted_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class MediaRow(Base):
    """A picture, video, document or voice of a revision; `file_id` is Telegram's name once it was sent."""

    __tablename__ = "media"
    bot_id: Mapped[BotId] = mapped_column(BIG, primary_key=True)
    quiz: Mapped[Word] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    file_id: Mapped[str | None]
    __table_args__ = (
        ForeignKeyConstraint(
            ["bot_id", "quiz", "number"], ["revisions.bot_id", "revisions.quiz", "revisions.number"]
        ),
    )


class ProspectRow(Base):
    """A person in a Telegram chat with the bot: one row for ever."""

    __tablename__ = "prospects"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    telegram_id: Mapped[int]
    first_name: Mapped[str] = mapped_column(Sealed("prospects.first_name"))
    username: Mapped[str | None] = mapped_column(Sealed("prospects.username"))
    language: Mapped[Word | None]
    """the code Telegram tells"""
    chosen_language: Mapped[Word | None]
    timezone: Mapped[str | None]
    """the zone of their city, once they told it"""
    first_source: Mapped[str | None]
    last_source: Mapped[str | None]
    first_link_id: Mapped[int | None] = mapped_column(BIG)
    last_link_id: Mapped[int | None] = mapped_column(BIG)
    referred_by: Mapped[int | None] = mapped_column(BIG)
    """the prospect whose link they came by"""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    blocked_at: Mapped[datetime | None]
    keep_until: Mapped[datetime | None]
    """when everything about them is erased, unless they are heard of before"""
    __table_args__ = (
        UniqueConstraint("bot_id", "telegram_id"),
        Index("ix_prospects_keep_until", "bot_id", "keep_until", sqlite_where=text("keep_until IS NOT NULL")),
    )


class SessionRow(Base):
    """One prospect's walk through one revision; `state` is the engine's own record as JSON."""

    __tablename__ = "sessions"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id"))
    quiz: Mapped[Word]
    revision: Mapped[int]
    source: Mapped[str | None]
    link_id: Mapped[int | None] = mapped_column(BIG)
    """the deep link that began it"""
    is_test: Mapped[bool]
    """an admin tries the quiz: nothing of it is counted"""
    state: Mapped[str] = mapped_column(Sealed("sessions.state"))
    asked_in: Mapped[int | None]
    """the outbox row of the open question"""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    abandoned_at: Mapped[datetime | None]
    """when the silence had lasted too long; the prospect may still come back"""
    is_open: Mapped[bool]
    due_at: Mapped[datetime | None]
    """when the silence has lasted long enough for what `due_for` says"""
    due_for: Mapped[Word | None]
    """nudge, abandonment or outage"""
    nudges: Mapped[int]
    """how often the open question was called back to mind"""
    __table_args__ = (
        # The chat has one open question at a time.
        Index(
            "uq_sessions_open",
            "bot_id",
            "prospect_id",
            unique=True,
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
        Index("ix_sessions_prospect", "prospect_id", "id"),
        Index("ix_sessions_due", "bot_id", "due_at", sqlite_where=text("due_at IS NOT NULL")),
    )


class AnswerRow(Base):
    """What a prospect gave to a question, keyed by the question's id; `answer` is typed JSON.

    An answer that was changed, or fell away with another, stays as history: `replaced_at` says since when.
    """

    __tablename__ = "answers"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    question: Mapped[Word]
    answer: Mapped[str] = mapped_column(Sealed("answers.answer"))
    given_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_answers_present",
            "session_id",
            "question",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )


class ConsentRow(Base):
    """An event about one purpose; rows are only ever added."""

    __tablename__ = "consents"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id"))
    purpose: Mapped[Word]
    event: Mapped[Word]
    """given, confirmed, refused, withdrawn or expired"""
    at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    record: Mapped[str]
    """the record's own id, as it stands on the receipt"""
    previous_sha256: Mapped[str | None]
    """the fingerprint of the event before, so that none can be taken out or changed unseen"""
    sha256: Mapped[str]
    method: Mapped[Word]
    """button, typed, code, command, clock"""
    quiz: Mapped[Word | None]
    revision: Mapped[int | None]
    step: Mapped[Word | None]
    language: Mapped[Word]
    text: Mapped[str] = mapped_column(Sealed("consents.text"))
    text_sha256: Mapped[str]
    button: Mapped[str | None] = mapped_column(Sealed("consents.button"))
    controller: Mapped[str | None]
    policy: Mapped[str | None]
    source: Mapped[str | None]
    chat_id: Mapped[int]
    message_id: Mapped[int | None]
    update_id: Mapped[int | None]
    actor: Mapped[str]
    __table_args__ = (Index("ix_consents_prospect", "prospect_id", "purpose", "id"),)


class ConsentEndRow(Base):
    """A live consent that ends by itself at a certain moment; the row goes when that is done."""

    __tablename__ = "consent_ends"
    consent_id: Mapped[int] = mapped_column(ForeignKey("consents.id"), primary_key=True, autoincrement=False)
    bot_id: Mapped[BotId]
    due_at: Mapped[datetime]
    __table_args__ = (Index("ix_consent_ends_due", "bot_id", "due_at"),)


class CodeRow(Base):
    """A code sent by e-mail, to be typed back; only its keyed fingerprint is kept."""

    __tablename__ = "codes"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    question: Mapped[Word]
    address: Mapped[str]
    """its keyed fingerprint: enough to count the codes that went to it"""
    fingerprint: Mapped[str]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    settled_at: Mapped[datetime | None]
    """when it was typed back, replaced by a newer one, or given up"""
    __table_args__ = (Index("ix_codes_address", "bot_id", "address"),)


class FileRow(Base):
    """A file outside any quiz: what a prospect sent, an export on its way out, a picture that was drawn."""

    __tablename__ = "files"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospects.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    question: Mapped[Word | None]
    purpose: Mapped[Word]
    """answer, export, qr or quiz"""
    name: Mapped[str] = mapped_column(Sealed("files.name"))
    mime: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes | None] = mapped_column(SealedBytes("files.content"))
    file_id: Mapped[str | None]
    """Telegram's name for it"""
    created_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    """when its bytes were here, or it was known that they never will be"""
    handled_at: Mapped[datetime | None]
    """when what waited for its bytes was done"""
    __table_args__ = (
        Index(
            "ix_files_arrived",
            "bot_id",
            "id",
            sqlite_where=text("arrived_at IS NOT NULL AND handled_at IS NULL"),
        ),
    )


class LinkRow(Base):
    """A deep link's token with what it stands for; people see the token only."""

    __tablename__ = "links"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    token: Mapped[str]
    quiz: Mapped[Word | None]
    language: Mapped[Word | None]
    campaign: Mapped[str]
    utm: Mapped[str]
    """JSON: source, medium, campaign, content, term"""
    referrer: Mapped[int | None] = mapped_column(ForeignKey("prospects.id"), index=True)
    """the prospect whose own link it is"""
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("bot_id", "token"),)


class ErasureRow(Base):
    """Somebody was erased: a keyed fingerprint and what proves it, nothing personal."""

    __tablename__ = "erasures"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    fingerprint: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[Word]
    """asked, kept_long_enough, or replayed after a backup was restored"""
    proof: Mapped[str]
    """JSON: purposes with the fingerprints of their consent events"""


class AuditRow(Base):
    """What an admin did: who, when, what, to which object."""

    __tablename__ = "audit"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    at: Mapped[datetime]
    actor: Mapped[str]
    """`admin` and a Telegram id, or `operator` for a command"""
    action: Mapped[Word]
    subject: Mapped[str]
    facts: Mapped[str]


class StateRow(Base):
    """What the bot itself has to remember, by name: when it last heard from Telegram, whether it holds back."""

    __tablename__ = "states"
    bot_id: Mapped[BotId] = mapped_column(BIG, primary_key=True)
    name: Mapped[Word] = mapped_column(primary_key=True)
    value: Mapped[str]


class LeadRow(Base):
    """A prospect who left a contact with consent; at most one open per quiz."""

    __tablename__ = "leads"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id"))
    quiz: Mapped[Word]
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    """the session that scored it last"""
    stage: Mapped[Word]
    band: Mapped[Word | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_leads_open",
            "bot_id",
            "prospect_id",
            "quiz",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class ContactRow(Base):
    """A way to reach a lead."""

    __tablename__ = "contacts"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    kind: Mapped[Word]
    value: Mapped[str] = mapped_column(Sealed("contacts.value"))
    fingerprint: Mapped[str]
    """keyed, for look-ups: the value itself cannot be searched"""
    verified: Mapped[bool]
    given_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("lead_id", "kind"),
        Index("ix_contacts_fingerprint", "bot_id", "fingerprint"),
    )


class LedgerRow(Base):
    """Every point ever given to a lead. `once` names what may give points only once."""

    __tablename__ = "ledger"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"))
    """for fit: the session whose answers gave the points"""
    quiz: Mapped[Word]
    revision: Mapped[int]
    origin: Mapped[Word]
    rule: Mapped[str]
    detail: Mapped[str]
    points: Mapped[int]
    at: Mapped[datetime]
    once: Mapped[str]
    replaced_at: Mapped[datetime | None]
    """since when other points of the same session count instead: an answer was changed"""
    __table_args__ = (
        Index(
            "uq_ledger_once",
            "lead_id",
            "once",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )


class StageMoveRow(Base):
    """A lead's move from one stage to another."""

    __tablename__ = "stage_moves"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), index=True)
    from_stage: Mapped[Word | None]
    to_stage: Mapped[Word]
    actor: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]


class HandOffRow(Base):
    """A hot lead on its way to a manager; a lead has at most one that is not closed."""

    __tablename__ = "hand_offs"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    team: Mapped[Word]
    phase: Mapped[Word]
    round: Mapped[int]
    offered_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    taken_by: Mapped[int | None]
    taken_at: Mapped[datetime | None]
    contacted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Word | None]
    lost_reason: Mapped[str | None]
    __table_args__ = (
        Index(
            "uq_hand_offs_open",
            "lead_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_hand_offs_due", "bot_id", "due_at", sqlite_where=text("due_at IS NOT NULL")),
    )


class EnrolmentRow(Base):
    """A lead's place in a sequence; `last_step` is the message sent last."""

    __tablename__ = "enrolments"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    prospect_id: Mapped[int] = mapped_column(ForeignKey("prospects.id"))
    quiz: Mapped[Word]
    revision: Mapped[int]
    sequence: Mapped[Word]
    last_step: Mapped[Word | None]
    due_at: Mapped[datetime | None]
    """when the next message goes out; empty once the sequence is over"""
    unanswered: Mapped[int]
    """messages in a row without any reaction"""
    enrolled_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[Word | None]
    __table_args__ = (
        Index(
            "uq_enrolments_active",
            "lead_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_enrolments_due", "bot_id", "due_at", sqlite_where=text("due_at IS NOT NULL")),
        Index("ix_enrolments_prospect", "prospect_id"),
    )


class OutboxRow(Base):
    """A request to Telegram with its whole life: waiting, sending, sent, refused, unknown or dropped."""

    __tablename__ = "outbox"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    chat_id: Mapped[int]
    kind: Mapped[Word]
    """the class of message, which has its rule for an unknown fate: hand_off, dialog, follow_up, tap, mail"""
    priority: Mapped[int]
    request: Mapped[str] = mapped_column(Sealed("outbox.request"))
    state: Mapped[Word]
    not_before: Mapped[datetime]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    message_id: Mapped[int | None]
    refusal: Mapped[str | None] = mapped_column(Sealed("outbox.refusal"))
    edits: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    """the row whose message this one changes"""
    hand_off_id: Mapped[int | None] = mapped_column(ForeignKey("hand_offs.id"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"))
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consents.id"))
    """for a follow-up: the consent it rests on"""
    forget: Mapped[bool]
    """the row goes once its fate is known: the last words to somebody who was erased"""
    __table_args__ = (
        Index(
            "ix_outbox_open",
            "bot_id",
            "priority",
            "id",
            sqlite_where=text("state IN ('waiting', 'sending')"),
        ),
        Index("ix_outbox_chat", "bot_id", "chat_id", "id", sqlite_where=text("state IN ('waiting', 'sending')")),
        Index("ix_outbox_groups", "bot_id", "chat_id", "created_at", sqlite_where=text("chat_id < 0")),
        Index("ix_outbox_hand_off", "hand_off_id", sqlite_where=text("hand_off_id IS NOT NULL")),
    )


class PauseRow(Base):
    """Until when Telegram asked for silence: in one chat, or (chat 0) of the whole bot."""

    __tablename__ = "pauses"
    bot_id: Mapped[BotId] = mapped_column(BIG, primary_key=True)
    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime]


class JournalRow(Base):
    """What happened, in order, without anything personal: `facts` is JSON with ids, words and numbers."""

    __tablename__ = "journal"
    id: Mapped[Key]
    bot_id: Mapped[BotId]
    prospect_id: Mapped[int | None]
    at: Mapped[datetime]
    event: Mapped[Word]
    facts: Mapped[str]
    __table_args__ = (Index("ix_journal_prospect", "prospect_id", "id"),)
