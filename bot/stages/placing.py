"""Gives hot leads a place with the managers: at once, when there is one again, or with another team."""

from __future__ import annotations

from datetime import datetime

from bot.hand_off.card import lead_name
from bot.hand_off.gathering import quiz_of
from bot.hand_off.offering import offer_lead
from bot.teams.permissions import admins
from bot.telegram.callback_data import encode
from bot.telegram.requests import EditText, SendText, TapButton
from bot.telegram.taps import PlaceTapped
from bot.telegram.updates import TapReceived
from bot.texts import count, day_and_time, plain, say
from bot.work import Work
from qualification.caps import has_place, period_of, place_expected
from qualification.quiz import Quiz
from qualification.routes import WAIT, Cap
from storage.messages import Kind
from storage.records import Lead, Prospect


async def seek_place(work: Work, lead: Lead, quiz: Quiz) -> datetime | None:
    """Offer a hot lead to managers if a place is left; else return when its place is expected.

    A lead takes a place once: one that was offered before, or is merged with one that is, needs no other.
    """
    await work.unit.alone_in_office()  # the last place is one lead's
    cap = await _cap(work, quiz)
    if cap is None or await work.unit.hand_offs.all_of(await work.unit.merges.group(lead.id)):
        await _offer(work, lead, quiz)
        return None
    begin, _ = period_of(cap.per, work.now, quiz.timezone)
    taken = await work.unit.places.taken(lead.quiz, begin, cap.then)
    ahead = await work.unit.places.ahead_of(lead)
    if has_place(cap, taken, ahead):
        await _offer(work, lead, quiz)
        return None
    if cap.then != WAIT:
        await _offer(work, lead, quiz, cap.then)
        await work.note("sent_elsewhere", lead.prospect_id, lead=lead.id, team=cap.then)
        return None
    expected = place_expected(cap, ahead, work.now, quiz.timezone)
    _, look_again = period_of(cap.per, work.now, quiz.timezone)
    await work.unit.places.wait(lead.id, work.now, look_again)
    if lead.waiting_since is None:
        await work.note("waiting", lead.prospect_id, lead=lead.id, until=expected.isoformat())
        await _tell_admins(work, lead, quiz, cap, expected)
    return expected


async def place_due(work: Work, lead: Lead) -> None:
    """Look for the place of a lead that waits: a new period has begun."""
    await seek_place(work, lead, await quiz_of(work, lead))


async def give_place(work: Work, admin: Prospect, tapped: PlaceTapped, tap: TapReceived) -> None:
    """Hand a waiting lead off at an admin's word, whatever the cap."""
    language = work.language_of(admin)
    if admin.telegram_id not in await admins(work):
        await work.answer_tap(tap.tap_id, plain(language, "denial.not_an_admin"), alert=True)
        return
    lead = next((each for each in await work.unit.places.waiting() if each.id == tapped.lead), None)
    if lead is None:
        await work.answer_tap(tap.tap_id, plain(language, "wait.no_more"))
    else:
        await _offer(work, lead, await quiz_of(work, lead))
        await work.note("place_given", lead.prospect_id, lead=lead.id, admin=admin.telegram_id)
        await work.answer_tap(tap.tap_id, plain(language, "wait.given"))
    done = say(language, "wait.over", lead=f"#{tapped.lead}")
    await work.send(EditText(chat_id=admin.telegram_id, html=done, message_id=tap.message_id))


async def _offer(work: Work, lead: Lead, quiz: Quiz, team: str | None = None) -> None:
    await work.unit.places.stop_waiting(lead.id)
    await offer_lead(work, lead.id, quiz, team=team)


async def _cap(work: Work, quiz: Quiz) -> Cap | None:
    """Return the cap that holds now: the newest revision's, for it is about the offer and not the answers."""
    return (await work.newest_quiz(quiz.quiz) or quiz).routing.hot.cap


async def _tell_admins(work: Work, lead: Lead, quiz: Quiz, cap: Cap, expected: datetime) -> None:
    waiting = len(await work.unit.places.waiting(lead.quiz))
    for admin in await admins(work):
        language = await work.staff_language(admin)
        text = say(
            language,
            f"wait.notice.{cap.per}",
            lead=lead_name(lead),
            title=quiz.read(quiz.title, language),
            places=count(language, "wait.places", cap.leads),
            moment=day_and_time(language, expected, quiz.timezone),
            waiting=waiting,
        )
        now = TapButton(text=plain(language, "wait.give"), data=encode(PlaceTapped(lead.id)))
        await work.send(SendText(chat_id=admin, html=text, buttons=((now,),)), Kind.HAND_OFF)
