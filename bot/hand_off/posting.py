"""Posts hot leads in the groups of a team: one message each, edited in place, which names nobody."""

from __future__ import annotations

from collections.abc import Iterator

from bot.hand_off.card import Dossier, answer_lines, lead_name, origin_line
from bot.stages.reasons import lost_text
from bot.telegram.callback_data import encode
from bot.telegram.requests import REQUEST, Buttons, EditText, SendText, TapButton
from bot.telegram.taps import CardAction, CardTapped
from bot.texts import Html, count, duration, plain, say
from bot.work import Work
from dialogs.answers import Choice, Choices, Day, Number
from qualification.handoff import HandOff, Outcome, Phase, Reach
from qualification.quiz import GroupSees
from storage.groups import Group
from storage.messages import Card, Fate, Kind

SHOWN = (Choice, Choices, Number, Day)
"""Answers that a group sees: those that were chosen or counted. Own words, places and files may say who it is."""


async def post(work: Work, dossier: Dossier) -> None:
    """Post a lead in every group of its team that does not have it yet, if it is time."""
    if not sees(dossier.quiz.routing.hot.group, dossier.hand_off.state):
        return
    groups = await work.unit.groups.of(dossier.hand_off.team)
    if not groups:
        return
    there = {card.chat_id for card in await work.unit.hand_offs.cards(dossier.hand_off.id)}
    for group in groups:
        if group.chat_id not in there:
            await _send(work, dossier, group)


async def repost(work: Work, dossier: Dossier, group: Group) -> None:
    """Post a lead once more, whoever has it now: its message stayed behind in a chat that is no more."""
    await _send(work, dossier, group)


async def renew_post(work: Work, dossier: Dossier, card: Card) -> None:
    """Change a post to how things stand now: a change that still waits is replaced, not queued behind."""
    group = await work.unit.groups.at(card.chat_id)
    if group is None:
        return  # the group is off, or threw the bot out
    html, buttons = post_text(dossier, group.language), post_buttons(dossier, group.language)
    newest = await work.unit.posts.newest(card.number)
    if newest is not None and newest.request:
        said = REQUEST.validate_json(newest.request)
        if isinstance(said, SendText | EditText):
            if (said.html, said.buttons) == (html, buttons):
                return
            # What may have arrived once says so at its top: its words stay, and the change comes after.
            fresh = newest.state is Fate.WAITING and (isinstance(said, EditText) or not newest.attempts)
            anew = said.model_copy(update={"html": html, "buttons": buttons})
            if fresh and await work.unit.posts.reword(newest.number, REQUEST.dump_json(anew).decode()):
                return
    edit = EditText(chat_id=card.chat_id, html=html, buttons=buttons)
    await work.send(edit, Kind.HAND_OFF, edits=card.number, hand_off_id=dossier.hand_off.id)


def sees(when: GroupSees, state: HandOff) -> bool:
    """Tell whether a lead on offer is for the group to see by now; nobody is woken at night."""
    if state.phase is not Phase.OFFERED or state.reach is Reach.WAITING:
        return False
    match when:
        case GroupSees.AT_ONCE:
            return True
        case GroupSees.WITH_TEAM:
            return state.reach is not Reach.ONE
        case GroupSees.NEVER:
            return False


def post_text(dossier: Dossier, language: str) -> Html:
    """Return what a group reads of a lead: its points and why, and where it stands; no name, no contact."""
    points = count(language, "points", dossier.score.total)
    head = f"{say(language, 'card.title', points=points)} · {lead_name(dossier.lead)}"
    answers = "\n".join(answer_lines(dossier, language, SHOWN))
    state = "\n".join(_state(dossier, language))
    return Html(f"{head}\n{origin_line(dossier, language, referrer=False)}\n\n{answers}\n\n{state}")


def post_buttons(dossier: Dossier, language: str) -> Buttons:
    """Return what can be done in the group: take a lead, and say that contact is made. All else is private."""
    match dossier.hand_off.state.phase:
        case Phase.OFFERED:
            action, key = CardAction.TAKE, "button.take"
        case Phase.TAKEN:
            action, key = CardAction.CONTACTED, "button.contacted"
        case Phase.CONTACTED | Phase.CLOSED:
            return ()
    data = encode(CardTapped(dossier.hand_off.id, action))
    return ((TapButton(text=plain(language, key), data=data),),)


def _state(dossier: Dossier, language: str) -> Iterator[str]:
    state = dossier.hand_off.state
    if state.phase is Phase.OFFERED:
        if state.offered_to is not None:
            yield say(language, "card.offered_to", name=dossier.name(state.offered_to))
        if state.round:
            yield say(language, "card.again", time=duration(language, dossier.now - state.offered_at))
        yield say(language, "card.in_private")
        return
    if state.taken_by is not None and state.taken_at is not None:
        time = duration(language, state.taken_at - state.offered_at)
        yield say(language, "card.taken_by", name=dossier.name(state.taken_by), time=time)
    if state.contacted_at is not None:
        yield say(language, "card.contacted", time=duration(language, state.contacted_at - state.offered_at))
    match state.outcome:
        case Outcome.WON:
            yield say(language, "card.won")
        case Outcome.LOST:
            yield say(language, "card.lost", reason=lost_text(dossier.quiz, state.lost_reason, language))
        case Outcome.NOT_NOW:
            yield say(language, "card.not_now" if dossier.followed_up else "card.not_now_silent")
        case Outcome.MERGED:
            yield say(language, "card.merged", leads=", ".join(f"#{number}" for number in dossier.merged))
        case Outcome.UNFIT:
            yield say(language, "card.unfit")
        case Outcome.FROZEN:
            yield say(language, "card.rests")
        case None:
            pass


async def _send(work: Work, dossier: Dossier, group: Group) -> None:
    request = SendText(
        chat_id=group.chat_id,
        html=post_text(dossier, group.language),
        buttons=post_buttons(dossier, group.language),
        preview=False,
        repeat_mark=say(group.language, "card.repeat"),
    )
    await work.send(request, Kind.HAND_OFF, hand_off_id=dossier.hand_off.id)
