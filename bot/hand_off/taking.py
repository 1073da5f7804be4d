"""Who has a lead now: what happens once it is taken, and once contact is made."""

from __future__ import annotations

from bot.follow_ups.enrolling import stop_follow_ups
from bot.hand_off.card import Dossier, isolated, lead_name
from bot.hand_off.gathering import gather
from bot.hand_off.showing import send_cards, tell_admins
from bot.receivers.telling import tell
from bot.stages.moving import move_along
from bot.teams.roster import team_of
from bot.telegram.requests import FileMedia, SendMedia, SendText
from bot.texts import say
from bot.work import Work
from dialogs.answers import Attached
from dialogs.rendering import question_name
from dialogs.steps import MediaKind
from qualification.stages import Stage
from qualification.working_time import next_working, worked_between
from storage.enrolments import EndReason
from storage.messages import Kind
from storage.receivers import NoticeKind
from storage.records import Prospect, StoredHandOff


async def taken(work: Work, manager: Prospect, stored: StoredHandOff) -> None:
    """Let the prospect and the admins know who has the lead, and give that one all they need."""
    dossier = await gather(work, stored)
    name, prospect = isolated(manager.first_name), dossier.prospect
    await note(work, dossier, manager, "take")
    if manager.telegram_id not in {card.chat_id for card in await work.unit.hand_offs.cards(stored.id)}:
        await send_cards(work, dossier, [manager.telegram_id])
    await stop_follow_ups(work, prospect, EndReason.HANDED_OFF)
    told = say(dossier.session.session.language, "happens.taken", name=name)
    await work.send(SendText(chat_id=prospect.telegram_id, html=told))
    await tell_admins(work, "notice.taken", dossier, name)
    await tell(work, NoticeKind.TAKEN, dossier.lead.id)
    await _send_files(work, dossier, manager)


async def contacted(work: Work, manager: Prospect, stored: StoredHandOff) -> None:
    """Let the lead move on, and the admins know, once contact is made."""
    dossier = await gather(work, stored)
    await note(work, dossier, manager, "contacted")
    await move(work, dossier, manager, Stage.SQL, "contacted")
    await _measure(work, stored)
    await tell_admins(work, "notice.contacted", dossier, isolated(manager.first_name))


async def note(work: Work, dossier: Dossier, manager: Prospect, event: str) -> None:
    """Write what a manager did into the journal."""
    waited = int((work.now - dossier.hand_off.state.offered_at).total_seconds())
    await work.note(event, dossier.prospect.id, lead=dossier.lead.id, manager=manager.telegram_id, seconds=waited)


async def move(work: Work, dossier: Dossier, manager: Prospect, to: Stage, why: str) -> None:
    """Move the lead to a stage, one legal move after another."""
    await move_along(work, dossier.lead, to, f"manager {manager.telegram_id}", why)


async def _measure(work: Work, stored: StoredHandOff) -> None:
    """Keep how much of the team's working time passed until the first contact."""
    made = stored.state.contacted_at
    calendars = (await team_of(work, stored.team)).calendars
    if made is not None and next_working(stored.state.offered_at, *calendars) is not None:
        worked = worked_between(stored.state.offered_at, made, *calendars)
        await work.unit.hand_offs.measured(stored.id, int(worked.total_seconds()))


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
