"""Deep links: their tokens, what they stand for, and how many people they brought."""

from __future__ import annotations

from random import Random

from sqlalchemy import text

from qualification.handoff import HandOff, Phase
from storage.links import ALPHABET, Link, Utm
from storage.records import Lead
from storage.unit import Unit
from tests.storage.conftest import Begin
from tests.storage.samples import ANNA, BORIS, BOT, DAY, NOON, OTHER_BOT, QUIZ, a_prospect, a_walk

CLARA = 7_100_000_003
CHANCE = Random(7)  # noqa: S311 - a test's chance is known beforehand


async def a_link(unit: Unit, campaign: str = "Autumn fair") -> Link:
    return await unit.links.create(campaign, NOON, CHANCE, quiz=QUIZ)


async def came(unit: Unit, link: Link | None, telegram_id: int = ANNA) -> Lead:
    """Somebody comes by a link, or by none of ours, and leaves a contact."""
    prospect = await a_prospect(unit, telegram_id)
    number = link.id if link else None
    await unit.prospects.came_from(prospect.id, link.campaign if link else "ads_oct", number)
    session = await unit.sessions.start(prospect.id, a_walk(), None, number)
    return await unit.leads.open(prospect.id, QUIZ, session.id, NOON)


async def counts(unit: Unit, link: Link) -> tuple[int, int, int, int]:
    found = await unit.links.reach(link)
    return found.first, found.last, found.leads, found.hot


async def test_a_link_comes_back_by_its_token_with_all_it_stands_for(begin: Begin) -> None:
    utm = Utm(source="insta", medium="story", campaign="осінь", content="b", term="столи")
    async with begin() as unit:
        made = await unit.links.create(
            "Autumn fair", NOON, CHANCE, quiz=QUIZ, language="uk", utm=utm, created_by=5
        )
        found = await unit.links.by_token(made.token)
        assert found == made
        assert await unit.links.by_id(made.id) == made
    assert (made.campaign, made.quiz, made.language, made.utm) == ("Autumn fair", QUIZ, "uk", utm)


async def test_a_token_has_eight_letters_that_nobody_takes_for_one_another(begin: Begin) -> None:
    async with begin() as unit:
        tokens = [(await a_link(unit)).token for _ in range(20)]
    assert {len(token) for token in tokens} == {8}
    assert set("".join(tokens)) <= set(ALPHABET)
    assert set(ALPHABET) & set("0O1IL") == set()


async def test_two_links_never_share_a_token_even_when_chance_repeats_itself(begin: Begin) -> None:
    async with begin() as unit:
        first, second = [await unit.links.create(name, NOON, Random(1)) for name in ("A", "B")]  # noqa: S311 - a test's
        assert first.token != second.token
        assert await unit.links.by_token(first.token) == first


async def test_an_unknown_token_is_nothing(begin: Begin) -> None:
    async with begin() as unit:
        await a_link(unit)
        assert await unit.links.by_token("AAAAAAAA") is None
        assert await unit.links.by_id(99) is None


async def test_a_link_counts_who_came_first_and_last_by_it_and_what_became_of_them(begin: Begin) -> None:
    async with begin() as unit:
        fair, flyer = await a_link(unit), await a_link(unit, "Flyer")
        await came(unit, fair)
        lead = await came(unit, flyer)
        await unit.hand_offs.add(lead.id, "sales", HandOff(Phase.OFFERED, NOON))
        await came(unit, fair, BORIS)
        await came(unit, None, CLARA)
        assert await counts(unit, fair) == (2, 1, 1, 0)
        assert await counts(unit, flyer) == (0, 1, 1, 1)


async def test_a_source_before_the_first_link_keeps_the_first_touch(begin: Begin) -> None:
    async with begin() as unit:
        fair = await a_link(unit)
        await came(unit, None)
        await came(unit, fair)
        kept = await a_prospect(unit)
        assert (kept.first_source, kept.first_link_id) == ("ads_oct", None)
        assert (kept.last_source, kept.last_link_id) == ("Autumn fair", fair.id)
        await came(unit, None)
        assert (await a_prospect(unit)).last_link_id is None


async def test_a_walk_that_an_admin_tried_is_not_counted(begin: Begin) -> None:
    async with begin() as unit:
        fair = await a_link(unit)
        await came(unit, fair)
        await unit._connection.execute(text("UPDATE sessions SET is_test = TRUE"))
        assert (await counts(unit, fair))[2:] == (0, 0)


async def test_a_retired_link_is_still_known_and_listed_after_the_others(begin: Begin) -> None:
    async with begin() as unit:
        links = [await a_link(unit, name) for name in ("one", "two", "three")]
        await unit.links.retire(links[2].id, NOON)
        await unit.links.retire(links[2].id, NOON + DAY)
        listed = [reach.link.campaign for reach in await unit.links.campaigns()]
        found = await unit.links.by_token(links[2].token)
        assert [reach.link.campaign for reach in await unit.links.campaigns(1, 1)] == ["one"]
    assert listed == ["two", "one", "three"]
    assert found is not None
    assert found.retired_at == NOON


