"""Published quizzes: revisions that never change; and the journal."""

from __future__ import annotations

import pytest

from storage.errors import RevisionMissingError
from tests.storage.conftest import Begin
from tests.storage.samples import BOT, DAY, HOUR, NOON, OTHER_BOT, a_prospect


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
