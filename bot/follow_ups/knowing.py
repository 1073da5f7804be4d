"""What conditions of follow-ups may ask about a lead: answers, and where the lead stands."""

from __future__ import annotations

from collections.abc import Mapping

from bot.work import Work
from dialogs.answers import Answer
from qualification.facts import FROM_LEDGER, Standing, known, opened
from qualification.follow_ups import Sequence
from qualification.quiz import Quiz
from qualification.score import is_unfit, score
from storage.records import Lead, StoredSession


async def known_of(
    work: Work, quiz: Quiz, sequence: Sequence, lead: Lead, stored: StoredSession | None, silent: int
) -> Mapping[str, Answer]:
    """Return answers and facts for the conditions of a sequence; nothing is looked up that none of them tests."""
    answers = stored.session.answers if stored else {}
    if not sequence.tested & FROM_LEDGER:
        return known(quiz, answers, Standing(lead.band, lead.stage, silent))
    ledger = await work.unit.ledger.entries(lead)
    found = score(quiz, ledger, work.now, unfit=is_unfit(quiz, answers))
    return known(quiz, answers, Standing(lead.band, lead.stage, silent, found, tuple(opened(ledger))))
