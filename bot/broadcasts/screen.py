"""What the message about a broadcast shows an admin: the whole of it, a menu, a last question, or its progress."""

from __future__ import annotations

from dataclasses import dataclass

from bot.broadcasts.audience import in_words, languages, options, question_label, questions
from bot.broadcasts.content import Content
from bot.broadcasts.progress import progress
from bot.hand_off.card import isolated
from bot.teams.roster import house_timezone
from bot.telegram.broadcast_taps import BroadcastAction, BroadcastTapped
from bot.telegram.callback_data import encode
from bot.telegram.formatting import QUOTES, Formatted
from bot.telegram.requests import Buttons, TapButton
from bot.texts import Html, count, day_and_time, escaped, language_name, plain, say
from bot.work import Work
from dialogs.values import Hours
from qualification.segments import Facet
from storage.broadcasts import Broadcast, BroadcastState

WHOLE, WHOM, TEXTS, SURE, OVER = "whole", "whom", "texts", "sure", "over"
"""Views; a facet's menu has the facet's name, and that of one question `answer.` and what stands for it."""
PREVIEW = 600
"""Letters of the text that its message shows: the test message shows all of it."""


@dataclass(frozen=True)
class Screen:
    """A message about a broadcast."""

    html: Html
    buttons: Buttons


async def screen(work: Work, broadcast: Broadcast, language: str) -> Screen:
    """Return what a broadcast's message shows now."""
    match broadcast.state:
        case BroadcastState.DRAFT:
            return await _Draft(work, broadcast, language).screen()
        case BroadcastState.SCHEDULED:
            return await _scheduled(work, broadcast, language)
        case _:
            return await _under_way(work, broadcast, language)


class _Draft:
    """The message about a broadcast that is being written."""

    def __init__(self, work: Work, broadcast: Broadcast, language: str) -> None:
        self._work = work
        self._broadcast = broadcast
        self._language = language
        self._content = Content.model_validate_json(broadcast.content)

    async def screen(self) -> Screen:
        """Return what it shows now."""
        view = self._broadcast.view
        facet, _, question = view.partition(".")
        if view == SURE:
            return await self._sure()
        if view == TEXTS:
            return await self._texts()
        if view == WHOM:
            return Screen(await self._whom_text("broadcast.whom"), self._facets())
        if facet == Facet.ANSWER and not question:
            return Screen(await self._whom_text("broadcast.which_question"), await self._questions())
        if facet in list(Facet):
            return await self._facet(Facet(facet), question)
        return await self._whole()

    async def _whole(self) -> Screen:
        link = self._content.link
        parts = [
            await description(self._work, self._broadcast, self._language),
            say(self._language, "broadcast.next_step"),
        ]
        rows = [
            [self._act("broadcast.edit_text", BroadcastAction.TEXT), self._open("broadcast.edit_texts", TEXTS)],
            [
                self._act("broadcast.add_link", BroadcastAction.BUTTON)
                if link is None
                else self._act("broadcast.no_link", BroadcastAction.BARE),
                self._open("broadcast.choose_whom", WHOM),
            ],
            [
                self._act("broadcast.test", BroadcastAction.TEST),
                self._act(_hours_key(self._broadcast.hours), BroadcastAction.HOURS),
            ],
            [self._act("broadcast.now", BroadcastAction.NOW), self._act("broadcast.at", BroadcastAction.AT)],
            [self._act("broadcast.discard", BroadcastAction.DISCARD)],
        ]
        return Screen(Html("\n\n".join(parts)), tuple(tuple(row) for row in rows))

    async def _sure(self) -> Screen:
        broadcast, language = self._broadcast, self._language
        people = count(language, "broadcast.people", broadcast.people)
        if broadcast.begins_at is None:
            question = say(language, "broadcast.sure_now", people=people)
        else:
            moment = day_and_time(language, broadcast.begins_at, await house_timezone(self._work))
            question = say(language, "broadcast.sure_at", people=people, moment=moment)
        yes = self._act("broadcast.yes", BroadcastAction.SEND, str(broadcast.people))
        parts = [await description(self._work, broadcast, language), question]
        return Screen(Html("\n\n".join(parts)), ((yes,), (self._back(WHOLE),)))

    async def _texts(self) -> Screen:
        rows: list[tuple[TapButton, ...]] = []
        for code in await languages(self._work):
            mark = "☑ " if code in self._content.texts else ""
            rows.append((self._button(f"{mark}{language_name(code)}", BroadcastAction.TEXT, code),))
        return Screen(say(self._language, "broadcast.which_language"), (*rows, (self._back(WHOLE),)))

    def _facets(self) -> Buttons:
        rows = [(self._open(f"broadcast.facet.{facet}", facet),) for facet in Facet]
        everybody = self._button(plain(self._language, "broadcast.everybody"), BroadcastAction.PICK, "everybody")
        return (*rows, (everybody,), (self._back(WHOLE),))

    async def _questions(self) -> Buttons:
        asked = await questions(self._work)
        several = len({each.quiz.quiz for each in asked}) > 1
        rows = [
            (
                self._button(
                    question_label(each, self._language, with_quiz=several),
                    BroadcastAction.WHOM,
                    f"{Facet.ANSWER}.{each.short}",
                ),
            )
            for each in asked
        ]
        return (*rows, (self._back(WHOM),))

    async def _facet(self, facet: Facet, question: str) -> Screen:
        found = await options(self._work, self._broadcast.segment, facet, question, self._language)
        rows = [
            (
                self._button(
                    f"{'☑' if each.chosen else '☐'} {each.label}", BroadcastAction.PICK, f"{facet}.{each.data}"
                ),
            )
            for each in found
        ]
        key = "broadcast.pick" if found else "broadcast.nothing_to_pick"
        back = Facet.ANSWER if facet is Facet.ANSWER else WHOM
        return Screen(await self._whom_text(key), (*rows, (self._back(back),)))

    async def _whom_text(self, key: str) -> Html:
        parts = [await whom(self._work, self._broadcast, self._language), say(self._language, key)]
        return Html("\n\n".join(parts))

    def _back(self, view: str) -> TapButton:
        return self._open("broadcast.back", view)

    def _act(self, key: str, action: BroadcastAction, choice: str = "") -> TapButton:
        return self._button(plain(self._language, key), action, choice)

    def _open(self, key: str, view: str) -> TapButton:
        return self._button(plain(self._language, key), BroadcastAction.WHOM, view)

    def _button(self, label: str, action: BroadcastAction, choice: str = "") -> TapButton:
        return TapButton(text=label, data=encode(BroadcastTapped(action, self._broadcast.id, choice)))


