"""A team's group sees its hot leads: one message each, taken by one, and with nobody's name in it."""

from __future__ import annotations

import pytest

from bot.demo.emulator import ConnectionDropAfter, Refusal
from storage.members import Role
from tests.scenarios import kept
from tests.scenarios.actor import PHONE
from tests.scenarios.over_http import ADA, ANNA, BORIS, MAX, VERA, Guest, House
from tests.scenarios.rooms import GROUP, NAME, SUPERGROUP, Room
from tests.scenarios.stories import HOT_LEAD
from tests.scenarios.teams import HANNA, OLHA, hires, office, sales

__all__ = ["office", "sales"]
EVE = 66
TAKEN = ["📞 Contacted", "🏆 Won", "⏳ Not now", "✖️ Lost", "⋯ More"]


@pytest.fixture
async def room(sales: House) -> Room:
    """The sales team's group: the admin, three managers, the head, and Eve, who works elsewhere."""
    eve = sales.guest(EVE, "Eve")
    found = Room(sales, GROUP, *of(sales, ADA, MAX, VERA, OLHA, HANNA), eve)
    await found.hears(sales.guests[ADA], "/team_here")
    found.sees("this group sees the hot leads of sales")
    return found


def of(house: House, *numbers: int) -> list[Guest]:
    return [house.guests[number] for number in numbers]


async def a_hot_lead(house: House, number: int = ANNA, name: str = "Anna", **more: str) -> Guest:
    guest = house.guest(number, name, username=name.lower(), **more)
    await guest.goes_through(HOT_LEAD)
    return guest


async def kept_of_eve(house: House) -> bool:
    """Tell whether anything is kept of who only stood by."""
    async with house.view() as view:
        known = await view.prospects.by_telegram_id(EVE)
    chats = await kept.rows(house, "SELECT chat_id FROM outbox")
    return known is not None or (EVE,) in chats


# Who may bring it ----------------------------------------------------------------------------------------------


async def test_an_admin_who_brings_the_bot_into_a_group_is_asked_whose_leads_it_shall_see(sales: House) -> None:
    ada, max_ = of(sales, ADA, MAX)
    room = Room(sales, GROUP, ada, max_)
    room.group.adds_bot(ada.person)
    await sales.quiet()
    room.sees("Shall this group see hot leads?", "Names and contacts are never shown", buttons=["✅ sales"])
    await room.tapped_by(max_, "✅ sales")
    max_.is_told("Only an owner, an admin or the head of a team")
    await room.tapped_by(ada, "✅ sales")
    ada.is_told("Noted")
    room.sees_change("From now on this group sees the hot leads of sales", buttons=[])
    await ada.says("/team")
    page = ada.sees("Who works here", "📣 Sales floor sees the hot leads of sales")
    assert {"📣 Sales floor", "📣 Leads in a group"} <= set(page.labels)


async def test_a_manager_or_a_stranger_or_somebody_without_a_face_brings_no_group(sales: House) -> None:
    (max_,), eve = of(sales, MAX), sales.guest(EVE, "Eve")
    room = Room(sales, GROUP, max_, eve)
    await room.hears(max_, "/team_here")
    room.sees("Only an owner, an admin or the head of a team", "anonymously")
    await room.hears(eve, f"/team_here@{NAME} sales")  # said a moment ago
    room.group.says_anonymously("/team_here")
    await sales.later(minutes=2)
    await room.hears(eve, f"/start@{NAME} here")
    room.sees("Only an owner, an admin or the head of a team")
    assert await kept.rows(sales, "SELECT count(*) FROM team_groups") == [(0,)]
    assert not await kept_of_eve(sales)


async def test_a_head_brings_a_group_for_their_own_team_only(sales: House) -> None:
    await hires(sales, 70, "Petro", Role.MANAGER, "kitchens")
    (hanna,) = of(sales, HANNA)
    room = Room(sales, GROUP, hanna)
    await room.hears(hanna, "/team_here kitchens")
    room.sees("Whose leads?", buttons=["✅ sales"])
    await room.hears(hanna, f"/start@{NAME} here")
    room.sees("sees the hot leads of sales")


async def test_where_there_are_several_teams_an_admin_names_one(sales: House) -> None:
    await hires(sales, 70, "Petro", Role.MANAGER, "kitchens")
    (ada,) = of(sales, ADA)
    room = Room(sales, GROUP, ada)
    await room.hears(ada, "/team_here")
    room.sees("Whose leads?", buttons=["✅ sales", "✅ kitchens"])
    await room.hears(ada, "/team_here Kitchens")
    room.sees("sees the hot leads of kitchens")
    await a_hot_lead(sales)  # of sales
    room.sees_nothing()
    for guest in of(sales, MAX, 70):
        guest.skims()


