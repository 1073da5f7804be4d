"""The system's texts as one quiz words them: its own where it has them, else those of the catalogues."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass

from bot.texts import LANGUAGES, Html, catalogue_language, escaped, keys, plain, say, written_as
from dialogs.document import Dialog
from dialogs.problems import did_you_mean

OWN_WORDS = ("chat.", "code.", "consent.", "happens.", "phone.", "place.", "quiz.", "refusal.", "tap.")
"""What the names of texts begin with that a quiz may word itself: those that prospects read."""


@dataclass(frozen=True)
class Wording:
    """What the system says in a quiz, in one language."""

    quiz: Dialog
    language: str

    def say(self, key: str, **values: object) -> Html:
        """Return a text as HTML."""
        own = self._own(key)
        if own is None:
            return say(self.language, key, **values)
        return Html(escaped(own).format_map({name: escaped(value) for name, value in values.items()}))

    def plain(self, key: str, **values: object) -> str:
        """Return a text without markup: for buttons and for words that float over the chat."""
        own = self._own(key)
        return plain(self.language, key, **values) if own is None else own.format_map(values)

    def _own(self, key: str) -> str | None:
        text = self.quiz.words.get(key)
        return self.quiz.read(text, self.language) if text is not None else None


def own_words() -> frozenset[str]:
    """Name the texts that a quiz may word itself."""
    return frozenset(key for key in keys("en") if key.startswith(OWN_WORDS))


def wrong_words(quiz: Dialog) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Say what is wrong with a quiz's own words: place, message, remedy."""
    known = own_words()
    for key, text in quiz.words.items():
        if key not in known:
            yield ("words", key), f"there is no text `{key}` to word anew", did_you_mean(key, known)
            continue
        fields = _fields(written_as(catalogue_language(None), key))
        for language, written in text.variants.items():
            path: tuple[str | int, ...] = ("words", key, language) if language else ("words", key)
            try:
                extra = sorted(_fields(written) - fields)
            except ValueError:
                yield path, "a brace is not closed", "Write {name} for a variable, and no other braces."
                continue
            if extra:
                has = ", ".join(f"{{{name}}}" for name in sorted(fields)) or "no variables"
                yield path, f"`{{{extra[0]}}}` is not known here", f"This text has {has}."


def languages_of_others(quiz: Dialog) -> Iterator[tuple[int, str]]:
    """Name, with their places in the quiz, the languages in which nobody has worded the system's texts."""
    worded = [text.languages for text in quiz.words.values()]
    for place, language in enumerate(quiz.languages):
        if language not in LANGUAGES and not any(each is None or language in each for each in worded):
            yield place, language


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
