"""The commands people can write: /start, /restart, /language, /stop, /help, /id."""

from __future__ import annotations

from bot.conversation import walking
from bot.entry.arriving import Arrival, arrive
from bot.entry.managing import link_command
from bot.entry.sharing import share
from bot.follow_ups.reacting import unsubscribe
from bot.telegram.requests import SendText, TapButton
from bot.telegram.taps import LanguageTapped, TryTapped, encode
from bot.texts import LANGUAGES, language_name, plain, say
from bot.work import Work
from dialogs.session import Resumed
from storage.records import Prospect

PROSPECT_COMMANDS = ("start", "restart", "language", "share", "stop", "help")


async def command(work: Work, prospect: Prospect, name: str, argument: str, update_id: int) -> None:
    """Carry out a command; an unknown one gets the help."""
    if await link_command(work, prospect, name, argument):
        return
    match name:
        case "start":
            await _start(work, prospect, argument)
        case "restart":
            stored = await work.unit.sessions.latest(prospect.id)
            again = Arrival()
            if stored is not None:
                # The language of the link that they came by stays, unless they have chosen one themselves.
                language = stored.session.language if prospect.chosen_language is None else None
                again = Arrival(stored.session.quiz, stored.source, language, stored.link_id)
            await walking.start(work, prospect, again)
        case "language":
            await _language(work, prospect)
        case "share":
            await share(work, prospect)
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
    arrival = await arrive(work, prospect, payload)
    stored = await work.unit.sessions.latest(prospect.id)
    if stored is not None and not stored.session.over and arrival.quiz in (None, stored.session.quiz):
        await _reply(work, prospect, say(stored.session.language, "chat.resumed"))
        await walking.go_on(work, prospect, stored, Resumed())
        return
    await walking.start(work, prospect, arrival)


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