async def test_an_admin_takes_a_group_off_again_and_its_open_leads_go(sales: House, room: Room) -> None:
    await a_hot_lead(sales)
    room.sees("Hot lead")
    (ada, max_) = of(sales, ADA, MAX)
    max_.skims()
    await ada.says("/team")
    ada.skims()
    await ada.taps("📣 Sales floor")
    ada.sees_change("Sales floor sees the hot leads of sales", buttons=["🔕 No more leads there", "← Everybody"])
    await max_.taps_data(ada.button_data("🔕 No more leads there"))
    max_.is_told("no longer works")
    await ada.taps("🔕 No more leads there")
    ada.is_told("No more leads come there")
    ada.sees_change("Who works here")
    room.sees_change("This lead is with the team now", buttons=[])
    room.sees("No more hot leads come here")
    await sales.later(minutes=15)
    room.sees_nothing()
    for guest in of(sales, ANNA, MAX, VERA, OLHA, HANNA, ADA):
        guest.skims()


# The post ------------------------------------------------------------------------------------------------------


async def test_a_group_sees_a_lead_without_name_or_contact_and_whoever_takes_it_gets_all_in_private(
    sales: House, room: Room
) -> None:
    max_, vera, ada = of(sales, MAX, VERA, ADA)
    anna = await a_hot_lead(sales)
    max_.skims()
    room.sees("Hot lead · 90 points · #1", "For a company", "Offered to Max for now", buttons=["✋ Take"])
    await room.tapped_by(vera, "✋ Take")
    vera.is_told("This lead is on its way to Max")
    await sales.later(minutes=5)  # Vera's turn
    room.sees_change("Offered to Vera for now")
    vera.skims()
    await room.tapped_by(vera, "✋ Take")
    vera.is_told("It’s yours")
    room.sees_change("Taken by Vera after 5 minutes", buttons=["📞 Contacted"])
    vera.sees_change("Yours. Taken", PHONE)
    anna.skims()
    ada.skims()
    max_.skims()
    said = "\n".join(line.text for line in room.chat.lines)
    assert not any(secret in said for secret in ("Anna", "@anna", PHONE, PHONE[-9:]))
    assert len(room.posts) == 2  # with the welcome


async def test_who_takes_a_lead_in_the_group_and_had_no_card_gets_one(sales: House, room: Room) -> None:
    hanna, max_ = of(sales, HANNA, MAX)
    await a_hot_lead(sales)
    max_.skims()
    await sales.later(minutes=15)  # everybody has it
    room.skims()
    olha = await hires(sales, 71, "Petro")  # who came just now has no card of it
    room.group.members.append(olha.person)
    await room.tapped_by(olha, "✋ Take")
    olha.is_told("It’s yours")
    olha.sees(
        "Anna @anna", PHONE, "Yours. Taken", buttons=["📞 Contacted", "🏆 Won", "⏳ Not now", "✖️ Lost", "⋯ More"]
    )
    room.sees_change("Taken by Petro after 15 minutes")
    for guest in (hanna, *of(sales, ANNA, MAX, VERA, OLHA, ADA)):
        guest.skims()


async def test_of_two_who_tap_in_the_group_at_once_one_wins_and_the_other_is_told_who(
    sales: House, room: Room
) -> None:
    people = of(sales, MAX, VERA, OLHA)
    await a_hot_lead(sales)
    await sales.later(minutes=15)
    room.skims()
    taps = [room.group.taps(guest.person, "✋ Take") for guest in people]
    await sales.quiet()
    assert [tap.text for tap in taps] == ["It’s yours. Good luck!", "Max was first", "Max was first"]
    room.sees_change("Taken by Max")
    room.sees_nothing()
    assert (await kept.events(sales)).count("take") == 1
    for guest in of(sales, ANNA, MAX, VERA, OLHA, HANNA, ADA):
        guest.skims()


async def test_a_stranger_of_the_group_takes_nothing_and_leaves_no_trace(sales: House, room: Room) -> None:
    (eve, max_) = of(sales, EVE, MAX)
    await a_hot_lead(sales)
    room.sees("Hot lead")
    tap = await room.tapped_by(eve, "✋ Take")
    eve.is_told("Only managers can do this")
    assert tap.alert
    room.sees_nothing()
    max_.skims()
    for data in ("h:1:show:", "h:1:lost:price", "h:1:reassign:42", "g:remove:2:yes", "p:now:", "h:1:take:"):
        card = room.group.messages[-1]
        tap = sales.emulator._world.tap(room.group._chat, card, eve.person.account, data)
        await sales.quiet()
        assert tap.answered
    eve.sees_nothing()
    assert not await kept_of_eve(sales)


