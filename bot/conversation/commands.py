"""The commands people can write: /start, /answers, /restart, /language, /stop, /help, /id."""

from __future__ import annotations

from bot.administration.deciding import admin_command
from bot.administration.trial import start_test
from bot.broadcasts.managing import broadcast_command
from bot.conversation import walking
from bot.conversation.wording import Wording
from bot.entry.arriving import Arrival, arrive
from bot.entry.managing import link_command
from bot.entry.sharing import share
from bot.follow_ups.reacting import unsubscribe
from bot.hand_off.asking import drop_question
from bot.hand_off.card import isolated
from bot.hand_off.finding import staff_command
from bot.insight.managing import insight_command
from bot.leads.ordering import export_command
from bot.privacy.overview import show_overview
from bot.talk.library import library_command
from bot.teams.absence import own_command
from bot.teams.claiming import CLAIM_MARK, claim
from bot.teams.inviting import JOIN_MARK, join
from bot.teams.managing import team_command
from bot.teams.welcoming import welcome_staff
from bot.telegram.callback_data import encode
from bot.telegram.requests import EditText, SendText, TapButton
from bot.telegram.taps import ContinueTapped, LanguageTapped, ReopenTapped
from bot.telegram.updates import TapReceived
from bot.texts import LANGUAGES, Html, escaped, language_name, plain, say
from bot.work import Work
from dialogs.engine import reopenable
from dialogs.flow import progress
from dialogs.rendering import answer_text, question_name
from dialogs.session import Resumed
from storage.records import Prospect, StoredSession

PROSPECT_COMMANDS = ("start", "answers", "restart", "language", "share", "stop", "privacy", "help")


async def command(work: Work, prospect: Prospect, name: str, argument: str, update_id: int) -> None:
    """Carry out a command; an unknown one gets the help."""
    asked = await drop_question(work, prospect)
    if asked and name == "cancel":
        await _reply(work, prospect, say(work.language_of(prospect), "ask.cancelled"))
        return
    if await broadcast_command(work, prospect, name) or await library_command(work, prospect, name):
        return
    if await insight_command(work, prospect, name, argument) or await link_command(work, prospect, name, argument):
        return
    match name:
        case "start":
            await _start(work, prospect, argument)
        case "restart":
            stored = await work.unit.sessions.latest(prospect.id)
            if stored is not None and stored.is_test and not stored.session.over:
                await start_test(work, prospect, stored.session.quiz, stored.session.revision)
                return
            again = Arrival()
            if stored is not None:
                # The language of the link that they came by stays, unless they have chosen one themselves.
                language = stored.session.language if prospect.chosen_language is None else None
                again = Arrival(stored.session.quiz, stored.source, language, stored.link_id)
            await walking.start(work, prospect, again)
        case "answers":
            await _answers(work, prospect)
        case "language":
            await _language(work, prospect)
        case "share":
            await share(work, prospect)
        case "stop":
            await unsubscribe(work, prospect, None, update_id)
        case "privacy":
            await show_overview(work, prospect)
        case "id":
            await _reply(work, prospect, say(work.language_of(prospect), "id.yours", id=prospect.telegram_id))
        case "claim" if await claim(work, prospect, argument):
            pass
        case _ if await team_command(work, prospect, name) or await own_command(work, prospect, name, argument):
            pass
        case _ if await admin_command(work, prospect, name) or await export_command(work, prospect, name):
            pass
        case _ if await staff_command(work, prospect, name, argument):
            pass
        case _:
            await _help(work, prospect)


async def _start(work: Work, prospect: Prospect, payload: str) -> None:
    if payload.startswith(CLAIM_MARK) and await claim(work, prospect, payload.removeprefix(CLAIM_MARK)):
        return
    if payload.startswith(JOIN_MARK):
        await join(work, prospect, payload.removeprefix(JOIN_MARK))
        return
    if not payload and await welcome_staff(work, prospect):
        return
    arrival = await arrive(work, prospect, payload)
    stored = await work.unit.sessions.latest(prospect.id)
    resumable = stored is not None and not stored.session.finished and not stored.is_test
    if stored is not None and resumable and arrival.quiz in (None, stored.session.quiz):
        await _offer_to_continue(work, prospect, stored)
        return
    await walking.start(work, prospect, arrival)


