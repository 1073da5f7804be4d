"""What a manager's tap on a card does: take, contacted, how it ended, and the lists that buttons open."""

from __future__ import annotations

from bot.hand_off.asking import Wanted, ask
from bot.hand_off.buttons import OWN, Choice, Menu, NextStep
from bot.hand_off.calling import call_back
from bot.hand_off.closing import let_rest, note_outcome
from bot.hand_off.gathering import gather, heads_of, why_not
from bot.hand_off.reassigning import colleagues_of, pass_on
from bot.hand_off.showing import renew_cards, send_cards, show_card
from bot.hand_off.taking import contacted, taken
from bot.stages.reasons import lost_reasons
from bot.talk.ending import end
from bot.talk.materials import send_material, sendable
from bot.teams.permissions import takes_leads
from bot.telegram.taps import CardAction, CardTapped
from bot.telegram.updates import TapReceived
from bot.texts import plain
from bot.work import Work
from qualification.handoff import Denial, HandOff, Outcome, close, contact, end_talk, owns, take
from qualification.moments import Later, Rest, later, rest_until
from storage.records import Prospect, StoredHandOff


async def act(work: Work, manager: Prospect, tapped: CardTapped, tap: TapReceived) -> None:
    """Carry out a tap on a card, or say why not; the card shows how things stand either way."""
    language = work.language_of(manager)
    stored = await work.unit.hand_offs.by_id(tapped.hand_off)
    if not await takes_leads(work, manager.telegram_id):
        await work.answer_tap(tap.tap_id, plain(language, "denial.not_a_manager"), alert=True)
        return
    if stored is None:
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    await _Tap(work, manager, stored, tapped, tap).carry_out()