async def test_a_card_shows_nothing_in_private_to_a_manager_who_forges_data_in_the_group(
    sales: House, room: Room
) -> None:
    (vera, max_) = of(sales, VERA, MAX)
    await a_hot_lead(sales)
    room.skims()
    max_.skims()
    tap = sales.emulator._world.tap(room.group._chat, room.group.messages[-1], vera.person.account, "h:1:show:")
    await sales.quiet()
    assert "no longer works" in (tap.text or "")
    vera.sees_nothing()


async def test_a_manager_of_another_team_leaves_it_to_those_of_this_one(sales: House, room: Room) -> None:
    petro = await hires(sales, 70, "Petro", Role.MANAGER, "kitchens")
    room.group.members.append(petro.person)
    await a_hot_lead(sales)
    room.skims()
    await room.tapped_by(petro, "✋ Take")
    petro.is_told("This lead is for another team: sales")
    of(sales, MAX)[0].skims()


async def test_a_manager_who_never_pressed_start_is_told_to_before_the_lead_is_theirs(
    sales: House, room: Room
) -> None:
    petro = await hires(sales, 70, "Petro", started=False)
    room.group.members.append(petro.person)
    await a_hot_lead(sales)
    await sales.later(minutes=15)
    room.skims()
    await room.tapped_by(petro, "✋ Take")
    petro.is_told(f"Open @{NAME}, press Start, and tap again here")
    assert "take" not in await kept.events(sales)
    await petro.starts()
    petro.skims()
    await room.tapped_by(petro, "✋ Take")
    petro.is_told("It’s yours")
    petro.sees("Yours. Taken", PHONE)
    room.sees_change("Taken by Petro")
    for guest in of(sales, ANNA, MAX, VERA, OLHA, HANNA, ADA):
        guest.skims()


async def test_a_lead_taken_in_the_group_by_somebody_who_blocked_the_bot_is_offered_anew(
    sales: House, room: Room
) -> None:
    await a_hot_lead(sales)
    await sales.later(minutes=15)
    petro = await hires(sales, 70, "Petro")  # who has no card of it
    room.group.members.append(petro.person)
    room.skims()
    blocked = Refusal(403, "Forbidden: bot was blocked by the user")
    sales.emulator.fail(blocked, method="sendMessage", chat=70)  # the news of it are still on their way
    await room.tapped_by(petro, "✋ Take")
    petro.is_told("It’s yours")
    room.skims()
    assert await kept.rows(sales, "SELECT phase, taken_by FROM hand_offs") == [("offered", None)]
    (vera,) = of(sales, VERA)  # it is offered to her now
    await room.tapped_by(vera, "✋ Take")
    vera.is_told("It’s yours")
    room.sees_change("Taken by Vera")
    for guest in of(sales, ANNA, MAX, VERA, OLHA, HANNA, ADA, 70):
        guest.skims()


async def test_what_is_done_in_private_changes_the_post_in_place_and_only_the_owner_may_act_on_it(
    sales: House, room: Room
) -> None:
    max_, vera = of(sales, MAX, VERA)
    await a_hot_lead(sales)
    room.sees("Hot lead")
    await max_.taps("✋ Take")
    room.sees_change("Taken by Max", buttons=["📞 Contacted"])
    await room.tapped_by(vera, "📞 Contacted")
    vera.is_told("This lead is with Max")
    room.sees_nothing()
    await room.tapped_by(max_, "📞 Contacted")
    max_.is_told("It’s yours")
    max_.is_told("Noted")
    room.sees_change("Contacted after", buttons=[])
    await max_.taps("🏆 Won")
    max_.is_told("Noted")
    room.sees_change("🏆 Won", buttons=[])
    await max_.says("5000 EUR")
    room.sees_nothing()  # what was paid is no group's business
    assert len(room.posts) == 2
    for guest in of(sales, ANNA, MAX, ADA):
        guest.skims()


async def test_the_next_hot_lead_is_a_message_of_its_own(sales: House, room: Room) -> None:
    await a_hot_lead(sales)
    await a_hot_lead(sales, BORIS, "Boris")
    room.sees("Hot lead", "#1", "Offered to Max")
    room.sees("Hot lead", "#2", "Offered to Vera")
    for guest in of(sales, MAX, VERA):
        guest.skims()


