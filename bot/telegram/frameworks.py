"""The frameworks that can carry the line to Telegram: only the chosen one is imported, and need be installed."""

from __future__ import annotations

from typing import assert_never

from bot.settings import Framework, SettingsError
from bot.telegram.port import Messenger

MODULES: dict[Framework, str] = {"aiogram": "aiogram", "ptb": "telegram"}
PACKAGES: dict[Framework, str] = {"aiogram": "aiogram", "ptb": "python-telegram-bot"}


def messenger(framework: Framework, token: str, server: str | None) -> Messenger:
    """Return a bot's line to Telegram. Raises SettingsError when the framework is not installed."""
    # Both take seconds to import: nobody waits for the one that is not used.
    try:
        match framework:
            case "aiogram":
                from bot.telegram.with_aiogram import AiogramMessenger  # noqa: PLC0415

                return AiogramMessenger(token, server)
            case "ptb":
                from bot.telegram.with_ptb import PtbMessenger  # noqa: PLC0415

                return PtbMessenger(token, server)
            case _:
                assert_never(framework)
    except ImportError as missing:
        if (missing.name or "").partition(".")[0] != MODULES[framework]:
            raise
        raise SettingsError(
            f"HOTLEAD_FRAMEWORK: {PACKAGES[framework]} is not installed, or too old; "
            f"pip install 'hotlead[{framework}]'"
        ) from None
