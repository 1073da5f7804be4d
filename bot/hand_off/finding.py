"""Finds leads for those who work here: /mine, /queue, /lead and /find."""

from __future__ import annotations

import re

from bot.hand_off.card import Dossier, isolated, lead_name, lead_text
from bot.hand_off.gathering import gather, gather_lead, names_of
from bot.hand_off.showing import send_cards
from bot.teams.permissions import takes_leads
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, SendText, TapButton
from bot.telegram.taps import CardAction, CardTapped
from bot.texts import Html, clock_time, count, day_and_time, duration, escaped, plain, say
from bot.work import Work
from dialogs.reading import read_email, read_phone
from qualification.handoff import HandOff, Phase
from storage.messages import Kind
from storage.records import Lead, Prospect, StoredHandOff

STAFF_COMMANDS = ("mine", "queue", "lead", "find")
SHOWN = 20
"""Leads in one list."""
LINES_SHOWN = 10
"""The last lines of a talk, and notes, that `/lead` shows."""
LINE_LENGTH = 300
IN_A_ROW = 4
_NUMBER = re.compile(r"#?(\d{1,9})")


async def staff_command(work: Work, person: Prospect, name: str, argument: str) -> bool:
    """Carry out a command of somebody who works here; tell whether it was one."""
    if name not in STAFF_COMMANDS or not await takes_leads(work, person.telegram_id):
        return False
    match name:
        case "mine":
            mine = await work.unit.hand_offs.taken_by(person.telegram_id)
            await _list(work, person, mine, "mine.title", "mine.none")
        case "queue":
            untaken, waiting = await work.unit.hand_offs.untaken(), await work.unit.places.waiting()
            if untaken or not waiting:
                await _list(work, person, untaken, "queue.title", "queue.none")
            if waiting:
                await _list_waiting(work, person, waiting)
        case "lead":
            await _show_numbered(work, person, argument)
        case _:
            await _find(work, person, argument)
    return True


async def _show_numbered(work: Work, person: Prospect, argument: str) -> None:
    number = _NUMBER.fullmatch(argument.strip())
    lead = await work.unit.leads.find(int(number[1])) if number else None
    if lead is None:
        await _say(work, person, say(work.language_of(person), "lead.none" if number else "lead.how"))
    else:
        await _show(work, person, lead)


async def _find(work: Work, person: Prospect, argument: str) -> None:
    language, sought = work.language_of(person), argument.strip()
    if not sought:
        await _say(work, person, say(language, "find.how"))
        return
    found = await _found(work, sought)
    if not found:
        await _say(work, person, say(language, "find.none"))
    elif len(found) == 1:
        await _show(work, person, found[0])
    else:
        dossiers = [await _dossier(work, lead) for lead in found[:SHOWN]]
        lines = [await _line(work, dossier, language) for dossier in dossiers]
        html = Html("\n\n".join([say(language, "find.several"), *lines]))
        await _say(work, person, html, _openers([each for each in dossiers if each.hand_off.id]))


async def _found(work: Work, sought: str) -> list[Lead]:
    """Return the leads of this number, e-mail or phone; what is sought is never kept."""
    if number := _NUMBER.fullmatch(sought):
        lead = await work.unit.leads.find(int(number[1]))
        if lead is not None:
            return [lead]
    email = read_email(sought)
    if email is not None:
        return await work.unit.leads.with_contact("email", email)
    phones = {phone for region in await _regions(work) if (phone := read_phone(sought, region))}
    found = [lead for phone in sorted(phones) for lead in await work.unit.leads.with_contact("phone", phone)]
    return list({lead.id: lead for lead in found}.values())


async def _regions(work: Work) -> set[str | None]:
    """Return where the quizzes' phones are at home: 067 1… means another number in another country."""
    return {quiz.region for quiz in await work.newest_quizzes()} or {None}


async def _show(work: Work, person: Prospect, lead: Lead) -> None:
    """Show the lead's card again, then its notes and the last lines of its talk."""
    me, language = person.telegram_id, work.language_of(person)
    dossier = await _dossier(work, lead)
    stored = dossier.hand_off
    if stored.id:
        await send_cards(work, dossier, [me])
    else:
        await _say(work, person, lead_text(dossier, language))
    history = await _history(work, dossier, language)
    if history is not None:
        request = SendText(chat_id=me, html=history, preview=False)
        await work.send(request, Kind.DIALOG, hand_off_id=stored.id or None, forget=not stored.id)