async def test_at_night_a_group_sleeps_too_and_sees_the_lead_in_the_morning(sales: House, room: Room) -> None:
    for guest in of(sales, MAX, VERA, OLHA, HANNA):
        await guest.says("/hours mon-fri 9-18 Europe/Kyiv")
        guest.skims()
    await sales.later(hours=8)
    await a_hot_lead(sales)
    room.sees_nothing()
    await sales.later(hours=13, minutes=30)
    room.sees("Hot lead", "Offered to")
    for guest in of(sales, ANNA, MAX, VERA, OLHA, HANNA, ADA):
        guest.skims()


async def test_a_prospect_who_is_erased_goes_from_the_group_too(sales: House, room: Room) -> None:
    (max_,) = of(sales, MAX)
    anna = await a_hot_lead(sales)
    room.sees("Hot lead")
    await anna.says("/privacy")
    await anna.taps("🗑 Delete everything")
    await anna.taps("Yes, delete everything")
    anna.skims()
    room.sees_change("Erased at the person’s own request", buttons=[])
    max_.skims()


# What befalls a group ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [True, False], ids=["told", "found out"])
async def test_a_group_that_becomes_a_supergroup_gets_what_is_open_there_once_and_it_can_be_taken(
    sales: House, room: Room, told: bool
) -> None:
    max_, vera = of(sales, MAX, VERA)
    await a_hot_lead(sales)
    await a_hot_lead(sales, BORIS, "Boris")
    room.skims()
    await max_.taps("✋ Take")
    max_.skims()
    room.skims()
    await room.migrates(told=told)
    if not told:
        await vera.taps("✋ Take")  # the change of its post finds out
        vera.skims()
    assert sorted(text.split("#")[1][0] for text in room.posts) == ["1", "2"]
    room.skims()
    if told:
        await room.tapped_by(vera, "✋ Take")
        vera.is_told("It’s yours")
        room.sees_change("#2", "Taken by Vera")
    await max_.taps("🏆 Won")
    room.sees_change("#1", "🏆 Won")
    assert len(room.posts) == 2
    assert await kept.rows(sales, "SELECT chat_id FROM team_groups") == [(SUPERGROUP,)]
    for guest in of(sales, ANNA, BORIS, MAX, VERA, ADA):
        guest.skims()


async def test_a_new_lead_finds_a_group_that_has_moved_and_arrives_once(sales: House, room: Room) -> None:
    await room.migrates(told=False)
    await a_hot_lead(sales)
    room.sees("Hot lead", "#1", buttons=["✋ Take"])
    (max_,) = of(sales, MAX)
    await room.tapped_by(max_, "✋ Take")
    max_.is_told("It’s yours")
    room.sees_change("Taken by Max")
    for guest in of(sales, ANNA, MAX, ADA):
        guest.skims()


async def test_when_the_bot_is_thrown_out_the_admins_hear_of_it_and_leads_go_on(sales: House, room: Room) -> None:
    ada, max_ = of(sales, ADA, MAX)
    await a_hot_lead(sales)
    room.skims()
    max_.skims()
    await room.throws_the_bot_out(ada)
    ada.sees("The group Sales floor does not see the hot leads of sales any more", "the bot was removed")
    await max_.taps("✋ Take")
    ada.sees("Max took it")
    await a_hot_lead(sales, BORIS, "Boris")
    of(sales, VERA)[0].sees("Hot lead")
    room.sees_nothing()
    ada.sees_nothing()  # once is enough
    for guest in of(sales, ANNA, MAX):
        guest.skims()


@pytest.mark.parametrize(
    "refused",
    [
        Refusal(403, "Forbidden: bot is not a member of the supergroup chat"),
        Refusal(400, "Bad Request: not enough rights to send text messages to the chat"),
    ],
    ids=["not a member", "may not write"],
)
async def test_a_group_that_refuses_a_post_is_noticed_at_once(sales: House, room: Room, refused: Refusal) -> None:
    ada, max_ = of(sales, ADA, MAX)
    sales.emulator.fail(refused, chat=GROUP)
    await a_hot_lead(sales)
    ada.sees("The group Sales floor does not see the hot leads of sales any more")
    max_.sees("Hot lead")
    assert await kept.rows(sales, "SELECT count(*) FROM team_groups") == [(0,)]


async def test_a_post_of_unknown_fate_is_sent_again_and_says_so(sales: House, room: Room) -> None:
    sales.emulator.fail(ConnectionDropAfter(), method="sendMessage", chat=GROUP)
    await a_hot_lead(sales)
    room.sees("Hot lead")
    await sales.later(seconds=1)
    room.sees("Sent again", "Hot lead")
    of(sales, MAX)[0].skims()
