"""The port on aiogram: its Bot for requests, its types to read updates; its dispatcher is not used."""

from bot.telegram.with_aiogram.messenger import AiogramMessenger

__all__ = ["AiogramMessenger"]
