"""The catalogues: every text in every language, each with the same places to fill, each one used."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

import bot
from bot.broadcasts.composing import Wanted as WantedForBroadcast
from bot.conversation.commands import PROSPECT_COMMANDS
from bot.follow_ups.editing import Way
from bot.hand_off.asking import Wanted
from bot.hand_off.buttons import NextStep
from bot.insight.alarms import Trouble
from bot.insight.entering import Choice
from bot.insight.reading import Slip
from bot.leads.columns import FACTS
from bot.stages.reasons import LOST_REASONS
from bot.teams.inviting import INVITED
from bot.telegram.taps import MergeAction
from bot.texts import LANGUAGES, WEEKDAYS, keys
from dialogs.bounds import FileType
from dialogs.session import Refusal
from dialogs.steps import Purpose
from qualification.funnel import Span, Step
from qualification.grid import ACTIVITY, FIT
from qualification.handoff import WITHDRAWN, Denial, Outcome
from qualification.merging import MergeState
from qualification.moments import Later, Rest
from qualification.routes import Period
from qualification.score import Band
from qualification.scrub import Flaw
from qualification.segments import Facet
from qualification.stages import Stage
from storage.broadcasts import BroadcastState
from storage.members import Role
from storage.records import Action, ConsentEventKind, Method

FOLDER = Path(bot.__file__).parent
OTHERS = LANGUAGES[1:]
CONTACTS = ("phone", "email")
BUILT = {
    "alarm.": tuple(
        f"{each}{end}"
        for each in (Trouble.LAG, Trouble.DISK, Trouble.BACKUP, Trouble.WEBHOOK, Trouble.RECEIVERS)
        for end in ("", "_over")
    ),
    "web.text.": ("gone", "later"),
    "web.title.": ("gone", "later"),
    "ask.": (*Wanted, *(f"{wanted}.again" for wanted in Wanted)),
    "audit.": tuple(Action),
    "band.": tuple(Band),
    "broadcast.ask.": tuple(WantedForBroadcast),
    "broadcast.facet.": tuple(Facet),
    "broadcast.state.": tuple(BroadcastState),
    "card.flaw.": tuple(Flaw),
    "chart.step.": tuple(Step),
    "command.": PROSPECT_COMMANDS,
    "consent.": ("yes", "no", "yes.said", "no.said"),
    "contact.": CONTACTS,
    "denial.": tuple(Denial),
    "level.": (*FIT, *ACTIVITY),
    "costs.days.": tuple(Choice),
    "costs.slip.": tuple(Slip),
    "inside.done.": tuple(Way),
    "insight.span.": tuple(Span),
    "insight.step.": tuple(Step),
    "later.": tuple(Later),
    "lost.": (*LOST_REASONS, WITHDRAWN),
    "merge.": tuple(MergeState),
    "merge.button.": tuple(MergeAction),
    "next_step.": tuple(NextStep),
    "notice.": tuple(outcome for outcome in Outcome if outcome is not Outcome.MERGED),
    "privacy.purpose.": get_args(Purpose),
    "privacy.take_back.": get_args(Purpose),
    "privacy.taken_back.": get_args(Purpose),
    "rest.": tuple(Rest),
    "stage.": tuple(Stage),
    "table.": FACTS,
    "receipt.": tuple(ConsentEventKind),
    "receipt.by.": tuple(Method),
    "quiz.file.": get_args(FileType),
    "when.weekday.": WEEKDAYS,
    "role.": tuple(Role),
    "invite.role.": INVITED,
    "away.button.": ("1h", "tomorrow", "1w", "open", "back"),
    "holidays.": ("all", "all_none", "own", "own_none"),
    "refusal.": tuple(reason for reason in Refusal if not reason.startswith("code_")),
    "wait.notice.": tuple(Period),
}
"""Keys that code puts together: the first part, and what may follow."""
STRANGE = {"uk": "ыэъёЫЭЪЁ", "ru": "іїєґІЇЄҐ", "en": "абвгдеіїєё"}
"""Letters that a language does not have."""


@cache
def _messages(language: str) -> dict[str, Message]:
    with (FOLDER / f"texts/{language}.po").open("rb") as file:
        return {str(message.id[0] if message.pluralizable else message.id): message for message in read_po(file)}


def _texts(message: Message) -> tuple[str, ...]:
    written = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return tuple(str(text) for text in written)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _tags(text: str) -> Counter[str]:
    return Counter(re.findall(r"</?[a-z][^>]*>", text))


ENGLISH = {key: message for key, message in _messages(LANGUAGES[0]).items() if key}


def _literals() -> Iterator[str]:
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _asked_for() -> Iterator[str]:
    """The keys that code asks the catalogues for by name."""
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="say" | "plain" | "count"), args=[_, ast.Constant(value=key), *_]):
                    yield str(key)


def _begun() -> Iterator[str]:
    """The first parts of the keys that code puts together."""
    spaces = {key[: at + 1] for key in ENGLISH for at, letter in enumerate(key) if letter == "."}
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.JoinedStr(values=[ast.Constant(value=start), ast.FormattedValue()]) if (
                    str(start).endswith(".") and str(start).partition(".")[0] + "." in spaces
                ):
                    yield str(start)


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_texts(language: str) -> None:
    assert keys(language) == keys(LANGUAGES[0])
    assert _messages(language).keys() == _messages(LANGUAGES[0]).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_unsure(language: str) -> None:
    unsure = [
        key for key, message in _messages(language).items() if key and (message.fuzzy or not all(_texts(message)))
    ]
    assert unsure == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_a_text_has_the_same_places_and_the_same_markup_in_every_language(key: str, language: str) -> None:
    there = _messages(language)[key]
    for text in _texts(there):
        assert _places(text) == _places(_texts(ENGLISH[key])[0])
        assert _tags(text) == _tags(_texts(ENGLISH[key])[0])
        assert text == text.strip()


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_a_texts_markup_is_closed(key: str) -> None:
    for text in _texts(ENGLISH[key]):
        opened = re.findall(r"<([a-z]+)>", text)
        assert sorted(opened) == sorted(re.findall(r"</([a-z]+)>", text))


@pytest.mark.parametrize(("language", "forms"), [("en", 2), ("uk", 3), ("ru", 3)])
def test_counted_texts_have_every_plural_form(language: str, forms: int) -> None:
    counted = [message for message in _messages(language).values() if message.pluralizable]
    assert [len(_texts(message)) for message in counted] == [forms] * len(counted)
    assert counted


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_of_a_neighbouring_language_slipped_in(language: str) -> None:
    found = {
        key: text
        for key, message in _messages(language).items()
        for text in _texts(message)
        if key and set(text) & set(STRANGE[language])
    }
    assert found == {}


def test_every_key_that_code_asks_for_exists() -> None:
    built = {f"{start}{end}" for start, ends in BUILT.items() for end in ends}
    assert {*_asked_for(), *built} - ENGLISH.keys() == set()


def test_every_word_in_code_that_looks_like_a_key_exists() -> None:
    spaces = {key.partition(".")[0] for key in ENGLISH if "." in key}
    look = {text for text in _literals() if re.fullmatch(r"[a-z_]+\.[a-z_]+", text)}
    assert {text for text in look if text.partition(".")[0] in spaces} - ENGLISH.keys() == set()


def test_every_text_is_used() -> None:
    built = {f"{start}{end}" for start, ends in BUILT.items() for end in ends}
    assert ENGLISH.keys() - {*_literals(), *built} == set()


def test_the_list_of_keys_that_code_puts_together_is_complete() -> None:
    assert set(_begun()) == BUILT.keys()
