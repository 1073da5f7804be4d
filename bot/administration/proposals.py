"""A draft as an admin sees it: what would change for people, and what can be done now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.administration.buttons import draft_buttons
from bot.administration.differences import IN_CHAT, blocks
from bot.follow_ups.editing import concerned, told
from bot.telegram.addresses import chat_address
from bot.telegram.requests import Buttons
from bot.texts import Html, count, escaped, plain, say
from bot.work import Work
from dialogs.problems import Problem
from dialogs.steps import ConsentRequest, End, Say
from qualification.changes import compare
from qualification.paths import Paths
from qualification.quiz import Quiz
from qualification.score import Band
from storage.records import Inside, Revision

MESSAGE_LENGTH = 3900
"""Letters of a message; Telegram takes 4,096 after its formatting is taken out."""
MORE = 40
"""Letters kept free for how many more there are."""


@dataclass(frozen=True)
class Proposal:
    """What an admin is shown of a draft."""

    html: Html
    buttons: Buttons


async def proposal(
    work: Work, language: str, draft: Revision, reach: Paths | None = None, warnings: tuple[Problem, ...] = ()
) -> Proposal:
    """Say what would change if a draft were published now; `reach` is where its paths lead, if that is known."""
    newest = await work.unit.quizzes.newest(draft.quiz)
    quiz = await work.quiz(draft.quiz, draft.number)
    inside = await concerned(work.unit, work.library, quiz)
    head = say(language, "draft.title", title=quiz.read(quiz.title, language), revision=draft.number)
    below = [*_score_lines(quiz, reach, language), *(f"⚠️ {escaped(each)}" for each in warnings[:3])]
    if newest is None:
        below.append(say(language, "draft.new", link=chat_address(work.setup.username, draft.quiz)))
        changed = [_contents(quiz, language)]
    else:
        below += await middle_lines(work, draft.quiz, language)
        below += asked_about(inside, language)
        before = await work.quiz(draft.quiz, newest.number)
        changed = [say(language, "draft.changed", revision=newest.number)]
        changed += await difference(work, newest, draft, before, quiz, language)
    buttons = draft_buttons(language, draft.quiz, draft.number, newest.number if newest else 0, asks=bool(inside))
    room = MESSAGE_LENGTH - len(head) - sum(len(line) + 1 for line in below)
    parts = [head, *shortened(changed, room, language), "\n".join(below)]
    return Proposal(Html("\n\n".join(part for part in parts if part)), buttons)


async def difference(
    work: Work, old: Revision, new: Revision, before: Quiz, after: Quiz, language: str
) -> list[str]:
    """Say what changed between two revisions, their pictures included."""
    found = blocks(compare(before, after), before, after, language, IN_CHAT)
    had = await work.unit.quizzes.all_media(old.quiz, old.number)
    has = await work.unit.quizzes.all_media(new.quiz, new.number)
    others = [name for name in sorted({*had, *has}) if had.get(name) != has.get(name)]
    if others:
        found.append(say(language, "change.pictures", names=", ".join(others)))
    return found or [say(language, "change.nothing")]


def shortened(parts: list[str], room: int, language: str) -> list[str]:
    """Return as many of the parts as there is room for, and how many more there are.

    The last one may lose its last lines: a step with a hundred changed choices still shows the first of them.
    """
    kept: list[str] = []
    room -= MORE
    for place, part in enumerate(parts):
        if len(part) + 2 > room:
            lines = part.split("\n")
            while lines and len("\n".join(lines)) + 2 > room:
                lines.pop()
            if len(lines) > 1:
                kept.append("\n".join([*lines, "…"]))
            return [*kept, f"<i>{count(language, 'more', len(parts) - place)}</i>"]
        room -= len(part) + 2
        kept.append(part)
    return kept


async def middle_lines(work: Work, quiz: str, language: str) -> list[str]:
    """Say how many people are in the middle of a quiz, and on which revision they finish."""
    middle = await work.unit.sessions.in_the_middle(quiz)
    if not middle:
        return [say(language, "middle.nobody")]
    people = count(language, "people", sum(middle.values()))
    if len(middle) > 1:
        return [say(language, "middle.several", people=people)]
    return [say(language, "middle.one", people=people, revision=next(iter(middle)))]


def asked_about(inside: Mapping[Inside, int], language: str) -> list[str]:
    """Ask about the people inside follow-ups that change, if there are any."""
    return [say(language, "inside.ask", sequences=told(inside, language))] if inside else []


def _contents(quiz: Quiz, language: str) -> str:
    questions = sum(not isinstance(step, Say | End | ConsentRequest) for step in quiz.steps)
    return f"{count(language, 'questions', questions)} · {', '.join(code.upper() for code in quiz.languages)}"


def _score_lines(quiz: Quiz, reach: Paths | None, language: str) -> list[str]:
    if reach is None:
        return []
    worst, best = reach.worst.total, reach.best.total
    reached = [band for band in Band if reach.in_band(band)]
    bands = quiz.scoring.bands
    points = (
        say(language, "draft.score", worst=worst, best=best, hot=bands.hot, warm=bands.warm)
        if bands is not None
        else say(language, "draft.grid", worst=worst, best=best)
    )
    return [
        points,
        say(language, "draft.bands", bands=", ".join(plain(language, f"band.{band}") for band in reached)),
    ]
