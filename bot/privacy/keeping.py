"""Keeps people no longer than their quizzes say: the retention, and its end by the clock."""

from __future__ import annotations

from datetime import datetime

from bot.privacy.erasing import erase_person
from bot.teams.permissions import works_here
from bot.work import Work
from storage.erasing import Reason
from storage.records import Prospect


async def keep(work: Work, prospect: Prospect) -> None:
    """Set anew until when a person is kept: this is a sign of life. Who works here is kept."""
    staff = await works_here(work, prospect.telegram_id)
    moment = None if staff else await _until(work, prospect)
    if moment != prospect.keep_until:
        await work.unit.prospects.keep_until(prospect.id, moment)


async def _until(work: Work, prospect: Prospect) -> datetime | None:
    """Return the latest moment that any of the person's quizzes allows; None when one sets no end."""
    moments = []
    walked = await work.unit.prospects.walked(prospect.id) or await _none_walked(work)
    for quiz_id, revision, left_contact in walked:
        retention = (await work.quiz(quiz_id, revision)).retention
        span = retention.leads if left_contact else retention.others
        if span is None:
            return None
        moments.append(work.now + span)
    return max(moments, default=None)


async def _none_walked(work: Work) -> list[tuple[str, int, bool]]:
    """Return the default quiz, for somebody who never began one."""
    newest = await work.unit.quizzes.newest(work.setup.quizzes[0])
    return [(newest.quiz, newest.number, False)] if newest else []


async def let_go(work: Work, prospect_id: int) -> None:
    """Erase a person who was kept long enough; nothing personal is logged, and nobody is told."""
    prospect = await work.unit.prospects.by_id(prospect_id)
    await erase_person(work, prospect, Reason.KEPT_LONG_ENOUGH)
