"""Duplicates: accounts that confirm the same phone may be one person; somebody decides, and can take it back."""

from __future__ import annotations

import pytest

from bot.texts import plain
from tests.scenarios import kept
from tests.scenarios.actor import PHONE as NUMBER
from tests.scenarios.office import Office, leaves_a_phone, office
from tests.scenarios.over_http import ADA, ANNA, BORIS, MAX, VERA, Guest, House

__all__ = ["office"]
ASKED = "Leads #2 and #1 left the same confirmed phone. Are they one person?"
BOTH = ["🔗 Merge", "Not the same"]


def _skim(house: House, *numbers: int) -> None:
    for number in numbers or house.guests:
        house.guests[number].skims()


async def _two(house: House, *, owner: int | None = MAX) -> tuple[Guest, Guest]:
    """Let Anna become a lead that somebody takes, and then Boris, with the same phone."""
    anna = await leaves_a_phone(house)
    if owner is not None:
        await house.guests[owner].taps("✋ Take")
    _skim(house)
    return anna, await leaves_a_phone(house, BORIS, "Boris", phone=NUMBER)


async def _events(house: House, name: str) -> int:
    return (await kept.events(house)).count(name)


async def test_the_manager_who_has_the_lead_is_asked_and_nobody_else(office: Office) -> None:
    async with office() as house:
        anna, boris = await _two(house)
        house.guests[MAX].sees(ASKED, buttons=BOTH)
        house.guests[ADA].sees_nothing()
        for manager in (MAX, VERA):
            house.guests[manager].sees("Hot lead", "#2", "Boris", "another account left the same phone")
        anna.sees_nothing()  # prospects hear nothing of it
        assert not any("same" in line.text for line in boris.skims())
        assert (await _events(house, "duplicate"), await _events(house, "scrubbed")) == (1, 1)


async def test_without_an_owner_the_admins_are_asked(office: Office) -> None:
    async with office() as house:
        await _two(house, owner=None)
        house.guests[ADA].sees(ASKED, buttons=BOTH)
        await house.guests[ADA].taps("Not the same")
        house.guests[ADA].is_told("Noted")
        house.guests[ADA].sees_change("Leads #2 and #1 are two people", buttons=["🔗 Merge"])
        _skim(house)


async def test_the_question_names_nobody_and_no_number(office: Office) -> None:
    async with office() as house:
        await _two(house)
        asked = house.guests[MAX].sees(ASKED).text
        assert not {"Anna", "Boris", NUMBER} & set(asked.split())
        _skim(house)


async def test_merged_leads_have_one_card_to_work_with_and_one_owner(office: Office) -> None:
    async with office() as house:
        _, boris = await _two(house)
        max_, vera = house.guests[MAX], house.guests[VERA]
        take = vera.button_data("✋ Take")
        _skim(house)

        await max_.taps("🔗 Merge")
        max_.is_told("Noted")
        changes = [line.text for line in max_.skims()]
        assert any("#1" in text and "The same person: #2" in text for text in changes)
        assert any("#2" in text and "One person with #1: it goes on there" in text for text in changes)
        assert changes[-1].startswith("🔗 Leads #2 and #1 are one person now")
        assert not any("Take" in label for label in vera.labels_on_screen())
        _skim(house)
        await vera.taps_data(take)  # a card that was not redrawn yet
        vera.is_told(plain("en", "denial.closed"))
        _skim(house)

        await house.later(minutes=30)
        for guest in house.guests.values():
            guest.sees_nothing()  # what goes on at another lead is due nowhere
        await boris.starts()
        for label in ("A company", "✅ I agree"):
            await boris.taps(label)
        await boris.shares_her_phone()
        boris.skims()
        assert not any("Hot lead" in line.text and "Take" in str(line.labels) for line in vera.skims())
        max_.skims()
        assert [row[0] for row in await kept.rows(house, "SELECT id FROM hand_offs WHERE closed_at IS NULL")] == [
            1
        ]