class _Tap:
    """One tap of somebody who works here on a card that there is."""

    def __init__(
        self, work: Work, manager: Prospect, stored: StoredHandOff, tapped: CardTapped, tap: TapReceived
    ) -> None:
        self._work = work
        self._manager = manager
        self._me = manager.telegram_id
        self._stored = stored
        self._tapped = tapped
        self._tap = tap
        self._language = work.language_of(manager)

    async def carry_out(self) -> None:
        """Do it, or say why not."""
        state, now, choice = self._stored.state, self._work.now, self._tapped.choice
        match self._tapped.action:
            case CardAction.TAKE:
                await self._turn(take(state, self._me, now))
            case CardAction.CONTACTED:
                await self._turn(contact(state, self._me, now))
            case CardAction.WON:
                await self._turn(close(state, self._me, Outcome.WON, now))
            case CardAction.NOT_NOW:
                await self._turn(close(state, self._me, Outcome.NOT_NOW, now))
            case CardAction.UNFIT:
                await self._turn(close(state, self._me, Outcome.UNFIT, now))
            case CardAction.LOST:
                await self._lose(choice)
            case CardAction.FREEZE:
                await self._freeze(choice)
            case CardAction.CALL:
                await self._call_later(choice)
            case CardAction.REASSIGN:
                await self._reassign(choice)
            case CardAction.SEND:
                await self._send(choice)
            case CardAction.END_TALK:
                await self._end_talk(choice)
            case CardAction.NOTE:
                await self._ask(Wanted.NOTE)
            case CardAction.SHOW:
                await self._work.answer_tap(self._tap.tap_id)
                await send_cards(self._work, await gather(self._work, self._stored), [self._me])
            case CardAction.MORE:
                await self._open(Menu.MORE)
            case CardAction.BACK:
                await self._open(Menu.MAIN)

    async def _turn(self, changed: HandOff | Denial) -> None:
        """Keep the new state and let everybody know, or say why it cannot be."""
        if isinstance(changed, Denial):
            await self._deny(changed)
            return
        done = "done.taken" if self._tapped.action is CardAction.TAKE else "done.noted"
        await self._work.answer_tap(self._tap.tap_id, plain(self._language, done))
        stored = await self._work.unit.hand_offs.save(self._stored, changed)
        match self._tapped.action:
            case CardAction.TAKE:
                await renew_cards(self._work, stored)  # before the card that who took it in a group gets anew
                await taken(self._work, self._manager, stored)
                return
            case CardAction.CONTACTED:
                await contacted(self._work, self._manager, stored)
            case _:
                talked = self._stored.state.talking_since is not None
                await note_outcome(self._work, self._manager, stored, talked=talked)
        await renew_cards(self._work, stored)
        if changed.outcome is Outcome.WON:
            await ask(self._work, self._manager, Wanted.AMOUNT, stored.id)

    async def _deny(self, denial: Denial) -> None:
        why = await why_not(self._work, self._stored, denial, self._language)
        await self._work.answer_tap(self._tap.tap_id, why)
        await renew_cards(self._work, self._stored)

    async def _lose(self, choice: str) -> None:
        dossier = await gather(self._work, self._stored)
        if choice in lost_reasons(dossier.quiz, self._language):
            await self._turn(close(self._stored.state, self._me, Outcome.LOST, self._work.now, choice))
        else:
            await self._open(Menu.LOST, "done.why_lost")

    async def _freeze(self, choice: str) -> None:
        if choice == OWN:
            await self._ask(Wanted.REST)
        elif choice in set(Rest):
            dossier = await gather(self._work, self._stored)
            until = rest_until(Rest(choice), self._work.now, dossier.quiz.timezone)
            denied = await let_rest(self._work, self._manager, self._stored, until)
            await self._finish(denied)
        else:
            await self._open(Menu.FREEZE, "done.until_when")

    async def _call_later(self, choice: str) -> None:
        dossier = await gather(self._work, self._stored)
        timezone = dossier.quiz.timezone
        at = later(Later(choice), self._work.now, timezone) if choice in set(Later) else None
        if choice == OWN:
            await self._ask(Wanted.CALL)
        elif at is not None:
            await self._finish(await call_back(self._work, self._manager, self._stored, at))
        else:
            await self._open(Menu.CALL, "done.when")

    async def _reassign(self, choice: str) -> None:
        if choice in {number for number, _ in await colleagues_of(self._work, self._manager, self._stored)}:
            await self._finish(await pass_on(self._work, self._manager, self._stored, int(choice)))
        else:
            await self._open(Menu.REASSIGN, "done.to_whom")

    async def _send(self, choice: str) -> None:
        there = await sendable(self._work)
        if not there:
            await self._work.answer_tap(self._tap.tap_id, plain(self._language, "material.none"), alert=True)
        elif choice not in {number for number, _ in there}:
            await self._open(Menu.MATERIALS, "done.which_material")
        elif (why := await send_material(self._work, self._manager, self._stored, int(choice))) is None:
            await self._open(Menu.MAIN, "done.sent")
        elif isinstance(why, Denial):
            await self._deny(why)
        else:
            await self._work.answer_tap(self._tap.tap_id, plain(self._language, why), alert=True)

    async def _end_talk(self, choice: str) -> None:
        if choice not in set(NextStep):
            await self._open(Menu.END_TALK, "done.what_next")
        elif choice == NextStep.FOLLOW_UPS:
            await self._turn(close(self._stored.state, self._me, Outcome.NOT_NOW, self._work.now))
        elif isinstance(changed := end_talk(self._stored.state, self._me), Denial):
            await self._deny(changed)
        else:
            await self._work.answer_tap(self._tap.tap_id, plain(self._language, "done.noted"))
            stored = await self._work.unit.hand_offs.save(self._stored, changed)
            await renew_cards(self._work, stored)
            if self._stored.state.talking_since is not None:
                await end(self._work, self._manager, stored, NextStep(choice))

    async def _finish(self, denied: Denial | None) -> None:
        if denied is not None:
            await self._deny(denied)
        else:
            await self._work.answer_tap(self._tap.tap_id, plain(self._language, "done.noted"))

    async def _ask(self, wanted: Wanted) -> None:
        """Ask for what no button can say; the card shows its first buttons again."""
        if denied := owns(self._stored.state, self._me):
            await self._deny(denied)
            return
        await self._open(Menu.MAIN)
        await ask(self._work, self._manager, wanted, self._stored.id)

    async def _open(self, menu: Menu, said: str = "") -> None:
        """Let the tapped card show other buttons: nobody else's card changes."""
        denied = owns(self._stored.state, self._me)
        for_heads = menu in (Menu.REASSIGN, Menu.MAIN)
        if denied and not (for_heads and self._me in await heads_of(self._work, self._stored.team)):
            await self._deny(denied)
            return
        await self._work.answer_tap(self._tap.tap_id, plain(self._language, said) if said else "")
        dossier = await gather(self._work, self._stored)
        listed: list[Choice] = []
        if menu is Menu.REASSIGN:
            listed = await colleagues_of(self._work, self._manager, self._stored)
        elif menu is Menu.MATERIALS:
            listed = await sendable(self._work)
        for card in await self._work.unit.hand_offs.cards(self._stored.id):
            if (card.chat_id, card.message_id) == (self._me, self._tap.message_id):
                await show_card(self._work, dossier, card, menu, listed)
