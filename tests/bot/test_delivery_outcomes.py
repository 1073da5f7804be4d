"""Delivery: what is done about every outcome, and at the end."""

from __future__ import annotations

import asyncio

import pytest

from bot.conversation.commands import command
from bot.telegram.requests import (
    EditText,
    Moved,
    Needless,
    NotSent,
    Refused,
    Request,
    Result,
    RevisionMedia,
    SendMedia,
    SendText,
    Sent,
    TapButton,
    Uneditable,
    Unknown,
    Unreachable,
    Wait,
)
from dialogs.session import Session
from storage.database import Database
from storage.messages import Fate, Kind
from tests.bot.bench import ADMIN, ANNA, BORIS, NOON, OLENA, SECOND, Bench
from tests.bot.conftest import ON_BOTH, ON_POSTGRESQL
from tests.bot.fakes import BOT, fates, until_fates


@pytest.mark.parametrize(
    ("result", "fate"),
    [
        (Sent(5), Fate.SENT),
        (Refused("Bad Request: message is too long"), Fate.REFUSED),
        (Needless("Bad Request: message is not modified"), Fate.REFUSED),
        (Uneditable("Bad Request: message to edit not found"), Fate.REFUSED),
        (Unreachable("Forbidden: bot was blocked by the user"), Fate.REFUSED),
    ],
)
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.MAIL])
async def test_what_is_settled_is_not_sent_again(bench: Bench, kind: Kind, result: Result, fate: Fate) -> None:
    bench.telegram.results = [result]
    await bench.put(kind, BORIS)
    async with bench.delivering():
        await until_fates(bench.database, **{fate.value: 1})
    assert len(bench.telegram.performed) == 1


TICKS = EditText(chat_id=ANNA, html="Which?", buttons=((TapButton(text="☑ This", data="1"),),))
GONE = Uneditable("Bad Request: message to edit not found")


async def test_buttons_that_cannot_be_changed_any_more_come_with_a_new_message(bench: Bench) -> None:
    bench.telegram.results = [Sent(5), GONE, Sent(9), Sent(9)]
    asked = await bench.put(Kind.DIALOG)
    await bench.put_request(TICKS, Kind.DIALOG, edits=asked)
    await bench.put_request(TICKS, Kind.DIALOG, edits=asked)
    async with bench.delivering():
        await until_fates(bench.database, sent=3)
    anew = SendText(chat_id=ANNA, html=TICKS.html, buttons=TICKS.buttons)
    assert bench.telegram.performed[1:] == [TICKS, anew, TICKS]
    assert bench.telegram.edited[1::2] == [5, 9]  # the later change is made to the new message


async def test_buttons_of_a_message_that_never_came_come_with_a_new_one(bench: Bench) -> None:
    bench.telegram.results = [Refused("Bad Request: no")]
    asked = await bench.put(Kind.DIALOG)
    await bench.put_request(TICKS, Kind.DIALOG, edits=asked)
    async with bench.delivering():
        await until_fates(bench.database, refused=1, sent=1)
    assert bench.texts == ["Hi", TICKS.html]


@pytest.mark.parametrize(
    ("edit", "result"),
    [
        (TICKS, Needless("Bad Request: message is not modified")),
        (EditText(chat_id=ANNA, html="✓ This"), GONE),  # nobody waits for a mark on an answered question
    ],
    ids=["nothing to change", "nothing to tap"],
)
async def test_a_change_that_nobody_misses_is_not_sent_anew(bench: Bench, edit: EditText, result: Result) -> None:
    bench.telegram.results = [Sent(5), result]
    asked = await bench.put(Kind.DIALOG)
    await bench.put_request(edit, Kind.DIALOG, edits=asked)
    await bench.put(Kind.DIALOG, html="Next")
    async with bench.delivering():
        await until_fates(bench.database, sent=2, refused=1)
    assert bench.texts == ["Hi", edit.html, "Next"]


