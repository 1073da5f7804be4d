"""/share: a prospect's own link, with words to forward and a QR picture to show."""

from __future__ import annotations

from urllib.parse import urlencode

from bot.entry.pictures import address_of
from bot.entry.sources import REFERRAL
from bot.telegram.callback_data import encode
from bot.telegram.requests import LinkButton, SendText, TapButton
from bot.telegram.taps import LinkAction, LinkTapped
from bot.texts import Html, escaped, plain, say
from bot.work import Work
from storage.links import Link
from storage.records import Prospect

SHARING = "https://t.me/share/url"
"""Opens Telegram's own list of chats to send something to. Source: core.telegram.org/api/links, «Share links»."""


async def share(work: Work, prospect: Prospect) -> None:
    """Give a prospect the link to the quiz they took last, or to the first one."""
    stored = await work.unit.sessions.latest(prospect.id)
    last = stored.session.quiz if stored else ""
    quiz_id = last if last in work.setup.quizzes else work.setup.quizzes[0]
    language = work.language_of(prospect)
    quiz = await work.newest_quiz(quiz_id)
    if quiz is None:
        await work.send(SendText(chat_id=prospect.telegram_id, html=say(language, "chat.no_quiz")))
        return
    link = await _own_link(work, prospect, quiz_id)
    address = address_of(work.setup.username, link)
    words = plain(language, "share.words", title=quiz.read(quiz.title, language), company=quiz.controller.name)
    send = LinkButton(
        text=plain(language, "share.send"), url=f"{SHARING}?{urlencode({'url': address, 'text': words})}"
    )
    picture = TapButton(text=plain(language, "links.qr"), data=encode(LinkTapped(LinkAction.QR, link.id)))
    how = say(language, "share.how")
    await work.send(SendText(chat_id=prospect.telegram_id, html=how, buttons=((send,), (picture,))))
    forward = Html(f"{escaped(words)}\n{escaped(address)}")
    await work.send(SendText(chat_id=prospect.telegram_id, html=forward, preview=False))


async def _own_link(work: Work, prospect: Prospect, quiz_id: str) -> Link:
    """Return the prospect's link to a quiz; it is made once."""
    present = await work.unit.links.of_referrer(prospect.id, quiz_id)
    if present is not None:
        return present
    link = await work.unit.links.create(REFERRAL, work.now, work.chance, quiz=quiz_id, referrer=prospect.id)
    await work.note("link_shared", prospect.id, link=link.id)
    return link
