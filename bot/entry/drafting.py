"""A new link on its way: the admin is asked for its name, its quiz, its language and its UTM marks."""

from __future__ import annotations

from enum import StrEnum

from bot.entry.campaigns import LONGEST_NAME, campaign_name, link_page
from bot.entry.utm import LONGEST_MARK, read_utm
from bot.pending import Begun, Pending
from bot.teams.permissions import runs_things
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, SendText, TapButton
from bot.telegram.taps import LinkAction, LinkTapped
from bot.telegram.updates import TapReceived
from bot.texts import language_name, plain, say
from bot.work import Work
from storage.links import Utm
from storage.records import Prospect


class Asked(StrEnum):
    """What the admin was asked for last."""

    NAME = "name"
    QUIZ = "quiz"
    LANGUAGE = "language"
    UTM = "utm"


class Draft(Begun):
    """What is known of the link so far."""

    asked: Asked = Asked.NAME
    campaign: str = ""
    quiz: str | None = None
    language: str | None = None


DRAFTS = Pending("new_link", Draft)


async def begin_draft(work: Work, admin: Prospect) -> None:
    """Ask for the name of a new campaign; one that was begun before is forgotten."""
    await DRAFTS.keep(work, admin, Draft(begun_at=work.now))
    await _say(work, admin, "links.ask_name")


async def drop_draft(work: Work, admin: Prospect) -> bool:
    """Forget the link that was begun; tell whether there was one."""
    return await DRAFTS.drop(work, admin)


async def make_link(work: Work, admin: Prospect, draft: Draft, utm: Utm | None = None) -> None:
    """Make the link and show its address."""
    await DRAFTS.drop(work, admin)
    link = await work.unit.links.create(
        draft.campaign,
        work.now,
        work.chance,
        quiz=draft.quiz,
        language=draft.language,
        utm=utm,
        created_by=admin.telegram_id,
    )
    await work.note("link_created", None, link=link.id, admin=admin.telegram_id)
    await work.send(await link_page(work, admin.telegram_id, link, "links.made"))


async def link_at_once(work: Work, admin: Prospect, typed: str) -> None:
    """Make a link from its name alone."""
    campaign = campaign_name(typed)
    if campaign is None:
        await _say(work, admin, "links.bad_name")
        return
    await make_link(work, admin, Draft(begun_at=work.now, campaign=campaign))


async def take_text(work: Work, person: Prospect, text: str) -> bool:
    """Take what an admin wrote as an answer about the new link, if one was begun; tell whether it was."""
    draft = await _draft(work, person)
    if draft is None:
        return False
    match draft.asked:
        case Asked.NAME:
            campaign = campaign_name(text)
            if campaign is None:
                await _say(work, person, "links.bad_name")
            else:
                await _ask_quiz(work, person, draft.model_copy(update={"campaign": campaign}))
        case Asked.UTM:
            utm = read_utm(text)
            if utm is None:
                await _say(work, person, "links.bad_utm", _without_utm(work, person))
            else:
                await make_link(work, person, draft, utm)
        case Asked.QUIZ | Asked.LANGUAGE:
            await _say(work, person, "links.use_buttons")
    return True


async def take_tap(work: Work, admin: Prospect, tapped: LinkTapped, tap: TapReceived) -> None:
    """Take a tapped quiz, language or «without UTM», if that is what was asked for."""
    draft = await _draft(work, admin)
    language = work.language_of(admin)
    match tapped:
        case LinkTapped(action=LinkAction.QUIZ, choice=quiz) if (
            draft and draft.asked is Asked.QUIZ and quiz in work.setup.quizzes
        ):
            await work.answer_tap(tap.tap_id)
            await _ask_language(work, admin, draft.model_copy(update={"quiz": quiz}))
        case LinkTapped(action=LinkAction.LANGUAGE, choice=code) if (
            draft and draft.asked is Asked.LANGUAGE and code in ("", *await _languages(work, draft))
        ):
            await work.answer_tap(tap.tap_id)
            await _ask_utm(work, admin, draft.model_copy(update={"language": code or None}))
        case LinkTapped(action=LinkAction.NO_UTM) if draft and draft.asked is Asked.UTM:
            await work.answer_tap(tap.tap_id)
            await make_link(work, admin, draft)
        case _:
            await work.answer_tap(tap.tap_id, plain(language, "links.not_asked"))


async def _ask_quiz(work: Work, admin: Prospect, draft: Draft) -> None:
    if len(work.setup.quizzes) == 1:
        await _ask_language(work, admin, draft)
        return
    language = work.language_of(admin)
    rows = []
    for quiz_id in work.setup.quizzes:
        quiz = await work.newest_quiz(quiz_id)
        title = quiz.read(quiz.title, language) if quiz else quiz_id
        rows.append((TapButton(text=title, data=encode(LinkTapped(LinkAction.QUIZ, choice=quiz_id))),))
    await DRAFTS.keep(work, admin, draft.model_copy(update={"asked": Asked.QUIZ}))
    await _say(work, admin, "links.ask_quiz", tuple(rows))


async def _ask_language(work: Work, admin: Prospect, draft: Draft) -> None:
    languages = await _languages(work, draft)
    if len(languages) < 2:  # noqa: PLR2004 - with one there is nothing to choose
        await _ask_utm(work, admin, draft)
        return
    named = [("", plain(work.language_of(admin), "links.own_language"))]
    named += [(code, language_name(code)) for code in languages]
    rows = tuple(
        (TapButton(text=text, data=encode(LinkTapped(LinkAction.LANGUAGE, choice=code))),) for code, text in named
    )
    await DRAFTS.keep(work, admin, draft.model_copy(update={"asked": Asked.LANGUAGE}))
    await _say(work, admin, "links.ask_language", rows)


async def _ask_utm(work: Work, admin: Prospect, draft: Draft) -> None:
    await DRAFTS.keep(work, admin, draft.model_copy(update={"asked": Asked.UTM}))
    await _say(work, admin, "links.ask_utm", _without_utm(work, admin))


def _without_utm(work: Work, admin: Prospect) -> Buttons:
    text = plain(work.language_of(admin), "links.no_utm")
    return ((TapButton(text=text, data=encode(LinkTapped(LinkAction.NO_UTM))),),)


async def _languages(work: Work, draft: Draft) -> tuple[str, ...]:
    quiz = await work.newest_quiz(draft.quiz)
    return quiz.languages if quiz else ()


async def _draft(work: Work, person: Prospect) -> Draft | None:
    return await DRAFTS.of(work, person) if await runs_things(work, person.telegram_id) else None


async def _say(work: Work, admin: Prospect, key: str, buttons: Buttons = ()) -> None:
    text = say(work.language_of(admin), key, letters=LONGEST_NAME, mark=LONGEST_MARK)
    await work.send(SendText(chat_id=admin.telegram_id, html=text, buttons=buttons, preview=False))
