"""Addresses at t.me: what people open to come to the bot."""

from __future__ import annotations


def chat_address(username: str, start: str = "") -> str:
    """Return the address of the chat with a bot; `start` is what the bot is told when somebody comes by it.

    Source: core.telegram.org/api/links, «Bot links».
    """
    return f"https://t.me/{username}?start={start}" if start else f"https://t.me/{username}"


def group_address(username: str, start: str) -> str:
    """Return the address that brings the bot into a group of one's choice, where it is told `start`.

    Source: core.telegram.org/api/links, «Bot links».
    """
    return f"https://t.me/{username}?startgroup={start}"