async def description(work: Work, broadcast: Broadcast, language: str) -> Html:
    """Say what a broadcast says, to whom, and how many they are."""
    content = Content.model_validate_json(broadcast.content)
    head = [say(language, "broadcast.title", n=broadcast.id)]
    if content.attachment is not None:
        head.append(Html(f"📎 {escaped(isolated(content.attachment.name))}"))
    if content.main.text:
        head.append(_shown(content.main.shortened(PREVIEW)))
    if content.link is not None:
        head.append(Html(f"🔘 {escaped(content.link.text)} → {escaped(content.link.url)}"))
    if content.languages:
        names = ", ".join(language_name(code) for code in content.languages)
        head.append(say(language, "broadcast.also_in", languages=names))
    return Html("\n".join(head) + "\n\n" + await whom(work, broadcast, language))


def _shown(text: Formatted) -> Html:
    """Set a text apart: as a quote, unless it has quotes of its own, which Telegram would not show in another."""
    has_quotes = any(style.kind in QUOTES for style in text.styles)
    return Html(f"\n{text.html}") if has_quotes else Html(f"<blockquote>{text.html}</blockquote>")


async def whom(work: Work, broadcast: Broadcast, language: str) -> Html:
    """Say whom a broadcast is for, and how many they are, or were so far while they are being counted."""
    lines = [escaped(line) for line in await in_words(work, broadcast.segment, language)]
    people = escaped(count(language, "broadcast.people", broadcast.people))
    counted = [Html(f"👥 <b>{people}</b>")]
    if broadcast.counted_to is not None:
        counted = [say(language, "broadcast.counting", people=people)]
    elif broadcast.busy:
        counted.append(Html(escaped(count(language, "broadcast.busy", broadcast.busy))))
    return Html("\n".join([*(lines or [say(language, "broadcast.all")]), *counted]))


def _hours_key(hours: Hours | None) -> str:
    if hours is None:
        return "broadcast.hours.any"
    return "broadcast.hours.day" if hours == LONG_DAY else "broadcast.hours.work"


LONG_DAY, WORKING_DAY = Hours(9, 20), Hours(10, 18)
NEXT_HOURS: dict[Hours | None, Hours | None] = {LONG_DAY: WORKING_DAY, WORKING_DAY: None, None: LONG_DAY}
"""Allowed hours that can be chosen, in each person's own time zone: one after another by a button."""


async def _scheduled(work: Work, broadcast: Broadcast, language: str) -> Screen:
    moment = day_and_time(language, broadcast.begins_at or work.now, await house_timezone(work))
    planned = say(language, "broadcast.planned", moment=moment)
    change = BroadcastTapped(BroadcastAction.PAUSE, broadcast.id)
    button = TapButton(text=plain(language, "broadcast.change"), data=encode(change))
    return Screen(Html(f"{await description(work, broadcast, language)}\n\n{planned}"), ((button,),))


async def _under_way(work: Work, broadcast: Broadcast, language: str) -> Screen:
    numbers = await work.unit.broadcasts.numbers(broadcast.id)
    html = progress(broadcast, numbers, language)
    match broadcast.state:
        case BroadcastState.SENDING:
            actions = [("broadcast.pause", BroadcastAction.PAUSE), ("broadcast.cancel", BroadcastAction.CANCEL)]
        case BroadcastState.PAUSED if broadcast.view == OVER:
            html = Html(f"{html}\n\n{say(language, 'broadcast.sure_cancel')}")
            actions = [
                ("broadcast.yes_cancel", BroadcastAction.CANCEL_NOW),
                ("broadcast.resume", BroadcastAction.RESUME),
            ]
        case BroadcastState.PAUSED:
            actions = [("broadcast.resume", BroadcastAction.RESUME), ("broadcast.cancel", BroadcastAction.CANCEL)]
        case _:
            actions = []
    row = tuple(
        TapButton(text=plain(language, key), data=encode(BroadcastTapped(action, broadcast.id)))
        for key, action in actions
    )
    return Screen(html, (row,) if row else ())
