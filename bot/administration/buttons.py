"""The buttons below what admins see."""

from __future__ import annotations

from collections.abc import Mapping

from bot.follow_ups.editing import Way
from bot.telegram.requests import Buttons, TapButton
from bot.telegram.taps import AdminAction, AdminTapped, encode
from bot.texts import plain


def button(
    language: str, action: AdminAction, key: str, quiz: str = "", revision: int = 0, base: int = 0
) -> TapButton:
    """Return a button for an admin; `base` is the revision that prospects had when it was shown."""
    text = plain(language, key, revision=revision)
    return TapButton(text=text, data=encode(AdminTapped(action, quiz, revision, base)))


PUBLISH: Mapping[Way, AdminAction] = {
    Way.AS_THEY_WERE: AdminAction.PUBLISH,
    Way.NEXT_STEP: AdminAction.PUBLISH_NEXT,
    Way.NEW_PEOPLE: AdminAction.PUBLISH_NEW,
}
ROLL_BACK: Mapping[Way, AdminAction] = {
    Way.AS_THEY_WERE: AdminAction.ROLL_BACK,
    Way.NEXT_STEP: AdminAction.ROLL_BACK_NEXT,
    Way.NEW_PEOPLE: AdminAction.ROLL_BACK_NEW,
}
"""What a tap decides about the people inside follow-ups that change."""


def way_of(action: AdminAction) -> Way:
    """Return what a tap decides about the people inside follow-ups."""
    return next(way for way in Way if action in (PUBLISH[way], ROLL_BACK[way]))


def sure_buttons(
    language: str, actions: Mapping[Way, AdminAction], key: str, quiz: str, revision: int, base: int, *, asks: bool
) -> Buttons:
    """Return the button that publishes; where people are inside follow-ups that change, one for each way."""
    if not asks:
        return ((button(language, actions[Way.AS_THEY_WERE], key, quiz, revision, base),),)
    return tuple((button(language, actions[way], f"{key}.{way}", quiz, revision, base),) for way in Way)


def draft_buttons(language: str, quiz: str, revision: int, base: int, *, asks: bool = False) -> Buttons:
    """Return what can be done with a draft; `asks` about the people inside its follow-ups."""
    return (
        *sure_buttons(language, PUBLISH, "draft.publish", quiz, revision, base, asks=asks),
        (
            button(language, AdminAction.TRY, "draft.try", quiz, revision),
            button(language, AdminAction.DISCARD, "draft.discard", quiz, revision),
        ),
    )
