"""How a hand-off ends: won, lost, not now, not a fit, or frozen until a day."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from bot.follow_ups.enrolling import enrol
from bot.hand_off.card import Dossier, isolated
from bot.hand_off.gathering import gather
from bot.hand_off.showing import renew_cards, tell_admins
from bot.hand_off.taking import move, note
from bot.receivers.telling import tell
from bot.stages.freezing import freeze
from bot.work import Work
from qualification.handoff import Denial, Outcome, close, win
from qualification.score import Band
from qualification.stages import Stage
from storage.receivers import NoticeKind
from storage.records import Prospect, StoredHandOff


async def note_outcome(work: Work, manager: Prospect, stored: StoredHandOff, *, talked: bool) -> None:
    """Let the lead, the prospect and the admins know how it ended; `talked` if a human had the chat till now."""
    dossier = await gather(work, stored)
    outcome = stored.state.outcome
    if outcome is None or outcome is Outcome.MERGED:  # merging is decided elsewhere, about two leads
        return
    await note(work, dossier, manager, outcome)
    if talked:
        # They spoke about everything: the clock need not ask for what is left open of a quiz.
        await work.unit.sessions.leave_alone(dossier.prospect.id, work.now)
    match outcome:
        case Outcome.WON:
            await move(work, dossier, manager, Stage.CUSTOMER, "won")
        case Outcome.LOST:
            await move(work, dossier, manager, Stage.LOST, stored.state.lost_reason or "")
        case Outcome.NOT_NOW:
            await move(work, dossier, manager, Stage.LEAD, "not now")
            await _back_to_follow_ups(work, dossier)
        case Outcome.UNFIT:
            await move(work, dossier, manager, Stage.UNFIT, "not a fit")
            await work.unit.leads.banded(dossier.lead.id, Band.UNFIT)
        case Outcome.FROZEN:
            pass  # the lead rests already
        case _:
            assert_never(outcome)
    await tell_admins(work, f"notice.{outcome}", await gather(work, stored), isolated(manager.first_name))


async def let_rest(work: Work, manager: Prospect, stored: StoredHandOff, until: datetime) -> Denial | None:
    """Let the lead rest until then; return why not."""
    changed = close(stored.state, manager.telegram_id, Outcome.FROZEN, work.now)
    if isinstance(changed, Denial):
        return changed
    talked = stored.state.talking_since is not None
    stored = await work.unit.hand_offs.save(stored, changed)
    dossier = await gather(work, stored)
    actor = f"manager {manager.telegram_id}"
    await freeze(work, dossier.prospect, dossier.lead, until, actor, "frozen")
    await note_outcome(work, manager, stored, talked=talked)
    await renew_cards(work, stored)
    return None


async def note_amount(
    work: Work, manager: Prospect, stored: StoredHandOff, amount: str, currency: str | None
) -> Denial | None:
    """Keep what a won lead brought; return why not."""
    changed = win(stored.state, manager.telegram_id, amount, currency)
    if isinstance(changed, Denial):
        return changed
    stored = await work.unit.hand_offs.save(stored, changed)
    await renew_cards(work, stored)
    await tell_admins(work, "notice.amount", await gather(work, stored), isolated(manager.first_name))
    await tell(work, NoticeKind.AMOUNT, stored.lead_id)
    return None


async def _back_to_follow_ups(work: Work, dossier: Dossier) -> None:
    routing, session = dossier.quiz.routing, dossier.session.session
    await work.unit.leads.banded(dossier.lead.id, Band.WARM)
    sequence = routing.warm.sequence or routing.cold.sequence
    if sequence is not None:
        await enrol(work, dossier.prospect, dossier.lead.id, dossier.quiz, session.revision, sequence)