async def test_undo_gives_each_lead_back_what_it_had(office: Office) -> None:
    async with office() as house:
        await _two(house)
        max_, vera = house.guests[MAX], house.guests[VERA]
        _skim(house)
        before = await kept.stages(house, 1), await kept.stages(house, 2)
        await max_.taps("🔗 Merge")
        _skim(house)
        await max_.taps("↩️ Undo")
        max_.is_told("Noted")
        _skim(house, MAX)
        vera.sees_change("#1", "Taken by Max")
        vera.sees_change("Hot lead", "#2", "To be taken by", buttons=["✋ Take"])
        _skim(house)
        await vera.taps("✋ Take")
        vera.is_told("It’s yours")
        _skim(house)
        assert (await kept.stages(house, 1), await kept.stages(house, 2)) == before
        owners = await kept.rows(house, "SELECT taken_by FROM hand_offs ORDER BY id")
        assert owners == [(MAX,), (VERA,)]


async def test_a_lead_that_became_hot_while_it_was_merged_is_not_lost_when_they_are_parted(office: Office) -> None:
    routing = {"warm": {"say": "Later then."}}
    async with office(routing=routing) as house:
        await leaves_a_phone(house)
        await house.guests[MAX].taps("✋ Take")
        boris = house.guest(BORIS, "Boris", phone=NUMBER)
        await boris.starts()
        for label in ("A school", "✅ I agree"):
            await boris.taps(label)
        await boris.shares_her_phone()
        _skim(house)
        await house.guests[MAX].taps("🔗 Merge")
        await boris.starts()
        for label in ("A company", "✅ I agree"):
            await boris.taps(label)
        await boris.shares_her_phone()
        assert len(await kept.rows(house, "SELECT id FROM hand_offs")) == 1
        _skim(house)
        await house.guests[MAX].taps("↩️ Undo")
        house.guests[VERA].skims_changes()
        house.guests[VERA].sees("Hot lead", "#2", "Boris", buttons=["✋ Take"])
        _skim(house)


@pytest.mark.parametrize("number", [VERA, ANNA])
async def test_nobody_decides_about_somebody_elses_leads(office: Office, number: int) -> None:
    async with office() as house:
        await _two(house)
        data = house.guests[MAX].button_data("🔗 Merge")
        _skim(house)
        await house.guests[number].taps_data(data)
        refused = "merge.not_yours" if number == VERA else "denial.not_a_manager"
        house.guests[number].is_told(plain("en", refused))
        assert await kept.rows(house, "SELECT state FROM merges") == [("suggested",)]
        await house.guests[VERA].taps_data("g:fff:merge")
        house.guests[VERA].skims()


async def test_what_one_admin_decided_another_tap_does_not_decide_again(office: Office) -> None:
    async with office() as house:
        await _two(house)
        data = house.guests[MAX].button_data("Not the same")
        await house.guests[MAX].taps("🔗 Merge")
        _skim(house)
        await house.guests[MAX].taps_data(data)
        house.guests[MAX].is_told("This was decided already")
        _skim(house)
        assert await kept.rows(house, "SELECT state, decided_by FROM merges") == [("merged", MAX)]


async def test_with_two_owners_only_the_admins_are_asked(office: Office) -> None:
    async with office() as house:
        await leaves_a_phone(house)
        await house.guests[MAX].taps("✋ Take")
        _skim(house)
        boris = await leaves_a_phone(house, BORIS, "Boris", phone="+380501112233")
        await house.guests[VERA].taps("✋ Take")
        _skim(house)
        await boris.starts()
        for label in ("A company", "✅ I agree"):
            await boris.taps(label)
        await boris.does("shares a new number", lambda person: person.shares_contact(NUMBER, "Boris", person.id))
        boris.skims()
        house.guests[ADA].sees(ASKED)
        assert not any(ASKED in line.text for number in (MAX, VERA) for line in house.guests[number].skims())
        await house.guests[ADA].taps("🔗 Merge")
        owners = await kept.rows(house, "SELECT taken_by FROM hand_offs WHERE closed_at IS NULL")
        assert owners == [(MAX,)]
        assert any("One person with #1" in line.text for line in house.guests[VERA].skims())
        _skim(house)


