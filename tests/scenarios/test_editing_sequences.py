"""A sequence is edited while people are inside: the admin says what becomes of them; and unsubscribing races."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from bot.follow_ups.reacting import unsubscribe
from storage.messages import Fate
from storage.records import ConsentEventKind
from storage.tables import PauseRow
from tests.scenarios import kept
from tests.scenarios.following import LOOK, STEPS, becomes_a_lead, ended, followed
from tests.scenarios.over_http import ADA, Guest, House
from tests.scenarios.small import Trying, small_quiz

OLD = followed({"id": "a", "text": "Tip A"}, {"id": "b", "text": "Tip B"}, {"id": "c", "text": "Tip C"})
NEW = followed(
    {"id": "a", "text": "Tip A"}, {"id": "x", "text": "New tip", "after": "2d"}, {"id": "c", "text": "New tip C"}
)
ASKED = ["✅ Publish: as they were", "✅ Publish: from their next step", "✅ Publish: only new people"]
OTHERS = ["🧪 Try it myself", "🗑 Discard"]


async def _proposes(house: House, folder: Path, **quiz: Any) -> Guest:
    ada = house.guests[ADA]
    await ada.sends_file("small.yaml", small_quiz(folder, *STEPS, **quiz).read_text(encoding="utf-8"))
    return ada


@pytest.mark.parametrize(
    ("way", "told", "days"),
    [
        ("as they were", "For them everything stays as it was", {2: "Tip B", 3: "Tip C"}),
        ("from their next step", "go on with the new ones at their next step", {3: "New tip", 4: "New tip C"}),
        ("only new people", "They get no more of these", {}),
    ],
)
async def test_who_is_inside_goes_on_as_the_publishing_admin_says(
    trying: Trying, tmp_path: Path, way: str, told: str, days: dict[int, str]
) -> None:
    async with trying(*STEPS, **OLD) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Tip A")
        ada = await _proposes(house, tmp_path, **NEW)
        ada.sees("people are inside them: tips · 1 person. What about them?", buttons=[*ASKED, *OTHERS])
        await ada.taps(f"✅ Publish: {way}")
        ada.is_told("Published")
        ada.sees_change("revision 2 is published", "Inside the follow-ups: 1 person.", told)
        for day in range(2, 7):
            await house.later(days=1)
            if day in days:
                anna.sees(days[day])
            anna.sees_nothing()
        assert await ended(house) == (["finished"] if days else ["edited"])


async def test_who_becomes_a_lead_afterwards_gets_the_new_sequence_whatever_was_said(
    trying: Trying, tmp_path: Path
) -> None:
    async with trying(*STEPS, **OLD) as (house, anna):
        ada = await _proposes(house, tmp_path, **NEW)  # Anna is in the middle of the quiz
        ada.sees("In the middle right now: 1 person", buttons=["✅ Publish", *OTHERS])
        await ada.taps("✅ Publish")
        ada.is_told("Published")
        ada.sees_change("revision 2 is published")
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Tip A")
        await house.later(days=2)
        anna.sees("New tip")


async def test_a_change_elsewhere_asks_nothing_about_those_inside(trying: Trying, tmp_path: Path) -> None:
    async with trying(*STEPS, **OLD) as (house, anna):
        await becomes_a_lead(anna)
        ada = await _proposes(house, tmp_path, **OLD, progress=False)
        ada.sees("progress", buttons=["✅ Publish", *OTHERS])


async def test_whose_step_was_taken_out_goes_on_with_the_next_that_is_left(trying: Trying, tmp_path: Path) -> None:
    shorter = followed({"id": "a", "text": "Tip A"}, {"id": "c", "text": "Tip C"})
    async with trying(*STEPS, **OLD) as (house, anna):
        await becomes_a_lead(anna)
        for words in ("Tip A", "Tip B"):
            await house.later(days=1)
            anna.sees(words)
        ada = await _proposes(house, tmp_path, **shorter)
        ada.sees("What about them?")
        await ada.taps("✅ Publish: from their next step")
        ada.skims()
        await house.later(days=1)
        anna.sees("Tip C")
        assert await ended(house) == ["finished"]


async def test_a_link_that_was_taken_out_since_still_opens_and_counts(trying: Trying, tmp_path: Path) -> None:
    linked = followed({"id": "a", "text": "Tip A", "button": LOOK}, {"id": "b", "text": "Tip B"})
    async with trying(*STEPS, **linked) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Tip A")
        ada = await _proposes(house, tmp_path, **followed({"id": "c", "text": "Tip C"}))
        ada.sees("What about them?")
        await ada.taps("✅ Publish: from their next step")
        ada.skims()
        await anna.taps("Look")
        anna.is_told("The link is in the chat")
        anna.sees("Here you are", buttons=["Look"])
        assert (await kept.points(house))["product_link"] == 4
        await house.later(days=1)
        anna.sees("Tip C")  # of theirs nothing was left: they get the new one from its beginning


async def test_going_back_asks_about_those_inside_too(trying: Trying, tmp_path: Path) -> None:
    async with trying(*STEPS, **OLD) as (house, anna):
        ada = await _proposes(house, tmp_path, **NEW)
        ada.skims()
        await ada.taps("✅ Publish")
        ada.skims()
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Tip A")
        await ada.says("/quizzes")
        ada.skims()
        await ada.taps("A small quiz")
        ada.skims()
        await ada.taps("🕓 History") if "🕓 History" in ada.labels_on_screen() else await _opens_history(ada)
        ada.skims()
        await ada.taps(next(label for label in ada.labels_on_screen() if "1" in label and "↩️" in label))
        line = ada.skims()[0]
        assert "What about them?" in line.text
        assert [label for label in line.labels if label.startswith("↩️ Go back")] == [
            "↩️ Go back: as they were",
            "↩️ Go back: from their next step",
            "↩️ Go back: only new people",
        ]
        await ada.taps("↩️ Go back: from their next step")
        ada.skims()
        await house.later(days=1)
        anna.sees("Tip B")


async def _opens_history(ada: Guest) -> None:
    await ada.taps(next(label for label in ada.labels_on_screen() if "istory" in label))


# A race -------------------------------------------------------------------------------------------------------


async def test_who_unsubscribes_just_before_a_message_is_due_does_not_get_it(trying: Trying) -> None:
    async with trying(*STEPS, **OLD) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(hours=23, minutes=59, seconds=59)
        await anna.says("/stop")
        anna.sees("You will get no more")
        await house.later(seconds=1)
        anna.sees_nothing()
        assert await kept.rows(house, "SELECT state FROM outbox WHERE kind = 'follow_up'") == []


async def test_who_unsubscribes_while_a_message_waits_in_the_outbox_does_not_get_it(trying: Trying) -> None:
    async with trying(*STEPS, **OLD) as (house, anna):
        await becomes_a_lead(anna)
        async with house.work() as work:
            await work.unit.outbox.pause(anna.person.id, work.now.replace(year=2027))  # Telegram said: wait
        await house.later(days=1)
        anna.sees_nothing()
        assert await kept.rows(house, "SELECT state FROM outbox WHERE kind = 'follow_up'") == [("waiting",)]
        async with house.work() as work:
            prospect = await work.unit.prospects.by_telegram_id(anna.person.id)
            assert prospect is not None
            await unsubscribe(work, prospect, None, 1)
            await work.unit.outbox.pause(anna.person.id, work.now)
        assert await kept.rows(house, "SELECT state FROM outbox WHERE kind = 'follow_up'") == [(Fate.DROPPED,)]


@pytest.mark.parametrize("waiting", [False, True], ids=["when it is due", "when it leaves"])
async def test_a_consent_that_is_gone_is_noticed_in_the_last_moment(trying: Trying, waiting: bool) -> None:
    """Whatever else was forgotten: here nothing stopped the sequence or took its message back."""
    async with trying(*STEPS, **OLD) as (house, anna):
        await becomes_a_lead(anna)
        async with house.work() as work:
            await work.unit.outbox.pause(anna.person.id, work.now.replace(year=2027))
        await house.later(days=1 if waiting else 0)
        async with house.work() as work:
            prospect = await kept.prospect_of(house, anna)
            given = await work.unit.consents.newest(prospect.id, "follow_ups")
            assert given is not None
            gone = replace(
                given.event, event=ConsentEventKind.WITHDRAWN, record=work.new_record().hex, at=work.now
            )
            await work.unit.consents.record(gone)
        async with house.work() as work:
            await work.unit._connection.execute(delete(PauseRow))
        await house.later(days=0 if waiting else 1, seconds=1)
        anna.sees_nothing()
        states = await kept.rows(house, "SELECT state FROM outbox WHERE kind = 'follow_up'")
        assert states == ([("dropped",)] if waiting else [])
        assert waiting or await ended(house) == ["unsubscribed"]


async def test_a_start_with_another_file_lets_those_inside_go_on_as_they_were(
    trying: Trying, tmp_path: Path
) -> None:
    async with trying(*STEPS, **OLD) as (house, anna):
        await becomes_a_lead(anna)
        await house.later(days=1)
        anna.sees("Tip A")
        small_quiz(tmp_path, *STEPS, **NEW)
        await house.restarts()
        await house.later(days=1)
        anna.sees("Tip B")
        house.guests[ADA].skims()  # who polls may think that it was away when the clock jumps; a webhook knows
