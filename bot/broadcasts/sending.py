"""Sends a broadcast, a few people at a time: it can be stopped at any moment, and loses or repeats nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.broadcasts.buttons import recipient_buttons
from bot.broadcasts.content import Content, message
from bot.broadcasts.showing import BETWEEN, keep_up, report
from bot.teams.roster import house_timezone
from bot.work import Work
from qualification.sequences import Window, next_allowed
from storage.broadcasts import Broadcast, BroadcastState, Placed
from storage.messages import Kind
from storage.records import Prospect
from storage.segments import Reachable

AHEAD = 60
"""Messages that wait in the outbox at most: two seconds at Telegram's pace."""
LOOK_EVERY = timedelta(seconds=1)
"""How often the outbox is filled up again."""


async def broadcast_due(work: Work, broadcast: Broadcast) -> None:
    """Do what is due about a broadcast: count on, begin, send the next ones, or see how the last ones fared."""
    match broadcast.state:
        case BroadcastState.DRAFT:
            await _count_on(work, broadcast)
        case BroadcastState.SCHEDULED:
            await _send_some(work, await begin(work, broadcast))
        case BroadcastState.SENDING:
            await _send_some(work, broadcast)
        case _:  # paused or cancelled: what was under way when that was said still arrives
            await _see_it_out(work, broadcast)


async def begin(work: Work, broadcast: Broadcast) -> Broadcast:
    """Begin to send; what is to be done first is due at once."""
    await work.note("broadcast_begun", None, broadcast=broadcast.id, people=broadcast.people)
    return await work.unit.broadcasts.change(
        broadcast.id, state=BroadcastState.SENDING, started_at=work.now, due_at=work.now, view=""
    )


async def recount(work: Work, broadcast: Broadcast) -> Broadcast:
    """Count whom a draft is for; more than one batch of people is counted on by the clock."""
    return await _counted(work, broadcast, 0, 0, 0)


async def _count_on(work: Work, broadcast: Broadcast) -> None:
    if broadcast.counted_to is None:
        await work.unit.broadcasts.change(broadcast.id, due_at=None)
        return
    counted = await _counted(work, broadcast, broadcast.people, broadcast.busy, broadcast.counted_to)
    await keep_up(work, counted, at_last=counted.counted_to is None)


async def _counted(work: Work, broadcast: Broadcast, people: int, busy: int, after: int) -> Broadcast:
    counted = await work.unit.segments.count(broadcast.segment, work.now, after)
    return await work.unit.broadcasts.change(
        broadcast.id,
        people=people + counted.people,
        busy=busy + counted.busy,
        counted_to=counted.last,
        due_at=None if counted.last is None else work.now,
    )


async def _send_some(work: Work, broadcast: Broadcast) -> None:
    """Fill the outbox up again, and note how the messages fared that were in it."""
    broadcasts = work.unit.broadcasts
    room = AHEAD - await broadcasts.settle(broadcast.id)
    round_ = await _Round.of(work, broadcast)
    await round_.those_put_off(room)
    broadcast = await round_.the_next_ones(room - round_.sent)
    under_way = AHEAD - room + round_.sent
    put_off_until = await broadcasts.put_off_until(broadcast.id)
    if broadcast.found_all and not under_way and put_off_until is None:
        await _end(work, broadcast)
        return
    due_at = put_off_until
    if not broadcast.found_all and not round_.sent and room > 0:
        due_at = work.now  # whoever was looked at does not get it, or not yet: on to the next ones
    elif under_way or not broadcast.found_all:
        due_at = work.now + LOOK_EVERY
    broadcast = await broadcasts.change(broadcast.id, due_at=due_at)
    if not await keep_up(work, broadcast):
        await broadcasts.change(broadcast.id, due_at=min(due_at or work.now + BETWEEN, work.now + BETWEEN))


async def _end(work: Work, broadcast: Broadcast) -> None:
    ended = await work.unit.broadcasts.change(
        broadcast.id, state=BroadcastState.DONE, ended_at=work.now, due_at=None
    )
    await work.note("broadcast_done", None, broadcast=broadcast.id)
    await keep_up(work, ended, at_last=True)
    await report(work, ended)


