"""What a link may be called, and how admins see it: with its address, its counts, and what can be done."""

from __future__ import annotations

import unicodedata

from bot.entry.pictures import address_of
from bot.hand_off.card import NOTHING_TO_SEE, isolated
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, SendText, TapButton
from bot.telegram.taps import LinkAction, LinkTapped
from bot.texts import Html, escaped, language_name, plain, say
from bot.work import Work
from storage.links import Link, Reach

LONGEST_NAME = 64
"""Letters of a campaign's name: it stands on managers' cards."""
ON_A_PAGE = 6
BUTTON_LENGTH = 40


def campaign_name(typed: str) -> str | None:
    """Return a campaign's name as it is kept; None for what cannot be one."""
    seen = "".join(letter for letter in typed if letter.isspace() or unicodedata.category(letter) not in _UNSEEN)
    name = isolated(seen, len(typed) + 1)
    return name if name != NOTHING_TO_SEE and 0 < len(name) <= LONGEST_NAME else None


_UNSEEN = ("Cc", "Cs", "Co", "Cn")
"""Control characters and what stands for no letter at all. Source: Unicode, «General Category Values»."""


async def list_page(work: Work, chat_id: int, page: int) -> SendText:
    """Return a page of the list of links."""
    language = await work.staff_language(chat_id)
    reaches = await work.unit.links.campaigns(ON_A_PAGE + 1, page * ON_A_PAGE)
    shown = reaches[:ON_A_PAGE]
    parts = [say(language, "links.title") if shown or page else say(language, "links.none")]
    parts += [await _described(work, reach, language) for reach in shown]
    if not page and (referred := await work.unit.links.referred()):
        parts.append(say(language, "links.referred", people=referred))
    rows: list[tuple[TapButton, ...]] = [
        (_button(isolated(reach.link.campaign, BUTTON_LENGTH), LinkTapped(LinkAction.SHOW, reach.link.id)),)
        for reach in shown
    ]
    turns = []
    if page:
        turns.append(_button("◀", LinkTapped(LinkAction.LIST, page - 1)))
    if len(reaches) > ON_A_PAGE:
        turns.append(_button("▶", LinkTapped(LinkAction.LIST, page + 1)))
    rows += [tuple(turns)] if turns else []
    rows.append((_button(plain(language, "links.new"), LinkTapped(LinkAction.NEW)),))
    return SendText(chat_id=chat_id, html=Html("\n\n".join(parts)), buttons=tuple(rows), preview=False)


async def link_page(work: Work, chat_id: int, link: Link, heading: str = "links.one") -> SendText:
    """Return one link, ready to be copied."""
    language = await work.staff_language(chat_id)
    parts = [say(language, heading), await _described(work, await work.unit.links.reach(link), language)]
    if marks := link.utm.given:
        parts.append(Html(escaped("\n".join(f"utm_{name}={value}" for name, value in marks.items()))))
    return SendText(
        chat_id=chat_id, html=Html("\n\n".join(parts)), buttons=_link_buttons(link, language), preview=False
    )


async def _described(work: Work, reach: Reach, language: str) -> Html:
    link = reach.link
    about = [f"<b>{escaped(link.campaign)}</b>"]
    if len(work.setup.quizzes) > 1:
        quiz = await work.newest_quiz(link.quiz)
        about.append(escaped(quiz.read(quiz.title, language) if quiz else link.quiz))
    if link.language:
        about.append(escaped(language_name(link.language)))
    if link.retired_at is not None:
        about.append(say(language, "links.retired"))
    address = f"<code>{escaped(address_of(work.setup.username, link))}</code>"
    counts = say(language, "links.counts", first=reach.first, last=reach.last, leads=reach.leads, hot=reach.hot)
    return Html("\n".join((" · ".join(about), address, counts)))


def _link_buttons(link: Link, language: str) -> Buttons:
    picture = _button(plain(language, "links.qr"), LinkTapped(LinkAction.QR, link.id))
    if link.retired_at is not None:
        return ((picture,),)
    return ((picture, _button(plain(language, "links.retire"), LinkTapped(LinkAction.RETIRE, link.id))),)


def _button(text: str, tapped: LinkTapped) -> TapButton:
    return TapButton(text=text, data=encode(tapped))
