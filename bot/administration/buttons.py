"""The buttons below what admins see."""

from __future__ import annotations

from collections.abc import Mapping

from bot.follow_ups.editing import Way
from bot.telegram.callback_data import encode
from bot.telegram.requests import Buttons, TapButton
from bot.telegram.taps import AdminAction, AdminTapped
from bot.texts import plain


def button(
    language: str, action: AdminAction, key: str, quiz: str = "", revision: int = 0, base: int = 0
) -> TapButton:
    """Return a button for an admin; `base` is the revision that prospects had when it was shown."""
    text = plain(language, key, revision=revision)
    return TapButton(text=text, data=encode(AdminTapped(action, quiz, revision, base)))


PUBLISH: Mapping[Way, tuple[AdminAction, str]] = {
    Way.AS_THEY_WERE: (AdminAction.PUBLISH, "draft.publish.as_they_were"),
    Way.NEXT_STEP: (AdminAction.PUBLISH_NEXT, "draft.publish.next_step"),
    Way.NEW_PEOPLE: (AdminAction.PUBLISH_NEW, "draft.publish.new_people"),
}
ROLL_BACK: Mapping[Way, tuple[AdminAction, str]] = {
    Way.AS_THEY_WERE: (AdminAction.ROLL_BACK, "back.sure.as_they_were"),
    Way.NEXT_STEP: (AdminAction.ROLL_BACK_NEXT, "back.sure.next_step"),
    Way.NEW_PEOPLE: (AdminAction.ROLL_BACK_NEW, "back.sure.new_people"),
}
"""What a tap decides about the people inside follow-ups that change, and the key of its label."""


def way_of(action: AdminAction) -> Way:
    """Return what a tap decides about the people inside follow-ups."""
    return next(way for way in Way if action in (PUBLISH[way][0], ROLL_BACK[way][0]))


def ways(
    language: str, choices: Mapping[Way, tuple[AdminAction, str]], quiz: str, revision: int, base: int
) -> Buttons:
    """Return a button for each thing that may become of the people inside follow-ups."""
    return tuple((button(language, action, key, quiz, revision, base),) for action, key in choices.values())


def draft_buttons(language: str, quiz: str, revision: int, base: int, *, asks: bool = False) -> Buttons:
    """Return what can be done with a draft; `asks` about the people inside its follow-ups."""
    publish = button(language, AdminAction.PUBLISH, "draft.publish", quiz, revision, base)
    return (
        *(ways(language, PUBLISH, quiz, revision, base) if asks else ((publish,),)),
        (
            button(language, AdminAction.TRY, "draft.try", quiz, revision),
            button(language, AdminAction.DISCARD, "draft.discard", quiz, revision),
        ),
    )
