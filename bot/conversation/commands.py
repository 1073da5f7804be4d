"""The commands people can write: /start, /restart, /language, /stop, /help, /id."""

from __future__ import annotations

import re

from bot.conversation import walking
from bot.follow_ups.reacting import unsubscribe
from bot.privacy.overview import show_overview
from bot.telegram.requests import SendText, TapButton
from bot.telegram.taps import LanguageTapped, TryTapped, encode
from bot.texts import LANGUAGES, language_name, plain, say
from bot.work import Work
from dialogs.session import Resumed
from storage.records import Prospect

PROSPECT_COMMANDS = ("start", "restart", "language", "stop", "privacy", "help")
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
        case "language":
            await _language(work, prospect)
        case "stop":
            await unsubscribe(work, prospect, None, update_id)
        case "privacy":
            await show_overview(work, prospect)
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
        await _reply(work, prospect, say(stored.session.language, "chat.resumed"))
        await walking.go_on(work, prospect, stored, Resumed())
        return
    await walking.start(work, prospect, named or work.setup.quizzes[0], source)


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
