"""What a request weighs: in which chat Telegram counts it as a message, and as how many."""

from __future__ import annotations

from bot.telegram.requests import EditText, Request, SendAlbum, SendMedia, SendText


def weight(request: Request) -> tuple[int | None, int]:
    """Return the chat whose pace a request is held to, None for no chat's, and as how many messages it counts.

    In a group a change counts too: Telegram answers those with 429s all the same.
    """
    match request:
        case SendText(chat_id=chat_id) | SendMedia(chat_id=chat_id):
            return chat_id, 1
        case SendAlbum(chat_id=chat_id, media=media):
            return chat_id, len(media)
        case EditText(chat_id=chat_id) if chat_id < 0:
            return chat_id, 1
        case _:
            return None, 1
