"""What a deed gives: by the rules of the revision that was walked, whatever was published since."""

from __future__ import annotations

from bot.conversation.earning import earn
from bot.hand_off.gathering import gather
from qualification.activity import replied
from qualification.handoff import HandOff, Phase
from qualification.score import Origin
from storage.database import Database
from tests.bot.stages.workshop import NOON, QUIZ, SOURCE, a_hot_lead, a_workshop


async def test_a_deed_is_valued_by_the_revision_that_was_walked_and_not_by_the_newest(database: Database) -> None:
    bands = "scoring: {bands: {hot: 10, warm: 5}"
    written = SOURCE.format(routing="{}")
    assert bands in written
    async with (await a_workshop(database)).work() as work:
        for points in (5, 50):
            rules = f"{bands}, activity: {{reply: {points}}}"
            await work.unit.quizzes.publish(QUIZ, written.replace(bands, rules), {}, NOON)
        lead = await a_hot_lead(work, 10_001)
        assert await earn(work, lead, 2, replied(work.now), "reply:1") == 5
        history = await work.unit.ledger.history(lead)
        assert [(number, entry.origin, entry.points) for number, entry in history] == [(2, Origin.REPLY, 5)]


async def test_a_card_shows_a_lead_by_the_revision_that_was_walked(database: Database) -> None:
    async with (await a_workshop(database)).work() as work:
        lead = await a_hot_lead(work, 10_001)
        newer = SOURCE.format(routing="{}").replace("title: A small quiz", "title: Another quiz")
        await work.unit.quizzes.publish(QUIZ, newer, {}, NOON)
        stored = await work.unit.hand_offs.add(lead.id, "sales", HandOff(Phase.OFFERED, NOON))
        quiz = (await gather(work, stored)).quiz
        assert quiz.read(quiz.title, "en") == "A small quiz"
