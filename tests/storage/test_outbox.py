"""The outbox: what goes first, what waits for what, and what becomes of it."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from storage.database import Database
from storage.errors import SupersededError
from storage.messages import Fate, Kind
from storage.records import ConsentEventKind
from storage.tables import OutboxRow, PauseRow
from tests.storage.conftest import ON_SQLITE, Begin
from tests.storage.samples import ANNA, BORIS, BOT, HOUR, MINUTE, NOON, OTHER_BOT, a_consent, a_prospect, put

KINDS = [Kind.FOLLOW_UP, Kind.DIALOG, Kind.HAND_OFF, Kind.TAP]


async def test_the_most_urgent_goes_first_whatever_came_first(begin: Begin) -> None:
    async with begin() as unit:
        for chat, kind in enumerate(KINDS, start=1):
            await put(unit, kind, chat)
        claimed = await unit.outbox.claim(NOON, 10, ())
    assert [each.kind for each in claimed] == [Kind.TAP, Kind.HAND_OFF, Kind.DIALOG, Kind.FOLLOW_UP]
    assert [(each.fate, each.attempts) for each in claimed] == [(Fate.SENDING, 1)] * 4


async def test_of_equals_the_first_goes_first(begin: Begin) -> None:
    async with begin() as unit:
        numbers = [await put(unit, Kind.DIALOG, chat) for chat in (30, 10, 20)]
        assert [each.id for each in await unit.outbox.claim(NOON, 2, ())] == numbers[:2]
        assert [each.id for each in await unit.outbox.claim(NOON, 2, ())] == numbers[2:]


async def test_a_chats_messages_keep_their_order_even_before_an_urgent_one(begin: Begin) -> None:
    async with begin() as unit:
        first, second = await put(unit, Kind.FOLLOW_UP), await put(unit, Kind.HAND_OFF)
        assert [each.id for each in await unit.outbox.claim(NOON, 10, ())] == [first]
        assert not (await unit.outbox.outlook(NOON, ())).is_ready  # the first one is under way
        await unit.outbox.settle(first, Fate.SENT, NOON, 5)
        assert [each.id for each in await unit.outbox.claim(NOON, 10, ())] == [second]


async def test_a_message_that_waits_for_its_time_holds_up_its_own_chat_only(begin: Begin) -> None:
    async with begin() as unit:
        first = await put(unit, Kind.DIALOG, ANNA)
        await put(unit, Kind.DIALOG, ANNA)
        boris = await put(unit, Kind.DIALOG, BORIS)
        await unit.outbox.claim(NOON, 1, ())
        await unit.outbox.retry(first, NOON + MINUTE)
        assert [each.id for each in await unit.outbox.claim(NOON, 10, ())] == [boris]
        again = await unit.outbox.claim(NOON + MINUTE, 10, ())
        assert [(each.id, each.attempts) for each in again] == [(first, 2)]


async def test_a_tap_overtakes_everything_and_holds_nothing_up(begin: Begin) -> None:
    async with begin() as unit:
        message = await put(unit, Kind.DIALOG, ANNA)
        tap = await put(unit, Kind.TAP, ANNA)
        after = await put(unit, Kind.DIALOG, BORIS)
        assert [each.id for each in await unit.outbox.claim(NOON, 1, {ANNA})] == [tap]
        assert [each.id for each in await unit.outbox.claim(NOON, 10, ())] == [message, after]


async def test_a_message_does_not_wait_for_an_earlier_tap_of_its_chat(begin: Begin) -> None:
    async with begin() as unit:
        tap, message = await put(unit, Kind.TAP, ANNA), await put(unit, Kind.DIALOG, ANNA)
        assert [each.id for each in await unit.outbox.claim(NOON, 1, ())] == [tap]
        assert [each.id for each in await unit.outbox.claim(NOON, 1, ())] == [message]


async def test_held_chats_are_left_alone(begin: Begin) -> None:
    async with begin() as unit:
        await put(unit, Kind.DIALOG, ANNA)
        boris = await put(unit, Kind.DIALOG, BORIS)
        assert not (await unit.outbox.outlook(NOON, {ANNA, BORIS})).is_ready
        assert [each.id for each in await unit.outbox.claim(NOON, 10, {ANNA})] == [boris]


@pytest.mark.parametrize(("chat", "held"), [(ANNA, [ANNA]), (0, [ANNA, BORIS]), (BORIS, [BORIS])])
async def test_a_pause_holds_a_chat_or_all_of_them_until_it_is_over(
    begin: Begin, chat: int, held: list[int]
) -> None:
    async with begin() as unit:
        for each in (ANNA, BORIS):
            await put(unit, Kind.DIALOG, each)
        await unit.outbox.pause(chat, NOON + MINUTE)
        before = [each.chat_id for each in await unit.outbox.claim(NOON + MINUTE / 2, 10, ())]
        after = [each.chat_id for each in await unit.outbox.claim(NOON + MINUTE, 10, ())]
    assert (before, after) == ([each for each in (ANNA, BORIS) if each not in held], held)


async def test_a_shorter_pause_does_not_end_a_longer_one(begin: Begin) -> None:
    async with begin() as unit:
        await put(unit, Kind.DIALOG)
        await unit.outbox.pause(0, NOON + HOUR)
        await unit.outbox.pause(0, NOON + MINUTE)
        assert not (await unit.outbox.outlook(NOON + 2 * MINUTE, ())).is_ready
        assert (await unit.outbox.outlook(NOON, ())).next_moment == NOON + HOUR


async def test_the_next_moment_is_when_the_first_of_all_that_waits_may_go(begin: Begin) -> None:
    before = NOON - MINUTE
    async with begin() as unit:
        assert (await unit.outbox.outlook(before, ())).next_moment is None
        number = await put(unit, Kind.DIALOG, ANNA)
        assert (await unit.outbox.outlook(before, ())).next_moment == NOON
        await unit.outbox.claim(NOON, 1, ())
        assert (await unit.outbox.outlook(before, ())).next_moment is None
        await unit.outbox.retry(number, NOON + HOUR)
        await put(unit, Kind.DIALOG, BORIS)
        await unit.outbox.pause(BORIS, NOON + 2 * HOUR)
        assert (await unit.outbox.outlook(NOON, ())).next_moment == NOON + HOUR


async def test_with_a_pause_of_its_chat_and_of_all_the_longer_one_counts(begin: Begin) -> None:
    async with begin() as unit:
        await put(unit, Kind.DIALOG, ANNA)
        await unit.outbox.pause(0, NOON + MINUTE)
        await unit.outbox.pause(ANNA, NOON + HOUR)
        assert not (await unit.outbox.outlook(NOON + 2 * MINUTE, ())).is_ready


async def test_the_next_moment_is_the_end_of_a_pause_of_all_and_then_that_of_a_chats(begin: Begin) -> None:
    async with begin() as unit:
        await put(unit, Kind.DIALOG, ANNA)
        await unit.outbox.pause(0, NOON + MINUTE)
        await unit.outbox.pause(ANNA, NOON + HOUR)
        assert (await unit.outbox.outlook(NOON, ())).next_moment == NOON + MINUTE
        assert (await unit.outbox.outlook(NOON + MINUTE, ())).next_moment == NOON + HOUR


async def test_pauses_that_are_over_are_forgotten(begin: Begin) -> None:
    async with begin() as unit:
        await unit.outbox.pause(ANNA, NOON + MINUTE, NOON)
        await unit.outbox.pause(BORIS, NOON + HOUR, NOON + MINUTE)
        assert list(await unit.outbox._connection.scalars(select(PauseRow.chat_id))) == [BORIS]


async def test_what_was_being_sent_when_the_process_ended_is_found_again(begin: Begin) -> None:
    async with begin() as unit:
        sending = await put(unit, Kind.DIALOG, ANNA, '{"a": 1}')
        await put(unit, Kind.DIALOG, BORIS)
        await unit.outbox.claim(NOON, 1, ())
    async with begin() as unit:
        found = await unit.outbox.interrupted()
    assert [(each.id, each.request, each.attempts) for each in found] == [(sending, '{"a": 1}', 1)]


async def test_a_retry_can_change_what_is_sent(begin: Begin) -> None:
    async with begin() as unit:
        number = await put(unit, Kind.HAND_OFF, ANNA, "first")
        await unit.outbox.claim(NOON, 1, ())
        await unit.outbox.retry(number, NOON, "again")
        assert [each.request for each in await unit.outbox.claim(NOON, 1, ())] == ["again"]
        await unit.outbox.retry(number, NOON)
        assert [each.request for each in await unit.outbox.claim(NOON, 1, ())] == ["again"]


async def test_an_edit_knows_the_message_that_it_changes_once_that_was_sent(begin: Begin) -> None:
    async with begin() as unit:
        card = await put(unit, Kind.HAND_OFF)
        await unit.outbox.claim(NOON, 1, ())
        await unit.outbox.settle(card, Fate.SENT, NOON, 77)
        await put(unit, Kind.HAND_OFF, edits=card)
        claimed = await unit.outbox.claim(NOON, 1, ())
    assert [(each.edits, each.edited_message) for each in claimed] == [(card, 77)]


async def test_only_the_waiting_follow_ups_of_a_chat_are_taken_back(begin: Begin) -> None:
    async with begin() as unit:
        under_way = await put(unit, Kind.FOLLOW_UP, ANNA)
        await unit.outbox.claim(NOON, 1, ())
        for kind, chat in ((Kind.FOLLOW_UP, ANNA), (Kind.DIALOG, ANNA), (Kind.FOLLOW_UP, BORIS)):
            await put(unit, kind, chat)
        assert await unit.outbox.drop_follow_ups(ANNA, NOON) == 1
        assert await unit.outbox.counts() == {Fate.SENDING: 1, Fate.WAITING: 2, Fate.DROPPED: 1}
        assert [each.id for each in await unit.outbox.interrupted()] == [under_way]


async def test_all_that_waits_for_a_chat_that_is_gone_is_taken_back_but_taps(begin: Begin) -> None:
    async with begin() as unit:
        for kind in KINDS:
            await put(unit, kind, ANNA)
        await put(unit, Kind.DIALOG, BORIS)
        assert await unit.outbox.drop_all(ANNA, NOON) == 3
        assert [(each.chat_id, each.kind) for each in await unit.outbox.claim(NOON, 9, ())] == [
            (ANNA, Kind.TAP),
            (BORIS, Kind.DIALOG),
        ]


async def test_what_waits_for_a_chat_is_not_what_was_sent_there_or_is_on_its_way(begin: Begin) -> None:
    async with begin() as unit:
        sent = await put(unit, Kind.DIALOG, ANNA)
        await unit.outbox.settle(sent, Fate.SENT, NOON, 5)
        await put(unit, Kind.DIALOG, ANNA)
        await unit.outbox.claim(NOON, 1, ())
        waits = await put(unit, Kind.DIALOG, ANNA)
        await put(unit, Kind.DIALOG, BORIS)
        assert [number for number, _ in await unit.outbox.waiting_for(ANNA)] == [waits]


async def test_two_bots_do_not_send_for_each_other(begin: Begin) -> None:
    async with begin(BOT) as unit:
        await put(unit, Kind.DIALOG)
        await unit.outbox.claim(NOON, 1, ())
        await put(unit, Kind.DIALOG, BORIS)
    async with begin(OTHER_BOT) as unit:
        assert not (await unit.outbox.outlook(NOON, ())).is_ready
        assert await unit.outbox.claim(NOON, 9, ()) == []
        assert await unit.outbox.interrupted() == []
        assert (await unit.outbox.outlook(NOON - MINUTE, ())).next_moment is None
        assert await unit.outbox.drop_all(BORIS, NOON) == 0
        await unit.outbox.pause(0, NOON + HOUR)
        assert await unit.outbox.counts() == {}
    async with begin(BOT) as unit:
        assert len(await unit.outbox.claim(NOON, 9, ())) == 1


# Urgency -----------------------------------------------------------------------------------------------------


async def test_somebody_who_answers_the_quiz_waits_for_no_broadcast_to_others(begin: Begin) -> None:
    async with begin() as unit:
        others = [await put(unit, Kind.BROADCAST, 100 + number) for number in range(3)]
        hers = await put(unit, Kind.BROADCAST, ANNA)
        answer = await put(unit, Kind.DIALOG, ANNA)
        assert [each.id for each in await unit.outbox.claim(NOON, 1, ())] == [hers]  # a chat keeps its order
        await unit.outbox.settle(hers, Fate.SENT, NOON)
        assert [each.id for each in await unit.outbox.claim(NOON, 1, ())] == [answer]
        assert [each.id for each in await unit.outbox.claim(NOON, 9, ())] == others


async def test_a_card_behind_a_follow_up_takes_it_along(begin: Begin) -> None:
    async with begin() as unit:
        await put(unit, Kind.FOLLOW_UP, BORIS)
        first = await put(unit, Kind.FOLLOW_UP, ANNA)
        await put(unit, Kind.HAND_OFF, ANNA)
        assert [each.id for each in await unit.outbox.claim(NOON, 1, ())] == [first]


@pytest.mark.parametrize("kind", [Kind.FOLLOW_UP, Kind.BROADCAST])
async def test_what_rests_on_a_consent_that_was_withdrawn_is_not_claimed(begin: Begin, kind: Kind) -> None:
    async with begin() as unit:
        await put(unit, kind, ANNA)
        withdrawn = ConsentEventKind.WITHDRAWN
        await unit.consents.record(a_consent(await a_prospect(unit, ANNA), withdrawn))
        boris = await put(unit, kind, BORIS)
        assert [each.id for each in await unit.outbox.claim(NOON, 1, ())] == [boris]
        assert (await unit.outbox.counts())[Fate.DROPPED] == 1


# Senders -----------------------------------------------------------------------------------------------------


async def test_only_the_newest_sender_sends(begin: Begin) -> None:
    async with begin() as unit:
        first, second = await unit.outbox.take_over(), await unit.outbox.take_over()
        await unit.outbox.still_sends(second)
        with pytest.raises(SupersededError):
            await unit.outbox.still_sends(first)
    async with begin(OTHER_BOT) as unit:
        assert await unit.outbox.take_over() == first  # another bot's sender is no rival


async def test_what_came_of_a_message_counts_from_whom_it_is_claimed_by_only(begin: Begin) -> None:
    async with begin() as unit:
        number = await put(unit, Kind.DIALOG)
        await unit.outbox.claim(NOON, 1, (), sender=1)
        assert await unit.outbox.held(1, [number]) == {number}
        assert await unit.outbox.held(2, [number]) == set()
        await unit.outbox.retry(number, NOON)
        assert await unit.outbox.held(1, [number]) == set()  # it waits: nobody sends it
        await unit.outbox.claim(NOON, 1, (), sender=2)
        assert await unit.outbox.held(1, [number]) == set()


async def test_what_was_claimed_and_not_tried_counts_as_no_attempt(begin: Begin) -> None:
    async with begin() as unit:
        number = await put(unit, Kind.DIALOG)
        await unit.outbox.claim(NOON, 1, ())
        await unit.outbox.release(number, NOON)
        assert [(each.id, each.attempts) for each in await unit.outbox.claim(NOON, 1, ())] == [(number, 1)]


# However much waits ------------------------------------------------------------------------------------------


@ON_SQLITE
async def test_no_look_goes_through_all_that_waits(begin: Begin, database: Database) -> None:
    """A plan tells more than a clock: each statement finds its rows by an index, and sorts none of what waits."""
    asked: list[tuple[str, object]] = []

    def listen(_: object, __: object, statement: str, values: object, *___: object) -> None:
        if "outbox" in statement and not statement.startswith("INSERT"):
            asked.append((statement, values))

    async with begin() as unit:
        for chat in range(100, 110):
            await put(unit, Kind.BROADCAST, chat)
        event.listen(database._engine.sync_engine, "before_cursor_execute", listen)
        await unit.outbox.outlook(NOON, {1, 2})
        await unit.outbox.claim(NOON, 1, {1, 2})
        await unit.outbox.next_mail()
        await unit.outbox.claim_mail(NOON, 1)
        event.remove(database._engine.sync_engine, "before_cursor_execute", listen)
        for statement, values in asked:
            plan = await unit.outbox._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]  # as SQLAlchemy bound them
            steps = " ".join(row.detail for row in plan)
            assert "SCAN outbox" not in steps
            assert "TEMP B-TREE" not in steps or "PRIMARY KEY" in steps  # what was just claimed may be sorted
            assert "NOT EXISTS" not in statement or "ix_outbox_waiting" in steps
    assert len(asked) == 10


# E-mails ------------------------------------------------------------------------------------------------------


async def test_an_email_is_claimed_as_mail_only_and_holds_nothing_up(begin: Begin) -> None:
    async with begin() as unit:
        mail, message = await put(unit, Kind.MAIL, ANNA), await put(unit, Kind.DIALOG, ANNA)
        assert [each.id for each in await unit.outbox.claim(NOON, 10, ())] == [message]
        assert not (await unit.outbox.outlook(NOON, ())).is_ready
        assert [(each.id, each.attempts) for each in await unit.outbox.claim_mail(NOON, 10)] == [(mail, 1)]
        assert await unit.outbox.claim_mail(NOON, 10) == []


async def test_an_email_waits_for_no_message_and_no_pause(begin: Begin) -> None:
    async with begin() as unit:
        await put(unit, Kind.DIALOG, ANNA)
        mails = [await put(unit, Kind.MAIL, ANNA) for _ in range(2)]
        await unit.outbox.claim(NOON, 1, ())
        await unit.outbox.pause(0, NOON + HOUR)
        assert [each.id for each in await unit.outbox.claim_mail(NOON, 10)] == mails


async def test_emails_have_moments_of_their_own(begin: Begin) -> None:
    before = NOON - MINUTE
    async with begin() as unit:
        assert await unit.outbox.next_mail() is None
        number = await put(unit, Kind.MAIL)
        assert (await unit.outbox.next_mail(), (await unit.outbox.outlook(before, ())).next_moment) == (NOON, None)
        await unit.outbox.claim_mail(NOON, 1)
        assert await unit.outbox.next_mail() is None
        await unit.outbox.retry(number, NOON + HOUR)
        assert await unit.outbox.claim_mail(NOON, 1) == []
        assert await unit.outbox.next_mail() == NOON + HOUR


async def test_interrupted_emails_are_found_apart_from_messages(begin: Begin) -> None:
    async with begin() as unit:
        mail, message = await put(unit, Kind.MAIL, ANNA), await put(unit, Kind.DIALOG, ANNA)
        await unit.outbox.claim(NOON, 9, ())
        await unit.outbox.claim_mail(NOON, 9)
        assert [each.id for each in await unit.outbox.interrupted()] == [message]
        assert [each.id for each in await unit.outbox.interrupted_mail()] == [mail]
    async with begin(OTHER_BOT) as unit:
        assert (await unit.outbox.interrupted_mail(), await unit.outbox.claim_mail(NOON, 9)) == ([], [])


async def test_the_words_of_an_email_go_once_its_fate_is_known_and_those_of_a_message_stay(begin: Begin) -> None:
    async with begin() as unit:
        sent, dropped = await put(unit, Kind.MAIL, ANNA, "to anna"), await put(unit, Kind.MAIL, BORIS, "to boris")
        message = await put(unit, Kind.DIALOG, ANNA, "kept")
        await unit.outbox.settle(sent, Fate.SENT, NOON)
        await unit.outbox.settle(message, Fate.SENT, NOON)
        assert (await unit.outbox.drop_mail(ANNA, NOON), await unit.outbox.drop_mail(BORIS, NOON)) == (0, 1)
        query = select(OutboxRow.id, OutboxRow.request).order_by(OutboxRow.id)
        rows = await unit.outbox._connection.execute(query)
        assert [tuple(row) for row in rows] == [(sent, "{}"), (dropped, "{}"), (message, "kept")]
