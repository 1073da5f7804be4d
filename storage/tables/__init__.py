"""The tables. Every row names its bot, so that several bots can share a database."""

from storage.tables.bots import BotRow
from storage.tables.broadcasts import BroadcastRow, RecipientRow
from storage.tables.consents import ConsentEndRow, ConsentRow, ErasureRow
from storage.tables.leads import ContactRow, EnrolmentRow, HandOffRow, LeadRow, LedgerRow, StageMoveRow
from storage.tables.people import AnswerRow, CodeRow, FileRow, LinkRow, ProspectRow, SessionRow
from storage.tables.quizzes import MediaRow, QuizRow, RevisionRow
from storage.tables.receivers import NoticeRow, ReceiverRow
from storage.tables.teams import (
    CostRow,
    GroupRow,
    InviteRow,
    MaterialRow,
    MaterialSentRow,
    MemberRow,
    MergeRow,
    NoteRow,
    TalkRow,
)
from storage.tables.tracking import TrackedLinkRow
from storage.tables.traffic import AuditRow, InboxRow, JournalRow, OutboxRow, PauseRow, StateRow

__all__ = [
    "AnswerRow",
    "AuditRow",
    "BotRow",
    "BroadcastRow",
    "CodeRow",
    "ConsentEndRow",
    "ConsentRow",
    "ContactRow",
    "CostRow",
    "EnrolmentRow",
    "ErasureRow",
    "FileRow",
    "GroupRow",
    "HandOffRow",
    "InboxRow",
    "InviteRow",
    "JournalRow",
    "LeadRow",
    "LedgerRow",
    "LinkRow",
    "MaterialRow",
    "MaterialSentRow",
    "MediaRow",
    "MemberRow",
    "MergeRow",
    "NoteRow",
    "NoticeRow",
    "OutboxRow",
    "PauseRow",
    "ProspectRow",
    "QuizRow",
    "ReceiverRow",
    "RecipientRow",
    "RevisionRow",
    "SessionRow",
    "StageMoveRow",
    "StateRow",
    "TalkRow",
    "TrackedLinkRow",
]
