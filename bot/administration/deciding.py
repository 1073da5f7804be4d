"""What admins do with commands and buttons; each tap is checked anew, for buttons can be forged and get old."""

from __future__ import annotations

from typing import assert_never

from bot.administration.buttons import way_of
from bot.administration.listing import last_actions, one_quiz, past, quiz_list, way_back
from bot.administration.proposals import Proposal, middle_lines, proposal
from bot.administration.trial import end_tests, start_test
from bot.administration.unfinished import unfinished
from bot.follow_ups.editing import concerned, done
from bot.follow_ups.editing import decide as decide_inside
from bot.revisions import roll_back
from bot.teams.permissions import runs_things
from bot.telegram.requests import EditText, FileMedia, SendMedia, SendText
from bot.telegram.taps import AdminAction, AdminTapped
from bot.telegram.updates import TapReceived
from bot.texts import Html, plain, say
from bot.work import Work
from storage.errors import RevisionMissingError
from storage.records import (
    Action,
    Prospect,
    Revision,
    RevisionState,
)

ADMIN_COMMANDS = ("quizzes", "audit", "unfinished")


async def admin_command(work: Work, person: Prospect, name: str) -> bool:
    """Carry out a command for admins; tell whether it was one, from an admin."""
    if name not in ADMIN_COMMANDS or not await runs_things(work, person.telegram_id):
        return False
    language = work.language_of(person)
    match name:
        case "quizzes":
            listed = await quiz_list(work, language)
        case "unfinished":
            listed = Proposal(await unfinished(work, language), ())
        case _:
            listed = Proposal(await last_actions(work, language), ())
    await work.send(SendText(chat_id=person.telegram_id, html=listed.html, buttons=listed.buttons))
    return True


async def decide(work: Work, person: Prospect, meant: AdminTapped, tap: TapReceived) -> None:
    """Do what an admin's button says; anybody else is told that it is none of theirs."""
    language = work.language_of(person)
    if not await runs_things(work, person.telegram_id):
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    if meant.action is AdminAction.LIST:
        await work.answer_tap(tap.tap_id)
        await _change(work, person, tap, await quiz_list(work, language))
        return
    try:
        await _Decision(work, person, meant, tap, language).carry_out()
    except RevisionMissingError:
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))


