"""What waits over an outage until its hours are over: it comes in the next ones, written then, and once."""

from __future__ import annotations

from datetime import timedelta

from storage.messages import Fate
from tests.scenarios import kept
from tests.scenarios.crowd import clara, crowd, hold, sends, writes
from tests.scenarios.following import SOON, STEPS, becomes_a_lead, followed
from tests.scenarios.over_http import Guest, House
from tests.scenarios.small import Trying
from tests.scenarios.stories import WARM_LEAD

__all__ = ["clara", "crowd"]


async def test_a_follow_up_that_waited_into_the_night_comes_in_the_morning_and_is_written_then(
    house: House, anna: Guest
) -> None:
    await anna.goes_through(WARM_LEAD)
    await hold(house, anna, seconds=timedelta(hours=8).total_seconds())
    await house.later(hours=1)  # one in the afternoon in Kyiv: it waits for Telegram
    await house.later(hours=7)  # eight in the evening
    anna.sees_nothing()
    assert await kept.rows(house, "SELECT state FROM outbox WHERE kind = 'follow_up'") == [("dropped",)]
    await anna.says("/language")  # nothing that waits for the morning holds up the chat
    anna.sees("language", buttons=["English", "Українська", "Русский"])
    await anna.taps("Українська")
    anna.skims()
    await house.later(hours=13, minutes=59)
    anna.sees_nothing()
    await house.later(minutes=1)
    anna.sees("Ось готові робочі місця")
    await house.later(hours=24)
    anna.sees("Три розміри")


async def test_the_last_of_a_sequence_is_put_off_though_the_sequence_was_over(trying: Trying) -> None:
    sequence = followed({"text": "The only one", "hours": "10-19"})
    async with trying(*STEPS, **sequence) as (house, anna):
        await becomes_a_lead(anna)
        await hold(house, anna, seconds=timedelta(hours=34).total_seconds())
        await house.later(hours=24)
        await house.later(hours=10)
        anna.sees_nothing()
        await house.later(hours=14)
        anna.sees("The only one")
        await house.later(hours=48)
        anna.sees_nothing()


async def test_a_question_that_was_put_off_is_not_answered_by_what_is_said_before_it_comes(trying: Trying) -> None:
    sequence = followed({"question": SOON, "hours": "10-19"})
    async with trying(*STEPS, **sequence) as (house, anna):
        await becomes_a_lead(anna)
        await hold(house, anna, seconds=timedelta(hours=34).total_seconds())
        await house.later(hours=24)
        await house.later(hours=10)
        await anna.says("Are you there?")
        assert not any("moved closer" in line.text for line in anna.skims())
        await house.later(hours=14)
        anna.sees("Has the day moved closer, Anna?")
        await anna.taps("Not yet")
        anna.skims()


async def test_a_broadcast_that_waited_into_the_night_comes_in_the_morning_and_holds_nobody_up(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    anna, *others = crowd
    await hold(house, anna, seconds=timedelta(hours=8).total_seconds())
    await writes(ada)
    await sends(ada)
    for guest in others:
        guest.sees("our spring collection")
    await house.later(hours=8)
    assert not any("spring" in line.text for line in anna.skims())
    assert "they get it later: 1" in ada.skims()[-1].text
    await house.later(hours=14)
    assert [line.text for line in anna.skims() if "spring" in line.text] == [
        "Hi Anna, our spring collection is here!"
    ]
    await house.later(seconds=1)
    assert "Sent: 3" in ada.skims()[-1].text
    for guest in others:
        assert not any("spring" in line.text for line in guest.skims())
    async with house.view() as view:
        assert Fate.WAITING not in await view.outbox.counts()
