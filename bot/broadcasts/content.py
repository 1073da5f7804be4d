"""What a broadcast says: its texts by language, a file, a button; and the message that one person gets of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from bot.talk.words import CAPTION_LENGTH, MESSAGE_LENGTH
from bot.telegram.formatting import Formatted
from bot.telegram.requests import Buttons, FileMedia, SendMedia, SendText
from dialogs.rendering import fill, fillings
from qualification.follow_ups import LINK

FOR_ALL = ""
"""The language of the text for everybody whose own language has none."""
LONGEST_LABEL = 40
ROOM_FOR_A_NAME = 64
"""The longest first name. Source: Telegram's apps."""
_LONGEST = {"first_name": "n" * ROOM_FOR_A_NAME, "company": "c" * ROOM_FOR_A_NAME}
FilmOrPaper = Literal["photo", "document", "video"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Attachment(_Value):
    """A file that goes along, by its number."""

    kind: FilmOrPaper
    file: int
    name: str


class Link(_Value):
    """A button that opens an address."""

    text: str
    url: str


def _with_styles(text: object) -> object:
    return Formatted(text) if isinstance(text, str) else text


Text = Annotated[Formatted, BeforeValidator(_with_styles)]
"""A text as it was typed; one that was kept before formatting was is only its letters."""


class Content(_Value):
    """What a broadcast says."""

    texts: dict[str, Text]
    attachment: Attachment | None = None
    link: Link | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """Name the languages that have a text of their own."""
        return tuple(language for language in self.texts if language != FOR_ALL)

    @property
    def main(self) -> Formatted:
        """The text for everybody without one of their own."""
        return self.texts.get(FOR_ALL, Formatted(""))

    def text_for(self, spoken: str | None) -> Formatted:
        """Return the text in a person's language, else the one for all."""
        short = (spoken or "").split("-")[0].lower()
        return self.texts.get(short, self.main)

    def saying(self, language: str, text: Formatted) -> Content:
        """Return the content with a text in a language."""
        return self.model_copy(update={"texts": {**self.texts, language: text}})


def message(
    content: Content, chat_id: int, spoken: str | None, values: Mapping[str, str], buttons: Buttons
) -> SendText | SendMedia:
    """Return what one person gets: as it was formatted, and no letter or name in it can become markup."""
    html = _filled(content.text_for(spoken), values).html
    if content.attachment is None:
        return SendText(chat_id=chat_id, html=html, buttons=buttons)
    file = content.attachment
    return SendMedia(
        chat_id=chat_id, html=html, kind=file.kind, media=FileMedia(number=file.file), buttons=buttons
    )


def _filled(text: Formatted, values: Mapping[str, str]) -> Formatted:
    for filling in fillings(values):
        text = text.replaced(*filling)
    return text


def excess(text: Formatted, *, below_a_file: bool) -> int:
    """Return how many letters too long a text is, with names put into it; zero when it fits."""
    longest = fill(text.text, _LONGEST)
    units = len(longest.encode("utf-16-le", "surrogatepass")) // 2
    return max(units - (CAPTION_LENGTH if below_a_file else MESSAGE_LENGTH), 0)


def too_rich(text: Formatted) -> bool:
    """Tell whether a text, with names put into it, has more formatting than Telegram takes in one message."""
    return _filled(text, _LONGEST).is_too_rich


def read_link(typed: str) -> Link | None:
    """Read a button: its words, and below them or after them an https address; None for what is none."""
    *words, url = typed.split() or [""]
    text = " ".join(words)
    sound = 0 < len(text) <= LONGEST_LABEL and re.fullmatch(LINK, url)
    return Link(text=text, url=url) if sound else None
