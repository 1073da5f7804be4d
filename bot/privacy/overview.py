"""What `/privacy` says: what is held and why, in a few lines, with a button for each right."""

from __future__ import annotations

from collections.abc import Iterator

from bot.privacy.knowing import Known, known
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, SendText, TapButton
from bot.telegram.taps import PrivacyAction, PrivacyTapped
from bot.texts import Html, date, plain, say
from bot.work import Work
from storage.records import Prospect


async def show_overview(work: Work, prospect: Prospect) -> None:
    """Tell a person what is held about them and why, and what they can do about it."""
    told = await known(work, prospect)
    await work.send(
        SendText(chat_id=prospect.telegram_id, html=_text(told), buttons=_buttons(told), preview=False)
    )


def _text(told: Known) -> Html:
    blocks = (_who_is_responsible(told), _what_is_held(told), _what_was_agreed(told), _how_long(told))
    return Html("\n\n".join(text for block in blocks if (text := "\n".join(block))))


def _who_is_responsible(told: Known) -> Iterator[str]:
    yield say(told.language, "privacy.title")
    if told.quiz is None:
        return
    controller = told.quiz.controller
    yield say(told.language, "privacy.controller", name=controller.name, contact=controller.contact)
    if controller.policy:
        yield say(told.language, "privacy.policy", policy=controller.policy)


def _what_is_held(told: Known) -> Iterator[str]:
    language, prospect = told.language, told.prospect
    yield say(language, "privacy.held")
    name = f"{prospect.first_name} @{prospect.username}" if prospect.username else prospect.first_name
    yield say(language, "privacy.person", name=name, id=prospect.telegram_id)
    answers = sum(len(stored.session.answers) for stored, _ in told.walks)
    if answers:
        yield say(language, "privacy.answers", n=answers)
    for contact in told.contacts:
        checked = plain(language, "privacy.verified" if contact.verified else "privacy.unverified")
        yield say(language, "privacy.contact", value=contact.value, checked=checked)
    if told.files:
        yield say(language, "privacy.files", n=len(told.files))
    if told.talk:
        yield say(language, "privacy.talk", n=len(told.talk))
    if told.notes:
        yield say(language, "privacy.notes", n=len(told.notes))
    if told.sources:
        yield say(language, "privacy.source", source=", ".join(told.sources))


def _what_was_agreed(told: Known) -> Iterator[str]:
    language = told.language
    if not told.live:
        yield say(language, "privacy.nothing_agreed")
        return
    yield say(language, "privacy.agreed")
    for consent in told.live:
        event = consent.event
        since = date(language, event.at, told.timezone)
        purpose = plain(language, f"privacy.purpose.{event.purpose}")
        if event.expires_at is None:
            yield say(language, "privacy.since", purpose=purpose, since=since)
        else:
            until = date(language, event.expires_at, told.timezone)
            yield say(language, "privacy.since_until", purpose=purpose, since=since, until=until)


def _how_long(told: Known) -> Iterator[str]:
    if told.prospect.keep_until is not None:
        day = date(told.language, told.prospect.keep_until, told.timezone)
        yield say(told.language, "privacy.kept_until", day=day)


def _buttons(told: Known) -> Buttons:
    def button(text: str, action: PrivacyAction, detail: str = "") -> tuple[TapButton]:
        return (TapButton(text=plain(told.language, text), data=encode(PrivacyTapped(action, detail))),)

    receipt = (button("privacy.button.receipt", PrivacyAction.RECEIPT),) if told.consents else ()
    taken_back = (
        button(f"privacy.take_back.{each.event.purpose}", PrivacyAction.TAKE_BACK, each.event.purpose)
        for each in told.live
    )
    return (
        *receipt,
        button("privacy.button.export", PrivacyAction.EXPORT),
        *taken_back,
        button("privacy.button.erase", PrivacyAction.ERASE),
    )