async def halt(work: Work, broadcast: Broadcast, state: BroadcastState, view: str) -> Broadcast:
    """Let nothing more out: what waits in the outbox is taken back, what is under way is seen out."""
    await work.unit.broadcasts.take_back(broadcast.id, work.now)
    if state is BroadcastState.CANCELLED:
        await work.unit.broadcasts.drop_put_off(broadcast.id)
    under_way = await work.unit.broadcasts.settle(broadcast.id)
    await work.note(f"broadcast_{state}", None, broadcast=broadcast.id)
    return await work.unit.broadcasts.change(
        broadcast.id,
        state=state,
        view=view,
        due_at=work.now + LOOK_EVERY if under_way else None,
        ended_at=work.now if state is BroadcastState.CANCELLED else None,
    )


async def _see_it_out(work: Work, broadcast: Broadcast) -> None:
    if await work.unit.broadcasts.settle(broadcast.id):
        await work.unit.broadcasts.postpone(broadcast.id, work.now + LOOK_EVERY)
        return
    broadcast = await work.unit.broadcasts.change(broadcast.id, due_at=None)
    await keep_up(work, broadcast, at_last=True)
    if broadcast.state is BroadcastState.CANCELLED:
        await report(work, broadcast)


@dataclass
class _Round:
    """One filling of the outbox: everything in it is committed together, or nothing is."""

    work: Work
    broadcast: Broadcast
    content: Content
    timezone: str
    company: str
    sent: int = field(default=0, init=False)

    @classmethod
    async def of(cls, work: Work, broadcast: Broadcast) -> _Round:
        """Begin a round."""
        quiz = await work.newest_quiz()
        company = quiz.controller.name if quiz else ""
        content = Content.model_validate_json(broadcast.content)
        return cls(work, broadcast, content, await house_timezone(work), company)

    async def those_put_off(self, room: int) -> None:
        """Send to people whose hours have begun; who must not be disturbed by now is dropped."""
        broadcasts, number = self.work.unit.broadcasts, self.broadcast.id
        due = await broadcasts.due_recipients(number, self.work.now, max(room, 0))
        for person in await self.work.unit.segments.still_reachable(due, self.work.now):
            await broadcasts.place_again(number, await self._placed(person))

    async def the_next_ones(self, room: int) -> Broadcast:
        """Send to the next people of the segment, and remember up to whom it was looked."""
        if self.broadcast.found_all or room <= 0:
            return self.broadcast
        found, last = await self.work.unit.segments.find(
            self.broadcast.segment, self.work.now, self.broadcast.cursor, room, self.broadcast.id
        )
        await self.work.unit.broadcasts.place(self.broadcast.id, [await self._placed(each) for each in found])
        cursor = self.broadcast.cursor if last is None else last
        return await self.work.unit.broadcasts.change(self.broadcast.id, cursor=cursor, found_all=last is None)

    async def _placed(self, person: Reachable) -> Placed:
        """Put one person's message into the outbox, or off till their hours begin."""
        prospect = await self.work.unit.prospects.by_id(person.prospect_id)
        allowed = self._allowed(prospect)
        if allowed > self.work.now:
            return Placed(prospect.id, None, allowed)
        values = {"first_name": prospect.first_name, "company": self.company}
        buttons = await recipient_buttons(self.work, prospect, self.broadcast.id, self.content)
        request = message(self.content, prospect.telegram_id, prospect.speaks, values, buttons)
        self.sent += 1
        until = Window(self.broadcast.hours).closes(self.work.now, prospect.timezone or self.timezone)
        number = await self.work.send(request, Kind.BROADCAST, consent_id=person.consent_id, not_after=until)
        return Placed(prospect.id, number)

    def _allowed(self, prospect: Prospect) -> datetime:
        return next_allowed(self.work.now, self.broadcast.hours, prospect.timezone or self.timezone)
