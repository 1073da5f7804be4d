"""Staff that cannot be reached: no lead stays with them, whether they blocked the bot or never pressed Start."""

from __future__ import annotations

import pytest

from storage.members import Role
from tests.scenarios import kept
from tests.scenarios.office import LETTERS, Office, leaves_a_phone
from tests.scenarios.office import office as small_office
from tests.scenarios.over_http import ADA, ANNA, MAX, VERA, Guest, House
from tests.scenarios.small import AGREE, PHONE
from tests.scenarios.stories import HOT_LEAD
from tests.scenarios.teams import HANNA, OLHA, hires, office, sales

__all__ = ["office", "sales", "small_office"]

OWNERS = "SELECT phase, taken_by, offered_to, due_at IS NULL FROM hand_offs ORDER BY id"


def all_skim(house: House) -> None:
    for guest in house.guests.values():
        guest.skims()


async def blocks(guest: Guest) -> None:
    await guest.does("blocks the bot", lambda person: person.blocks())


async def takes_a_lead(house: House, number: int = MAX) -> tuple[Guest, Guest]:
    """Let Anna become hot, and somebody take her."""
    anna, manager = house.guest(ANNA, "Anna"), house.guests[number]
    await anna.goes_through(HOT_LEAD)
    await manager.taps("✋ Take")
    all_skim(house)
    return anna, manager


async def test_a_lead_that_was_taken_and_not_contacted_is_offered_anew_when_its_owner_blocks_the_bot(
    sales: House,
) -> None:
    anna, max_ = await takes_a_lead(sales)
    await sales.later(minutes=2)
    await blocks(max_)
    sales.guests[ADA].sees("Max cannot get cards of hot leads")
    sales.guests[VERA].sees("Hot lead", "Anna", "To be taken by 12:07", buttons=["✋ Take"])
    assert await kept.rows(sales, OWNERS) == [("offered", None, VERA, 0)]
    await sales.later(minutes=5)
    sales.guests[OLHA].sees("Hot lead", "Anna")  # all its waits have begun again
    await sales.guests[OLHA].taps("✋ Take")
    sales.guests[OLHA].is_told("It’s yours")
    assert "Olha has your answers now" in [line.text for line in anna.skims()][-1]
    all_skim(sales)


async def test_a_lead_that_is_in_contact_with_who_blocks_the_bot_is_the_heads_to_pass_on(sales: House) -> None:
    _, max_ = await takes_a_lead(sales)
    await max_.taps("📞 Contacted")
    all_skim(sales)
    await blocks(max_)
    hanna, vera = sales.guests[HANNA], sales.guests[VERA]
    sales.guests[ADA].sees("Max cannot get cards of hot leads")
    hanna.sees("Max cannot be reached, and has lead #1")
    hanna.sees("Hot lead", "Anna", "Taken by Max", buttons=["🔁 Pass on"])
    vera.sees_nothing()  # they know each other: nobody else is pushed in between
    await hanna.taps("🔁 Pass on")
    hanna.is_told("To whom?")
    hanna.sees_change("Hot lead", buttons=["Vera", "Olha", "Hanna", "← Back"])
    await hanna.taps("Vera")
    vera.sees("Hot lead", "Offered to you alone", buttons=["✋ Take"])
    assert await kept.rows(sales, OWNERS) == [("offered", None, VERA, 0)]
    all_skim(sales)


async def test_what_a_prospect_writes_to_who_is_out_of_reach_is_read_by_the_head(sales: House) -> None:
    anna, max_ = await takes_a_lead(sales)
    await max_.replies("Hot lead", "Hello Anna")
    await blocks(max_)
    all_skim(sales)
    await anna.says("Are you there?")
    sales.guests[HANNA].sees_under("Hot lead", "Are you there?")
    for number in (VERA, OLHA, ADA):
        sales.guests[number].sees_nothing()


