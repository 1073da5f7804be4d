"""The buttons below a card: what its viewer can do now, and the lists that some of them open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from bot.hand_off.card import NAME_LENGTH, Dossier, isolated
from bot.stages.reasons import lost_reasons
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, TapButton
from bot.telegram.taps import CardAction, CardTapped
from bot.texts import plain
from qualification.handoff import Phase, may_take
from qualification.moments import Later, Rest, later

OWN = "own"
"""The choice of a moment that is typed."""


class NextStep(StrEnum):
    """What comes after a talk."""

    QUIZ = "quiz"
    FOLLOW_UPS = "follow_ups"
    NOTHING = "nothing"


class Menu(StrEnum):
    """Which buttons a card shows."""

    MAIN = "main"
    MORE = "more"
    LOST = "lost"
    FREEZE = "freeze"
    CALL = "call"
    REASSIGN = "reassign"
    END_TALK = "end_talk"
    MATERIALS = "materials"


MENUS = {
    CardAction.MORE: Menu.MORE,
    CardAction.LOST: Menu.LOST,
    CardAction.FREEZE: Menu.FREEZE,
    CardAction.CALL: Menu.CALL,
    CardAction.REASSIGN: Menu.REASSIGN,
    CardAction.END_TALK: Menu.END_TALK,
    CardAction.SEND: Menu.MATERIALS,
}
"""What opens a list when nothing was chosen from it yet."""

Choice = tuple[str, str]
"""What stands in a button's data, and on the button."""


def card_buttons(
    dossier: Dossier, viewer: int, language: str, menu: Menu = Menu.MAIN, listed: Sequence[Choice] = ()
) -> Buttons:
    """Return what the viewer can do now: take an offered lead, or move one of their own.

    `listed` are those whom a lead can be passed on to, or what can be sent to it.
    """
    state, number = dossier.hand_off.state, dossier.hand_off.id

    def button(action: CardAction, key: str) -> TapButton:
        return TapButton(text=plain(language, key), data=encode(CardTapped(number, action)))

    if state.phase is Phase.OFFERED and menu is Menu.MAIN and may_take(state, viewer):
        return ((button(CardAction.TAKE, "button.take"),),)
    is_owner = state.taken_by == viewer
    if state.phase is Phase.CLOSED or not (is_owner or (viewer in dossier.heads and _reassigns(menu))):
        return ()
    if not is_owner and menu is Menu.MAIN:
        return ((button(CardAction.REASSIGN, "button.reassign"),),)
    if menu is Menu.MAIN:
        return _main(dossier, button(CardAction.END_TALK, "button.end_talk"), language)
    back = (button(CardAction.BACK, "button.back"),)
    if menu is Menu.MORE:
        return (
            (button(CardAction.NOTE, "button.note"), button(CardAction.CALL, "button.call")),
            (button(CardAction.REASSIGN, "button.reassign"), button(CardAction.FREEZE, "button.freeze")),
            (button(CardAction.SEND, "button.send"), button(CardAction.UNFIT, "button.unfit")),
            back,
        )
    action = next(each for each, opened in MENUS.items() if opened is menu)
    choices = tuple(
        (TapButton(text=isolated(label, NAME_LENGTH), data=encode(CardTapped(number, action, choice))),)
        for choice, label in (listed or _choices(dossier, menu, language))
    )
    return (*choices, back)


def _reassigns(menu: Menu) -> bool:
    return menu in (Menu.MAIN, Menu.REASSIGN)


def _main(dossier: Dossier, end_talk: TapButton, language: str) -> Buttons:
    state, number = dossier.hand_off.state, dossier.hand_off.id

    def button(action: CardAction, key: str) -> TapButton:
        return TapButton(text=plain(language, key), data=encode(CardTapped(number, action)))

    talk = ((end_talk,),) if state.talking_since is not None else ()
    first = ((button(CardAction.CONTACTED, "button.contacted"),),) if state.phase is Phase.TAKEN else ()
    ends = (
        button(CardAction.WON, "button.won"),
        button(CardAction.NOT_NOW, "button.not_now"),
        button(CardAction.LOST, "button.lost"),
    )
    return (*talk, *first, ends, (button(CardAction.MORE, "button.more"),))


def _choices(dossier: Dossier, menu: Menu, language: str) -> Iterator[Choice]:
    match menu:
        case Menu.LOST:
            yield from lost_reasons(dossier.quiz, language).items()
        case Menu.FREEZE:
            for rest in Rest:
                yield rest, plain(language, f"rest.{rest}")
            yield OWN, plain(language, "button.own_day")
        case Menu.CALL:
            for choice in Later:
                if later(choice, dossier.now, dossier.quiz.timezone) is not None:
                    yield choice, plain(language, f"later.{choice}")
            yield OWN, plain(language, "button.own_time")
        case Menu.END_TALK:
            for step in NextStep:
                if step is not NextStep.QUIZ or dossier.walking:
                    yield step, plain(language, f"next_step.{step}")
        case Menu.MAIN | Menu.MORE | Menu.REASSIGN | Menu.MATERIALS:
            return
