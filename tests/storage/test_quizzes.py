"""Published quizzes: revisions that never change; and the journal."""

from __future__ import annotations

import pytest

from storage.errors import RevisionMissingError
from storage.records import Picture, RevisionState
from tests.storage.conftest import Begin
from tests.storage.samples import ANNA, BOT, DAY, HOUR, NOON, OTHER_BOT, QUIZ, a_prospect, a_walk


async def test_a_changed_document_is_a_new_revision_and_the_old_one_stays(begin: Begin) -> None:
    async with begin() as unit:
        first = await unit.quizzes.publish("q", "quiz: one", {}, NOON)
        second = await unit.quizzes.publish("q", "quiz: two", {}, NOON + HOUR)
        assert (first.number, second.number) == (1, 2)
        assert await unit.quizzes.newest("q") == second
        assert await unit.quizzes.revision("q", 1) == first


async def test_the_same_document_stays_the_revision_it_is(begin: Begin) -> None:
    async with begin() as unit:
        first = await unit.quizzes.publish("q", "quiz: one", {"a.jpg": b"1"}, NOON)
        assert await unit.quizzes.publish("q", "quiz: one", {"a.jpg": b"1"}, NOON + DAY) == first


@pytest.mark.parametrize(
    "media",
    [{}, {"a.jpg": b"2"}, {"b.jpg": b"1"}, {"a.jpg": b"1", "b.jpg": b""}],
    ids=["none", "another picture", "another name", "one more"],
)
async def test_changed_pictures_are_a_new_revision(begin: Begin, media: dict[str, bytes]) -> None:
    async with begin() as unit:
        await unit.quizzes.publish("q", "quiz: one", {"a.jpg": b"1"}, NOON)
        assert (await unit.quizzes.publish("q", "quiz: one", media, NOON)).number == 2


async def test_going_back_to_an_older_document_is_a_new_revision(begin: Begin) -> None:
    async with begin() as unit:
        for source in ("one", "two", "one"):
            last = await unit.quizzes.publish("q", source, {}, NOON)
        assert (last.number, last.source) == (3, "one")


async def test_a_picture_is_uploaded_once_a_revision(begin: Begin) -> None:
    async with begin() as unit:
        await unit.quizzes.publish("q", "one", {"a.jpg": b"1"}, NOON)
        await unit.quizzes.publish("q", "two", {"a.jpg": b"2"}, NOON)
        assert await unit.quizzes.media("q", 1, "a.jpg") == (b"1", None)
        await unit.quizzes.remember_file("q", 1, "a.jpg", "file-1")
        assert await unit.quizzes.media("q", 1, "a.jpg") == (b"1", "file-1")
        assert await unit.quizzes.media("q", 2, "a.jpg") == (b"2", None)
        assert await unit.quizzes.media("q", 1, "gone.jpg") is None


async def test_a_revision_that_is_not_there_is_named(begin: Begin) -> None:
    async with begin() as unit:
        with pytest.raises(RevisionMissingError) as missing:
            await unit.quizzes.revision("q", 7)
    assert missing.value.__notes__ == ["quiz 'q', revision 7"]


async def test_quizzes_are_listed_in_the_order_they_were_first_published(begin: Begin) -> None:
    async with begin() as unit:
        for hour, quiz in enumerate(["b", "a", "b", "c"]):
            await unit.quizzes.publish(quiz, f"{hour}", {}, NOON + hour * HOUR)
        assert await unit.quizzes.ids() == ["b", "a", "c"]


async def test_a_start_does_not_undo_what_was_published_since(begin: Begin) -> None:
    async with begin() as unit:
        await unit.quizzes.publish("q", "one", {"a.jpg": b"1"}, NOON)
        second = await unit.quizzes.publish("q", "two", {}, NOON)
        assert await unit.quizzes.publish("q", "one", {"a.jpg": b"1"}, NOON, again=False) == second
        assert await unit.quizzes.newest("q") == second
        assert (await unit.quizzes.publish("q", "one", {"a.jpg": b"2"}, NOON, again=False)).number == 3