async def test_a_typed_phone_suggests_nothing_and_is_only_marked_as_repeated(office: Office) -> None:
    async with office() as house:
        await leaves_a_phone(house)
        _skim(house)
        boris = house.guest(BORIS, "Boris", phone="+380501112233")
        await boris.starts()
        for label in ("A company", "✅ I agree"):
            await boris.taps(label)
        await boris.says("067 123 45 67")  # Anna's, in another shape: anybody can type it
        boris.skims()
        for manager in (MAX, VERA):
            house.guests[manager].sees("Hot lead", "#2", "not confirmed", "another account left the same phone")
        house.guests[ADA].sees_nothing()
        assert await kept.rows(house, "SELECT id FROM merges") == []


async def test_who_shares_anothers_phone_card_is_not_taken_for_them(office: Office) -> None:
    async with office() as house:
        await leaves_a_phone(house)
        _skim(house)
        boris = house.guest(BORIS, "Boris", phone="+380501112233")
        await boris.starts()
        for label in ("A company", "✅ I agree"):
            await boris.taps(label)
        await boris.does("shares Anna's card", lambda person: person.shares_contact(NUMBER, "Anna", ANNA))
        _skim(house)
        assert await kept.rows(house, "SELECT id FROM merges") == []


@pytest.mark.parametrize("leaving", ["erases", "takes back"])
async def test_when_one_of_them_leaves_the_other_lead_goes_on_alone(office: Office, leaving: str) -> None:
    async with office() as house:
        anna, _ = await _two(house)
        _skim(house)
        await house.guests[MAX].taps("🔗 Merge")
        _skim(house)
        await anna.says("/privacy")
        if leaving == "erases":
            await anna.taps(plain("en", "privacy.button.erase"))
            await anna.taps(plain("en", "privacy.erase.yes"))
        else:
            await anna.taps(plain("en", "privacy.take_back.contact"))
        anna.skims()
        house.guests[VERA].skims()
        assert "✋ Take" in house.guests[VERA].labels_on_screen()
        await house.guests[VERA].taps("✋ Take")
        assert house.guests[VERA].skims()
        _skim(house)
        alive = await kept.rows(house, "SELECT lead_id, taken_by FROM hand_offs WHERE closed_at IS NULL")
        assert alive == [(2, VERA)]


async def test_a_phone_of_another_country_is_counted_apart_and_shown(office: Office) -> None:
    async with office(routing={"scrub": {"countries": ["PL"]}}) as house:
        await leaves_a_phone(house)
        house.guests[MAX].sees("Hot lead", "of a country that we do not serve", buttons=["✋ Take"])
        _skim(house)
        async with house.view() as view:
            facts = [entry.facts for entry in await view.journal.after(0, 1000) if entry.event == "scrubbed"]
        assert facts == [{"lead": 1, "kind": "phone", "reason": "country"}]
        await leaves_a_phone(house)  # the same one again is no news
        assert await _events(house, "scrubbed") == 1
        _skim(house)


async def test_after_a_month_the_same_phone_is_no_repetition(office: Office) -> None:
    async with office() as house:
        await leaves_a_phone(house)
        await house.guests[MAX].taps("✋ Take")
        _skim(house)
        await house.later(days=31)
        await leaves_a_phone(house, BORIS, "Boris", phone=NUMBER)
        cards = [line.text for line in house.guests[VERA].skims()]
        assert not any("another account" in card for card in cards)
        assert await _events(house, "scrubbed") == 0
        _skim(house)