class _Decision:
    """One tap of an admin on a quiz that there is."""

    def __init__(self, work: Work, admin: Prospect, meant: AdminTapped, tap: TapReceived, language: str) -> None:
        self._work = work
        self._admin = admin
        self._meant = meant
        self._tap = tap
        self._language = language

    async def carry_out(self) -> None:
        """Do it. Raises RevisionMissingError for what is not there."""
        quiz, action = self._meant.quiz, self._meant.action
        match action:
            case AdminAction.PUBLISH | AdminAction.PUBLISH_NEXT | AdminAction.PUBLISH_NEW:
                await self._publish(await self._named())
            case AdminAction.DISCARD:
                await self._discard(await self._named())
            case AdminAction.TRY:
                await self._try(await self._named())
            case AdminAction.DOWNLOAD:
                await self._download(await self._named())
            case AdminAction.LOOK:
                await self._look(await self._named())
            case AdminAction.LOOK_BACK:
                newest, old = await self._newest(), await self._named()
                await self._show(await way_back(self._work, newest, old, self._language))
            case AdminAction.ROLL_BACK | AdminAction.ROLL_BACK_NEXT | AdminAction.ROLL_BACK_NEW:
                await self._roll_back(await self._newest(), await self._named())
            case AdminAction.SHOW:
                await self._show(await one_quiz(self._work, await self._newest(), self._language))
            case AdminAction.HISTORY:
                await self._show(await past(self._work, await self._newest(), self._language))
            case AdminAction.PAUSE | AdminAction.RESUME:
                newest = await self._newest()
                pausing = action is AdminAction.PAUSE
                if await self._work.unit.quizzes.pause(quiz, self._work.now if pausing else None):
                    await self._note(Action.PAUSE if pausing else Action.RESUME)
                told = "quizzes.now_paused" if pausing else "quizzes.now_open"
                await self._show(await one_quiz(self._work, newest, self._language), told)
            case AdminAction.LIST:
                return
            case _:
                assert_never(action)

    async def _look(self, draft: Revision) -> None:
        if not await self._is_settled(draft):
            await self._show(await proposal(self._work, self._language, draft))

    async def _publish(self, draft: Revision) -> None:
        if await self._is_settled(draft):
            return
        newest = await self._work.unit.quizzes.newest(draft.quiz)
        if newest is not None and newest.number != self._meant.base:
            await self._overtaken(draft, newest)
            return
        if newest is not None and newest.number > draft.number:
            # Numbers tell the order of publishing: one that was overtaken gets a number of its own once more.
            draft = await self._work.unit.quizzes.redraft(
                draft.quiz, draft.number, self._admin.telegram_id, self._work.now
            )
        await self._work.unit.quizzes.publish_draft(draft.quiz, draft.number, self._work.now)
        await self._note(Action.PUBLISH, revision=draft.number)
        inside = await self._decide_inside(draft)
        head = say(self._language, "draft.published", title=await self._title(draft), revision=draft.number)
        middle = [] if newest is None else await middle_lines(self._work, draft.quiz, self._language)
        await self._show(Proposal(Html("\n".join([head, *middle, *inside])), ()), "draft.published.short")

    async def _decide_inside(self, published: Revision) -> list[Html]:
        """Do with the people inside follow-ups what the admin decided, and say it."""
        unit, library, way = self._work.unit, self._work.library, way_of(self._meant.action)
        quiz = await self._work.quiz(published.quiz, published.number)
        inside = await concerned(unit, library, quiz)
        await decide_inside(unit, library, quiz, published.number, inside, way, self._work.now)
        return list(done(inside, way, self._language))

    async def _overtaken(self, draft: Revision, newest: Revision) -> None:
        """Somebody else published meanwhile: what would change now is another thing, so it is shown again."""
        again = await proposal(self._work, self._language, draft)
        told = say(self._language, "draft.overtaken", revision=newest.number)
        await self._work.answer_tap(self._tap.tap_id, plain(self._language, "draft.overtaken.short"), alert=True)
        await _change(self._work, self._admin, self._tap, Proposal(Html(f"{told}\n\n{again.html}"), again.buttons))

    async def _discard(self, draft: Revision) -> None:
        if await self._is_settled(draft):
            return
        await self._work.unit.quizzes.discard(draft.quiz, draft.number)
        await end_tests(self._work, draft.quiz, draft.number, self._admin)
        await self._note(Action.DISCARD, revision=draft.number)
        text = say(self._language, "draft.discarded", title=await self._title(draft), revision=draft.number)
        await self._show(Proposal(text, ()))

    async def _try(self, revision: Revision) -> None:
        if revision.state is RevisionState.DISCARDED:
            await self._is_settled(revision)
            return
        await self._work.answer_tap(self._tap.tap_id)
        await self._note(Action.TRY, revision=revision.number)
        await start_test(self._work, self._admin, revision.quiz, revision.number)

    async def _download(self, revision: Revision) -> None:
        await self._work.answer_tap(self._tap.tap_id)
        await self._note(Action.DOWNLOAD, revision=revision.number)
        number = await self._work.unit.files.keep(
            "download",
            f"{revision.quiz}.yaml",
            "application/yaml",
            self._work.now,
            content=revision.source.encode(),
            prospect_id=self._admin.id,
        )
        text = say(self._language, "quizzes.file", title=await self._title(revision), revision=revision.number)
        media = FileMedia(number=number)
        request = SendMedia(chat_id=self._admin.telegram_id, html=text, kind="document", media=media)
        await self._work.send(request, forget=True)

    async def _roll_back(self, newest: Revision, old: Revision) -> None:
        if newest.number != self._meant.base:
            shown = await way_back(self._work, newest, old, self._language)
            same = newest.sha256 == old.sha256
            told = "back.done_already" if same else "draft.overtaken.short"
            await self._show(await past(self._work, newest, self._language) if same else shown, told)
            return
        if old.state is not RevisionState.PUBLISHED or old.sha256 == newest.sha256:
            await self._work.answer_tap(self._tap.tap_id, plain(self._language, "tap.unknown"))
            return
        new = await roll_back(self._work.unit, old.quiz, old.number, self._admin.telegram_id, self._work.now)
        title, numbers = await self._title(new), {"revision": new.number, "same": old.number}
        head = say(self._language, "back.done", title=title, **numbers)
        middle = [*await middle_lines(self._work, new.quiz, self._language), *await self._decide_inside(new)]
        await self._show(Proposal(Html("\n".join([head, *middle])), ()), "draft.published.short")

    async def _is_settled(self, draft: Revision) -> bool:
        """Tell the admin, and the caller, when a draft is none any more."""
        if draft.state is RevisionState.DRAFT:
            return False
        newest = await self._work.unit.quizzes.newest(draft.quiz)
        told, number = "draft.is_discarded", draft.number
        if newest is not None and draft.sha256 == newest.sha256:
            told, number = "draft.is_published", newest.number
        elif draft.state is RevisionState.PUBLISHED:
            told = "draft.is_published"
        await self._work.answer_tap(self._tap.tap_id, plain(self._language, told, revision=number))
        return True

    async def _named(self) -> Revision:
        return await self._work.unit.quizzes.revision(self._meant.quiz, self._meant.revision)

    async def _newest(self) -> Revision:
        newest = await self._work.unit.quizzes.newest(self._meant.quiz)
        if newest is None:
            raise RevisionMissingError
        return newest

    async def _title(self, revision: Revision) -> str:
        quiz = await self._work.quiz(revision.quiz, revision.number)
        return quiz.read(quiz.title, self._language)

    async def _note(self, action: Action, **facts: int) -> None:
        await self._work.unit.audit.note(
            self._admin.telegram_id, action, self._meant.quiz, self._work.now, **facts
        )

    async def _show(self, shown: Proposal, told: str | None = None) -> None:
        await self._work.answer_tap(self._tap.tap_id, plain(self._language, told) if told else "")
        await _change(self._work, self._admin, self._tap, shown)


async def _change(work: Work, admin: Prospect, tap: TapReceived, shown: Proposal) -> None:
    """Let the message with the tapped button say something else; where it is out of reach, say it anew."""
    if tap.message_id is None:
        await work.send(SendText(chat_id=admin.telegram_id, html=shown.html, buttons=shown.buttons))
        return
    await work.send(
        EditText(chat_id=admin.telegram_id, html=shown.html, buttons=shown.buttons, message_id=tap.message_id)
    )
