"""Every way to say «no more»: after it nothing is sent."""

from __future__ import annotations

from sqlalchemy import select

from bot.demo.emulator import Refusal, TooManyRequests
from storage.messages import Fate
from storage.tables import ConsentRow
from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import WARM_LEAD

BLOCKED = Refusal(403, "Forbidden: bot was blocked by the user")


async def _warm(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await house.later(hours=1)
    anna.sees("ready-made work places")


async def _nothing_more_comes(house: House, anna: Guest) -> None:
    for days in (1, 3, 7, 60):
        await house.later(days=days)
    anna.sees_nothing()


async def test_the_button_below_a_follow_up_ends_them(house: House, anna: Guest) -> None:
    await _warm(house, anna)
    await anna.taps("🔕 No more of these")
    anna.sees("You will get no more follow-up messages")
    await _nothing_more_comes(house, anna)
    events = select(ConsentRow.purpose, ConsentRow.event, ConsentRow.text, ConsentRow.message_id)
    consents = await kept.rows(house, events.order_by(ConsentRow.id))
    assert [(purpose, event) for purpose, event, _, _ in consents] == [
        ("contact", "given"),
        ("follow_ups", "given"),
        ("follow_ups", "withdrawn"),
    ]
    assert "Four messages at most" in consents[1][2]
    assert consents[2][3] is not None


async def test_stop_ends_them_before_the_first(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    await anna.says("/stop")
    anna.sees("You will get no more follow-up messages")
    await _nothing_more_comes(house, anna)


async def test_stop_twice_is_one_withdrawal(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    for _ in range(2):
        await anna.says("/stop")
        anna.sees("You will get no more follow-up messages")
    withdrawn = await kept.rows(house, "SELECT id FROM consents WHERE event = 'withdrawn'")
    assert len(withdrawn) == 1


async def test_stop_by_somebody_who_never_came_further_is_answered(anna: Guest) -> None:
    await anna.says("/stop")
    anna.sees("You will get no more follow-up messages")


async def test_blocking_the_bot_ends_them_even_after_the_bot_is_let_in_again(house: House, anna: Guest) -> None:
    await _warm(house, anna)
    await anna.does("blocks the bot", lambda phone: phone.blocks())
    await anna.does("lets the bot in again", lambda phone: phone.unblocks())
    await _nothing_more_comes(house, anna)
    assert await kept.rows(house, "SELECT end_reason FROM enrolments") == [("blocked",)]


async def test_a_403_in_the_middle_of_a_sequence_ends_it(house: House, anna: Guest, ada: Guest) -> None:
    await _warm(house, anna)
    house.emulator.fail(BLOCKED, method="sendMessage", chat=anna.person.id)
    await house.later(days=1)
    sent = [call for call in house.emulator.calls if call.method == "sendMessage" and call.status == 403]
    assert len(sent) == 1
    await _nothing_more_comes(house, anna)
    ada.sees_nothing()  # a prospect who leaves is no alarm
    async with house.view() as view:
        assert (await view.outbox.counts())[Fate.REFUSED] == 1
    assert await kept.rows(house, "SELECT end_reason FROM enrolments") == [("blocked",)]


async def test_a_deleted_account_ends_it_too(house: House, anna: Guest) -> None:
    await _warm(house, anna)
    await anna.does("deletes the account", lambda phone: phone.deactivates())
    await _nothing_more_comes(house, anna)
    assert (await kept.prospect_of(house, anna)).blocked_at is not None


async def test_who_refuses_to_be_contacted_is_no_lead_and_goes_politely(
    house: House, anna: Guest, max_: Guest
) -> None:
    await anna.goes_through(WARM_LEAD, until="agree")
    await anna.taps("No, don’t contact me")
    anna.sees_change("✗ No, don’t contact me")
    anna.sees("nobody will call", "https://daylight.example/catalogue", buttons=[])
    max_.sees_nothing()
    assert await kept.rows(house, "SELECT id FROM leads") == []
    assert await kept.rows(house, "SELECT purpose, event FROM consents") == [("contact", "refused")]
    await _nothing_more_comes(house, anna)


async def test_stop_takes_back_a_follow_up_that_already_waits_to_be_sent(house: House, anna: Guest) -> None:
    await anna.goes_through(WARM_LEAD)
    anna.skims()
    house.emulator.fail(TooManyRequests(60), method="sendMessage", chat=anna.person.id)
    await house.later(hours=1)
    anna.sees_nothing()  # Telegram asked for a minute of silence, so the follow-up waits
    await anna.says("/stop")
    await house.later(minutes=2)
    anna.sees("no more follow-up messages")