async def test_a_prospects_own_link_is_no_campaign_and_is_found_again(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        own = await unit.links.create("referral", NOON, CHANCE, quiz=QUIZ, referrer=anna.id)
        assert await unit.links.of_referrer(anna.id, QUIZ) == own
        assert await unit.links.of_referrer(anna.id, "dance-school") is None
        assert await unit.links.campaigns() == []
        await unit.links.retire(own.id, NOON)
        assert await unit.links.of_referrer(anna.id, QUIZ) is None


async def test_the_first_who_recommended_stays_and_is_forgotten_with_their_links(begin: Begin) -> None:
    async with begin() as unit:
        anna, boris, clara = [await a_prospect(unit, who) for who in (ANNA, BORIS, CLARA)]
        own = await unit.links.create("referral", NOON, CHANCE, quiz=QUIZ, referrer=anna.id)
        await unit.prospects.referred(boris.id, anna.id)
        await unit.prospects.referred(boris.id, clara.id)
        assert (await a_prospect(unit, BORIS)).referred_by == anna.id
        assert await unit.links.referred() == 1
        await unit.links.forget(anna.id)
        assert (await a_prospect(unit, BORIS)).referred_by is None
        assert await unit.links.by_id(own.id) is None


async def test_a_source_that_was_told_takes_the_place_of_what_was_known_of_that_visit_only(begin: Begin) -> None:
    async with begin() as unit:
        anna, boris, clara = [await a_prospect(unit, who) for who in (ANNA, BORIS, CLARA)]
        await unit.prospects.told_source(anna.id, None, "said:friends")
        await unit.prospects.told_source(anna.id, "said:friends", "said:search")
        await unit.prospects.came_from(boris.id, "unknown")
        await unit.prospects.told_source(boris.id, "unknown", "said:friends")
        await unit.prospects.came_from(clara.id, "ads_oct")
        await unit.prospects.told_source(clara.id, None, "said:friends")
        found = [await a_prospect(unit, who) for who in (ANNA, BORIS, CLARA)]
    assert [(each.first_source, each.last_source) for each in found] == [
        ("said:search", "said:search"),
        ("said:friends", "said:friends"),
        ("ads_oct", "said:friends"),
    ]


async def test_a_session_keeps_its_link_and_the_source_told_later(begin: Begin) -> None:
    async with begin() as unit:
        link, anna = await a_link(unit), await a_prospect(unit)
        stored = await unit.sessions.start(anna.id, a_walk(), "Autumn fair", link.id)
        assert await unit.sessions.by_id(stored.id) == stored
        assert (await unit.sessions.save(stored, a_walk(at="phone"))).link_id == link.id
        told = await unit.sessions.came_from(stored, "said:friends")
        assert told.source == "said:friends"
        await unit.sessions.save(stored, stored.session)
        assert await unit.sessions.by_id(stored.id) == told


async def test_two_bots_have_links_and_states_of_their_own(begin: Begin) -> None:
    async with begin(BOT) as unit:
        ours = await a_link(unit)
        await unit.states.keep("mood", "good")
    async with begin(OTHER_BOT) as unit:
        assert await unit.links.by_token(ours.token) is None
        assert await unit.links.campaigns() == []
        await unit.links.retire(ours.id, NOON)
        assert await unit.states.read("mood") is None
        assert not await unit.states.drop("mood")
    async with begin(BOT) as unit:
        assert await unit.links.by_id(ours.id) == ours


async def test_a_state_is_replaced_and_forgotten(begin: Begin) -> None:
    async with begin() as unit:
        for value in ("good", "better"):
            await unit.states.keep("mood", value)
        assert await unit.states.read("mood") == "better"
        assert await unit.states.drop("mood")
        assert await unit.states.read("mood") is None


async def test_a_picture_is_found_again_by_its_name_among_those_of_the_same_person(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        campaigns = await unit.files.keep("qr", "A.png", "image/png", NOON, content=b"1")
        annas = await unit.files.keep("qr", "A.png", "image/png", NOON, content=b"2", prospect_id=anna.id)
        assert await unit.files.of_name("qr", "A.png", None) == campaigns
        assert await unit.files.of_name("qr", "A.png", anna.id) == annas
        assert await unit.files.of_name("export", "A.png", None) is None


async def test_files_that_wait_are_listed_without_their_bytes_which_may_be_many(begin: Begin) -> None:
    async with begin() as unit:
        number = await unit.files.keep("answer", "plan.pdf", "application/pdf", NOON, file_id="BQAC", size=4)
        assert await unit.files.to_handle(10) == []
        await unit.files.arrived(number, b"%PDF", NOON)
        (waits,) = await unit.files.to_handle(10)
        assert (waits.id, waits.size, waits.content) == (number, 4, None)
        whole = await unit.files.by_id(number)
        assert whole is not None
        assert whole.content == b"%PDF"