async def test_what_never_left_is_tried_again_with_growing_pauses(bench: Bench) -> None:
    bench.telegram.results = [NotSent("no connection")] * 8
    await bench.put(Kind.FOLLOW_UP)
    async with bench.delivering():
        for tries, pause in enumerate([1, 2, 4, 8, 16, 32, 60, 60], start=1):
            await bench.until_performed(tries)
            await until_fates(bench.database, waiting=1)
            await bench.moves(pause - 0.5, waiting=1)
            assert len(bench.telegram.performed) == tries
            await bench.moves(0.5)
            await bench.until_performed(tries + 1)


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (Kind.FOLLOW_UP, ["Hi"]),  # at most once
        (Kind.BROADCAST, ["Hi"]),
        (Kind.DIALOG, ["Hi", "Hi"]),  # at least once
        (Kind.HAND_OFF, ["Hi", "🔁 again\n\nHi"]),  # at least once, and it says so
    ],
)
async def test_each_class_has_its_rule_for_an_unknown_fate(bench: Bench, kind: Kind, texts: list[str]) -> None:
    bench.telegram.results = [Unknown("no answer")]
    mark = "🔁 again" if kind is Kind.HAND_OFF else ""
    await bench.put_request(SendText(chat_id=ANNA, html="Hi", repeat_mark=mark), kind)
    async with bench.delivering():
        if len(texts) == 1:
            await until_fates(bench.database, unknown=1)
        else:
            await bench.until_performed(1)
            await until_fates(bench.database, waiting=1)
            await bench.moves(1, sent=1)
    assert bench.texts == texts


async def test_a_repeats_mark_stands_once_however_often_it_is_repeated(bench: Bench) -> None:
    bench.telegram.results = [Unknown("no answer")] * 3
    await bench.put_request(SendText(chat_id=ANNA, html="Card", repeat_mark="🔁"), Kind.HAND_OFF)
    async with bench.delivering():
        for tries, pause in enumerate((1, 2, 4), start=1):
            await bench.until_performed(tries)
            await until_fates(bench.database, waiting=1)
            await bench.moves(pause, **({"sent": 1} if pause == 4 else {}))
    assert bench.texts == ["Card", "🔁\n\nCard", "🔁\n\nCard", "🔁\n\nCard"]


async def test_a_tap_of_unknown_fate_is_let_go(bench: Bench) -> None:
    bench.telegram.results = [Unknown("no answer")]
    await bench.put(Kind.TAP)
    async with bench.delivering():
        await until_fates(bench.database, unknown=1)


@pytest.mark.parametrize(
    ("kind", "fate"),
    [
        (Kind.FOLLOW_UP, Fate.UNKNOWN),
        (Kind.BROADCAST, Fate.UNKNOWN),
        (Kind.DIALOG, Fate.WAITING),
        (Kind.HAND_OFF, Fate.WAITING),
    ],
)
async def test_what_the_last_process_was_sending_is_settled_first(bench: Bench, kind: Kind, fate: Fate) -> None:
    await bench.put(kind)
    async with bench.database.unit(BOT) as unit:
        assert len(await unit.outbox.claim(NOON, 1, ())) == 1
    async with bench.delivering():
        await until_fates(bench.database, **{fate.value: 1})
        if fate is Fate.WAITING:
            await bench.moves(1, sent=1)


@ON_BOTH
async def test_who_cannot_be_reached_gets_nothing_more(bench: Bench) -> None:
    async with bench.database.unit(BOT) as unit:
        anna = await unit.prospects.met(ANNA, "Anna", None, None, NOON)
        walk = Session(quiz="sample", revision=1, language="en", started_at=NOON, at="a")
        session = await unit.sessions.start(anna.id, walk, None)
        lead = await unit.leads.open(anna.id, "sample", session.id, NOON)
        number = await unit.enrolments.enrol(lead.id, anna.id, "sample", 1, "warm-up", None, NOON + SECOND, NOON)
    bench.telegram.results = [Unreachable("Forbidden: bot was blocked by the user")]
    for kind in (Kind.DIALOG, Kind.FOLLOW_UP, Kind.DIALOG):
        await bench.put(kind, ANNA)
    await bench.put(Kind.DIALOG, BORIS)
    async with bench.delivering():
        await until_fates(bench.database, refused=1, dropped=2, sent=1)
    async with bench.database.view(BOT) as view:
        assert (await view.prospects.by_id(anna.id)).blocked_at == NOON
        enrolment = await view.enrolments.by_id(number)
        assert enrolment is not None
        assert (enrolment.ended_at, enrolment.due_at) == (NOON, None)


