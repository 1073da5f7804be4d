"""Shows admins who stopped on the way: how far they came, what is known, and what it is worth."""

from __future__ import annotations

from bot.hand_off.card import isolated
from bot.texts import Html, count, day_and_time, escaped, say
from bot.work import Work
from dialogs.answers import Contact, Decision, Skipped
from dialogs.flow import progress
from dialogs.rendering import answer_text, question_name
from qualification.score import score_answers
from storage.records import StoredSession

SHOWN = 10


async def unfinished(work: Work, language: str) -> Html:
    """Say which sessions were abandoned last. No names: who did not finish agreed to nothing yet."""
    blocks = [await _block(work, stored, language) for stored in await work.unit.sessions.abandoned(SHOWN)]
    if not blocks:
        return say(language, "unfinished.none")
    return Html("\n\n".join([say(language, "unfinished.title"), *blocks]))


async def _block(work: Work, stored: StoredSession, language: str) -> Html:
    session = stored.session
    quiz = await work.quiz(session.quiz, session.revision)
    place = progress(quiz, session)
    found = score_answers(quiz, session.answers, work.now)
    head = say(
        language,
        "unfinished.one",
        quiz=quiz.read(quiz.title, language),
        place=f"{place[0]}/{place[1]}" if place else session.at or "",
        points=count(language, "points", found.total),
        since=day_and_time(language, stored.abandoned_at or work.now, quiz.timezone),
    )
    lines = [head]
    for step, answer in session.answers.items():
        if not isinstance(answer, Contact | Decision | Skipped):
            name = isolated(question_name(quiz, step, language), 60)
            said = isolated(answer_text(quiz, step, answer, language), 60)
            lines.append(Html(f"• {escaped(name)}: {escaped(said)}"))
    return Html("\n".join(lines))
