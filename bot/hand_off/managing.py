"""What a manager's tap on a card does: take, contacted, won, lost with a reason, not now."""

from __future__ import annotations

from bot.follow_ups.enrolling import enrol, stop_follow_ups
from bot.hand_off.card import Dossier, isolated, lead_name
from bot.hand_off.offering import gather, renew_cards, show_card, tell_admins
from bot.stages.moving import move_along
from bot.stages.reasons import lost_reasons
from bot.teams.permissions import takes_leads
from bot.telegram.requests import FileMedia, SendMedia, SendText
from bot.telegram.taps import CardAction, CardTapped
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.work import Work
from dialogs.answers import Attached
from dialogs.rendering import question_name
from dialogs.steps import MediaKind
from qualification.handoff import Denial, HandOff, Outcome, close, contact, take
from qualification.score import Band
from qualification.stages import Stage
from storage.enrolments import EndReason
from storage.records import Kind, Prospect, StoredHandOff


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
    unexplained = tapped.action is CardAction.LOST and tapped.reason not in lost_reasons(
        (await gather(work, stored)).quiz, language
    )
    if tapped.action is CardAction.BACK or unexplained:
        await _ask_why(work, manager, stored, tap, asking=tapped.action is CardAction.LOST)
        return
    changed = _decide(stored.state, tapped, manager.telegram_id, work)
    if isinstance(changed, Denial):
        names = await work.unit.prospects.names([stored.state.taken_by or 0])
        name = names.get(stored.state.taken_by or 0, "?")
        await work.answer_tap(tap.tap_id, plain(language, f"denial.{changed}", name=isolated(name)))
        await renew_cards(work, stored)
        return
    done = "done.taken" if tapped.action is CardAction.TAKE else "done.noted"
    await work.answer_tap(tap.tap_id, plain(language, done))
    stored = await work.unit.hand_offs.save(stored, changed)
    await _follow_through(work, manager, stored, tapped.action)
    await renew_cards(work, stored)


def _decide(state: HandOff, tapped: CardTapped, manager: int, work: Work) -> HandOff | Denial:
    match tapped.action:
        case CardAction.TAKE:
            return take(state, manager, work.now)
        case CardAction.CONTACTED:
            return contact(state, manager, work.now)
        case CardAction.WON:
            return close(state, manager, Outcome.WON, work.now)
        case CardAction.NOT_NOW:
            return close(state, manager, Outcome.NOT_NOW, work.now)
        case CardAction.LOST:
            return close(state, manager, Outcome.LOST, work.now, tapped.reason)
        case CardAction.BACK:
            return state


async def _ask_why(
    work: Work, manager: Prospect, stored: StoredHandOff, tap: TapReceived, *, asking: bool
) -> None:
    await work.answer_tap(tap.tap_id, plain(work.language_of(manager), "done.why_lost") if asking else "")
    dossier = await gather(work, stored)
    for card in await work.unit.hand_offs.cards(stored.id):
        if (card.chat_id, card.message_id) == (manager.telegram_id, tap.message_id):
            await show_card(work, dossier, card, asking_why=asking)


async def _follow_through(work: Work, manager: Prospect, stored: StoredHandOff, action: CardAction) -> None:
    """Let the lead, the prospect and the admins know what a manager did."""
    dossier = await gather(work, stored)
    waited = int((work.now - stored.state.offered_at).total_seconds())
    name, prospect = isolated(manager.first_name), dossier.prospect
    await work.note(str(action), prospect.id, lead=stored.lead_id, manager=manager.telegram_id, seconds=waited)
    match action:
        case CardAction.TAKE:
            await stop_follow_ups(work, prospect, EndReason.HANDED_OFF)
            taken = say(dossier.session.session.language, "happens.taken", name=name)
            await work.send(SendText(chat_id=prospect.telegram_id, html=taken))
            await tell_admins(work, "notice.taken", dossier, name)
            await _send_files(work, dossier, manager)
        case CardAction.CONTACTED:
            await _move(work, dossier, manager, Stage.SQL, "contacted")
            await tell_admins(work, "notice.contacted", dossier, name)
        case CardAction.WON:
            await _move(work, dossier, manager, Stage.CUSTOMER, "won")
            await tell_admins(work, "notice.won", dossier, name)
        case CardAction.LOST:
            why = stored.state.lost_reason or ""
            await _move(work, dossier, manager, Stage.LOST, why)
            await tell_admins(work, "notice.lost", dossier, name)
        case CardAction.NOT_NOW:
            await _move(work, dossier, manager, Stage.LEAD, "not now")
            await _back_to_follow_ups(work, dossier)
            await tell_admins(work, "notice.not_now", dossier, name)
        case CardAction.BACK:
            pass


async def _send_files(work: Work, dossier: Dossier, manager: Prospect) -> None:
    """Give the files that the prospect sent to the manager who took the lead, below the card."""
    answers, language = dossier.session.session.answers, work.language_of(manager)
    for file in await work.unit.files.of_session(dossier.session.id):
        answer = answers.get(file.question or "")
        if not isinstance(answer, Attached) or answer.file_id != file.file_id:
            continue  # replaced by another one on the way
        # Telegram takes a file by its name only as what it was; an audio file goes out as a document, anew.
        kind: MediaKind = "document" if answer.type == "audio" else answer.type
        media = FileMedia(number=file.id, anew=answer.type == "audio")
        asked = question_name(dossier.quiz, file.question or "", language)
        about = say(language, "card.file", lead=lead_name(dossier.lead), question=isolated(asked))
        await work.send(
            SendMedia(chat_id=manager.telegram_id, html=about, kind=kind, media=media),
            Kind.DIALOG,
            hand_off_id=dossier.hand_off.id,
        )


async def _move(work: Work, dossier: Dossier, manager: Prospect, to: Stage, why: str) -> None:
    """Move the lead to a stage, one legal move after another."""
    await move_along(work, dossier.lead, to, f"manager {manager.telegram_id}", why)


async def _back_to_follow_ups(work: Work, dossier: Dossier) -> None:
    routing, session = dossier.quiz.routing, dossier.session.session
    await work.unit.leads.banded(dossier.lead.id, Band.WARM)
    sequence = routing.warm.sequence or routing.cold.sequence
    if sequence is not None:
        await enrol(work, dossier.prospect, dossier.lead.id, dossier.quiz, session.revision, sequence)
