"""Stages in the chat: a polite way out and a message months later, frozen leads that come back, the fast track."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.stages.freezing import freeze
from bot.texts import plain
from qualification.stages import IllegalMove, replay
from tests.scenarios import kept
from tests.scenarios.office import LETTERS, Office, leaves_a_phone, office
from tests.scenarios.over_http import ADA, ANNA, MAX, VERA, Guest, House
from tests.scenarios.small import AGREE, PHONE

__all__ = ["office"]
TAKEN = ["📞 Contacted", "🏆 Won", "⏳ Not now", "✖️ Lost", "⋯ More"]
NO_MORE = "🔕 No more of these"
KIND = {
    "id": "kind",
    "ask": "What is it about?",
    "choices": [
        {"id": "desks", "text": "Desks", "points": 10, "go": "agree"},
        {"id": "used", "text": "Used furniture", "unfit": True},
    ],
}
WAY_OUT = (
    KIND,
    {"id": "instead", "ask": "What would have been right?", "optional": True, "text": {"max": 300}},
    {"id": "later", "consent": "follow_ups", "text": "May we write to you in three months?"},
    {"id": "so_long", "end": "Thank you for your honesty!"},
    AGREE,
    PHONE,
)
LATER = {"unfit": {"say": "We make new ones only.", "later": {"consent": "later", "after": "90d"}}}


async def _turned_down(house: House, later: str = "✅ I agree") -> Guest:
    anna = house.guests.get(ANNA) or house.guest(ANNA, "Anna")
    await anna.starts()
    for label in ("A company", "Used furniture", plain("en", "quiz.skip"), later):
        await anna.taps(label)
    return anna


async def test_who_is_no_fit_leaves_politely_and_is_written_to_three_months_later(office: Office) -> None:
    async with office(*WAY_OUT, routing=LATER) as house:
        anna = await _turned_down(house)
        assert "We make new ones only. We will write to you around May 31, 2026" in anna.skims()[-1].text
        assert (await kept.lead(house)).frozen_until == house.clock.now() + timedelta(days=90)
        assert await kept.stages(house) == ["lead", "unfit", "frozen"]
        await house.later(days=89, hours=23)
        anna.sees_nothing()
        await house.later(hours=1)
        anna.sees("Hello, Anna! This is Acme.", "send /start", buttons=[NO_MORE])
        for number in (MAX, VERA, ADA):
            house.guests[number].sees_nothing()
        assert await kept.stages(house) == ["lead", "unfit", "frozen", "lead"]
        await house.later(days=200)
        anna.sees_nothing()


async def test_who_does_not_agree_to_a_later_message_gets_none(office: Office) -> None:
    async with office(*WAY_OUT, routing=LATER) as house:
        anna = await _turned_down(house, later="No, thanks")
        last = anna.skims()[-1].text
        assert "We make new ones only." in last
        assert "We will write" not in last
        assert await kept.rows(house, "SELECT id FROM leads") == []
        await house.later(days=120)
        anna.sees_nothing()


async def test_who_takes_the_consent_back_is_not_written_to_and_the_admins_hear_of_it(office: Office) -> None:
    async with office(*WAY_OUT, routing=LATER) as house:
        anna = await _turned_down(house)
        await anna.says("/stop")
        anna.skims()
        await house.later(days=90)
        anna.sees_nothing()
        house.guests[ADA].sees("Lead #1 was frozen until today and is back", "no consent to messages")
        assert (await kept.stages(house))[-1] == "lead"


async def test_a_frozen_lead_comes_back_in_the_daytime(office: Office) -> None:
    async with office(*WAY_OUT, routing=LATER) as house:
        await house.later(hours=7)  # seven in the evening, in Kyiv
        anna = await _turned_down(house)
        anna.skims()
        await house.closes()
        await house.restarts_after(days=90, hours=9)  # the bot was off until four in the night
        house.guests[ADA].sees("I was away")
        anna.sees_nothing()
        await house.later(hours=6)
        anna.sees("Hello, Anna!")


async def test_who_comes_back_by_themselves_is_not_frozen_any_more(office: Office) -> None:
    async with office(*WAY_OUT, routing=LATER) as house:
        anna = await _turned_down(house)
        await anna.starts()
        for label in ("A company", "Desks", "✅ I agree"):
            await anna.taps(label)
        await anna.shares_her_phone()
        anna.skims()
        house.guests[MAX].sees("Hot lead", "#1")
        house.guests[VERA].skims()
        assert await kept.stages(house) == ["lead", "unfit", "frozen", "lead", "mql"]
        await house.guests[MAX].taps("✋ Take")
        for guest in house.guests.values():
            guest.skims()
        await house.later(days=120)
        anna.sees_nothing()


async def test_who_is_turned_down_twice_waits_anew(office: Office) -> None:
    async with office(*WAY_OUT, routing=LATER) as house:
        await _turned_down(house)
        await house.later(days=60)
        anna = await _turned_down(house)
        anna.skims()
        assert (await kept.lead(house)).frozen_until == house.clock.now() + timedelta(days=90)
        await house.later(days=40)
        anna.sees_nothing()
        await house.later(days=50)
        anna.sees("Hello, Anna!")


async def _frozen_by_max(house: House, anna: Guest) -> None:
    """Let Max take the lead and freeze it for a month."""
    await house.guests[MAX].taps("✋ Take")
    await house.guests[MAX].taps("⏳ Not now")
    async with house.work() as work:
        person = await work.unit.prospects.by_telegram_id(anna.person.id)
        assert person is not None
        lead = await work.unit.leads.by_id(1)
        until = work.now + timedelta(days=30)
        frozen = await freeze(work, person, lead, until, f"manager {MAX}", "after the move")
        assert not isinstance(frozen, IllegalMove)
    for guest in house.guests.values():
        guest.skims()


async def test_a_frozen_lead_comes_back_to_its_owner_who_has_the_card_again(office: Office) -> None:
    async with office(AGREE, PHONE, LETTERS) as house:
        anna = await leaves_a_phone(house)
        await anna.taps("✅ I agree")
        await _frozen_by_max(house, anna)
        await house.later(days=29)
        house.guests[MAX].sees_nothing()
        await house.later(days=1)
        anna.sees("Hello, Anna! This is Acme.")
        house.guests[MAX].sees("Lead #1 was frozen until today and is back. We have just written to them.")
        house.guests[MAX].sees("Hot lead", "#1", "Anna", "Yours", buttons=TAKEN)
        house.guests[VERA].sees_nothing()
        await house.guests[MAX].taps("🏆 Won")
        house.guests[MAX].skims()
        house.guests[ADA].sees("won by Max")
        assert await kept.stages(house) == ["lead", "mql", "lead", "frozen", "lead", "mql", "sql", "customer"]


async def test_without_a_consent_to_messages_only_the_owner_hears_that_the_lead_is_back(office: Office) -> None:
    async with office(AGREE, PHONE, LETTERS) as house:
        anna = await leaves_a_phone(house)
        await anna.taps("No, thanks")
        await _frozen_by_max(house, anna)
        await house.later(days=30)
        anna.sees_nothing()
        house.guests[MAX].sees("Lead #1 was frozen", "no consent to messages")
        house.guests[MAX].sees("Hot lead", "Yours")


async def test_when_its_owner_works_here_no_more_the_team_is_offered_the_lead(office: Office) -> None:
    async with office(AGREE, PHONE, LETTERS) as house:
        anna = await leaves_a_phone(house)
        await anna.taps("No, thanks")
        await _frozen_by_max(house, anna)
        await house.restarts(managers=(VERA,))
        await house.later(days=30)
        house.guests[ADA].skims()  # who polls may think that it was away when the clock jumps; a webhook knows
        house.guests[MAX].sees_nothing()
        house.guests[VERA].sees("Hot lead", "#1", buttons=["✋ Take"])


async def test_every_move_stays_and_replays(office: Office) -> None:
    async with office(AGREE, PHONE, LETTERS) as house:
        anna = await leaves_a_phone(house)
        await anna.taps("No, thanks")
        await _frozen_by_max(house, anna)
        async with house.view() as view:
            moves = await view.leads.moves(1)
            assert replay((before, after) for before, after, _, _ in moves) is (await view.leads.by_id(1)).stage
        assert moves[-1][2:] == (f"manager {MAX}", "after the move")


# The fast track, and reasons of the quiz's own ----------------------------------------------------------------


@pytest.mark.parametrize(("fast", "handed_off"), [({"contact": "phone"}, True), ({"contact": "email"}, False)])
async def test_on_the_fast_track_a_confirmed_phone_is_reason_enough(
    office: Office, fast: dict[str, str], *, handed_off: bool
) -> None:
    mail = {"id": "mail", "contact": "email", "ask": "Your e-mail?", "optional": True}
    bands = {"bands": {"hot": 10, "warm": 2}}
    async with office(AGREE, PHONE, mail, routing={"fast_track": fast}, scoring=bands) as house:
        anna = house.guest(ANNA, "Anna")
        await anna.starts()
        await anna.taps("A school")
        await anna.taps("✅ I agree")
        await anna.shares_her_phone()
        await anna.taps(plain("en", "quiz.skip"))
        said = anna.skims()[-1].text
        assert ("A manager will contact you within 5 minutes" in said) is handed_off
        if handed_off:
            house.guests[MAX].sees("Hot lead · 5 points", buttons=["✋ Take"])
            house.guests[VERA].skims()
        assert ("fast_tracked" in await kept.events(house)) is handed_off
        assert str((await kept.lead(house)).band) == "warm"


async def test_a_typed_phone_is_no_fast_track(office: Office) -> None:
    async with office(routing={"fast_track": {"contact": "phone"}}) as house:
        anna = house.guest(ANNA, "Anna")
        await anna.starts()
        await anna.taps("A school")
        await anna.taps("✅ I agree")
        await anna.says("+380671234567")
        anna.skims()
        house.guests[MAX].sees_nothing()


async def test_managers_choose_from_the_quizs_own_reasons(office: Office) -> None:
    reasons = [{"id": "too-far", "text": {"en": "Too far away", "uk": "Задалеко", "ru": "Слишком далеко"}}]
    async with office(routing={"lost_reasons": reasons}) as house:
        await leaves_a_phone(house)
        max_ = house.guests[MAX]
        await max_.taps("✋ Take")
        for guest in house.guests.values():
            guest.skims()
        await max_.taps("✖️ Lost")
        max_.is_told("Why?")
        max_.sees_change("Yours", buttons=["Too far away", "← Back"])
        await max_.taps_data("h:1:lost:price")  # from an older card: it asks for one of today's reasons
        max_.skims()
        await max_.taps("Too far away")
        max_.is_told("Noted")
        max_.sees_change("Lost: Too far away")
        house.guests[VERA].sees_change("Lost: Too far away")
        house.guests[ADA].sees("lost (Too far away), Max")
        async with house.view() as view:
            assert (await view.leads.moves(1))[-1][2:] == (f"manager {MAX}", "too-far")
