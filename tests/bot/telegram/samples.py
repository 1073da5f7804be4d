"""Requests that many tests make."""

from __future__ import annotations

from bot.telegram.requests import File, SendText, TapButton

ANNA = 7_000_000_001
PICTURE = File("a.png", b"not a real picture, which the emulator does not mind")
CARD = SendText(chat_id=ANNA, html="Hi", buttons=((TapButton(text="Yes", data="q:1:a:yes"),),))
