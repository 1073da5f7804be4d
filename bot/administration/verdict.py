"""How a test ends: the score with its reasons, and nothing that counts."""

from __future__ import annotations

from bot.administration.buttons import draft_buttons
from bot.hand_off.reasons import reason, standing
from bot.telegram.requests import Buttons, SendText
from bot.texts import count, escaped, plain, say
from bot.work import Work
from dialogs.answers import Contact
from qualification.quiz import Quiz
from qualification.score import Band, score_answers
from storage.records import Prospect, RevisionState, StoredSession


def tested(work: Work, stored: StoredSession, quiz: Quiz) -> Band | None:
    """Return the band that a prospect with these answers would have had; None for who leaves no contact."""
    found = score_answers(quiz, stored.session.answers, work.now)
    left_contact = any(isinstance(answer, Contact) for answer in stored.session.answers.values())
    return found.band if left_contact or found.band is Band.UNFIT else None


async def tell_score(work: Work, admin: Prospect, stored: StoredSession, quiz: Quiz) -> None:
    """Show the admin what the test came to; for a draft, what can be done with it now."""
    language = work.language_of(admin)
    found = score_answers(quiz, stored.session.answers, work.now)
    points = count(language, "points", found.total)
    lines: list[str] = [say(language, "test.over", points=points, band=plain(language, f"band.{found.band}"))]
    own = [entry for entry in found.reasons if not entry.product]
    lines += [f"• {escaped(reason(quiz, entry, language))} <b>{entry.points:+d}</b>" for entry in own]
    lines += standing(quiz, found, language)
    lines.append(say(language, "test.nothing_kept"))
    html = "\n".join(lines)
    await work.send(SendText(chat_id=admin.telegram_id, html=html, buttons=await _next(work, stored, language)))


async def _next(work: Work, stored: StoredSession, language: str) -> Buttons:
    quiz, number = stored.session.quiz, stored.session.revision
    revision = await work.unit.quizzes.revision(quiz, number)
    if revision.state is not RevisionState.DRAFT:
        return ()
    newest = await work.unit.quizzes.newest(quiz)
    return draft_buttons(language, quiz, number, newest.number if newest else 0)
