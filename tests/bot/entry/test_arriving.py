"""What a deep link's payload says: whatever stands in it, the quiz begins."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversation import walking
from bot.conversation.reception import receive
from bot.entry.arriving import Arrival, arrive, read_plain
from bot.telegram.updates import Incoming, Person, TextReceived
from bot.work import Work
from storage.links import ALPHABET, TOKEN_LENGTH
from tests.bot.entry.samples import NOON, a_prospect

QUIZZES = ("office-furniture", "dance-school")


@pytest.mark.parametrize(
    ("payload", "quiz", "source", "language"),
    [
        ("ads_oct", None, "ads_oct", None),
        ("dance-school", "dance-school", None, None),
        ("dance-school--ads_oct", "dance-school", "ads_oct", None),
        ("dance-school--ads_oct--uk", "dance-school", "ads_oct", "uk"),
        ("dance-school----uk", "dance-school", None, "uk"),
        ("dance-school--uk", "dance-school", "uk", None),
        ("dance-school--", "dance-school", None, None),
        ("dance-school--a--b", "dance-school", "a--b", None),
        ("dance-school--ads--oct", "dance-school", "ads--oct", None),
        ("ballet--ads", None, "ballet--ads", None),
        ("a--b--uk", None, "a--b--uk", None),
        ("x" * 64, None, "x" * 64, None),
    ],
)
def test_a_payload_by_hand_names_a_quiz_a_source_and_a_language(
    payload: str, quiz: str | None, source: str | None, language: str | None
) -> None:
    assert read_plain(payload, QUIZZES) == Arrival(quiz, source, language)


@pytest.mark.parametrize(
    "payload",
    ["x" * 65, "пошук", "a b", "<b>", "'; DROP TABLE links", "said:friends", "r_AAAAAAAA", "a\nb", "\0", "ads?"],
)
async def test_what_no_link_of_ours_can_carry_is_an_unknown_source(work: Work, payload: str) -> None:
    anna = await a_prospect(work)
    assert await arrive(work, anna, payload) == Arrival(source="unknown")
    assert (await work.unit.prospects.by_id(anna.id)).first_source == "unknown"


async def test_no_payload_is_no_source(work: Work) -> None:
    anna = await a_prospect(work)
    assert await arrive(work, anna, "") == Arrival()
    assert (await work.unit.prospects.by_id(anna.id)).first_source is None


async def test_a_source_that_only_looks_like_a_token_or_a_recommendation_stays_a_source(work: Work) -> None:
    anna = await a_prospect(work)
    for payload in ("AAAAAAAA", "r_ads", "r_aaaaaaaa"):
        assert await arrive(work, anna, payload) == Arrival(source=payload)


async def test_a_token_tells_its_quiz_language_and_campaign(work: Work) -> None:
    anna = await a_prospect(work)
    link = await work.unit.links.create("Ярмарок", NOON, work.chance, quiz="dance-school", language="uk")
    expected = Arrival("dance-school", "Ярмарок", "uk", link.id)
    assert await arrive(work, anna, link.token) == expected
    await work.unit.links.retire(link.id, NOON)
    assert await arrive(work, anna, link.token) == expected
    kept = await work.unit.prospects.by_id(anna.id)
    assert (kept.first_link_id, kept.last_link_id, kept.first_source) == (link.id, link.id, "Ярмарок")


async def test_a_link_to_a_quiz_that_does_not_run_leads_to_the_first_one(work: Work) -> None:
    link = await work.unit.links.create("Ярмарок", NOON, work.chance, quiz="ballet")
    assert await arrive(work, await a_prospect(work), link.token) == Arrival(None, "Ярмарок", None, link.id)


@pytest.mark.parametrize("mark", ["r_", ""])
async def test_another_prospects_link_is_a_recommendation_with_or_without_its_mark(work: Work, mark: str) -> None:
    anna, boris = await a_prospect(work), await a_prospect(work, 2, "Boris")
    link = await work.unit.links.create("referral", NOON, work.chance, quiz="sample", referrer=anna.id)
    assert await arrive(work, boris, mark + link.token) == Arrival("sample", "referral", None, link.id, anna.id)
    assert (await work.unit.prospects.by_id(boris.id)).referred_by == anna.id


async def test_an_own_link_to_oneself_is_no_recommendation_and_no_source(work: Work) -> None:
    anna = await a_prospect(work)
    link = await work.unit.links.create("referral", NOON, work.chance, quiz="sample", referrer=anna.id)
    assert await arrive(work, anna, f"r_{link.token}") == Arrival("sample")
    kept = await work.unit.prospects.by_id(anna.id)
    assert (kept.referred_by, kept.first_source, kept.first_link_id) == (None, None, None)


async def test_who_was_here_before_was_brought_by_nobody(work: Work) -> None:
    anna, boris = await a_prospect(work), await a_prospect(work, 2, "Boris")
    await walking.start(work, anna, Arrival())
    link = await work.unit.links.create("referral", NOON, work.chance, quiz="sample", referrer=boris.id)
    assert await arrive(work, anna, f"r_{link.token}") == Arrival("sample", "referral", None, link.id)
    assert (await work.unit.prospects.by_id(anna.id)).referred_by is None


TOKENS = st.text(ALPHABET, min_size=TOKEN_LENGTH, max_size=TOKEN_LENGTH)
PAYLOADS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.from_regex(r"[A-Za-z0-9_-]{1,70}", fullmatch=True),
    TOKENS,
    TOKENS.map("r_".__add__),
    st.lists(st.sampled_from(["sample", "dance-school", "--", "uk", "xx", "ads", "-", "r_"]), max_size=7).map(
        "".join
    ),
)
NEWCOMERS = count(9_000_000_000)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=PAYLOADS)
async def test_whatever_the_payload_holds_the_quiz_begins_and_is_asked(work: Work, payload: str) -> None:
    person = Person(next(NEWCOMERS), "Guest", None, "en")
    await receive(work, Incoming(1, person, TextReceived(f"/start {payload}")))
    prospect = await work.unit.prospects.by_telegram_id(person.id)
    assert prospect is not None
    stored = await work.unit.sessions.latest(prospect.id)
    assert stored is not None
    assert (stored.session.at, stored.asked_in is not None) == ("role", True)
    assert stored.source == prospect.first_source == prospect.last_source
    assert stored.source is None or len(stored.source) <= 64