async def _offer_to_continue(work: Work, prospect: Prospect, stored: StoredSession) -> None:
    """Offer to go on from the middle of a quiz, or to start over; before any answer there is no choice."""
    session = stored.session
    if not reopenable(await work.quiz(session.quiz, session.revision), session):
        await walking.go_on(work, prospect, stored, Resumed())
        return
    quiz = await work.quiz(session.quiz, session.revision)
    words, place = Wording(quiz, session.language), progress(quiz, session)
    on = words.plain("chat.continue_from", n=place[0]) if place else words.plain("chat.continue")
    go_on, begin_anew = (ContinueTapped(stored.id, stored.asked_in or 0, anew=anew) for anew in (False, True))
    buttons = (
        (TapButton(text=on, data=encode(go_on)),),
        (TapButton(text=words.plain("chat.anew"), data=encode(begin_anew)),),
    )
    await work.send_once(SendText(chat_id=prospect.telegram_id, html=words.say("chat.resumed"), buttons=buttons))


async def continue_or_begin(work: Work, prospect: Prospect, tapped: ContinueTapped, tap: TapReceived) -> None:
    """Go on with the session that was offered, or start its quiz over; an offer can be taken once."""
    stored = await work.unit.sessions.latest(prospect.id)
    if stored is None:
        await work.answer_tap(tap.tap_id, plain(work.language_of(prospect), "tap.unknown"))
        return
    session = stored.session
    words = Wording(await work.quiz(session.quiz, session.revision), session.language)
    if stored.id != tapped.session or stored.asked_in != tapped.asked_in or session.over:
        await work.answer_tap(tap.tap_id, words.plain("tap.over" if session.over else "tap.stale"))
        return
    if tap.message_id is not None:
        taken = EditText(chat_id=prospect.telegram_id, html=words.say("chat.resumed"), message_id=tap.message_id)
        await work.send(taken)
    if not tapped.anew:
        await walking.go_on(work, prospect, stored, Resumed(), tap=tap)
    else:
        await work.answer_tap(tap.tap_id)
        again = Arrival(session.quiz, stored.source, session.language, stored.link_id)
        await walking.start(work, prospect, again)


async def _answers(work: Work, prospect: Prospect) -> None:
    """Show the answers given so far, each with a button that asks its question anew."""
    stored = await work.unit.sessions.latest(prospect.id)
    if stored is None:
        await _reply(work, prospect, say(work.language_of(prospect), "chat.begin"))
        return
    session = stored.session
    quiz = await work.quiz(session.quiz, session.revision)
    words = Wording(quiz, session.language)
    given = reopenable(quiz, session)
    if not given:
        await _reply(work, prospect, words.say("chat.answers_over" if session.over else "chat.answers_none"))
        return
    lines, rows = [words.say("chat.answers")], []
    for step in given:
        name = question_name(quiz, step, session.language)
        said = answer_text(quiz, step, session.answers[step], session.language)
        lines.append(Html(f"• {escaped(isolated(name, 80))}: <b>{escaped(isolated(said, 120))}</b>"))
        label = f"✏️ {isolated(name, 40)}"
        rows.append((TapButton(text=label, data=encode(ReopenTapped(stored.id, step))),))
    html = "\n".join(lines)
    await work.send(SendText(chat_id=prospect.telegram_id, html=html, buttons=tuple(rows)))


async def offered_languages(work: Work, prospect: Prospect) -> tuple[str, ...]:
    """Return the languages a person can choose: those of their quiz, else those of the catalogues."""
    stored = await work.unit.sessions.latest(prospect.id)
    if stored is None:
        return LANGUAGES
    return (await work.quiz(stored.session.quiz, stored.session.revision)).languages


async def _language(work: Work, prospect: Prospect) -> None:
    buttons = tuple(
        (TapButton(text=language_name(code), data=encode(LanguageTapped(code))),)
        for code in await offered_languages(work, prospect)
    )
    text = say(work.language_of(prospect), "language.choose")
    await work.send(SendText(chat_id=prospect.telegram_id, html=text, buttons=buttons))


async def _help(work: Work, prospect: Prospect) -> None:
    language = work.language_of(prospect)
    stored = await work.unit.sessions.latest(prospect.id)
    quiz = await work.newest_quiz(stored.session.quiz if stored else None)
    company = quiz.controller.name if quiz else "Hotlead"
    await _reply(work, prospect, say(language, "help.prospect", company=company))


async def _reply(work: Work, prospect: Prospect, html: str) -> None:
    await work.send(SendText(chat_id=prospect.telegram_id, html=html))
