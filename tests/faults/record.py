"""The emulator's own record of what it was asked and answered, beside what the bot's database says of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bot.demo.emulator import Call
from bot.telegram.requests import REQUEST, AnswerTap, EditText, Request, SendMedia, SendText
from storage.database import Database
from storage.messages import Fate, Kind
from storage.tables import ConsentRow, InboxRow, OutboxRow

MAY_HAVE_ARRIVED = frozenset({200, 502, 504})
"""How requests were answered of which the bot cannot know that they were not carried out."""
REPEATED = "🔁"
"""How the repeat of a card begins."""


@dataclass(frozen=True)
class Message:
    """A row of the outbox, with its request read."""

    id: int
    chat: int
    kind: Kind
    fate: Fate
    message_id: int | None
    enrolment: int | None
    hand_off: int | None
    edits: int | None
    asks: Request | None

    @property
    def words(self) -> str:
        """What it says; empty for what says nothing."""
        match self.asks:
            case SendText(html=words) | EditText(html=words) | SendMedia(html=words):
                return words
            case _:
                return ""


@dataclass(frozen=True)
class Books:
    """What the bot has written down, at the end of everything."""

    messages: tuple[Message, ...]
    updates: Counter[tuple[int, str]]
    """by number and state"""
    consents: Counter[tuple[int, str]]
    """given: by prospect and purpose"""

    @classmethod
    async def of(cls, database: Database) -> Books:
        """Read them."""
        columns = (
            *(OutboxRow.id, OutboxRow.chat_id, OutboxRow.kind, OutboxRow.state, OutboxRow.message_id),
            *(OutboxRow.enrolment_id, OutboxRow.hand_off_id, OutboxRow.edits, OutboxRow.request),
        )
        given = select(ConsentRow.prospect_id, ConsentRow.purpose, func.count()).where(ConsentRow.event == "given")
        async with database.look() as connection:
            rows = (await connection.execute(select(*columns).order_by(OutboxRow.id))).all()
            updates = await connection.execute(select(InboxRow.update_id, InboxRow.state))
            consents = await connection.execute(given.group_by(ConsentRow.prospect_id, ConsentRow.purpose))
            return cls(
                tuple(_message(*row) for row in rows),
                Counter((number, state) for number, state in updates),
                Counter({(who, purpose): count for who, purpose, count in consents}),
            )

    def of_kind(self, kind: Kind) -> list[Message]:
        """Return the messages of a class."""
        return [message for message in self.messages if message.kind is kind]


def _message(number: int, chat: int, kind: str, state: str, *rest: Any) -> Message:
    message_id, enrolment, hand_off, edits, request = rest
    asks = REQUEST.validate_json(request) if request else None
    return Message(number, chat, Kind(kind), Fate(state), message_id, enrolment, hand_off, edits, asks)


class Record:
    """The calls of an emulator, looked at from one side after another."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self._calls = list(calls)
        self.sends = [call for call in self._calls if call.method in ("sendMessage", "sendPhoto")]

    def given(self) -> set[int]:
        """Name the updates that the bot was given."""
        answers = (call.answer for call in self._calls if call.method == "getUpdates" and call.status == 200)
        return {update["update_id"] for answer in answers for update in answer["result"]}

    def confirmed(self) -> set[int]:
        """Name the updates that the bot confirmed: it asked for what comes after them."""
        asked = (int(c.params.get("offset") or 0) for c in self._calls if c.method == "getUpdates")
        highest = max(asked, default=0)
        return {number for number in self.given() if number < highest}

    def arrived(self, chat: int, words: str = "") -> list[str]:
        """Return the texts that arrived in a chat, all that have these words, in their order."""
        return [
            _said(call)
            for call in self.sends
            if call.status == 200 and int(call.params["chat_id"]) == chat and words in _said(call)
        ]

    # What must hold -------------------------------------------------------------------------------------------

    def every_confirmed_update_was_handled_once(self, books: Books) -> None:
        """What Telegram was told is safe is in the inbox once, and handled; and nothing came from elsewhere."""
        lost = {number for number in self.confirmed() if books.updates[number, "done"] != 1}
        assert not lost, f"confirmed and not handled: {sorted(lost)}"
        assert {number for number, _ in books.updates} <= self.given()
        assert max(books.updates.values()) == 1
        assert set(books.consents.values()) == {1}, "somebody gave a consent twice by one tap"

    def no_follow_up_was_sent_twice(self, books: Books) -> None:
        """Each text of a sequence was asked for at most once, but for attempts that were refused with a 429."""
        mine = {(message.chat, message.words): message for message in books.of_kind(Kind.FOLLOW_UP)}
        assert len(mine) == len(books.of_kind(Kind.FOLLOW_UP)), "a step was put into the outbox twice"
        asked: Counter[tuple[int, str]] = Counter()
        for call in self.sends:
            if call.status in MAY_HAVE_ARRIVED:
                asked[int(call.params["chat_id"]), _said(call)] += 1
        assert not {key: number for key, number in asked.items() if key in mine and number > 1}

    def every_alert_arrived(self, books: Books, manager: int, leads: Iterable[str]) -> None:
        """Each hot lead's card reached the manager; whatever of it came again says so."""
        cards: defaultdict[str, list[str]] = defaultdict(list)
        for words in (each.words for each in books.of_kind(Kind.HAND_OFF) if each.hand_off and not each.edits):
            card = _without_mark(words)
            cards[card] += [each for each in self.arrived(manager) if _without_mark(each) == card]
        for name in leads:
            [came] = [arrived for words, arrived in cards.items() if name in words]
            assert came, f"nobody was alerted of {name}"
            assert sum(not text.startswith(REPEATED) for text in came) <= 1, f"{name} came twice without a mark"

    def the_outbox_tells_the_truth(self, books: Books) -> None:
        """Each message that is said to be sent stands in the record; nothing stands there that was not put in."""
        open_ones = [each for each in books.messages if each.fate in (Fate.WAITING, Fate.SENDING)]
        assert not open_ones, f"left lying: {open_ones}"
        carried_out = {_key(call) for call in self._calls if call.status == 200}
        for message in books.messages:
            if message.fate is Fate.SENT and (key := _wanted(message)) is not None:
                assert key in carried_out, f"said to be sent, and was not: {message}"
        put_in = {(each.chat, _without_mark(each.words)) for each in books.messages if each.words}
        for call in self.sends:
            chat, words = int(call.params["chat_id"]), _without_mark(_said(call))
            assert (chat, words) in put_in, f"sent, and in no outbox: {words!r}"


def _wanted(message: Message) -> tuple[Any, ...] | None:
    """Return what the record must hold of a message that was sent."""
    match message.asks:
        case SendText() | SendMedia():
            return "send", message.chat, message.message_id, message.words
        case EditText():
            return "edit", message.chat, message.message_id, message.words
        case AnswerTap(tap_id=tap_id):
            return "tap", tap_id
        case _:
            return None


def _key(call: Call) -> tuple[Any, ...] | None:
    match call.method:
        case "sendMessage" | "sendPhoto":
            return "send", int(call.params["chat_id"]), call.answer["result"]["message_id"], _said(call)
        case "editMessageText" | "editMessageCaption":
            return "edit", int(call.params["chat_id"]), int(call.params["message_id"]), _said(call)
        case "answerCallbackQuery":
            return "tap", call.params["callback_query_id"]
        case _:
            return None


def _said(call: Call) -> str:
    return str(call.params.get("text") or call.params.get("caption") or "")


def _without_mark(words: str) -> str:
    return words.partition("\n\n")[2] if words.startswith(REPEATED) else words
