"""Passes messages on between a manager and a lead: a manager's reply to the card, and the prospect's answers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.follow_ups.enrolling import stop_follow_ups
from bot.hand_off.calling import card_message
from bot.hand_off.card import isolated
from bot.hand_off.gathering import gather, why_not
from bot.hand_off.showing import renew_cards
from bot.hand_off.taking import contacted
from bot.talk.words import Said, head_for_manager, head_for_prospect, kept, pieces, said, shown, worded
from bot.teams.roster import is_reachable, team_of
from bot.telegram.formatting import Formatted
from bot.telegram.requests import FileMedia, RemoveKeyboard, SendMedia, SendText
from bot.telegram.updates import FileReceived, Incoming
from bot.texts import Html, plain, say
from bot.work import Work
from qualification.handoff import Denial, Phase, write
from qualification.offering import recipients
from storage.enrolments import EndReason
from storage.files import FROM_THEM, FROM_US
from storage.records import Lead, Prospect, StoredHandOff


@dataclass(frozen=True)
class Route:
    """From whose message to whose chat something is passed on, and about which lead."""

    stored: StoredHandOff
    lead: Lead
    prospect: Prospect
    written_in: int
    message_id: int | None
    to: int
    ours: bool
    """whether a manager wrote it"""
    is_kept: bool = True
    """whether it goes into the history: of copies for several managers one does"""
    below: int | None = None
    """the message that the copy is a reply to"""

    @property
    def about(self) -> int | None:
        """The hand-off of a copy in a manager's chat: it goes with the person whom it is about."""
        return None if self.ours else self.stored.id


async def from_manager(work: Work, manager: Prospect, incoming: Incoming, stored: StoredHandOff) -> None:
    """Bring a manager's message to the prospect, or say why not: from now on a human has the chat."""
    lead, language = await work.unit.leads.by_id(stored.lead_id), work.language_of(manager)
    prospect = await work.unit.prospects.by_id(lead.prospect_id)
    content = said(incoming.happening)
    changed = write(stored.state, manager.telegram_id, work.now)
    if isinstance(changed, Denial):
        await _refuse(work, incoming, language, await why_not(work, stored, changed, language))
        return
    unsaid = await unwelcome(work, prospect) or (
        "talk.not_this_kind" if content is None else why_refused(content.text)
    )
    if unsaid is not None or content is None:
        await _refuse(work, incoming, language, plain(language, unsaid or ""))
        return
    began = stored.state.talking_since is None
    first_contact = stored.state.phase is Phase.TAKEN
    is_new = changed != stored.state
    stored = await work.unit.hand_offs.save(stored, changed)
    if first_contact:
        await contacted(work, manager, stored)
    if began:
        await _begin(work, manager, prospect, stored)
    if is_new:
        await renew_cards(work, stored)
    await work.note("wrote", prospect.id, lead=lead.id, manager=manager.telegram_id)
    route = Route(
        stored, lead, prospect, manager.telegram_id, incoming.message_id, prospect.telegram_id, ours=True
    )
    await _pass_on(work, route, head_for_prospect(manager), content)


async def from_prospect(work: Work, prospect: Prospect, incoming: Incoming, stored: StoredHandOff) -> None:
    """Bring a prospect's message to whoever has their lead, below the card."""
    lead, me = await work.unit.leads.by_id(stored.lead_id), prospect.telegram_id
    content = said(incoming.happening)
    if content is None:
        text = say(work.language_of(prospect), "talk.cannot_pass")
        await work.send_once(SendText(chat_id=me, html=text))
        return
    await work.note("answered_manager", prospect.id, lead=lead.id)
    for place, manager in enumerate(await _readers(work, stored)):
        below = await card_message(work, stored, manager)
        route = Route(
            stored, lead, prospect, me, incoming.message_id, manager, ours=False, is_kept=place == 0, below=below
        )
        await _pass_on(work, route, head_for_manager(prospect, lead), content)


async def _readers(work: Work, stored: StoredHandOff) -> tuple[int, ...]:
    """Name those who read what the prospect writes: the owner, else who is offered the lead, else the heads."""
    owner = stored.state.taken_by
    if owner is not None and await is_reachable(work, owner):
        return (owner,)
    team = await team_of(work, stored.team)
    offered = recipients(stored.state, team, work.now) if owner is None else ()
    return offered or team.heads


async def bring(work: Work, route: Route, head: str, piece: Formatted, file: FileReceived | None) -> None:
    """Bring one message to the other side, and keep what it said: its letters."""
    copy = await _send(work, route, worded(head, piece), file)
    if route.is_kept:
        await work.unit.talk.passed(
            route.lead.id,
            route.stored.id,
            from_manager=route.ours,
            chat_id=route.written_in,
            message_id=route.message_id,
            copy_id=copy,
            text=kept(piece.text, captioned=file is not None),
            now=work.now,
        )


async def unwelcome(work: Work, prospect: Prospect) -> str | None:
    """Return why the prospect is not to be written to, or cannot be: the key of a text."""
    if await work.unit.consents.live(prospect.id, "contact", work.now) is None:
        return "talk.no_consent"
    return "talk.blocked" if prospect.blocked_at is not None else None


def why_refused(text: Formatted) -> str | None:
    """Return why Telegram would refuse a manager's text: the key of a text. A piece of it is no richer than it."""
    return "talk.too_rich" if text.is_too_rich else None


async def _pass_on(work: Work, route: Route, head: str, content: Said) -> None:
    file = content.file
    for piece in pieces(shown(content.text, ours=route.ours), head, captioned=file is not None):
        await bring(work, route, head, piece, file)
        file = None  # it goes with the first piece


async def _send(work: Work, route: Route, html: Html, file: FileReceived | None) -> int:
    chat_id, below = route.to, route.below
    if file is None:
        request = SendText(chat_id=chat_id, html=html, preview=False, reply_to=below)
        return await work.send(request, hand_off_id=route.about)
    number = await work.unit.files.keep(
        FROM_US if route.ours else FROM_THEM,
        file.name,
        file.mime,
        work.now,
        file_id=file.file_id,
        size=file.size,
        prospect_id=route.prospect.id,
    )
    media = SendMedia(chat_id=chat_id, html=html, kind=file.kind, media=FileMedia(number=number), reply_to=below)
    return await work.send(media, hand_off_id=route.about)


async def _begin(work: Work, manager: Prospect, prospect: Prospect, stored: StoredHandOff) -> None:
    """Tell the prospect who is there; follow-ups end, and the quiz waits."""
    dossier = await gather(work, stored)
    await stop_follow_ups(work, prospect, EndReason.HANDED_OFF)
    text = say(
        work.language_of(prospect),
        "talk.begins",
        name=isolated(manager.first_name),
        company=dossier.quiz.controller.name,
    )
    await work.send(SendText(chat_id=prospect.telegram_id, html=text, keyboard=RemoveKeyboard()))


async def _refuse(work: Work, incoming: Incoming, language: str, why: str) -> None:
    text = say(language, "talk.not_sent", why=why)
    await work.send(SendText(chat_id=incoming.person.id, html=text, reply_to=incoming.message_id))
