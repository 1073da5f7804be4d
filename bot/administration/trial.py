"""Tests: an admin walks a revision, a draft too, and nothing of it counts."""

from __future__ import annotations

from bot.conversation import walking
from bot.telegram.requests import SendText
from bot.texts import say
from bot.work import Work
from dialogs.engine import begin
from storage.records import Prospect

DISCARDED = "discarded"
"""How a test ends whose draft was discarded: no step of a quiz can have been reached."""


async def start_test(work: Work, admin: Prospect, quiz_id: str, number: int) -> None:
    """Begin a test of a revision. Raises RevisionMissingError."""
    quiz = await work.quiz(quiz_id, number)
    language = quiz.language_for(admin.speaks, work.setup.language)
    turn = begin(quiz, number, language, work.now)
    stored = await work.unit.sessions.start(admin.id, turn.session, None, is_test=True)
    spoken = work.language_of(admin)
    text = say(spoken, "test.begins", title=quiz.read(quiz.title, spoken), revision=number)
    await work.send(SendText(chat_id=admin.telegram_id, html=text))
    await walking.perform(work, admin, quiz, stored, turn)


async def end_tests(work: Work, quiz_id: str, number: int, discarded_by: Prospect) -> None:
    """End every test of a draft that was discarded, with a word to who was in the middle of one."""
    for stored in await work.unit.sessions.open_tests(quiz_id, number):
        ended = {"at": None, "ended_with": DISCARDED, "ended_at": work.now}
        await work.unit.sessions.save(stored, stored.session.model_copy(update=ended))
        tester = await work.unit.prospects.by_id(stored.prospect_id)
        if tester.id != discarded_by.id:
            text = say(work.language_of(tester), "test.discarded", name=discarded_by.first_name, revision=number)
            await work.send(SendText(chat_id=tester.telegram_id, html=text))
