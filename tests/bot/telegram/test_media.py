"""The port over real HTTP, on each framework: files of every kind, out once and then by name; and in."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from bot.demo.emulator import (
    ConnectionDropAfter,
    Emulator,
    Fault,
    Message,
    Person,
    Refusal,
    ServerError,
    TimeoutAfter,
    TooManyRequests,
)
from bot.demo.emulator.files import LARGEST_DOWNLOAD, Upload
from bot.telegram.port import Messenger
from bot.telegram.requests import (
    EditText,
    FetchFile,
    File,
    Refused,
    Result,
    RevisionMedia,
    SendAlbum,
    SendMedia,
    Sent,
    TapButton,
    Unknown,
    Wait,
)
from dialogs.steps import MediaKind
from tests.bot.telegram.samples import ANNA

KINDS: list[MediaKind] = ["photo", "video", "document", "voice"]
YES = ((TapButton(text="Yes", data="q:1:a:yes"),),)


def _media(name: str) -> RevisionMedia:
    return RevisionMedia(quiz="q", revision=1, name=name)


def _file(name: str, file_id: str | None = None, content: bytes | None = None) -> File:
    return File(name, name.encode() if content is None else content, file_id)


def _album(*names: str, captions: tuple[str, ...] = ()) -> SendAlbum:
    return SendAlbum(chat_id=ANNA, media=tuple(_media(name) for name in names), captions=captions)


def _uploads(emulator: Emulator) -> list[int]:
    """How many files each request carried."""
    sends = [call for call in emulator.calls if call.method.startswith("send")]
    return [sum(isinstance(part, Upload) for part in call.params.values()) for call in sends]


def _new(anna: Person) -> list[Message]:
    return [message for message in anna.messages if message.from_bot]


@pytest.fixture(autouse=True)
def _keeps_to_the_specification(emulator: Emulator, anna: Person) -> Iterator[None]:
    anna.starts()
    yield
    assert emulator.violations == []


# One file ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_of_any_kind_is_uploaded_once_and_then_named(
    messenger: Messenger, emulator: Emulator, anna: Person, kind: MediaKind
) -> None:
    request = SendMedia(chat_id=ANNA, html="<b>Look</b>", kind=kind, media=_media("a.bin"), buttons=YES)
    first = await messenger.perform(request, None, [_file("a.bin")])
    assert isinstance(first, Sent)
    assert len(first.file_ids) == 1
    again = await messenger.perform(request, None, [_file("a.bin", first.file_ids[0])])
    assert again == Sent(_new(anna)[1].id, first.file_ids)
    for message in _new(anna):
        assert message.media is not None
        assert (message.media.kind, message.media.name, message.media.content) == (kind, "a.bin", b"a.bin")
        assert (message.html, message.buttons[0][0].text) == ("<b>Look</b>", "Yes")
    assert _uploads(emulator) == [1, 0]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_name_that_telegram_has_forgotten_is_replaced_by_the_file(
    messenger: Messenger, emulator: Emulator, anna: Person, kind: MediaKind
) -> None:
    request = SendMedia(chat_id=ANNA, html="Look", kind=kind, media=_media("a.bin"))
    first = await messenger.perform(request, None, [_file("a.bin")])
    assert isinstance(first, Sent)
    emulator.forget_files()
    again = await messenger.perform(request, None, [_file("a.bin", first.file_ids[0])])
    assert isinstance(again, Sent)
    assert again.file_ids != first.file_ids
    assert len(_new(anna)) == 2


@pytest.mark.parametrize(
    "words",
    [
        "Bad Request: wrong file identifier/HTTP URL specified",
        "Bad Request: wrong remote file identifier specified: Wrong string length",
        "Bad Request: can't use file of type Animation as Video",
        "Bad Request: FILE_REFERENCE_EXPIRED",
    ],
)
async def test_every_word_for_a_stale_name_is_understood(
    messenger: Messenger, emulator: Emulator, anna: Person, words: str
) -> None:
    emulator.fail(Refusal(400, words))
    request = SendMedia(chat_id=ANNA, html="Look", media=_media("a.jpg"))
    assert isinstance(await messenger.perform(request, None, [_file("a.jpg", "AgAC" + "x" * 30)]), Sent)
    assert _uploads(emulator) == [0, 1]


async def test_a_stale_name_of_a_file_that_is_not_here_is_refused_and_not_tried_again(
    messenger: Messenger, emulator: Emulator
) -> None:
    request = SendMedia(chat_id=ANNA, html="Look", media=_media("a.jpg"))
    result = await messenger.perform(request, None, [_file("a.jpg", "AgAC" + "x" * 30, b"")])
    assert result == Refused("Bad Request: invalid file_id")
    assert _uploads(emulator) == [0]


async def test_another_refusal_uploads_nothing_anew(messenger: Messenger, emulator: Emulator) -> None:
    request = SendMedia(chat_id=ANNA, html="x" * 1025, media=_media("a.jpg"))
    result = await messenger.perform(request, None, [_file("a.jpg", "AgAC" + "x" * 30)])
    assert result == Refused("Bad Request: message caption is too long")
    assert _uploads(emulator) == [0]


async def test_words_below_a_file_can_be_changed_too(messenger: Messenger, anna: Person) -> None:
    request = SendMedia(chat_id=ANNA, html="Which one?", media=_media("a.jpg"), buttons=YES)
    sent = await messenger.perform(request, None, [_file("a.jpg")])
    assert isinstance(sent, Sent)
    edit = EditText(chat_id=ANNA, html="Which one?\n\n✓ <b>Yes</b>")
    assert await messenger.perform(edit, sent.message_id) == Sent(sent.message_id)
    assert (_new(anna)[0].text, _new(anna)[0].buttons) == ("Which one?\n\n✓ Yes", ())


# Albums --------------------------------------------------------------------------------------------------


async def test_an_album_is_uploaded_once_and_then_named(
    messenger: Messenger, emulator: Emulator, anna: Person
) -> None:
    request = _album("a.jpg", "b.jpg", "c.jpg", captions=("<b>One</b>", "", "Three"))
    first = await messenger.perform(request, None, [_file("a.jpg"), _file("b.jpg"), _file("c.jpg")])
    assert isinstance(first, Sent)
    assert first.message_id == _new(anna)[0].id
    named = [_file(name, file_id) for name, file_id in zip("abc", first.file_ids, strict=True)]
    again = await messenger.perform(request, None, named)
    assert isinstance(again, Sent)
    assert again.file_ids == first.file_ids
    assert [message.html for message in _new(anna)] == ["<b>One</b>", "", "Three"] * 2
    assert [message.photo.content for message in _new(anna) if message.photo] == [b"a.jpg", b"b.jpg", b"c.jpg"] * 2
    assert [message.album for message in _new(anna)] == [_new(anna)[0].album] * 3 + [_new(anna)[3].album] * 3
    assert _new(anna)[0].album != _new(anna)[3].album
    assert _uploads(emulator) == [3, 0]


async def test_an_album_may_mix_new_files_with_known_ones(
    messenger: Messenger, emulator: Emulator, anna: Person
) -> None:
    first = await messenger.perform(_album("a.jpg", "b.jpg"), None, [_file("a.jpg"), _file("b.jpg")])
    assert isinstance(first, Sent)
    mixed = [_file("c.jpg"), _file("b.jpg", first.file_ids[1])]
    second = await messenger.perform(_album("c.jpg", "b.jpg"), None, mixed)
    assert isinstance(second, Sent)
    assert second.file_ids[1] == first.file_ids[1]
    assert [message.photo.name for message in _new(anna)[2:] if message.photo] == ["c.jpg", "b.jpg"]
    assert _uploads(emulator) == [2, 1]


async def test_one_forgotten_name_in_an_album_is_no_loss(
    messenger: Messenger, emulator: Emulator, anna: Person
) -> None:
    mixed = [_file("a.jpg"), _file("b.jpg", "AgAC" + "x" * 30)]
    sent = await messenger.perform(_album("a.jpg", "b.jpg"), None, mixed)
    assert isinstance(sent, Sent)
    assert len(sent.file_ids) == len(_new(anna)) == 2
    assert _uploads(emulator) == [1, 2]


@pytest.mark.parametrize(
    ("fault", "result"), [(TooManyRequests(7), Wait(7)), (TimeoutAfter(0.01), Unknown), (ServerError(), Unknown)]
)
async def test_an_album_that_fails_has_an_outcome(
    messenger: Messenger, emulator: Emulator, fault: Fault, result: Result | type[Result]
) -> None:
    emulator.fail(fault, method="sendMediaGroup")
    found = await messenger.perform(_album("a.jpg", "b.jpg"), None, [_file("a.jpg"), _file("b.jpg")])
    assert isinstance(found, result) if isinstance(result, type) else found == result


async def test_an_album_without_its_files_is_refused_here(messenger: Messenger) -> None:
    assert await messenger.perform(_album("a.jpg", "b.jpg")) == Refused("the files are missing")


# Fetching ------------------------------------------------------------------------------------------------


def _fetch(message: Message) -> FetchFile:
    assert message.media is not None
    return FetchFile(chat_id=ANNA, number=1, file_id=message.media.file_id)


async def test_a_file_that_somebody_sent_is_fetched_byte_for_byte(messenger: Messenger, anna: Person) -> None:
    content = bytes(range(256)) * 1000
    sent = anna.sends_document("plan.pdf", content)
    assert await messenger.perform(_fetch(sent)) == Sent(content=content)


async def test_a_file_over_20_mb_is_refused(messenger: Messenger, anna: Person) -> None:
    sent = anna.sends_document("film.mkv", bytes(LARGEST_DOWNLOAD + 1))
    assert await messenger.perform(_fetch(sent)) == Refused("Bad Request: file is too big")


async def test_a_file_that_is_gone_is_refused(messenger: Messenger, emulator: Emulator, anna: Person) -> None:
    sent = anna.sends_document("plan.pdf", b"x")
    emulator.forget_files()
    assert await messenger.perform(_fetch(sent)) == Refused("Bad Request: invalid file_id")


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (Refusal(404, "Not Found"), Refused("the download was refused with HTTP 404")),
        (ServerError(502), Unknown("the download failed with HTTP 502")),
        (TooManyRequests(3), Wait(1)),
        (ConnectionDropAfter(), Unknown("the download broke off")),
        (TimeoutAfter(0.01), Unknown("the download broke off")),
    ],
    ids=repr,
)
async def test_a_download_that_fails_has_an_outcome_and_the_token_is_told_nowhere(
    messenger: Messenger,
    emulator: Emulator,
    anna: Person,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
    result: Result,
) -> None:
    caplog.set_level(logging.DEBUG)
    sent = anna.sends_document("plan.pdf", b"x")
    emulator.fail(fault, method="download", times=2)  # aiohttp asks again by itself when a connection breaks
    found = await messenger.perform(_fetch(sent))
    emulator.recover()
    assert found == result
    secret = emulator.token.partition(":")[2]
    aiohttps = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    assert secret not in repr(found)
    assert secret not in "\n".join(aiohttps)
    assert await messenger.perform(_fetch(sent)) == Sent(content=b"x")