async def test_a_head_who_blocks_the_bot_leaves_what_they_had_to_the_admins(sales: House) -> None:
    async with sales.work() as work:
        await work.unit.members.limit(HANNA, None)
        for number in (MAX, VERA, OLHA):
            await work.unit.members.away(number, work.now, None)
    _, hanna = await takes_a_lead(sales, HANNA)
    await hanna.taps("📞 Contacted")
    all_skim(sales)
    await blocks(hanna)
    ada = sales.guests[ADA]
    ada.sees("Hanna cannot get cards of hot leads")
    ada.sees("Hanna cannot be reached, and has lead #1")
    ada.sees("Hot lead", buttons=["🔁 Pass on"])


async def test_a_lead_that_is_passed_on_to_who_never_pressed_start_goes_on_at_once(sales: House) -> None:
    _, max_ = await takes_a_lead(sales)
    await hires(sales, 77, "Petro", started=False)
    for label in ("⋯ More", "🔁 Pass on", "Petro"):
        await max_.taps(label)
    sales.guests[VERA].sees("Hot lead", buttons=["✋ Take"])
    assert "Petro cannot get cards" in "\n".join(line.text for line in sales.guests[ADA].skims())
    assert await kept.rows(sales, OWNERS) == [("offered", None, VERA, 0)]
    all_skim(sales)


@pytest.mark.parametrize("started", [True, False])
async def test_where_nobody_of_a_team_can_be_reached_the_admins_hear_of_the_lead_at_once(
    office: House, *, started: bool
) -> None:
    ada = office.guests[ADA]
    for number, name in ((MAX, "Max"), (VERA, "Vera")):
        guest = await hires(office, number, name, started=started)
        if started:
            await blocks(guest)
    await office.guest(ANNA, "Anna").goes_through(HOT_LEAD)
    said = "\n".join(line.text for line in ada.skims())
    for name in ("Max", "Vera"):
        assert said.count(f"{name} cannot get cards of hot leads") == 1
    assert "nobody on the team is around" in said
    assert ada.was_offered("✋ Take")
    for _ in range(3):  # and they hear of it again, until somebody takes it
        await office.later(hours=1)
        assert "Nobody has taken hot lead #1" in "\n".join(line.text for line in ada.skims())
    await ada.taps("✋ Take")
    ada.is_told("It’s yours")
    assert (await kept.rows(office, OWNERS))[0][:2] == ("taken", ADA)
    all_skim(office)


async def test_a_head_who_never_pressed_start_keeps_no_lead_from_its_alarm(office: House) -> None:
    vera = await hires(office, VERA, "Vera")
    await hires(office, HANNA, "Hanna", Role.MANAGER, started=False)
    async with office.work() as work:
        await work.unit.members.head(HANNA, is_head=True)
        await work.unit.members.limit(HANNA, 0)
    await office.guest(ANNA, "Anna").goes_through(HOT_LEAD)
    vera.sees("Hot lead")
    await office.later(minutes=15)
    said = "\n".join(line.text for line in office.guests[ADA].skims())
    assert "Nobody has taken hot lead #1" in said
    assert "Hanna cannot get cards of hot leads" in said
    all_skim(office)


async def test_a_frozen_lead_comes_back_to_the_team_when_its_owner_is_out_of_reach(small_office: Office) -> None:
    async with small_office(AGREE, PHONE, LETTERS) as house:
        max_, vera = house.guests[MAX], house.guests[VERA]
        anna = await leaves_a_phone(house)
        await anna.taps("✅ I agree")
        for label in ("✋ Take", "⋯ More", "❄️ Freeze", "For a month"):
            await max_.taps(label)
        await blocks(max_)
        all_skim(house)
        await house.later(days=32)
        vera.sees("Hot lead", buttons=["✋ Take"])
        assert (await kept.rows(house, OWNERS))[-1][:2] == ("offered", None)
        all_skim(house)
