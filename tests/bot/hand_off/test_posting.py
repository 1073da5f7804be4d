"""Posts in a group: one message for each lead, one change waiting, and nothing that says who it is."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.hand_off.gathering import gather
from bot.hand_off.posting import SHOWN, post, post_buttons, post_text, sees
from bot.hand_off.showing import renew_cards
from bot.teams.groups import moved
from bot.telegram.requests import REQUEST, EditText, Request, SendText
from bot.work import Work, Workshop
from dialogs.answers import Attached, Choice, Place, Written
from qualification.handoff import HandOff, Phase, Reach, contact, take
from qualification.quiz import GroupSees
from storage.database import Database
from storage.messages import Fate
from storage.records import StoredHandOff
from storage.tables import OutboxRow
from tests.bot.stages.workshop import ADA, MAX, NOON, a_workshop, an_offered_lead
from tests.keys import a_keyring

GROUP, SUPERGROUP = -4321, -1004321


@pytest.fixture
async def shop(migrated: Path, tmp_path: Path) -> AsyncIterator[Workshop]:
    shutil.copy(migrated, tmp_path / "posts.db")
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'posts.db'}", a_keyring())
    workshop = await a_workshop(database)
    async with workshop.work() as work:
        await work.unit.groups.bring(GROUP, "sales", "Sales floor", "en", ADA, work.now)
    yield workshop
    await database.close()


async def offered(work: Work, person: int = 1001) -> StoredHandOff:
    lead = await an_offered_lead(work, person)
    stored = await work.unit.hand_offs.open_of(lead.id)
    assert stored is not None
    return stored


async def requests(work: Work) -> list[tuple[Fate, Request]]:
    """Return what the group gets, in order."""
    query = select(OutboxRow.state, OutboxRow.request).where(OutboxRow.chat_id == GROUP).order_by(OutboxRow.id)
    rows = await work.unit._connection.execute(query)
    return [(Fate(state), REQUEST.validate_json(body)) for state, body in rows]


async def become(work: Work, state: Fate, **more: int) -> None:
    """Let the last message to the group be in this state."""
    newest = select(OutboxRow.id).where(OutboxRow.chat_id == GROUP).order_by(OutboxRow.id.desc()).limit(1)
    number = await work.unit._connection.scalar(newest)
    await work.unit._connection.execute(
        update(OutboxRow).where(OutboxRow.id == number).values(state=state, message_id=number, **more)
    )


async def turns(work: Work, stored: StoredHandOff) -> StoredHandOff:
    """Let Max take a lead, or note the contact; every card changes."""
    do = take if stored.state.phase is Phase.OFFERED else contact
    changed = do(stored.state, MAX, work.now)
    assert isinstance(changed, HandOff)
    stored = await work.unit.hand_offs.save(stored, changed)
    await renew_cards(work, stored)
    return stored


async def test_what_changes_before_it_was_sent_is_sent_as_it_is_now(shop: Workshop) -> None:
    async with shop.work() as work:
        await turns(work, await offered(work))
        ((_, only),) = await requests(work)
    assert isinstance(only, SendText)
    assert "Taken by" in only.html


async def test_a_change_that_still_waits_is_replaced_and_not_queued_behind(shop: Workshop) -> None:
    async with shop.work() as work:
        stored = await offered(work)
        await become(work, Fate.SENT)
        stored = await turns(work, await turns(work, stored))
        (_, first), (state, change) = await requests(work)
    assert (type(first), type(change), state) == (SendText, EditText, Fate.WAITING)
    assert isinstance(change, EditText)
    assert "Contacted after" in change.html
    assert change.buttons == ()


async def test_a_change_while_another_is_on_its_way_comes_after_it(shop: Workshop) -> None:
    async with shop.work() as work:
        stored = await offered(work)
        await become(work, Fate.SENT)
        stored = await turns(work, stored)
        await become(work, Fate.SENDING)
        await turns(work, stored)
        assert [state for state, _ in await requests(work)] == [Fate.SENT, Fate.SENDING, Fate.WAITING]


async def test_a_post_that_may_have_arrived_already_keeps_saying_so(shop: Workshop) -> None:
    async with shop.work() as work:
        stored = await offered(work)
        await become(work, Fate.WAITING, attempts=1)
        await turns(work, stored)
        first, second = [request for _, request in await requests(work)]
    assert isinstance(first, SendText)
    assert isinstance(second, EditText)


async def test_what_reads_as_before_is_not_sent_again(shop: Workshop) -> None:
    async with shop.work() as work:
        stored = await offered(work)
        await become(work, Fate.SENT)
        for _ in range(3):
            await renew_cards(work, stored)
        assert len(await requests(work)) == 1


async def test_a_lead_is_posted_once_however_often_it_is_offered(shop: Workshop) -> None:
    async with shop.work() as work:
        dossier = await gather(work, await offered(work))
        await post(work, dossier)
        await become(work, Fate.SENT)
        await post(work, dossier)
        assert len(await requests(work)) == 1


async def test_a_group_that_is_off_gets_no_change(shop: Workshop) -> None:
    async with shop.work() as work:
        stored = await offered(work)
        await become(work, Fate.SENT)
        await work.unit.groups.leave(GROUP)
        await turns(work, stored)
        assert len(await requests(work)) == 1


@pytest.mark.parametrize(
    ("reach", "seen_by"),
    [
        (Reach.WAITING, set()),
        (Reach.ONE, {GroupSees.AT_ONCE}),
        (Reach.TEAM, {GroupSees.AT_ONCE, GroupSees.WITH_TEAM}),
        (Reach.HEAD, {GroupSees.AT_ONCE, GroupSees.WITH_TEAM}),
    ],
)
def test_the_quiz_says_when_the_group_sees_a_lead_and_it_never_does_at_night(
    reach: Reach, seen_by: set[GroupSees]
) -> None:
    state = HandOff(Phase.OFFERED, NOON, reach=reach)
    assert {when for when in GroupSees if sees(when, state)} == seen_by
    assert not sees(GroupSees.AT_ONCE, HandOff(Phase.TAKEN, NOON, taken_by=MAX))


def test_own_words_places_and_files_are_not_for_a_group() -> None:
    assert Choice in SHOWN
    assert not {Written, Place, Attached} & set(SHOWN)


async def test_a_post_says_nothing_of_who_it_is_in_any_phase(shop: Workshop) -> None:
    async with shop.work() as work:
        lead = await an_offered_lead(work, 1001, "+380671234567")
        stored = await work.unit.hand_offs.open_of(lead.id)
        assert stored is not None
        session = await work.unit.sessions.by_id(lead.session_id)
        assert session is not None
        secret = {"role": Written(text="Olena, olena@acme.example"), "other": Choice(choice="boss")}
        walked = session.session.model_copy(update={"answers": secret})
        await work.unit.sessions.save(session, walked)
        await work.unit.notes.add(lead.id, MAX, "call Olena on her other number", work.now)
        for _ in range(2):
            dossier = await gather(work, stored)
            said = post_text(dossier, "en")
            assert dossier.notes
            assert not any(part in said for part in ("P1001", "Olena", "acme.example", "67123", "other number"))
            assert post_buttons(dossier, "en")
            stored = await turns(work, stored)


@pytest.mark.parametrize("state", [Fate.WAITING, Fate.SENDING, Fate.SENT])
async def test_a_group_that_moves_has_one_post_in_the_new_chat_whatever_was_under_way(
    shop: Workshop, state: Fate
) -> None:
    async with shop.work() as work:
        await offered(work)
        await become(work, state)
        await moved(work, GROUP, SUPERGROUP)
        if state is Fate.SENDING:  # it comes back, for the old chat is no more
            query = select(OutboxRow.id).where(OutboxRow.chat_id == GROUP)
            await work.unit.outbox.retry(await work.unit._connection.scalar(query) or 0, work.now)
        await moved(work, GROUP, SUPERGROUP)  # said in both chats
        alive = select(OutboxRow.chat_id).where(OutboxRow.chat_id < 0, OutboxRow.state != Fate.DROPPED)
        assert list(await work.unit._connection.scalars(alive)) == [SUPERGROUP]