@ON_POSTGRESQL
async def test_who_cannot_be_reached_is_left_alone_while_another_process_is_at_work_on_them(
    bench: Bench, other: Database
) -> None:
    bench.telegram.results = [Unreachable("Forbidden: bot was blocked by the user")]
    async with bench.delivering():
        async with other.unit(BOT) as unit:
            await unit.turns.alone_with(ANNA)
            for _ in range(2):
                await bench.put(Kind.DIALOG, ANNA)
            bench.hotlead.delivery._outbox.ring()
            await bench.until_performed(1)
            for _ in range(20):
                assert await fates(bench.database) == {Fate.SENDING: 1, Fate.WAITING: 1}
        await until_fates(bench.database, refused=1, dropped=1)


@pytest.mark.parametrize(
    ("result", "fate"),
    [
        (Sent(1), {"sent": 2, "dropped": 1}),
        (Unknown("no answer"), {"sent": 1, "unknown": 1, "dropped": 1}),
        (Wait(5), {"sent": 1, "dropped": 2}),
        (NotSent("no connection"), {"sent": 1, "dropped": 2}),
    ],
    ids=["sent", "unknown", "too fast", "no connection"],
)
async def test_nothing_leaves_after_a_stop_is_confirmed_whatever_comes_of_what_was_under_way(
    bench: Bench, result: Result, fate: dict[str, int]
) -> None:
    told = asyncio.Event()

    async def slow(_: Request) -> Result:
        await told.wait()
        return result

    bench.telegram.results = [slow]
    await bench.put(Kind.FOLLOW_UP, ANNA, "Under way")
    await bench.put(Kind.BROADCAST, ANNA, "Waits")
    async with bench.delivering():
        await until_fates(bench.database, sending=1, waiting=1)
        async with bench.hotlead.workshop.work() as work:
            anna = await work.unit.prospects.by_telegram_id(ANNA)
            assert anna is not None
            await command(work, anna, "stop", "", 1)
        bench.hotlead.delivery._outbox.ring()
        await until_fates(bench.database, sending=1, waiting=1, dropped=1)
        assert bench.texts == ["Under way"]
        told.set()
        if "dropped" in fate and fate["dropped"] == 2:
            await until_fates(bench.database, waiting=2, dropped=1)
            await bench.moves(5)
        await until_fates(bench.database, **fate)
    assert ["You will get no more" in text for text in bench.texts] == [False, True]


GROUP, SUPERGROUP = -4_321, -1_001_234_567_890


@ON_BOTH
async def test_what_waits_for_a_group_that_became_a_supergroup_goes_there_in_its_order(bench: Bench) -> None:
    bench.telegram.results = [Moved(SUPERGROUP), Sent(1), Sent(2)]
    async with bench.database.unit(BOT) as unit:
        await unit.groups.bring(GROUP, "sales", "Sales", "en", ADMIN, NOON)
    for text in ("first", "second"):
        await bench.put(Kind.HAND_OFF, GROUP, text)
    async with bench.delivering():
        await until_fates(bench.database, sent=2)
    assert bench.telegram.chats == [GROUP, SUPERGROUP, SUPERGROUP]
    assert bench.texts == ["first", "first", "second"]
    async with bench.database.view(BOT) as view:
        assert [group.chat_id for group in await view.groups.all()] == [SUPERGROUP]


@ON_BOTH
async def test_a_change_does_not_follow_a_group_to_where_its_number_means_another_message(bench: Bench) -> None:
    card = await bench.put(Kind.HAND_OFF, GROUP, "a card")
    async with bench.delivering():
        await until_fates(bench.database, sent=1)
    bench.telegram.results = [Moved(SUPERGROUP)]
    async with bench.database.unit(BOT) as unit:
        await unit.groups.bring(GROUP, "sales", "Sales", "en", ADMIN, NOON)
    for text in ("taken", "won"):
        await bench.put_request(EditText(chat_id=GROUP, html=text), Kind.HAND_OFF, GROUP, edits=card)
    async with bench.delivering():
        await until_fates(bench.database, sent=1, dropped=2)
    assert bench.telegram.chats == [GROUP, GROUP]