async def test_a_draft_that_was_discarded_can_still_be_published_by_a_start(begin: Begin) -> None:
    async with begin() as unit:
        draft = await unit.quizzes.draft("q", "one", {}, ANNA, NOON)
        await unit.quizzes.discard("q", draft.number)
        assert (await unit.quizzes.publish("q", "one", {}, NOON, again=False)).state is RevisionState.PUBLISHED


async def test_nobody_starts_on_a_draft_and_its_number_stays_its_own(begin: Begin) -> None:
    async with begin() as unit:
        first = await unit.quizzes.publish("q", "one", {}, NOON)
        draft = await unit.quizzes.draft("q", "two", {"a.jpg": b"1"}, ANNA, NOON + HOUR)
        assert (draft.number, draft.state, draft.drafted_by) == (2, RevisionState.DRAFT, ANNA)
        assert await unit.quizzes.newest("q") == first
        assert (await unit.quizzes.publish("q", "three", {}, NOON + HOUR)).number == 3
        assert [each.number for each in await unit.quizzes.history("q")] == [3, 2, 1]
        assert await unit.quizzes.media("q", 2, "a.jpg") == (b"1", None)


async def test_a_draft_is_published_or_discarded_once(begin: Begin) -> None:
    async with begin() as unit:
        await unit.quizzes.draft("q", "one", {}, ANNA, NOON)
        await unit.quizzes.draft("q", "two", {}, ANNA, NOON)
        assert await unit.quizzes.publish_draft("q", 1, NOON + HOUR)
        assert not await unit.quizzes.publish_draft("q", 1, NOON + DAY)
        assert not await unit.quizzes.discard("q", 1)
        assert await unit.quizzes.discard("q", 2)
        assert not await unit.quizzes.publish_draft("q", 2, NOON)
        newest = await unit.quizzes.newest("q")
        assert newest is not None
        assert (newest.number, newest.published_at) == (1, NOON + HOUR)


async def test_a_draft_that_was_overtaken_needs_a_new_number(begin: Begin) -> None:
    async with begin() as unit:
        draft = await unit.quizzes.draft("q", "one", {"a.jpg": b"1"}, ANNA, NOON)
        await unit.quizzes.publish("q", "two", {}, NOON)
        assert not await unit.quizzes.publish_draft("q", draft.number, NOON)
        again = await unit.quizzes.redraft("q", draft.number, ANNA, NOON)
        assert (again.number, again.sha256) == (3, draft.sha256)
        assert await unit.quizzes.all_media("q", 3) == {"a.jpg": b"1"}
        assert (await unit.quizzes.revision("q", 1)).state is RevisionState.DISCARDED
        assert await unit.quizzes.publish_draft("q", 3, NOON)


async def test_going_back_publishes_the_old_document_with_its_pictures_once_more(begin: Begin) -> None:
    async with begin() as unit:
        first = await unit.quizzes.publish("q", "one", {"a.jpg": b"1"}, NOON)
        await unit.quizzes.publish("q", "two", {}, NOON)
        copy = await unit.quizzes.publish_copy("q", 1, ANNA, NOON + HOUR)
        assert (copy.number, copy.source, copy.sha256) == (3, "one", first.sha256)
        assert await unit.quizzes.newest("q") == copy
        assert await unit.quizzes.media("q", 3, "a.jpg") == (b"1", None)


async def test_a_picture_is_found_in_the_newest_revision_that_has_it(begin: Begin) -> None:
    async with begin() as unit:
        await unit.quizzes.publish("q", "one", {"a.jpg": b"1"}, NOON)
        await unit.quizzes.draft("q", "two", {"a.jpg": b"2"}, ANNA, NOON + HOUR)
        await unit.quizzes.publish("q", "three", {}, NOON + DAY)
        assert await unit.quizzes.latest_media("q", "a.jpg") == Picture(b"2", NOON + HOUR)
        assert await unit.quizzes.latest_media("q", "b.jpg") is None
        assert await unit.quizzes.latest_media("other", "a.jpg") is None
    async with begin(OTHER_BOT) as unit:
        assert await unit.quizzes.latest_media("q", "a.jpg") is None


