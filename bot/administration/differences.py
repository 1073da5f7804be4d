"""Says what changed between two revisions, for people: in the chat and on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, assert_never

from bot.texts import escaped, plain
from dialogs.values import Text
from qualification.changes import Added, Altered, Change, Moved, Place, Removed, Reworded, Span, Word
from qualification.quiz import Quiz

NAME_LENGTH = 60
"""Letters of a step's own words in its heading."""
AROUND = 30
"""Letters that are left of unchanged words on either side of a change."""
VALUE_LENGTH = 160
MAIN_TEXTS = frozenset({"say", "ask", "end", "text"})
"""What a step says: there is no need to name it."""

Mark = Callable[[str], str]


@dataclass(frozen=True)
class Marks:
    """How changed words stand out; each gets text that is already `plain`."""

    removed: Mark
    added: Mark
    strong: Mark = str
    faint: Mark = str
    plain: Mark = str


IN_CHAT = Marks(
    removed=lambda text: f"<s>{text}</s>",
    added=lambda text: f"<b>{text}</b>",
    strong=lambda text: f"<b>{text}</b>",
    faint=lambda text: f"<code>{text}</code>",
    plain=escaped,
)


def blocks(changes: Iterable[Change], before: Quiz, after: Quiz, language: str, marks: Marks) -> list[str]:
    """Return a block of lines for each step, sequence or other part that changed."""
    teller = _Teller(before, after, language, marks)
    return [
        "\n".join([teller.heading(group, list(found)), *teller.lines(group, found)])
        for group, found in ((key, list(each)) for key, each in groupby(changes, _group))
    ]


def _group(change: Change) -> Place:
    """Return the part of the quiz that a change is told under: its step, its sequence, or one for all the rest."""
    match change.place:
        case ("steps" | "sequences" as part, name, *_):
            return (part, name)
        case ("scoring" | "routing" as part, *_):
            return (part,)
        case _:
            return ("quiz",)


class _Teller:
    def __init__(self, before: Quiz, after: Quiz, language: str, marks: Marks) -> None:
        self._before = before
        self._after = after
        self._language = language
        self._marks = marks
        self._names_languages = len(after.languages) > 1 or len(before.languages) > 1

    def heading(self, group: Place, changes: Sequence[Change]) -> str:
        """Name the part that changed, with a sign of what happened to all of it."""
        match group:
            case ("steps", step):
                return f"{_sign(group, changes)} {self._step(step)}"
            case ("sequences", name):
                words = plain(self._language, "change.sequence")
                return f"{_sign(group, changes)} {self._marks.strong(words)} {self._marks.faint(name)}"
            case (part, *_):
                words = {
                    "scoring": plain(self._language, "change.scoring"),
                    "routing": plain(self._language, "change.routing"),
                }.get(part) or plain(self._language, "change.quiz")
                return f"✏️ {self._marks.strong(words)}"
            case _:
                return ""

    def lines(self, group: Place, changes: Iterable[Change]) -> Iterator[str]:
        """Say what happened within the part."""
        for change in changes:
            where = change.place if group == ("quiz",) else change.place[len(group) :]
            named = " › ".join(self._marks.plain(word) for word in self._words(change.place, where))
            match change:
                case Added() | Removed() if not where:
                    yield plain(self._language, "change.added" if isinstance(change, Added) else "change.removed")
                case Added():
                    yield f"+ {self._marks.added(named)}"
                case Removed():
                    yield f"− {self._marks.removed(named)}"
                case Moved(after=after):
                    yield f"{named}: {self._moved(after)}" if named else self._moved(after)
                case Reworded(language=language, words=spans):
                    spoken = language.upper() if language and self._names_languages else ""
                    label = " · ".join(part for part in (named, spoken) if part)
                    yield f"{label}: {self._spans(spans)}" if label else self._spans(spans)
                case Altered(before=before, after=after_now):
                    yield f"{named}: {self._values(before, after_now)}"
                case _:
                    assert_never(change)

    def _step(self, step: str) -> str:
        quiz = self._after if step in self._after.by_id else self._before
        found = quiz.by_id.get(step)
        texts = (getattr(found, name, None) for name in ("label", "say", "ask", "end", "text"))
        said = next((quiz.read(text, self._language) for text in texts if isinstance(text, Text)), "")
        name = self._marks.faint(step)
        return f"{name} {self._marks.strong(self._marks.plain(_cut(said, NAME_LENGTH)))}" if said else name

    def _words(self, place: Place, where: Place) -> Iterator[str]:
        """Name a place within its part: choices by their words, lists not at all."""
        skipped = len(place) - len(where)
        for depth, word in enumerate(place):
            if depth < skipped or word in ("choices", "rules", "messages"):
                continue
            if depth == len(place) - 1 and word in MAIN_TEXTS:
                continue
            yield self._choice(place[: depth + 1]) or word

    def _choice(self, place: Place) -> str | None:
        if place[-2:-1] != ("choices",):
            return None
        for quiz in (self._after, self._before):
            text = getattr(_at(quiz, place), "text", None)
            if isinstance(text, Text):
                return f"«{_cut(quiz.read(text, self._language), NAME_LENGTH)}»"
        return None

    def _moved(self, after: str | None) -> str:
        if after is None:
            return plain(self._language, "change.moved_first")
        return plain(self._language, "change.moved", after=self._marks.plain(after))

    def _values(self, before: str, after: str) -> str:
        old = self._marks.removed(self._marks.plain(_cut(before, VALUE_LENGTH))) if before else ""
        new = self._marks.added(self._marks.plain(_cut(after, VALUE_LENGTH))) if after else ""
        return " → ".join(part for part in (old, new) if part)

    def _spans(self, spans: Sequence[Span]) -> str:
        said = []
        for place, span in enumerate(spans):
            match span.word:
                case Word.SAME:
                    text = _around(span.text, first=place == 0, last=place == len(spans) - 1)
                    said.append(self._marks.plain(text))
                case Word.REMOVED:
                    said.append(self._marks.removed(self._marks.plain(_middle(span.text))))
                case Word.ADDED:
                    if place and spans[place - 1].word is Word.REMOVED and not span.text[:1].isspace():
                        said.append(" ")  # or the old and the new word would run into one
                    said.append(self._marks.added(self._marks.plain(_middle(span.text))))
                case _:
                    assert_never(span.word)
        return " ".join("".join(said).split())


def _sign(group: Place, changes: Sequence[Change]) -> str:
    whole = [change for change in changes if change.place == group]
    match whole:
        case [Added()]:
            return "➕"
        case [Removed()]:
            return "➖"
        case [Moved()] if len(changes) == 1:
            return "↕️"
        case _:
            return "✏️"


def _at(document: Any, place: Place) -> Any:
    """Return what stands at a place of a document; None when nothing does."""
    for word in place:
        match document:
            case tuple():
                document = next((item for item in document if getattr(item, "id", None) == word), None)
            case Mapping():
                document = document.get(word)
            case _:
                document = getattr(document, word, None)
    return document


def _cut(text: str, length: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1].rstrip() + "…"


def _around(text: str, *, first: bool, last: bool) -> str:
    """Shorten unchanged words to what stands beside a change."""
    head = "" if first else text[:AROUND]
    tail = "" if last else text[-AROUND:]
    if len(text) <= len(head) + len(tail) + AROUND:
        return text
    return f"{head.rsplit(' ', 1)[0]} … {tail.split(' ', 1)[-1]}" if not (first and last) else text


def _middle(text: str) -> str:
    return text if len(text) <= 5 * VALUE_LENGTH else text[: 5 * VALUE_LENGTH] + "…"
