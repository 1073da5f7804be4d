"""The buttons below what admins see."""

from __future__ import annotations

from bot.telegram.requests import Buttons, TapButton
from bot.telegram.taps import AdminAction, AdminTapped, encode
from bot.texts import plain


def button(
    language: str, action: AdminAction, key: str, quiz: str = "", revision: int = 0, base: int = 0
) -> TapButton:
    """Return a button for an admin; `base` is the revision that prospects had when it was shown."""
    text = plain(language, key, revision=revision)
    return TapButton(text=text, data=encode(AdminTapped(action, quiz, revision, base)))


def draft_buttons(language: str, quiz: str, revision: int, base: int) -> Buttons:
    """Return what can be done with a draft."""
    return (
        (button(language, AdminAction.PUBLISH, "draft.publish", quiz, revision, base),),
        (
            button(language, AdminAction.TRY, "draft.try", quiz, revision),
            button(language, AdminAction.DISCARD, "draft.discard", quiz, revision),
        ),
    )
