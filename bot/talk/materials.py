"""Sends a material from the library to a lead, shows it when it is tapped, and tells the manager of that."""

from __future__ import annotations

from bot.conversation.earning import earn
from bot.conversation.qualifying import rescore
from bot.hand_off.buttons import Choice
from bot.hand_off.calling import card_message
from bot.hand_off.card import isolated, lead_name
from bot.hand_off.reasons import MATERIAL
from bot.talk.passing import unwelcome
from bot.telegram.callback_data import encode
from bot.telegram.requests import Button, FileMedia, LinkButton, SendMedia, SendText, TapButton
from bot.telegram.taps import OpenTapped
from bot.telegram.updates import TapReceived
from bot.texts import plain, say
from bot.tracking.buttons import tracked
from bot.work import Work
from qualification.activity import tapped
from qualification.handoff import Denial, owns
from storage.materials import Material, SentMaterial
from storage.records import Prospect, StoredHandOff

MOST = 20
"""Materials in one list of buttons."""


async def sendable(work: Work) -> list[Choice]:
    """Return what can be sent."""
    return [(str(each.id), each.title) for each in (await work.unit.materials.all())[:MOST]]


async def send_material(work: Work, manager: Prospect, stored: StoredHandOff, number: int) -> Denial | str | None:
    """Send a material to the lead; return why not: a denial, or the key of a text."""
    if denied := owns(stored.state, manager.telegram_id):
        return denied
    lead = await work.unit.leads.by_id(stored.lead_id)
    prospect = await work.unit.prospects.by_id(lead.prospect_id)
    material = await work.unit.materials.by_id(number)
    if material is None:
        return "tap.unknown"
    if (why := await unwelcome(work, prospect)) is not None:
        return why
    sent = await work.unit.materials.sent(material, lead.id, manager.telegram_id, work.now)
    language = work.language_of(prospect)
    open_it = await _button(work, prospect, material, sent)
    text = say(language, "material.sent", name=isolated(manager.first_name), title=material.title)
    request = SendText(chat_id=prospect.telegram_id, html=text, buttons=((open_it,),))
    copy = await work.send(request)
    await work.unit.talk.passed(
        lead.id,
        stored.id,
        from_manager=True,
        chat_id=manager.telegram_id,
        message_id=None,
        copy_id=copy,
        text=f"📎 {material.title}",
        now=work.now,
    )
    await work.note("material_sent", prospect.id, lead=lead.id, manager=manager.telegram_id, material=number)
    return None


async def open_sent(work: Work, prospect: Prospect, opened: OpenTapped, tap: TapReceived) -> None:
    """Show the file that was sent; the first time gives its points, and the manager hears of it."""
    language = work.language_of(prospect)
    sending = await work.unit.materials.sending(opened.sent)
    lead = await work.unit.leads.by_id(sending.lead_id) if sending else None
    if sending is None or lead is None or lead.prospect_id != prospect.id:
        await work.answer_tap(tap.tap_id, plain(language, "tap.unknown"))
        return
    await work.answer_tap(tap.tap_id)
    await _show(work, prospect, sending, language)
    if not await material_opened(work, prospect, sending.id):
        return
    session = await work.unit.sessions.by_id(lead.session_id)
    if lead.closed_at is not None or session is None:
        return
    material, revision = sending.material, session.session.revision
    deed = tapped(material.kind, f"{MATERIAL}/{isolated(material.title)}", work.now)
    points = await earn(work, lead, revision, deed, f"material:{material.id}")
    if points is not None:
        await work.note("opened_link", prospect.id, lead=lead.id, kind=material.kind, points=points)
        await rescore(work, prospect, lead, reacted=True)


async def material_opened(work: Work, prospect: Prospect, number: int) -> bool:
    """Note that a sent material was opened, and tell the manager; tell whether it was the first time."""
    sending = await work.unit.materials.sending(number)
    if sending is None or sending.opened_at is not None:
        return False
    await work.unit.materials.opened(number, work.now)
    await _tell_manager(work, prospect, sending)
    return True


async def _button(work: Work, prospect: Prospect, material: Material, sent: int) -> Button:
    text = plain(work.language_of(prospect), "material.open")
    if material.url is None:
        return TapButton(text=text, data=encode(OpenTapped(sent)))
    return await tracked(
        work,
        prospect,
        text=text,
        label=isolated(material.title),
        url=material.url,
        kind=material.kind,
        once=f"material:{material.id}",
        sending=sent,
    )


async def _show(work: Work, prospect: Prospect, sending: SentMaterial, language: str) -> None:
    material, chat_id = sending.material, prospect.telegram_id
    if material.file_id is not None:
        title = say(language, "material.here", title=material.title)
        media = FileMedia(number=material.file_id)
        await work.send(SendMedia(chat_id=chat_id, html=title, kind="document", media=media))
    elif material.url is not None:  # a button from before links were tracked
        link = LinkButton(text=isolated(material.title), url=material.url)
        html = say(language, "follow_up.link")
        await work.send(SendText(chat_id=chat_id, html=html, buttons=((link,),)))


async def _tell_manager(work: Work, prospect: Prospect, sending: SentMaterial) -> None:
    stored = await work.unit.hand_offs.latest_of(sending.lead_id)
    if stored is None:
        return
    manager = stored.state.taken_by if stored.state.taken_by is not None else sending.manager
    text = say(
        await work.staff_language(manager),
        "material.opened",
        name=isolated(prospect.first_name),
        lead=lead_name(await work.unit.leads.by_id(sending.lead_id)),
        title=sending.material.title,
    )
    below = await card_message(work, stored, manager)
    await work.send(SendText(chat_id=manager, html=text, reply_to=below), hand_off_id=stored.id)
