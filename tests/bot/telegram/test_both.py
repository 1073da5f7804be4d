"""Both frameworks beside each other: whatever happens at Telegram, they bring and read the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import telegram
from aiogram.types import Update
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import StandingClock
from bot.demo.emulator import Emulator, FormattedText, Person
from bot.demo.emulator.entities import Entity
from bot.demo.emulator.groups import Group
from bot.demo.serving import served
from bot.settings import Framework
from bot.telegram import frameworks
from bot.telegram.requests import SendText, Sent, TapButton
from bot.telegram.updates import Incoming, MessageEdited, TapReceived, TextReceived
from tests.bot.telegram.samples import ANNA, CARD

GROUP = -1001234567890
BOT = "hotlead_demo_bot"
WORDS = st.one_of(
    st.text(min_size=1, max_size=40).filter(lambda text: text.strip()),
    st.sampled_from(["/start ads", f"@{BOT}", f"😀 @{BOT} /help", "/team_here sales", f"/x@{BOT} 😀", "a\0b"]),
)
FLAGS = st.booleans()


@dataclass(frozen=True)
class Scene:
    """Who can do something."""

    anna: Person
    group: Group


Seen = tuple[dict[Framework, list[str]], dict[Framework, list[Incoming | None]]]
Act = Callable[[Scene], object]


def _taps_in_group(scene: Scene) -> object:
    return scene.group.taps(scene.anna, "Take")


ACTS: st.SearchStrategy[Act] = st.one_of(
    WORDS.map(lambda text: lambda scene: scene.anna.says(text)),
    WORDS.map(lambda text: lambda scene: scene.anna.says(FormattedText(text, (Entity("bold", 0, 3),)))),
    WORDS.map(lambda text: lambda scene: scene.anna.forwards(text)),
    WORDS.map(lambda text: lambda scene: scene.anna.edits(scene.anna.says("before").id, text)),
    WORDS.map(lambda text: lambda scene: scene.anna.says(text, reply_to=scene.anna.says("first").id)),
    WORDS.map(lambda text: lambda scene: scene.anna.sends_photo(b"p", text)),
    WORDS.map(lambda name: lambda scene: scene.anna.sends_document(name, b"d")),
    WORDS.map(lambda text: lambda scene: scene.group.says(scene.anna, text)),
    WORDS.map(lambda text: lambda scene: scene.group.says_anonymously(text)),
    FLAGS.map(lambda live: lambda scene: scene.anna.sends_location(50.4, 30.5, live=live)),
    FLAGS.map(lambda live: lambda scene: scene.anna.sends_location(50.4, 30.5, forwarded=not live)),
    st.sampled_from(
        [
            lambda scene: scene.anna.sends_video("v.mp4", b"v"),
            lambda scene: scene.anna.sends_voice(b"v"),
            lambda scene: scene.anna.sends_audio("a.mp3", b"a"),
            lambda scene: scene.anna.sends_sticker(),
            lambda scene: scene.anna.sends_album("one", ""),
            lambda scene: scene.anna.sends_venue("Office", "Main St 1", 50.4, 30.5),
            lambda scene: scene.anna.sends_poll("Chairs?", "Yes", "No"),
            lambda scene: scene.anna.sends_dice(),
            lambda scene: scene.anna.shares_contact(),
            lambda scene: scene.anna.shares_contact("+48512345678", "Nobody"),
            lambda scene: scene.anna.forwards_contact(),
            lambda scene: scene.anna.forges_mini_app_data("Yes", "yes"),
            lambda scene: scene.anna.taps("Yes"),
            lambda scene: (scene.anna.blocks(), scene.anna.unblocks()),
            lambda scene: (scene.group.removes_bot(scene.anna), scene.group.adds_bot(scene.anna)),
            _taps_in_group,
        ]
    ),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(acts=st.lists(ACTS, min_size=1, max_size=8))
def test_whatever_happens_both_frameworks_bring_the_same_and_read_the_same(acts: list[Act]) -> None:
    bodies, read = asyncio.run(_seen_by_both(acts))
    assert bodies["aiogram"] == bodies["ptb"]
    assert read["aiogram"] == read["ptb"]
    for body, incoming in zip(bodies["ptb"], read["ptb"], strict=True):
        if incoming is not None and "\\u0000" not in body:
            _is_what_the_frameworks_see(body, incoming)


async def _seen_by_both(acts: list[Act]) -> Seen:
    emulator = Emulator(now=StandingClock(datetime(2026, 3, 2, 12, tzinfo=UTC)).now)
    anna = emulator.person(ANNA, first_name="Anna", username="anna", language="uk", phone="+380671234567")
    scene = Scene(anna, emulator.group(GROUP, title="Sales", members=[anna]))
    anna.starts()
    bodies: dict[Framework, list[str]] = {}
    read: dict[Framework, list[Incoming | None]] = {}
    async with served(emulator.app) as address:
        lines = {name: frameworks.messenger(name, emulator.token, address) for name in frameworks.MODULES}
        assert isinstance(await lines["ptb"].perform(CARD), Sent)
        buttons = ((TapButton(text="Take", data="h:1:take:"),),)
        await lines["aiogram"].perform(SendText(chat_id=GROUP, html="A lead", buttons=buttons))
        for act in acts:
            act(scene)
        for name, line in lines.items():
            await line.identify()
            bodies[name] = [body for _, body in await line.receive(None, 0)]
            read[name] = [line.read(body) for body in bodies[name]]
            await line.close()
    return bodies, read


def _is_what_the_frameworks_see(body: str, incoming: Incoming) -> None:
    """Compare what we read with what each framework's own types make of it."""
    ptbs, aiograms = telegram.Update.de_json(json.loads(body)), Update.model_validate_json(body)
    message, theirs = ptbs.message or ptbs.edited_message, aiograms.message or aiograms.edited_message
    assert ptbs.update_id == aiograms.update_id == incoming.update_id
    if ptbs.effective_user is not None:
        assert ptbs.effective_user.id == incoming.person.id
        assert ptbs.effective_user.language_code == incoming.person.language
    match incoming.happening:
        case TextReceived(text=text) | MessageEdited(text=text, captioned=False):
            assert message is not None
            assert theirs is not None
            assert message.text == theirs.text == text
            assert message.message_id == theirs.message_id == incoming.message_id
        case TapReceived(tap_id=tap, data=data):
            assert ptbs.callback_query is not None
            assert (ptbs.callback_query.id, ptbs.callback_query.data) == (tap, data)
        case _:
            pass
