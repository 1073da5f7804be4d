"""Caps: so many leads a week, the others wait visibly, and places go to those who have waited longest."""

from __future__ import annotations

from bot.texts import plain
from tests.scenarios import kept
from tests.scenarios.office import Office, leaves_a_phone, office
from tests.scenarios.over_http import ADA, MAX, VERA, Guest, House

__all__ = ["office"]
TAKE_BACK = plain("en", "privacy.take_back.contact")
CAP = {"hot": {"cap": {"leads": 1, "per": "week"}}}


def _skim(house: House, *numbers: int) -> None:
    for number in numbers:
        house.guests[number].skims()


async def _prospects(house: House, *names: str) -> list[Guest]:
    return [
        await leaves_a_phone(house, 7_000_000_001 + place, name, phone=f"+38067111110{place}")
        for place, name in enumerate(names)
    ]


async def test_whoever_comes_after_the_last_place_waits_and_is_told_so_honestly(office: Office) -> None:
    async with office(routing=CAP) as house:
        (anna,) = await _prospects(house, "Anna")
        assert "A manager will contact you within 5 minutes" in anna.skims()[-1].text
        house.guests[MAX].sees("Hot lead", "Anna")
        _skim(house, VERA)

        boris = await leaves_a_phone(house, 7_000_000_002, "Boris", phone="+380671111102")
        said = boris.skims()[-1].text
        assert "every place is taken for now" in said
        assert "from March 9, 2026 on" in said
        assert "within" not in said
        house.guests[MAX].sees_nothing()
        house.guests[ADA].sees(
            "Hot lead #2 waits: this week’s places for “A small quiz” are taken (1 place)",
            "Mon, 9 Mar, 00:00",
            "Waiting now: 1",
            buttons=["✋ Hand it off now"],
        )
        assert (await kept.lead(house, 2)).waiting_since == house.clock.now()
        assert await kept.stages(house, 2) == ["lead", "mql"]
        await house.later(minutes=4)
        boris.sees_nothing()

        await house.guests[MAX].says("/queue")
        house.guests[MAX].sees("Nobody’s yet: 1", "#1", "Anna", buttons=["#1"])
        house.guests[MAX].sees("Waiting for a place: 1", "#2", "Boris", "waiting for 4 minutes", buttons=[])


async def test_the_next_periods_places_go_to_those_who_have_waited_longest(office: Office) -> None:
    async with office(routing=CAP) as house:
        people = await _prospects(house, "Anna", "Boris", "Vlad", "Olha")
        await house.guests[MAX].taps("✋ Take")
        _skim(house, *house.guests)
        assert "from March 16, 2026 on" in people[2].person.messages[-1].text
        await house.later(days=6, hours=11, minutes=59)  # Monday noon to Sunday, 23:59 in Kyiv
        _skim(house, ADA)
        house.guests[MAX].sees_nothing()

        await house.later(minutes=1)
        house.guests[MAX].sees("Hot lead", "#2", "Boris", buttons=["✋ Take"])
        house.guests[MAX].sees_nothing()
        late = await leaves_a_phone(house, 7_000_000_009, "Ihor", phone="+380671111109")
        assert "every place is taken" in late.skims()[-1].text  # somebody new passes nobody
        await house.guests[MAX].taps("✋ Take")
        _skim(house, *house.guests)
        await house.later(days=7)
        house.guests[MAX].sees("Hot lead", "#3", "Vlad")
        await house.guests[MAX].taps("✋ Take")
        await house.later(days=14)
        await house.guests[MAX].taps("✋ Take")
        await house.later(days=14)
        taken = [line.text for line in house.guests[MAX].skims() if "Olha" in line.text or "Ihor" in line.text]
        assert "Olha" in taken[0]
        assert "Ihor" in taken[-1]
        _skim(house, *house.guests)
        async with house.view() as view:
            assert await view.places.waiting() == []


async def test_a_waiting_lead_gets_its_place_after_an_outage_and_once(office: Office) -> None:
    async with office(routing=CAP) as house:
        await _prospects(house, "Anna", "Boris")
        await house.guests[MAX].taps("✋ Take")
        _skim(house, *house.guests)
        await house.closes()
        await house.restarts_after(days=10)
        house.guests[ADA].sees("I was away")
        house.guests[MAX].sees("Hot lead", "#2")
        house.guests[VERA].sees("Hot lead", "#2")
        await house.restarts()
        house.guests[MAX].sees_nothing()


async def test_an_admin_can_hand_a_waiting_lead_off_all_the_same_and_once(office: Office) -> None:
    async with office(routing=CAP) as house:
        await _prospects(house, "Anna", "Boris")
        ada, max_ = house.guests[ADA], house.guests[MAX]
        data = ada.button_data("✋ Hand it off now")
        _skim(house, *house.guests)

        await max_.taps_data(data)
        max_.is_told("Only admins can do this")
        max_.sees_nothing()

        await ada.taps("✋ Hand it off now")
        ada.is_told("Handed off")
        ada.sees_change("Lead #2 no longer waits", buttons=[])
        max_.sees("Hot lead", "#2", "Boris")
        house.guests[VERA].sees("Hot lead", "#2", "Boris")
        await ada.taps_data(data)
        ada.is_told("It no longer waits")
        _skim(house, ADA)
        max_.sees_nothing()


async def test_with_another_team_named_nobody_waits(office: Office) -> None:
    routing = {"hot": {"cap": {"leads": 1, "per": "day", "then": "partners"}}}
    async with office(routing=routing) as house:
        _, boris = await _prospects(house, "Anna", "Boris")
        assert "A manager will contact you within 5 minutes" in boris.skims()[-1].text
        assert await kept.rows(house, "SELECT lead_id, team FROM hand_offs") == [(1, "sales"), (2, "partners")]
        assert (await kept.lead(house, 2)).waiting_since is None
        _skim(house, *house.guests)


async def test_a_lead_takes_a_place_once_however_often_it_comes_back(office: Office) -> None:
    async with office(routing=CAP) as house:
        (anna,) = await _prospects(house, "Anna")
        await house.guests[MAX].taps("✋ Take")
        await house.guests[MAX].taps("⏳ Not now")
        _skim(house, *house.guests)
        await house.later(days=7)
        await leaves_a_phone(house)
        assert "within 5 minutes" in anna.skims()[-1].text
        house.guests[MAX].sees("Hot lead", "#1")
        (boris,) = [await leaves_a_phone(house, 7_000_000_002, "Boris", phone="+380671111102")]
        assert "within 5 minutes" in boris.skims()[-1].text
        house.guests[MAX].sees("Hot lead", "#2")
        _skim(house, *house.guests)


async def test_whoever_takes_the_consent_back_waits_no_more(office: Office) -> None:
    async with office(routing=CAP) as house:
        _, boris = await _prospects(house, "Anna", "Boris")
        await house.guests[MAX].taps("✋ Take")
        _skim(house, *house.guests)
        await boris.says("/privacy")
        await boris.taps(TAKE_BACK)
        _skim(house, *house.guests)
        await house.later(days=8)
        house.guests[MAX].sees_nothing()
        assert (await kept.lead(house, 2)).waiting_since is None
