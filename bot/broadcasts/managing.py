"""What /broadcast, /broadcasts and the buttons below them do; each tap is checked anew, for it can be forged."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.broadcasts import composing
from bot.broadcasts.audience import languages, options
from bot.broadcasts.buttons import recipient_buttons
from bot.broadcasts.composing import ASKINGS, Wanted, ask, plan
from bot.broadcasts.content import FOR_ALL, Content, message
from bot.broadcasts.screen import NEXT_HOURS, OVER, SURE, TEXTS, WHOLE, WHOM
from bot.broadcasts.sending import begin, halt, recount
from bot.broadcasts.showing import WHO, report, show_anew, show_here, show_list, show_who
from bot.teams.permissions import runs_things
from bot.teams.roster import house_timezone
from bot.telegram.broadcast_taps import BroadcastAction, BroadcastTapped
from bot.telegram.formatting import Formatted
from bot.telegram.requests import EditText, SendText
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from qualification.moments import read_moment
from qualification.segments import Facet, Segment
from storage.broadcasts import Broadcast, BroadcastState
from storage.records import Action, Prospect

EVERYBODY = "everybody"
_VIEWS = (WHOLE, WHOM, TEXTS, *Facet)


async def broadcast_command(work: Work, person: Prospect, name: str) -> bool:
    """Carry out a command about broadcasts; tell whether it was one, from somebody who may.

    Any other command ends what was asked for. Drafts stay: /broadcasts has them.
    """
    if not await runs_things(work, person.telegram_id):
        return False
    asked = await ASKINGS.drop(work, person)
    match name:
        case "cancel" if asked:
            html = say(work.language_of(person), "ask.cancelled")
            await work.send(SendText(chat_id=person.telegram_id, html=html))
        case "broadcast":
            await ask(work, person, Wanted.TEXT)
        case "broadcasts":
            await show_list(work, person)
        case _:
            return False
    return True


async def broadcast_tapped(work: Work, person: Prospect, tapped: BroadcastTapped, tap: TapReceived) -> None:
    """Carry out an admin's tap about a broadcast."""
    language = work.language_of(person)
    if not await runs_things(work, person.telegram_id):
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    if tapped.action is BroadcastAction.NEW:
        await work.answer_tap(tap.tap_id)
        await ask(work, person, Wanted.TEXT)
        return
    broadcast = await work.unit.broadcasts.by_id(tapped.broadcast)
    if broadcast is None:
        await work.answer_tap(tap.tap_id, plain(language, "broadcast.gone"))
        return
    told = await _Doing(work, person, broadcast, tapped, tap).carried_out()
    await work.answer_tap(tap.tap_id, plain(language, told) if told else "")