async def _history(work: Work, dossier: Dossier, language: str) -> Html | None:
    notes = await work.unit.notes.last(dossier.lead.id, LINES_SHOWN)
    talk = await work.unit.talk.last(dossier.lead.id, LINES_SHOWN)
    names = await names_of(work, {*(note.author for note in notes), *(line.chat_id for line in talk)})
    blocks: list[str] = []
    if notes:
        lines = [escaped(isolated(names.get(note.author, "?"))) for note in notes]
        blocks.append(
            "\n".join(
                f"📝 <b>{name}</b>: {escaped(isolated(note.text, LINE_LENGTH))}"
                for name, note in zip(lines, notes, strict=True)
            )
        )
    if talk:
        blocks.append(
            "\n".join(
                [
                    say(language, "lead.talk", lead=lead_name(dossier.lead)),
                    *(
                        f"{clock_time(language, line.at, dossier.quiz.timezone)} "
                        f"<b>{escaped(isolated(names.get(line.chat_id, '?')))}</b>: "
                        f"{escaped(isolated(line.text, LINE_LENGTH))}"
                        for line in talk
                    ),
                ]
            )
        )
    return Html("\n\n".join(blocks)) if blocks else None


async def _list(work: Work, person: Prospect, hand_offs: list[StoredHandOff], title: str, none: str) -> None:
    language = work.language_of(person)
    if not hand_offs:
        await _say(work, person, say(language, none))
        return
    dossiers = [await gather(work, stored) for stored in hand_offs[:SHOWN]]
    lines = [await _line(work, dossier, language) for dossier in dossiers]
    more = [count(language, "more", len(hand_offs) - SHOWN)] if len(hand_offs) > SHOWN else []
    html = Html("\n\n".join([say(language, title, n=len(hand_offs)), *lines, *more]))
    await _say(work, person, html, _openers(dossiers))


async def _list_waiting(work: Work, person: Prospect, leads: list[Lead]) -> None:
    """Show who waits for a place under a cap: they have no card yet."""
    language = work.language_of(person)
    dossiers = [await _dossier(work, lead) for lead in leads[:SHOWN]]
    lines = [await _line(work, dossier, language) for dossier in dossiers]
    more = [count(language, "more", len(leads) - SHOWN)] if len(leads) > SHOWN else []
    await _say(work, person, Html("\n\n".join([say(language, "queue.waiting", n=len(leads)), *lines, *more])))


async def _line(work: Work, dossier: Dossier, language: str) -> Html:
    """Say in two lines who a lead is, and what comes next."""
    points = count(language, "points", dossier.score.total)
    name = isolated(dossier.prospect.first_name, 32)
    head = say(language, "list.lead", lead=lead_name(dossier.lead), name=name, points=points)
    return Html(f"{head}\n{_next_step(work, dossier, language)}")


def _next_step(work: Work, dossier: Dossier, language: str) -> Html:
    state, timezone = dossier.hand_off.state, dossier.quiz.timezone
    waited = duration(language, work.now - state.offered_at)
    if dossier.lead.waiting_since is not None:
        waited = duration(language, work.now - dossier.lead.waiting_since)
        return say(language, "list.waits", time=waited)
    if not dossier.hand_off.id or state.phase is Phase.CLOSED:
        return say(language, "list.stage", stage=plain(language, f"stage.{dossier.lead.stage}"))
    if state.phase is Phase.OFFERED and state.offered_to is not None:
        return say(language, "list.offered_to", name=dossier.name(state.offered_to), time=waited)
    if state.phase is Phase.OFFERED:
        return say(language, "list.untaken", time=waited)
    if state.call_at is not None:
        return say(language, "list.call", moment=day_and_time(language, state.call_at, timezone))
    if state.talking_since is not None:
        return say(language, "list.talking", clock=clock_time(language, state.talking_since, timezone))
    if state.phase is Phase.TAKEN:
        return say(language, "list.to_contact", time=waited)
    return say(language, "list.to_close")


def _openers(dossiers: list[Dossier]) -> Buttons:
    """Return a button for each lead that has a card."""
    buttons = [
        TapButton(text=lead_name(each.lead), data=encode(CardTapped(each.hand_off.id, CardAction.SHOW)))
        for each in dossiers
    ]
    return tuple(tuple(buttons[start : start + IN_A_ROW]) for start in range(0, len(buttons), IN_A_ROW))


async def _dossier(work: Work, lead: Lead) -> Dossier:
    """Collect all about a lead with its newest hand-off; number 0 stands for none."""
    stored = await work.unit.hand_offs.latest_of(lead.id)
    never = StoredHandOff(0, lead.id, "", HandOff(Phase.CLOSED, lead.opened_at))
    return await gather_lead(work, lead, stored or never)


async def _say(work: Work, person: Prospect, html: Html, buttons: Buttons = ()) -> None:
    """Answer a command; names stand in it, so it is not kept once it is sent."""
    request = SendText(chat_id=person.telegram_id, html=html, buttons=buttons, preview=False)
    await work.send(request, Kind.DIALOG, forget=True)