async def test_only_quizzes_that_began_in_the_chat_run_without_a_setting(begin: Begin) -> None:
    async with begin() as unit:
        await unit.quizzes.publish("by-file", "one", {}, NOON)
        for quiz in ("by-file", "by-chat", "only-a-draft"):
            await unit.quizzes.draft(quiz, "two", {}, ANNA, NOON)
        await unit.quizzes.publish_draft("by-file", 2, NOON)
        await unit.quizzes.publish_draft("by-chat", 1, NOON + HOUR)
        await unit.quizzes.publish("by-chat", "three", {}, NOON + DAY)
        assert await unit.quizzes.from_the_chat() == ["by-chat"]
        assert await unit.quizzes.ids() == ["by-file", "by-chat"]
    async with begin(OTHER_BOT) as unit:
        assert await unit.quizzes.from_the_chat() == []


async def test_a_pause_lasts_until_it_is_ended_and_a_second_one_is_no_news(begin: Begin) -> None:
    async with begin() as unit:
        assert await unit.quizzes.paused_at("q") is None
        assert not await unit.quizzes.pause("q", None)
        assert await unit.quizzes.pause("q", NOON)
        assert not await unit.quizzes.pause("q", NOON + HOUR)
        assert await unit.quizzes.paused_at("q") == NOON
        assert await unit.quizzes.pause("q", None)
        assert await unit.quizzes.paused_at("q") is None
        assert await unit.quizzes.pause("q", NOON + DAY)
    async with begin(OTHER_BOT) as unit:
        assert await unit.quizzes.paused_at("q") is None


async def test_who_is_in_the_middle_is_counted_without_tests_and_without_who_finished(begin: Begin) -> None:
    async with begin() as unit:
        for person, revision in ((1, 1), (2, 1), (3, 2)):
            prospect = await a_prospect(unit, person)
            await unit.sessions.start(prospect.id, a_walk(revision), None)
        tester, done = await a_prospect(unit, 4), await a_prospect(unit, 5)
        test = await unit.sessions.start(tester.id, a_walk(2), None, is_test=True)
        stored = await unit.sessions.start(done.id, a_walk(2), None)
        await unit.sessions.save(stored, a_walk(2, at=None, ended_with="bye"))
        assert await unit.sessions.in_the_middle(QUIZ) == {1: 2, 2: 1}
        assert await unit.sessions.in_the_middle("other") == {}
        assert await unit.sessions.open_tests(QUIZ, 2) == [test]
        assert await unit.sessions.open_tests(QUIZ, 1) == []
        latest = await unit.sessions.latest(tester.id)
        assert latest is not None
        assert latest.is_test


async def test_two_bots_publish_for_themselves(begin: Begin) -> None:
    async with begin(BOT) as unit:
        await unit.quizzes.publish("q", "one", {"a.jpg": b"1"}, NOON)
    async with begin(OTHER_BOT) as unit:
        assert (await unit.quizzes.newest("q"), await unit.quizzes.ids()) == (None, [])
        assert await unit.quizzes.media("q", 1, "a.jpg") is None
        with pytest.raises(RevisionMissingError):
            await unit.quizzes.revision("q", 1)
        await unit.quizzes.remember_file("q", 1, "a.jpg", "theirs")
    async with begin(BOT) as unit:
        assert await unit.quizzes.media("q", 1, "a.jpg") == (b"1", None)


async def test_the_journal_tells_what_happened_in_order(begin: Begin) -> None:
    async with begin() as unit:
        anna = await a_prospect(unit)
        await unit.journal.note("started", anna.id, NOON, quiz="q", revision=1, source=None)
        await unit.journal.note("scored", anna.id, NOON + HOUR, total=85, band="hot")
        first, second = await unit.journal.after(0)
        assert (first.event, first.prospect_id, first.at) == ("started", anna.id, NOON)
        assert first.facts == {"quiz": "q", "revision": 1, "source": None}
        assert await unit.journal.after(first.id) == [second]
        assert await unit.journal.after(0, limit=1) == [first]
    async with begin(OTHER_BOT) as unit:
        assert await unit.journal.after(0) == []
