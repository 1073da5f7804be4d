"""Watches over an open question: calls it back to mind, gives the session up, asks again after an outage."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from bot.conversation.buttons import Panel, has_keyboard
from bot.conversation.presenting import question, question_text, variables, written
from bot.conversation.qualifying import qualify_partly
from bot.conversation.wording import Wording
from bot.telegram.requests import EditText
from bot.texts import Html
from bot.work import Work
from dialogs.engine import open_step
from dialogs.steps import ConsentRequest, Waiting
from qualification.quiz import Quiz
from qualification.sequences import next_allowed, zone_of
from storage.records import DueFor, Prospect, StoredSession

RECENTLY = timedelta(hours=1)
"""Who was active so short before an outage may have tapped during it: Telegram forgets a tap after 150 s."""
UP_LATE = timedelta(hours=2)
"""Who was active so short ago is awake, whatever the hour."""


async def watch(
    work: Work,
    prospect: Prospect,
    quiz: Quiz,
    stored: StoredSession,
    *,
    nudges: int = 0,
    asked_in: int | None = None,
) -> None:
    """Set what happens when the open question stays unanswered: the silence starts anew.

    `nudges` is how often the question was called back to mind already, `asked_in` the message that asked it just
    now, if it was asked.
    """
    wait_for = work.unit.sessions.wait_for
    step = open_step(quiz, stored.session)
    if step is None or stored.is_test or stored.session.finished:  # a sequence knows itself how long it asks
        await wait_for(stored.id, None, None, asked_in=asked_in)
        return
    silence = quiz.silence
    if nudges >= silence.nudges:
        await wait_for(stored.id, DueFor.ABANDONMENT, work.now + silence.abandon_after, nudges, asked_in)
        return
    due = _allowed(quiz, prospect, work.now + _patience(quiz, step))
    await wait_for(stored.id, DueFor.NUDGE, due, nudges, asked_in)


async def silence_due(work: Work, stored: StoredSession) -> None:
    """Do what the silence in a session has become due for."""
    prospect = await work.unit.prospects.by_id(stored.prospect_id)
    quiz = await work.quiz(stored.session.quiz, stored.session.revision)
    step = open_step(quiz, stored.session)
    if step is None or stored.due_for is None:
        await work.unit.sessions.wait_for(stored.id, None, None)
        return
    match stored.due_for:
        case DueFor.ABANDONMENT:
            await _abandon(work, prospect, quiz, stored)
        case _ if prospect.blocked_at is not None or not await _is_newest(work, stored):
            # Nobody is asked any more; what they left before is given up in its time, and not lost.
            due = work.now + quiz.silence.abandon_after
            await work.unit.sessions.wait_for(stored.id, DueFor.ABANDONMENT, due, stored.nudges)
        case DueFor.NUDGE:
            await _nudge(work, prospect, quiz, stored, step)
        case DueFor.OUTAGE:
            await _ask_after_outage(work, prospect, quiz, stored, step)
        case _:
            assert_never(stored.due_for)


async def _is_newest(work: Work, stored: StoredSession) -> bool:
    """Tell whether the prospect has not begun anew since."""
    newest = await work.unit.sessions.latest(stored.prospect_id)
    return newest is not None and newest.id == stored.id


async def _ask_after_outage(
    work: Work, prospect: Prospect, quiz: Quiz, stored: StoredSession, step: Waiting
) -> None:
    allowed = _allowed(quiz, prospect, work.now)
    seen_at = await work.unit.prospects.seen_at(prospect.id)
    if allowed > work.now and work.now - seen_at > UP_LATE:  # a long outage is over in the middle of their night
        await work.unit.sessions.wait_for(stored.id, DueFor.OUTAGE, allowed, stored.nudges)
        return
    sorry = Wording(quiz, stored.session.language).say("quiz.outage")
    asked_in = await _ask_once_more(work, prospect, quiz, stored, step, sorry)
    await work.note("asked_after_outage", prospect.id, question=step.id)
    await watch(work, prospect, quiz, stored, nudges=stored.nudges, asked_in=asked_in)


async def _nudge(work: Work, prospect: Prospect, quiz: Quiz, stored: StoredSession, step: Waiting) -> None:
    allowed = _allowed(quiz, prospect, work.now)
    if allowed > work.now:  # it was due while the bot was down, and now it is night
        await work.unit.sessions.wait_for(stored.id, DueFor.NUDGE, allowed, stored.nudges)
        return
    words = Wording(quiz, stored.session.language)
    own = quiz.silence.say
    said = words.say("quiz.nudge", company=quiz.controller.name)
    if own is not None:
        values = variables(quiz, stored.session, prospect.first_name, words.language)
        said = written(quiz, own, words.language, values)
    asked_in = await _ask_once_more(work, prospect, quiz, stored, step, said)
    await work.note("nudged", prospect.id, question=step.id)
    await watch(work, prospect, quiz, stored, nudges=stored.nudges + 1, asked_in=asked_in)


async def _abandon(work: Work, prospect: Prospect, quiz: Quiz, stored: StoredSession) -> None:
    """Close a session that nobody goes on with: what is known is scored and kept. Who comes back goes on."""
    await work.unit.sessions.abandon(stored.id, work.now)
    await qualify_partly(work, prospect, stored, quiz)


async def _ask_once_more(
    work: Work, prospect: Prospect, quiz: Quiz, stored: StoredSession, step: Waiting, said: Html
) -> int:
    """Ask the open question again below some words, and take the buttons away from where it stood before.

    Return the message that asks now.
    """
    language, chat = stored.session.language, prospect.telegram_id
    values = variables(quiz, stored.session, prospect.first_name, language)
    if stored.asked_in is not None and not has_keyboard(step):
        bare = EditText(chat_id=chat, html=question_text(quiz, step, language, values))
        await work.send(bare, edits=stored.asked_in)
    panel = Panel(quiz, stored.session, stored.id, prospect.first_name, work.now)
    asked = question(panel, step, chat, values)
    return await work.send(asked.model_copy(update={"html": f"{said}\n\n{asked.html}"}))


def _patience(quiz: Quiz, step: Waiting) -> timedelta:
    own = None if isinstance(step, ConsentRequest) else step.nudge_after
    return own or quiz.silence.nudge_after


def _allowed(quiz: Quiz, prospect: Prospect, moment: datetime) -> datetime:
    return next_allowed(moment, quiz.silence.hours, zone_of(quiz.timezone, prospect.timezone))
