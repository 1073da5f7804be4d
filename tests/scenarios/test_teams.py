"""A team: who is offered a lead and in which order, and that no lead is ever nobody's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.members import Role
from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import ADA, ANNA, BORIS, MAX, VERA, House
from tests.scenarios.quick import quick_quiz
from tests.scenarios.stories import HOT_LEAD
from tests.scenarios.teams import HANNA, OLHA, hires, of, office, opens_claim, sales

__all__ = ["office", "sales"]

# One, the next, the team, the head ---------------------------------------------------------------------------


async def test_a_lead_goes_to_one_then_the_next_then_the_head_and_whoever_takes_it_has_it(sales: House) -> None:
    max_, vera, olha, hanna, ada = of(sales, MAX, VERA, OLHA, HANNA, ADA)
    anna = sales.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    max_.sees("Hot lead", "To be taken by 12:05", buttons=["✋ Take"])
    vera.sees_nothing()

    await sales.later(minutes=5)
    max_.sees_change("Vera is being asked now. You can still take it", buttons=["✋ Take"])
    vera.sees("Hot lead", "Nobody has taken it yet")
    anna.sees("it takes us longer than we promised")
    ada.sees_nothing()  # there is a next one to ask

    await sales.later(minutes=5)
    max_.sees_change("Olha is being asked now")
    vera.sees_change("Olha is being asked now")
    olha.sees("Hot lead")
    hanna.sees_nothing()

    await sales.later(minutes=5)  # `head_after`
    for manager in (max_, vera, olha):
        manager.skims_changes()
        manager.sees("Nobody has taken it yet", "15 minutes")
    hanna.sees("Hot lead", "15 minutes", buttons=["✋ Take"])
    ada.sees("Nobody has taken hot lead #1")

    await max_.taps("✋ Take")
    max_.is_told("It’s yours")
    anna.sees("Max has your answers now")
    ada.sees("Max took it after 15 minutes")
    for person in (max_, vera, olha, hanna):
        person.skims()
        assert person is max_ or not any("Take" in label for label in person.labels_on_screen())


async def test_leads_are_offered_in_turns(sales: House) -> None:
    for number, manager in enumerate((MAX, VERA, OLHA, MAX)):
        guest = sales.guest(ANNA + number, f"Guest{number}", phone=f"+38067123456{number}")
        await guest.goes_through(HOT_LEAD)
        sales.guests[manager].sees("Hot lead", f"Guest{number}")
        await sales.later(seconds=1)


async def test_who_steps_out_gives_the_offer_to_the_next_at_once(sales: House) -> None:
    max_, vera = of(sales, MAX, VERA)
    anna = sales.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    max_.sees("Hot lead")
    await sales.later(minutes=1)
    await max_.says("/away")
    max_.sees("How long will you be away?")
    await max_.taps("Until tomorrow morning")
    max_.sees_change("Vera is being asked now")
    max_.sees_change("You are away, back tomorrow at 09:00", buttons=["☀️ I’m back"])
    vera.sees("Hot lead", "To be taken by 12:06")
    boris = sales.guest(BORIS, "Boris")
    await boris.goes_through(HOT_LEAD)
    sales.guests[OLHA].sees("Hot lead", "Boris")
    await max_.taps("☀️ I’m back")
    max_.sees_change("Welcome back!", buttons=[])


async def test_who_blocks_the_bot_is_noticed_at_once_and_the_lead_goes_on(sales: House) -> None:
    max_, vera, ada = of(sales, MAX, VERA, ADA)
    anna = sales.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    max_.sees("Hot lead")
    await max_.does("blocks the bot", lambda person: person.blocks())
    ada.sees("Max")
    vera.sees("Hot lead", "To be taken by 12:05")
    boris = sales.guest(BORIS, "Boris")
    await boris.goes_through(HOT_LEAD)  # Max is passed over
    sales.guests[OLHA].sees("Hot lead", "Boris")
    await ada.says("/team")
    ada.sees("Max · manager · sales\n⚠️ cannot be reached")
    await max_.does("lets the bot in again", lambda person: person.unblocks())
    await max_.starts()
    max_.skims()
    await ada.says("/team")
    ada.sees("Max · manager · sales\n🟢 here")


async def test_who_never_started_the_bot_is_noticed_with_the_first_lead(office: House) -> None:
    (ada,) = of(office, ADA)
    await hires(office, MAX, "Max", started=False)
    vera = await hires(office, VERA, "Vera")
    anna = office.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    vera.sees("Hot lead", "To be taken by 12:05")
    ada.sees("Max")
    assert await kept.rows(office, "SELECT offered_to FROM hand_offs") == [(VERA,)]


# Working hours -------------------------------------------------------------------------------------------------


async def keeps_hours(sales: House) -> None:
    for manager in of(sales, MAX, VERA, OLHA, HANNA):
        await manager.says("/hours mon-fri 9-18")
        manager.sees("Noted", "Mon–Fri 09:00–18:00 · Europe/Kyiv")


async def test_at_night_a_prospect_hears_when_somebody_answers_and_the_oldest_is_offered_first(
    sales: House,
) -> None:
    await keeps_hours(sales)
    max_, vera = of(sales, MAX, VERA)
    await sales.later(hours=8)  # it is eight in the evening
    anna, boris = sales.guest(ANNA, "Anna"), sales.guest(BORIS, "Boris", language="uk")
    for guest in (anna, boris):
        await guest.goes_through(HOT_LEAD, guest.person.language or "en")
        await sales.later(minutes=10)
    assert "after hours here just now. A manager will answer you tomorrow at 09:00" in anna.chat.transcript()
    assert "Менеджер відповість вам завтра о 09:00" in boris.chat.transcript()
    assert "longer than we promised" not in anna.chat.transcript()
    for manager in (max_, vera):
        manager.sees_nothing()
    await sales.later(hours=12, minutes=40)  # nine in the morning
    max_.sees("Hot lead", "Anna", "To be taken by 09:05")
    vera.sees("Hot lead", "Boris", "To be taken by 09:05")


async def test_a_weekend_and_a_holiday_are_no_working_time(sales: House) -> None:
    await keeps_hours(sales)
    (ada,) = of(sales, ADA)
    await ada.says("/holidays 09.03")
    ada.sees("Nobody works on: 9 March 2026")
    await sales.later(days=4, hours=7)  # Friday, seven in the evening
    anna = sales.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    assert "A manager will answer you on Tuesday at 09:00" in anna.chat.transcript()
    await sales.later(days=2, hours=14)  # Monday, nine in the morning
    sales.guests[MAX].sees_nothing()
    await sales.later(days=1)
    sales.guests[MAX].sees("Hot lead")


async def test_a_wait_that_begins_in_the_evening_goes_on_in_the_morning(sales: House) -> None:
    await keeps_hours(sales)
    max_, vera = of(sales, MAX, VERA)
    await sales.later(hours=5, minutes=58)
    anna = sales.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    max_.sees("To be taken by 09:03")
    await sales.later(hours=14)
    vera.sees_nothing()
    await sales.later(hours=1, minutes=5)
    max_.skims_changes()
    vera.sees("Hot lead")
    anna.skims()


async def test_when_everybody_is_away_the_head_of_the_house_hears_it_at_once(sales: House) -> None:
    for manager in of(sales, MAX, VERA, OLHA, HANNA):
        await manager.says("/away")
        await manager.taps("I don’t know yet")
        manager.skims()
    ada, hanna = of(sales, ADA, HANNA)
    anna = sales.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    hanna.sees("Hot lead")
    ada.sees("nobody on the team is around")
    for manager in of(sales, MAX, VERA, OLHA):
        manager.sees("Hot lead")


async def test_hours_and_days_that_cannot_be_read_change_nothing(sales: House) -> None:
    (max_,) = of(sales, MAX)
    for typed, said in (
        ("/hours whenever", "I do not understand these hours"),
        ("/holidays soon", "I do not understand these days"),
        ("/away later", "I do not understand this"),
        ("/skills " + "x " * 20, "too much for me"),
    ):
        await max_.says(typed)
        max_.sees(said)
    await max_.says("/hours")
    max_.sees("Leads come to you: at any time")
    await max_.says("/holidays")
    max_.sees("You have no days off here")
    await max_.says("/holidays 25.12, 31.12-02.01")
    max_.sees("Your days off: 25 December 2026, 31 December 2026 – 2 January 2027")
    await max_.says("/hours mon-fri 9-18")
    max_.skims()
    await max_.says("/holidays")
    max_.sees("25 December 2026")  # hours and days off do not replace each other
    await max_.says("/holidays clear")
    max_.sees("You have no days off here")
    await max_.says("/skills UK, kitchens")
    max_.sees("You are asked first about: kitchens, uk")


# The team's page ---------------------------------------------------------------------------------------------


async def test_the_team_is_a_list_with_everybodys_state_and_leads(sales: House) -> None:
    (ada,) = of(sales, ADA)
    anna = sales.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    sales.guests[MAX].skims()
    await ada.says("/team")
    ada.sees(
        "Who works here",
        "Ada · admin\n🟢 here · 0 open leads",
        "Max · manager · sales\n🟢 here · 1 open lead",
        "Hanna ⭐ · manager · sales",
        buttons=["Ada", "Max", "Vera", "Olha", "Hanna", "➕ Invite", "📣 Leads in a group"],
    )
    await ada.taps("Max")
    ada.sees_change("Max", "Hours: at any time")
    await ada.taps("📦 How many leads")
    ada.sees_change("Max: how many open leads")
    await ada.taps("3")
    ada.is_told("Noted")
    ada.sees_change("At most: 3 open leads")
    await ada.taps("⭐ Make head of the team")
    ada.is_told("Noted")
    ada.sees_change("Max ⭐")
    await ada.taps("👥 Team")
    ada.sees_change("which team?", buttons=["sales", "No team", "← Back"])


async def test_the_leads_of_who_leaves_are_offered_anew_and_never_dropped(sales: House) -> None:
    max_, vera, olha, ada = of(sales, MAX, VERA, OLHA, ADA)
    anna, boris = sales.guest(ANNA, "Anna"), sales.guest(BORIS, "Boris")
    await anna.goes_through(HOT_LEAD)
    await max_.taps("✋ Take")
    vera.sees_nothing()
    await sales.later(hours=2)
    for _ in range(3):  # until it is Max's turn again
        await boris.goes_through(HOT_LEAD)
        break
    vera.sees("Boris")
    for person in (max_, ada, anna):
        person.skims()
    await ada.says("/team")
    ada.skims()
    await ada.taps("Max")
    await ada.taps("🚪 Remove from the team")
    await ada.taps("Yes, remove")
    ada.skims()
    max_.sees_change("This lead is with the team now", buttons=[])
    max_.sees("You do not work here any more")
    olha.sees("Hot lead", "Anna", "To be taken by 14:05")
    await olha.taps("✋ Take")
    olha.skims()
    ada.skims()
    anna.sees("Olha has your answers now")
    await max_.taps_data("h:1:take:")
    max_.is_told("Only managers can do this")
    for person in (max_, vera):
        person.skims()
    assert await kept.rows(sales, "SELECT taken_by FROM hand_offs ORDER BY id") == [(OLHA,), (None,)]


async def test_nobody_changes_the_own_role_an_owners_or_one_from_the_settings(sales: House) -> None:
    await hires(sales, 77, "Olena", Role.OWNER, "")
    hanna = sales.guests[HANNA]
    async with sales.app.workshop.work() as work:
        await work.unit.members.become(HANNA, Role.ADMIN)
    for number in (77, ADA, HANNA):
        for action in ("role", "remove"):
            await hanna.taps_data(f"g:{action}:{number:x}:{'viewer' if action == 'role' else 'yes'}")
            hanna.is_told("You can’t change this here")
    async with sales.view() as view:
        roles = {each.telegram_id: each.role for each in await view.members.all()}
    assert (roles[77], roles[HANNA]) == (Role.OWNER, Role.ADMIN)


async def test_a_viewer_takes_no_lead(sales: House) -> None:
    eve = await hires(sales, 66, "Eve", Role.VIEWER, "sales")
    anna = sales.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    sales.guests[MAX].skims()
    eve.sees_nothing()
    await eve.taps_data("h:1:take:")
    eve.is_told("Only managers can do this")
    assert await kept.rows(sales, "SELECT taken_by FROM hand_offs") == [(None,)]


# Races ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["tap", "timer"])
async def test_a_tap_at_the_very_moment_the_time_is_over_gives_the_lead_one_owner(
    sales: House, first: str
) -> None:
    max_, vera = of(sales, MAX, VERA)
    anna = sales.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    sales.clock.move(timedelta(minutes=4, seconds=59))
    if first == "tap":
        max_.person.taps("✋ Take")
    sales.clock.move(timedelta(seconds=1))
    if first == "timer":
        max_.person.taps("✋ Take")
    await sales.quiet()
    assert await kept.rows(sales, "SELECT taken_by, due_at FROM hand_offs") == [(MAX, None)]
    await sales.later(days=1)
    assert not any("Take" in label for label in vera.labels_on_screen())
    for person in (anna, *of(sales, MAX, VERA, ADA)):
        person.skims()


async def test_while_a_manager_writes_to_the_lead_no_timer_fires(sales: House) -> None:
    anna = sales.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    sales.guests[MAX].skims()
    await sales.guests[MAX].taps("✋ Take")
    await sales.later(minutes=3)
    await sales.guests[MAX].replies("Hot lead", "Hello Anna")
    assert await kept.rows(sales, "SELECT worked_seconds FROM hand_offs") == [(180,)]
    for number in (MAX, ADA):
        sales.guests[number].skims()
    anna.skims()
    await sales.later(hours=1)
    for number in (MAX, VERA, ADA):
        sales.guests[number].sees_nothing()


async def test_a_lead_is_passed_on_within_the_team_and_goes_on_to_the_next(sales: House) -> None:
    max_, vera, olha = of(sales, MAX, VERA, OLHA)
    anna = sales.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    await max_.taps("✋ Take")
    await olha.says("/away")
    await olha.taps("Until tomorrow morning")
    await max_.taps("⋯ More")
    for guest in sales.guests.values():
        guest.skims()
    await max_.taps("🔁 Pass on")
    max_.is_told("To whom?")
    labels = ["Vera", "Olha · away", "Hanna", "← Back"]
    max_.sees_change("Hot lead", buttons=labels)
    await max_.taps("Vera")
    max_.is_told("Noted")
    max_.sees_change("Passed on to Vera", buttons=[])
    vera.sees("Hot lead", "Offered to you alone", "To be taken by 12:05", buttons=["✋ Take"])
    sales.guests[ADA].sees("Max passed it on to Vera")
    await olha.taps_data("h:1:take:")
    olha.is_told("on its way to Vera")
    await sales.later(minutes=5)
    vera.sees_change("is being asked now. You can still take it", buttons=["✋ Take"])
    await vera.taps("✋ Take")
    vera.is_told("It’s yours")
    for guest in sales.guests.values():
        guest.skims()
    assert await kept.rows(sales, "SELECT phase, taken_by, offered_to FROM hand_offs") == [("taken", VERA, None)]


async def test_an_owner_who_is_alone_gets_the_leads(opening: Opening) -> None:
    async with opening(quiz=(str(quick_quiz()),)) as house:
        code = await opens_claim(house)
        olha, anna = house.guest(OLHA, "Olha"), house.guest(ANNA, "Anna")
        await olha.starts(f"claim_{code}")
        olha.skims()
        await anna.goes_through(HOT_LEAD)
        olha.sees("Hot lead", "To be taken by 12:05")
        await olha.taps("✋ Take")
        olha.is_told("It’s yours")
        olha.skims()
        anna.sees("Olha has your answers now")
