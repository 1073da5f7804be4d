"""Asks a manager for what no button can say, and takes what they type: a note, a time, a day, an amount."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from bot.entry.drafting import drop_draft
from bot.hand_off.calling import call_back
from bot.hand_off.card import lead_name
from bot.hand_off.closing import let_rest, note_amount
from bot.hand_off.gathering import gather, why_not
from bot.hand_off.showing import renew_cards
from bot.hand_off.taking import note
from bot.pending import Begun, Pending
from bot.teams.permissions import takes_leads
from bot.telegram.requests import SendText
from bot.texts import Html, date, day_and_time, say
from bot.work import Work
from qualification.amounts import read_amount, written_amount
from qualification.handoff import Denial
from qualification.moments import read_moment
from storage.messages import Kind
from storage.records import Prospect, StoredHandOff


class Wanted(StrEnum):
    """What a manager was asked for last."""

    NOTE = "note"
    CALL = "call"
    REST = "rest"
    AMOUNT = "amount"


class Question(Begun):
    """A question to a manager that waits for its answer."""

    wanted: Wanted
    hand_off: int


QUESTIONS = Pending("asked", Question)


async def ask(work: Work, manager: Prospect, wanted: Wanted, hand_off: int) -> None:
    """Ask; whatever was asked before is forgotten."""
    stored = await work.unit.hand_offs.by_id(hand_off)
    if stored is None:
        return
    await drop_draft(work, manager)
    question = Question(wanted=wanted, hand_off=hand_off, begun_at=work.now)
    await QUESTIONS.keep(work, manager, question)
    lead = lead_name(await work.unit.leads.by_id(stored.lead_id))
    await _say(work, manager, say(work.language_of(manager), f"ask.{wanted}", lead=lead))


async def drop_question(work: Work, person: Prospect) -> bool:
    """Forget what was asked; tell whether anything was."""
    return await takes_leads(work, person.telegram_id) and await QUESTIONS.drop(work, person)


async def take_answer(work: Work, person: Prospect, text: str) -> bool:
    """Take what a manager typed as the answer, if anything was asked; tell whether it was."""
    question = await QUESTIONS.of(work, person) if await takes_leads(work, person.telegram_id) else None
    stored = await work.unit.hand_offs.by_id(question.hand_off) if question else None
    if question is None or stored is None:
        return False
    said = await _answered(work, person, stored, question.wanted, text)
    if said is None:
        await _say(work, person, say(work.language_of(person), f"ask.{question.wanted}.again"))
        return True
    await QUESTIONS.drop(work, person)
    await _say(work, person, said)
    return True


async def _answered(
    work: Work, manager: Prospect, stored: StoredHandOff, wanted: Wanted, text: str
) -> Html | None:
    """Do what the answer says, and say so; None for what is no answer."""
    timezone, language = (await gather(work, stored)).quiz.timezone, work.language_of(manager)
    denied: Denial | None
    match wanted:
        case Wanted.NOTE:
            await work.unit.notes.add(stored.lead_id, manager.telegram_id, text.strip(), work.now)
            await note(work, await gather(work, stored), manager, "noted")
            await renew_cards(work, stored)
            denied, done = None, say(language, "done.note")
        case Wanted.CALL | Wanted.REST:
            moment = read_moment(text, work.now, timezone)
            if moment is None:
                return None
            if wanted is Wanted.CALL:
                denied = await call_back(work, manager, stored, moment)
                done = say(language, "done.call", moment=day_and_time(language, moment, timezone))
            else:
                denied = await let_rest(work, manager, stored, moment)
                done = say(language, "done.rest", day=date(language, moment, timezone))
        case Wanted.AMOUNT:
            amount = read_amount(text)
            if amount is None:
                return None
            denied = await note_amount(work, manager, stored, *amount)
            done = say(language, "done.amount", amount=written_amount(*amount))
        case _:
            assert_never(wanted)
    if denied is None:
        return done
    return say(language, "done.not", why=await why_not(work, stored, denied, language))


async def _say(work: Work, person: Prospect, html: Html) -> None:
    await work.send(SendText(chat_id=person.telegram_id, html=html), Kind.DIALOG)
