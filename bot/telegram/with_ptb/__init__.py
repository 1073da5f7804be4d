"""The port on python-telegram-bot: its Bot and its request layer; its Application is not used."""

from bot.telegram.with_ptb.messenger import PtbMessenger

__all__ = ["PtbMessenger"]
