"""Leads that left the same confirmed contact: suggested to be one person, merged by who may, and parted again."""

from __future__ import annotations

from bot.follow_ups.enrolling import go_on_apart, let_speak
from bot.hand_off.gathering import quiz_of
from bot.hand_off.showing import renew_cards
from bot.stages.placing import seek_place
from bot.teams.permissions import admins, takes_leads, works_here
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, EditText, SendText, TapButton
from bot.telegram.taps import MergeAction, MergeTapped
from bot.telegram.updates import TapReceived
from bot.texts import Html, plain, say
from bot.work import Work
from dialogs.answers import Contact
from qualification.handoff import Outcome
from qualification.merging import MergeState, close_as_merged, kept, may_decide, reopen
from qualification.score import Band
from storage.merges import Merge
from storage.messages import Kind
from storage.records import Lead, Prospect

DECISIONS = {
    MergeAction.MERGE: MergeState.MERGED,
    MergeAction.APART: MergeState.REFUSED,
    MergeAction.UNDO: MergeState.UNDONE,
}


async def suggest(work: Work, lead: Lead, contact: Contact) -> None:
    """Suggest that a lead is one person with another one of the same contact; prospects never hear of it."""
    await work.unit.alone_in_office()
    group = await work.unit.merges.group(lead.id)
    others = await work.unit.leads.confirmed_by_others(lead, contact.contact, contact.value)
    other = next((each for each in others if each.id not in group), None)
    if other is None:
        return
    merge = await work.unit.merges.suggest(lead.id, other.id, contact.contact, work.now)
    if merge is None:
        return
    await work.note("duplicate", lead.prospect_id, lead=lead.id, same_as=other.id, kind=contact.contact)
    for person in await _deciders(work, merge):
        language = await work.staff_language(person)
        request = SendText(chat_id=person, html=_words(merge, language), buttons=_buttons(merge, language))
        await work.send(request, Kind.HAND_OFF)


async def decide(work: Work, person: Prospect, tapped: MergeTapped, tap: TapReceived) -> None:
    """Carry out what a manager or admin decides about two leads; the message shows how things stand either way."""
    language = work.language_of(person)
    merge = await work.unit.merges.by_id(tapped.merge)
    if not await works_here(work, person.telegram_id):
        await work.answer_tap(tap.tap_id, plain(language, "denial.not_a_manager"), alert=True)
        return
    if merge is None:
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    if person.telegram_id not in (*await admins(work), *await _owners(work, merge)):
        await work.answer_tap(tap.tap_id, plain(language, "merge.not_yours"), alert=True)
        return
    decision = DECISIONS[tapped.action]
    if not may_decide(merge.state, decision):
        await work.answer_tap(tap.tap_id, plain(language, "merge.decided_already"))
    else:
        merge = await _carry_out(work, merge, decision, person.telegram_id)
        await work.answer_tap(tap.tap_id, plain(language, "done.noted"))
    shown = EditText(
        chat_id=person.telegram_id,
        html=_words(merge, language),
        buttons=_buttons(merge, language),
        message_id=tap.message_id,
    )
    await work.send(shown, Kind.HAND_OFF)


async def part(work: Work, prospect_id: int) -> None:
    """Part the leads of somebody who leaves from those they were merged with: those go on by themselves."""
    for lead in await work.unit.leads.all_of(prospect_id):
        for merge in await work.unit.merges.merged(lead.id):
            await work.unit.merges.decide(merge.id, MergeState.UNDONE, None, work.now)
            await work.note("merge_undone", None, merge=merge.id, lead=merge.lead_id, same_as=merge.same_as)
            await _go_on_alone(work, merge.same_as if lead.id == merge.lead_id else merge.lead_id)


async def _carry_out(work: Work, merge: Merge, decision: MergeState, who: int) -> Merge:
    await work.unit.merges.decide(merge.id, decision, who, work.now)
    await work.note(f"merge_{decision}", None, merge=merge.id, lead=merge.lead_id, same_as=merge.same_as, by=who)
    match decision:
        case MergeState.MERGED:
            await _join(work, merge)
        case MergeState.UNDONE:
            for lead_id in (merge.same_as, merge.lead_id):
                await _go_on_alone(work, lead_id)
        case MergeState.REFUSED | MergeState.SUGGESTED:
            pass
    changed = await work.unit.merges.by_id(merge.id)
    return changed or merge