class _Doing:
    """One tap of an admin; each deed returns the key of what floats over the chat, or nothing."""

    def __init__(
        self, work: Work, admin: Prospect, broadcast: Broadcast, tapped: BroadcastTapped, tap: TapReceived
    ) -> None:
        self._work = work
        self._admin = admin
        self._broadcast = broadcast
        self._action = tapped.action
        self._choice = tapped.choice
        self._tap = tap

    async def carried_out(self) -> str:
        """Do it, if where the broadcast stands allows it; else show where that is."""
        match self._action:
            case BroadcastAction.SHOW:
                await show_anew(self._work, self._admin, self._broadcast)
                return ""
            case BroadcastAction.WHO if self._choice in WHO:
                await show_who(self._work, self._admin, self._broadcast, self._choice)
                return ""
        match self._broadcast.state:
            case BroadcastState.DRAFT:
                done = await self._written()
            case BroadcastState.SCHEDULED | BroadcastState.SENDING | BroadcastState.PAUSED:
                done = await self._steered()
            case _:
                done = None
        if done is None:
            await show_here(self._work, self._admin, self._broadcast, self._tap)
            return "broadcast.elsewhere"
        return done

    async def _written(self) -> str | None:
        """Work on a draft; None for what no draft can do."""
        work, admin, broadcast = self._work, self._admin, self._broadcast
        match self._action:
            case BroadcastAction.TEXT if self._choice in (FOR_ALL, *await languages(work)):
                await ask(work, admin, Wanted.TEXT, broadcast, self._choice)
            case BroadcastAction.BUTTON:
                await ask(work, admin, Wanted.LINK, broadcast)
            case BroadcastAction.AT if not self._choice:
                await ask(work, admin, Wanted.MOMENT, broadcast)
            case BroadcastAction.AT if (moment := await self._moment()) is not None:
                await plan(work, admin, broadcast, moment)
            case BroadcastAction.BARE:
                content = Content.model_validate_json(broadcast.content).model_copy(update={"link": None})
                await self._change(content=content.model_dump_json(), view=WHOLE)
            case BroadcastAction.WHOM if self._choice.partition(".")[0] in _VIEWS:
                await self._change(view=self._choice)
            case BroadcastAction.PICK:
                return await self._pick()
            case BroadcastAction.HOURS:
                await self._change(hours=NEXT_HOURS.get(broadcast.hours))
            case BroadcastAction.TEST:
                await self._test()
                return "broadcast.tested"
            case BroadcastAction.NOW:
                counted = await recount(work, broadcast)
                await self._change(counted, begins_at=None, view=SURE)
            case BroadcastAction.SEND if broadcast.view == SURE:
                return await self._send()
            case BroadcastAction.DISCARD:
                await self._discard()
                return "broadcast.discarded"
            case _:
                return None
        return ""

    async def _steered(self) -> str | None:
        """Steer a broadcast that is planned or under way; None for what is not possible any more."""
        match self._broadcast.state, self._action:
            case BroadcastState.SCHEDULED, BroadcastAction.PAUSE:
                await self._change(state=BroadcastState.DRAFT, due_at=None, view=WHOLE)
            case BroadcastState.SENDING | BroadcastState.PAUSED, BroadcastAction.PAUSE | BroadcastAction.CANCEL:
                await self._halt(BroadcastState.PAUSED, OVER if self._action is BroadcastAction.CANCEL else "")
            case BroadcastState.PAUSED, BroadcastAction.RESUME:
                await self._change(state=BroadcastState.SENDING, due_at=self._work.now, view="")
                await self._note("resumed")
            case BroadcastState.PAUSED, BroadcastAction.CANCEL_NOW:
                await self._halt(BroadcastState.CANCELLED)
            case _:
                return None
        return ""

    async def _halt(self, state: BroadcastState, view: str = "") -> None:
        halted = await halt(self._work, self._broadcast, state, view)
        await show_here(self._work, self._admin, halted, self._tap)
        if state is BroadcastState.CANCELLED and halted.due_at is None:
            await report(self._work, halted)

    async def _pick(self) -> str | None:
        """Narrow the segment down, or widen it, by what a button of its menu says."""
        facet, _, data = self._choice.partition(".")
        if facet == EVERYBODY:
            await self._change(await self._narrowed(Segment()), view=WHOLE)
            return ""
        if facet not in list(Facet):
            return None
        language, question = self._work.language_of(self._admin), self._broadcast.view.partition(".")[2]
        offered = await options(self._work, self._broadcast.segment, Facet(facet), question, language)
        picked = next((each for each in offered if each.data == data), None)
        if picked is None:
            return None
        await self._change(await self._narrowed(picked.changed))
        return ""

    async def _narrowed(self, segment: Segment) -> Broadcast:
        return await recount(
            self._work, await self._work.unit.broadcasts.change(self._broadcast.id, segment=segment)
        )

    async def _moment(self) -> datetime | None:
        now, timezone = self._work.now, await house_timezone(self._work)
        match self._choice:
            case composing.SOON:
                return now + timedelta(hours=1)
            case composing.MORNING:
                return read_moment("tomorrow 10:00", now, timezone)
            case _:
                return None

    async def _test(self) -> None:
        """Send the admin what recipients get: each language's own text, and last the one for all."""
        content = Content.model_validate_json(self._broadcast.content)
        quiz = await self._work.newest_quiz()
        values = {"first_name": self._admin.first_name, "company": quiz.controller.name if quiz else ""}
        buttons = await recipient_buttons(self._work, self._admin, self._broadcast.id, content, is_test=True)
        for language in (*content.languages, FOR_ALL):
            only = content.model_copy(update={"texts": {FOR_ALL: content.texts.get(language, Formatted(""))}})
            await self._work.send(message(only, self._admin.telegram_id, None, values, buttons))

    async def _send(self) -> str | None:
        """Begin, or plan to, if it is as the admin saw it when they were asked."""
        broadcast = self._broadcast
        if broadcast.counted_to is not None:
            return "broadcast.still_counting"
        people = await self._people_now()
        if str(people) != self._choice:
            await self._change(people=people)
            return "broadcast.changed"
        await self._work.unit.audit.note(
            self._admin.telegram_id, Action.BROADCAST, str(broadcast.id), self._work.now, people=people
        )
        if broadcast.begins_at is None:
            await show_here(self._work, self._admin, await begin(self._work, broadcast), self._tap)
        elif broadcast.begins_at <= self._work.now:
            await self._change(view=WHOLE)
            return "broadcast.too_late"
        else:
            await self._change(state=BroadcastState.SCHEDULED, due_at=broadcast.begins_at)
            await self._note("scheduled")
        return ""

    async def _people_now(self) -> int:
        """Return how many people it is for now; where a look does not go through all of them, as was counted."""
        if self._broadcast.begins_at is not None:
            return self._broadcast.people
        look = await self._work.unit.segments.count(self._broadcast.segment, self._work.now)
        return look.people if look.last is None else self._broadcast.people

    async def _discard(self) -> None:
        content = Content.model_validate_json(self._broadcast.content)
        await self._work.unit.broadcasts.remove(self._broadcast.id)
        if content.attachment is not None:
            await self._work.unit.files.remove(content.attachment.file)
        html = say(self._work.language_of(self._admin), "broadcast.discarded_here", n=self._broadcast.id)
        chat_id, message_id = self._admin.telegram_id, self._tap.message_id
        if message_id is None:
            await self._work.send(SendText(chat_id=chat_id, html=html))
        else:
            await self._work.send(EditText(chat_id=chat_id, html=html, message_id=message_id))

    async def _change(self, broadcast: Broadcast | None = None, **values: object) -> None:
        """Keep what changed, and let the message that was tapped show it."""
        number = (broadcast or self._broadcast).id
        changed = await self._work.unit.broadcasts.change(number, **values) if values else broadcast
        await show_here(self._work, self._admin, changed or self._broadcast, self._tap)

    async def _note(self, what: str) -> None:
        await self._work.note(
            f"broadcast_{what}", None, broadcast=self._broadcast.id, admin=self._admin.telegram_id
        )
