"""The commands people can write: /start, /answers, /restart, /language, /stop, /help, /id."""

from __future__ import annotations

import re

from bot.conversation import walking
from bot.conversation.wording import Wording
from bot.follow_ups.reacting import unsubscribe
from bot.hand_off.card import isolated
from bot.telegram.requests import EditText, SendText, TapButton
from bot.telegram.taps import ContinueTapped, LanguageTapped, ReopenTapped, TryTapped, encode
from bot.telegram.updates import TapReceived
from bot.texts import LANGUAGES, Html, escaped, language_name, plain, say
from bot.work import Work
from dialogs.engine import reopenable
from dialogs.flow import progress
from dialogs.rendering import answer_text, question_name
from dialogs.session import Resumed
from storage.records import Prospect, StoredSession

PROSPECT_COMMANDS = ("start", "answers", "restart", "language", "stop", "help")
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a deep link can carry. Source: Bot API, «Deep linking»."""


async def command(work: Work, prospect: Prospect, name: str, argument: str, update_id: int) -> None:
    """Carry out a command; an unknown one gets the help."""
    match name:
        case "start":
            await _start(work, prospect, argument)
        case "restart":
            stored = await work.unit.sessions.latest(prospect.id)
            quiz = stored.session.quiz if stored else work.setup.quizzes[0]
            await walking.start(work, prospect, quiz, stored.source if stored else None)
        case "answers":
            await _answers(work, prospect)
        case "language":
            await _language(work, prospect)
        case "stop":
            await unsubscribe(work, prospect, None, update_id)
        case "id":
            await _reply(work, prospect, say(work.language_of(prospect), "id.yours", id=prospect.telegram_id))
        case _:
            await _help(work, prospect)


async def _start(work: Work, prospect: Prospect, payload: str) -> None:
    if work.setup.works_here(prospect.telegram_id) and not payload:
        await _welcome(work, prospect)
        return
    named, source = read_payload(payload, work.setup.quizzes)
    if source is not None:
        await work.unit.prospects.came_from(prospect.id, source)
    stored = await work.unit.sessions.latest(prospect.id)
    if stored is not None and not stored.session.over and named in (None, stored.session.quiz):
        await _offer_to_continue(work, prospect, stored)
        return
    await walking.start(work, prospect, named or work.setup.quizzes[0], source)


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
        await walking.start(work, prospect, session.quiz, stored.source, language=session.language)


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


def read_payload(payload: str, quizzes: tuple[str, ...]) -> tuple[str | None, str | None]:
    """Read a deep link's payload: which quiz it names, and the source.

    `ads_oct` is a source; `dance-school` names a quiz; `dance-school--ads_oct` names both. A payload that no
    link of ours can have is an unknown source: the quiz starts all the same.
    """
    if not payload:
        return None, None
    if not _PAYLOAD.fullmatch(payload):
        return None, "unknown"
    quiz, _, source = payload.partition("--")
    return (quiz, source or None) if quiz in quizzes else (None, payload)


async def _welcome(work: Work, person: Prospect) -> None:
    language = work.language_of(person)
    roles = [("manager.welcome", work.setup.managers), ("admin.welcome", work.setup.admins)]
    welcome = "\n\n".join(say(language, key) for key, who in roles if person.telegram_id in who)
    walk = TapButton(text=plain(language, "staff.try"), data=encode(TryTapped()))
    await work.send(SendText(chat_id=person.telegram_id, html=welcome, buttons=((walk,),)))


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
    quiz_id = stored.session.quiz if stored else work.setup.quizzes[0]
    revision = await work.unit.quizzes.newest(quiz_id)
    company = (await work.quiz(quiz_id, revision.number)).controller.name if revision else "Hotlead"
    await _reply(work, prospect, say(language, "help.prospect", company=company))


async def _reply(work: Work, prospect: Prospect, html: str) -> None:
    await work.send(SendText(chat_id=prospect.telegram_id, html=html))
