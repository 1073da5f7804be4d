"""Groups: which team's leads a chat sees, for how long, and under which number."""

from __future__ import annotations

from tests.storage.conftest import Begin
from tests.storage.samples import BOT, NOON, OTHER_BOT

GROUP, SUPERGROUP, OTHER = -4321, -1004321, -55


async def test_a_group_sees_the_leads_of_the_team_named_last(begin: Begin) -> None:
    async with begin() as unit:
        await unit.groups.bring(GROUP, "sales", "Floor", "en", 3, NOON)
        await unit.groups.bring(OTHER, "sales", "Heads", "uk", 3, NOON)
        await unit.groups.bring(GROUP, "kitchens", "Floor 2", "ru", 3, NOON)
    async with begin() as unit:
        assert [group.chat_id for group in await unit.groups.of("sales")] == [OTHER]
        found = await unit.groups.at(GROUP)
        assert found is not None
        assert (found.team, found.title, found.language) == ("kitchens", "Floor 2", "ru")
        assert await unit.groups.by_id(found.id) == found
        assert len(await unit.groups.all()) == 2


async def test_a_group_that_moves_keeps_its_team_and_one_that_is_known_there_already_is_kept_once(
    begin: Begin,
) -> None:
    async with begin() as unit:
        await unit.groups.bring(GROUP, "sales", "Floor", "en", 3, NOON)
        assert await unit.groups.moved(GROUP, SUPERGROUP)
        assert not await unit.groups.moved(GROUP, SUPERGROUP)  # it is said twice
        await unit.groups.bring(GROUP, "sales", "Floor", "en", 3, NOON)
        assert await unit.groups.moved(GROUP, SUPERGROUP)
        assert [group.chat_id for group in await unit.groups.all()] == [SUPERGROUP]


async def test_of_a_group_that_left_nothing_is_kept(begin: Begin) -> None:
    async with begin() as unit:
        await unit.groups.bring(GROUP, "sales", "Floor", "en", 3, NOON)
        left = await unit.groups.leave(GROUP)
        assert left is not None
        assert left.title == "Floor"
        assert await unit.groups.leave(GROUP) is None
        assert await unit.groups.all() == []


async def test_a_group_that_is_known_where_it_moved_to_stays_there_alone(begin: Begin) -> None:
    """Somebody brought the supergroup in before the news came that the group became it."""
    async with begin() as unit:
        await unit.groups.bring(GROUP, "sales", "Floor", "en", 3, NOON)
        await unit.groups.bring(SUPERGROUP, "kitchens", "Floor", "en", 3, NOON)
        assert await unit.groups.moved(GROUP, SUPERGROUP)
        assert [(group.chat_id, group.team) for group in await unit.groups.all()] == [(SUPERGROUP, "kitchens")]


async def test_a_group_moves_for_its_own_bot_only(begin: Begin) -> None:
    for bot in (BOT, OTHER_BOT):
        async with begin(bot) as unit:
            await unit.groups.bring(GROUP, "sales", "Floor", "en", 3, NOON)
    async with begin() as unit:
        await unit.groups.moved(GROUP, SUPERGROUP)
    async with begin(OTHER_BOT) as unit:
        assert [group.chat_id for group in await unit.groups.all()] == [GROUP]
