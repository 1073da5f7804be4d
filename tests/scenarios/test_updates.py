"""Updates that come twice, out of order, or with numbers that begin anew."""

from __future__ import annotations

from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import FURNITURE_WARM


async def test_an_update_that_comes_twice_counts_once(house: House, anna: Guest) -> None:
    await anna.starts()
    anna.skims()
    updates = house.emulator._world.updates
    tap = anna.person.taps("For a company")
    repeated = updates.pending[-1]
    await house.quiet()
    anna.notices(tap)
    anna.sees_change("✓ For a company")
    anna.sees("What do you need?")

    updates._waiting.append(repeated)
    updates.arrived.ring()
    await house.quiet()
    anna.sees_nothing()
    numbers = await kept.rows(house, "SELECT update_id FROM inbox")
    assert numbers.count((repeated.id,)) == 1


async def test_two_equal_updates_in_one_batch_count_once(house: House, anna: Guest) -> None:
    updates = house.emulator._world.updates
    anna.person.starts()
    updates._waiting.append(updates.pending[-1])
    await house.quiet()
    anna.sees("Hi Anna!")
    anna.sees("Who is the furniture for?")
    anna.sees_nothing()


async def test_an_update_with_a_lower_number_after_a_gap_is_handled(house: House, anna: Guest) -> None:
    await anna.starts()
    anna.skims()
    await house.later(days=8)  # after a quiet week Telegram numbers updates anew
    anna.skims()
    house.emulator._world.updates._next_id = 7
    await anna.taps("For a company")
    anna.sees_change("✓ For a company")
    anna.sees("What do you need?")
    house.emulator._world.updates._next_id = 3
    await anna.taps("☐ Desks")
    anna.sees_change("What do you need?")
    await anna.taps("✔️ Done (1)")
    anna.sees_change("✓ Desks")
    anna.sees("How many places")


async def test_what_came_while_the_bot_was_off_is_answered_in_order(house: House, anna: Guest) -> None:
    await anna.goes_through(FURNITURE_WARM, until="places")
    await house.closes()
    anna.person.says("12")
    anna.person.says("This month")
    await house.restarts_after(minutes=1)
    anna.sees_change("How many places", "✓ 12")
    anna.sees("When do you need it?")
    anna.sees_change("✓ This month")
    anna.sees("What is your budget")
