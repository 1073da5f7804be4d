"""How people come to work here: the owner by a code of the terminal, everybody else by an invitation."""

from __future__ import annotations

from storage.members import Role
from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import ADA, ANNA, MAX, VERA, Guest, House
from tests.scenarios.quick import quick_quiz
from tests.scenarios.stories import HOT_LEAD
from tests.scenarios.teams import HANNA, OLHA, hires, link_in, of, office, opens_claim, sales

__all__ = ["office", "sales"]


# The owner -----------------------------------------------------------------------------------------------------


async def test_who_has_the_code_of_the_terminal_owns_the_bot_and_nobody_after_them(opening: Opening) -> None:
    async with opening(quiz=(str(quick_quiz()),)) as house:
        code = await opens_claim(house)
        assert code is not None
        olha, eve = house.guest(OLHA, "Olha", language="uk"), house.guest(66, "Eve")
        await eve.says("/claim ABCD-EFGH-JKMN")
        eve.sees("This code does not fit")
        await olha.starts(f"claim_{code}")
        olha.sees("Тепер цей бот ваш")
        olha.sees("Цей бот ваш", "/team", "/invite")
        await eve.says(f"/claim {code}")
        eve.sees("Daylight Office Furniture")  # the help: there is nothing to claim any more
        assert await opens_claim(house) is None
        assert code not in str(await kept.rows(house, "SELECT * FROM states"))


async def test_a_code_may_be_typed_as_it_is_read_aloud_and_an_old_one_is_worth_nothing(opening: Opening) -> None:
    async with opening(quiz=(str(quick_quiz()),)) as house:
        old, code = await opens_claim(house), await opens_claim(house)
        assert code is not None
        olha = house.guest(OLHA, "Olha")
        await olha.says(f"/claim {old}")
        olha.sees("This code does not fit")
        await olha.says(f"/claim {code[:4].lower()} {code[4:8]}-{code[8:]}")
        olha.sees("You own this bot now")
        olha.skims()


async def test_who_guesses_is_held_off_and_the_owner_can_claim_meanwhile(opening: Opening) -> None:
    async with opening(quiz=(str(quick_quiz()),)) as house:
        code = await opens_claim(house)
        eve, olha = house.guest(66, "Eve"), house.guest(OLHA, "Olha")
        for _ in range(5):
            await eve.says("/claim ABCDEFGHJKMN")
            eve.sees("does not fit")
        await eve.says(f"/claim {code}")
        eve.sees("Please try again in an hour")
        await house.later(minutes=59)
        await eve.says(f"/claim {code}")
        eve.sees("Please try again in an hour")
        await olha.says(f"/claim {code}")
        olha.sees("You own this bot now")
        olha.skims()


async def test_where_the_settings_name_an_admin_there_is_nothing_to_claim(office: House) -> None:
    assert await opens_claim(office) is None
    eve = office.guest(66, "Eve")
    await eve.says("/claim ABCDEFGHJKMN")
    eve.sees("Daylight Office Furniture")


# Joining -------------------------------------------------------------------------------------------------------


async def invites(ada: Guest, label: str = "👤 A manager, who gets leads") -> str:
    """Let an admin make a link; return what stands behind it."""
    await ada.says("/invite")
    ada.sees("Who is coming?")
    await ada.taps(label)
    return link_in(ada.sees_change("It works once, until Wed, 4 Mar, 12:00").text)


async def test_who_opens_an_invitation_works_here_and_is_welcomed_in_their_language(office: House) -> None:
    (ada,) = of(office, ADA)
    link = await invites(ada)
    vera = office.guest(VERA, "Віра", language="uk")
    await vera.starts(link)
    vera.sees("Ви тут менеджер", "/away")
    ada.sees("Віра has joined. Role: manager")
    anna = office.guest(ANNA, "Anna")
    await anna.goes_through(HOT_LEAD)
    vera.sees("Гарячий лід")
    assert link[5:] not in str(await kept.rows(office, "SELECT * FROM invites"))
    assert link[5:] not in str(await kept.rows(office, "SELECT request FROM outbox"))


async def test_an_invitation_works_once(office: House) -> None:
    (ada,) = of(office, ADA)
    link = await invites(ada, "👁 A viewer, who only looks on")
    vera, eve = office.guest(VERA, "Vera"), office.guest(66, "Eve")
    await vera.starts(link)
    vera.sees("You are a viewer here")
    ada.sees("Vera has joined. Role: viewer")
    await vera.starts(link)
    vera.sees("You work here already")
    await eve.starts(link)
    eve.sees("This invitation does not work any more")


async def test_an_invitation_is_good_for_two_days(office: House) -> None:
    (ada,) = of(office, ADA)
    link = await invites(ada)
    await office.later(hours=48)
    vera = office.guest(VERA, "Vera")
    await vera.starts(link)
    vera.sees("This invitation does not work any more")


async def test_an_invitation_of_somebody_who_is_no_admin_any_more_is_worth_nothing(office: House) -> None:
    hanna = await hires(office, HANNA, "Hanna", Role.ADMIN, "")
    link = await invites(hanna)
    async with office.app.workshop.work() as work:
        await work.unit.members.become(HANNA, Role.MANAGER)
    vera = office.guest(VERA, "Vera")
    await vera.starts(link)
    vera.sees("This invitation does not work any more")


async def test_only_owners_and_admins_invite_and_see_the_team(sales: House) -> None:
    (max_,) = of(sales, MAX)
    for command in ("/invite", "/team"):
        await max_.says(command)
        max_.sees("Daylight Office Furniture")  # the help, as for a command that there is not
    for forged in ("g:invite:0:admin", "g:remove:3:yes", f"g:role:{MAX:x}:admin", "g:list:0:"):
        await max_.taps_data(forged)
        max_.is_told("no longer works")
    anna = sales.guest(ANNA, "Anna")
    await anna.starts()
    anna.skims()
    await anna.taps_data(f"g:role:{ANNA:x}:owner")
    anna.is_told("no longer works")
    await anna.taps_data("g:away:0:1h")
    anna.is_told("no longer works")