@ON_BOTH
async def test_a_supergroup_that_says_it_moved_is_asked_no_more(bench: Bench) -> None:
    bench.telegram.results = [Moved(SUPERGROUP), Moved(SUPERGROUP)]
    await bench.put(Kind.HAND_OFF, GROUP)
    async with bench.delivering():
        await until_fates(bench.database, refused=1)
    assert bench.telegram.chats == [GROUP, SUPERGROUP]


@ON_BOTH
async def test_a_manager_who_cannot_be_reached_is_an_alarm_once_until_they_write_again(bench: Bench) -> None:
    blocked = Unreachable("Forbidden: bot was blocked by the user")
    bench.telegram.results = [blocked, Sent(1), blocked]
    await bench.put(Kind.HAND_OFF, OLENA)
    async with bench.delivering():
        await until_fates(bench.database, refused=1, sent=1)
    await bench.put(Kind.HAND_OFF, OLENA)
    async with bench.delivering():
        await until_fates(bench.database, refused=2, sent=1)
    assert bench.telegram.chats == [OLENA, ADMIN, OLENA]


@ON_BOTH
async def test_a_manager_who_cannot_be_reached_is_an_alarm_for_the_admins(bench: Bench) -> None:
    bench.telegram.results = [Unreachable("Forbidden: bot was blocked by the user")]
    await bench.put(Kind.HAND_OFF, OLENA)
    async with bench.delivering():
        await until_fates(bench.database, refused=1, sent=1)
    assert bench.telegram.chats == [OLENA, ADMIN]
    assert "cannot get cards" in bench.texts[1]


async def test_a_request_that_cannot_even_be_made_does_not_stop_the_others(bench: Bench) -> None:
    async def broken(_: Request) -> Result:
        raise ZeroDivisionError

    bench.telegram.results = [broken]
    await bench.put(Kind.DIALOG, ANNA)
    await bench.put(Kind.DIALOG, BORIS)
    async with bench.delivering():
        await until_fates(bench.database, refused=1, sent=1)


async def test_a_picture_is_named_by_telegram_after_its_first_upload(bench: Bench) -> None:
    bench.telegram.results = [Sent(5, ("file-1",))]
    request = SendMedia(chat_id=ANNA, html="A chair", media=RevisionMedia(quiz="sample", revision=1, name="a.jpg"))
    await bench.put_request(request, Kind.DIALOG)
    async with bench.delivering():
        await until_fates(bench.database, sent=1)
    async with bench.database.view(BOT) as view:
        assert await view.quizzes.media("sample", 1, "a.jpg") == (b"picture", "file-1")


async def test_without_its_picture_the_words_are_sent(bench: Bench) -> None:
    request = SendMedia(
        chat_id=ANNA, html="A chair", media=RevisionMedia(quiz="sample", revision=1, name="gone.jpg")
    )
    await bench.put_request(request, Kind.DIALOG)
    async with bench.delivering():
        await until_fates(bench.database, sent=1)
    assert bench.telegram.performed == [SendText(chat_id=ANNA, html="A chair")]


# The end ------------------------------------------------------------------------------------------------------


async def test_a_request_under_way_may_end_when_the_process_stops(bench: Bench) -> None:
    begun, free = asyncio.Event(), asyncio.Event()

    async def slow(_: Request) -> Result:
        begun.set()
        await free.wait()
        return Sent(5)

    bench.telegram.results = [slow]
    await bench.put(Kind.DIALOG, ANNA)
    task = asyncio.ensure_future(bench.hotlead.delivery.run())
    await asyncio.wait_for(begun.wait(), 5)
    task.cancel()
    await asyncio.sleep(0)
    free.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await fates(bench.database) == {Fate.SENT: 1}
