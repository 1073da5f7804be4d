"""Collects what is held about a person, in the words of the domain, for everything that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.work import Work
from qualification.quiz import Quiz
from storage.notes import Note
from storage.records import (
    KeptFile,
    Prospect,
    StoredConsent,
    StoredContact,
    StoredSession,
)
from storage.talk import Passed


@dataclass(frozen=True)
class Known:
    """All that is known about a person."""

    prospect: Prospect
    language: str
    quiz: Quiz | None
    """the quiz they walked last, else the one they would walk: it says who is responsible"""
    walks: list[tuple[StoredSession, Quiz]]
    contacts: list[StoredContact]
    consents: list[StoredConsent]
    live: list[StoredConsent]
    files: list[KeptFile]
    talk: list[Passed]
    notes: list[Note]
    now: datetime

    @property
    def timezone(self) -> str:
        """Where the moments are told."""
        return self.quiz.timezone if self.quiz else "UTC"

    @property
    def sources(self) -> list[str]:
        """Where the person came from: the first touch, and the last when it was another."""
        touched = (self.prospect.first_source, self.prospect.last_source)
        return list(dict.fromkeys(source for source in touched if source))


async def known(work: Work, prospect: Prospect) -> Known:
    """Collect all that is known about a person."""
    unit = work.unit
    walks = [
        (stored, await work.quiz(stored.session.quiz, stored.session.revision))
        for stored in await unit.sessions.of(prospect.id)
    ]
    contacts = [
        each for lead in await unit.leads.all_of(prospect.id) for each in await unit.leads.contacts(lead.id)
    ]
    return Known(
        prospect=prospect,
        language=work.language_of(prospect),
        quiz=walks[-1][1] if walks else await work.newest_quiz(),
        walks=walks,
        contacts=list(dict.fromkeys(contacts)),
        consents=await unit.consents.history(prospect.id),
        live=await unit.consents.all_live(prospect.id, work.now),
        files=await unit.files.sent_by(prospect.id),
        talk=await unit.talk.of(prospect.id),
        notes=await unit.notes.about(prospect.id),
        now=work.now,
    )