async def _join(work: Work, merge: Merge) -> None:
    """Leave one hand-off open of all that the leads have: no second card to take, no second owner."""
    group = await work.unit.merges.group(merge.lead_id)
    hand_offs = [each for each in await work.unit.hand_offs.all_of(group) if each.state.closed_at is None]
    chosen = kept((each.id, each.state) for each in hand_offs)
    for each in hand_offs:
        if each.id == chosen:
            await renew_cards(work, each)
        else:
            await renew_cards(work, await work.unit.hand_offs.save(each, close_as_merged(each.state, work.now)))
    if chosen is not None:
        for lead_id in group:
            await work.unit.places.stop_waiting(lead_id)
    if (account := await _heard_last(work, group)) is not None:
        await let_speak(work, merge.lead_id, account)


async def _heard_last(work: Work, leads: list[int]) -> int | None:
    """Return which account of a person gets follow-ups: of those that do, the one that was heard of last."""
    found = []
    for lead_id in leads:
        enrolment = await work.unit.enrolments.last_of(lead_id)
        if enrolment is not None and enrolment.ended_at is None:
            found.append((await work.unit.prospects.seen_at(enrolment.prospect_id), enrolment.prospect_id))
    return max(found)[1] if found else None


async def _go_on_alone(work: Work, lead_id: int) -> None:
    """Let a lead that was parted have a hand-off and follow-ups of its own again, if it had them or would have."""
    await go_on_apart(work, lead_id)
    present = await work.unit.hand_offs.open_of(lead_id)
    if present is not None:
        await renew_cards(work, present)
        return
    leads = [await work.unit.leads.by_id(each) for each in await work.unit.merges.group(lead_id)]
    alive = {lead.id: lead for lead in leads if lead.closed_at is None}
    before = await work.unit.hand_offs.all_of(alive)
    put_aside = [each for each in before if each.state.outcome is Outcome.MERGED]
    if put_aside:
        last = put_aside[-1]
        route = (await quiz_of(work, alive[last.lead_id])).routing.hot
        await renew_cards(work, await work.unit.hand_offs.save(last, reopen(last.state, route, work.now)))
        return
    hot = [lead for lead in alive.values() if lead.band is Band.HOT and lead.waiting_since is None]
    if hot and not before:
        await seek_place(work, hot[0], await quiz_of(work, hot[0]))


async def _deciders(work: Work, merge: Merge) -> tuple[int, ...]:
    """Return who is asked: the one manager who has these leads, else the admins.

    With two managers each would learn of the other's lead, so neither is asked.
    """
    owners = await _owners(work, merge)
    return owners if len(owners) == 1 else await admins(work)


async def _owners(work: Work, merge: Merge) -> tuple[int, ...]:
    """Return the managers who have one of the leads."""
    open_ones = [await work.unit.hand_offs.open_of(each) for each in (merge.lead_id, merge.same_as)]
    owners = [each.state.taken_by for each in open_ones if each is not None and each.state.taken_by is not None]
    return tuple([owner for owner in dict.fromkeys(owners) if await takes_leads(work, owner)])


def _words(merge: Merge, language: str) -> Html:
    """Say how it stands with two leads: by their numbers, for their names are nobody's but their managers'."""
    contact = plain(language, f"contact.{merge.contact}")
    lead, other = f"#{merge.lead_id}", f"#{merge.same_as}"
    return say(language, f"merge.{merge.state}", lead=lead, other=other, contact=contact)


def _buttons(merge: Merge, language: str) -> Buttons:
    actions = [action for action, decision in DECISIONS.items() if may_decide(merge.state, decision)]
    row = tuple(
        TapButton(text=plain(language, f"merge.button.{action}"), data=encode(MergeTapped(merge.id, action)))
        for action in actions
    )
    return (row,)
