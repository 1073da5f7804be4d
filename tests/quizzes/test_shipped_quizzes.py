"""The quizzes that ship: each one is run by somebody as it is, so each one is complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

import bot
from dialogs.checks import BUTTON_LENGTH, MANY_QUESTIONS, texts_of
from dialogs.engine import advance, begin, open_step
from dialogs.rendering import VARIABLES, fill, variables_in
from dialogs.session import Accepted, Event, Session, Tapped, Typed
from dialogs.steps import (
    ChoiceQuestion,
    ConsentRequest,
    ContactRequest,
    End,
    NumberQuestion,
    Optioned,
    Say,
    SeveralQuestion,
)
from dialogs.tapping import skippable
from dialogs.values import Text
from qualification.activity import earned, tapped
from qualification.loading import examine, load
from qualification.paths import paths
from qualification.quiz import Quiz
from qualification.score import Band, band_of, score_answers
from tests.quizzes.stories import AGREES, SKIPPED, STORIES, Walk

FOLDER = Path(bot.__file__).parent / "quizzes"
NAMES = ("b2b-agency", "dance-school", "office-furniture")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(params=NAMES)
def quiz(request: pytest.FixtureRequest) -> Quiz:
    return _quiz(str(request.param))


def test_these_are_all_the_quizzes_that_ship() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_without_a_problem_not_even_a_warning(name: str) -> None:
    file = FOLDER / f"{name}.yaml"
    draft = examine(file.read_text(encoding="utf-8"), str(file))
    assert [str(problem) for problem in draft.problems] == []
    assert draft.document is not None
    assert draft.document.quiz == name


def test_every_text_is_written_in_all_three_languages(quiz: Quiz) -> None:
    assert quiz.languages == ("en", "uk", "ru")
    for place, text in _texts(quiz):
        assert text.languages == frozenset(("en", "uk", "ru")), place


def test_every_band_is_within_reach(quiz: Quiz) -> None:
    found = paths(quiz)
    for band in Band:
        assert found.in_band(band), band


def test_one_tap_on_a_product_lifts_a_good_warm_lead_to_hot(quiz: Quiz) -> None:
    warm_best = paths(quiz).in_band(Band.WARM)[-1].total
    (tap,) = earned(quiz, tapped("product_link", "", NOON), ())
    assert band_of(quiz, warm_best, tap.points) is Band.HOT
    assert quiz.routing.warm.sequence is not None
    links = [link for each in quiz.sequences[quiz.routing.warm.sequence].messages for link in each.links]
    assert "product_link" in {link.kind for link in links}


def test_every_variable_is_known_and_means_something_where_it_stands(quiz: Quiz) -> None:
    hot = ("routing", "hot", "say")
    for place, text in _texts(quiz):
        for written in text.variants.values():
            used = set(variables_in(written))
            assert used <= {*VARIABLES, *(step.id for step in quiz.steps)}, place
            assert re.search(r"[{}]", re.sub(r"\{[a-z_]+\}", "", written)) is None, place
            # How soon a person answers is true only of leads that a person is given.
            assert ("sla" in used) == (place == hot), place


def test_every_text_reads_well_when_telegram_knows_no_name(quiz: Quiz) -> None:
    for place, text in _texts(quiz):
        for written in text.variants.values():
            nameless = fill(written, {"company": "Acme", "sla": "5 minutes"})
            assert not re.search(r",[,.!?]| [,.!?]|^\s|^[,.!?]|\s$|  ", nameless), (place, nameless)


def test_no_text_has_letters_of_the_other_language(quiz: Quiz) -> None:
    for place, text in _texts(quiz):
        assert not re.search("[ыэъё]", text.written_in("uk", ""), re.IGNORECASE), place
        assert not re.search("[іїєґ]", text.written_in("ru", ""), re.IGNORECASE), place
        assert not re.search("[а-яіїєґ]", text.written_in("en", ""), re.IGNORECASE), place


def test_no_word_mixes_latin_and_cyrillic_letters(quiz: Quiz) -> None:
    for place, text in _texts(quiz):
        for written in text.variants.values():
            mixed = re.findall(r"\w*(?:[A-Za-z][а-яёіїєґ]|[а-яёіїєґ][A-Za-z])\w*", written, re.IGNORECASE)
            assert not mixed, place


def test_apostrophes_and_quotes_are_typographic(quiz: Quiz) -> None:
    for place, text in _texts(quiz):
        for written in text.variants.values():
            assert not re.search(r"""['"`]| - |\.\.\.""", written), place


def test_all_addresses_belong_to_nobody(quiz: Quiz) -> None:
    texts = chain.from_iterable(text.variants.values() for _, text in _texts(quiz))
    links = [link.link for s in quiz.sequences.values() for m in s.messages for link in m.links]
    controller = (quiz.controller.contact, quiz.controller.policy or "")
    hosts = re.findall(r"(?:https?://|@)([\w.-]*\w)", " ".join((*texts, *links, *controller)))
    assert hosts
    assert all(host.endswith(".example") for host in hosts)


def test_buttons_are_short(quiz: Quiz) -> None:
    labels = [
        text
        for step in quiz.steps
        if isinstance(step, Optioned | ConsentRequest)
        for text, _, limit in texts_of(step)
        if limit == BUTTON_LENGTH
    ]
    labels += [link.text for s in quiz.sequences.values() for m in s.messages for link in m.links]
    for label in labels:
        for written in label.variants.values():
            assert len(written) <= 30, written


def test_every_question_has_a_short_name_for_managers(quiz: Quiz) -> None:
    for step in quiz.steps:
        if not isinstance(step, Say | End | ConsentRequest):
            assert step.label is not None, step.id


def test_every_rule_tells_managers_its_reason(quiz: Quiz) -> None:
    assert quiz.scoring.rules
    assert all(rule.because for rule in quiz.scoring.rules)


def test_every_path_has_at_most_seven_questions_that_must_be_answered(quiz: Quiz) -> None:
    for ending in paths(quiz).endings:
        asked = [step for step, _ in ending.path if not isinstance(quiz.by_id[step], ConsentRequest)]
        assert len([step for step in asked if not skippable(quiz.by_id[step])]) <= MANY_QUESTIONS, asked
        assert len(asked) <= MANY_QUESTIONS + 2, asked


def test_consents_name_who_keeps_the_data_and_how_to_withdraw(quiz: Quiz) -> None:
    consents = {step.consent: step for step in quiz.steps if isinstance(step, ConsentRequest)}
    assert set(consents) == {"contact", "follow_ups"}
    for language in quiz.languages:
        contact = quiz.read(consents["contact"].text, language)
        assert quiz.controller.name in contact
        assert "/privacy" in contact
        assert quiz.controller.policy
        assert quiz.controller.policy in contact
        assert "/stop" in quiz.read(consents["follow_ups"].text, language)
    assert all(consent.expires for consent in consents.values() if consent.consent == "follow_ups")
    assert quiz.retention.leads
    assert quiz.retention.others
    assert all(consent.yes and consent.no for consent in consents.values())
    assert consents["contact"].refused


def test_who_refuses_a_contact_still_gets_an_address(quiz: Quiz) -> None:
    for name in (name for name in STORIES if STORIES[name].quiz == quiz.quiz):
        story = STORIES[name]
        if AGREES[0] not in story.walk:
            continue
        before = story.walk[: story.walk.index(AGREES[0])]
        session = _walked(quiz, (*before, ("agree", "no")))
        assert session.ended_with is not None
        last = quiz.by_id[session.ended_with]
        assert isinstance(last, End)
        assert all("https://" in quiz.read(last.end, language) for language in quiz.languages)
        assert not any(isinstance(quiz.by_id[step], ContactRequest) for step in session.answers)


@pytest.mark.parametrize("name", STORIES)
def test_this_story_ends_in_its_band(name: str) -> None:
    story = STORIES[name]
    quiz = _quiz(story.quiz)
    session = _walked(quiz, story.walk)
    assert session.ended_with == story.ends_with
    assert score_answers(quiz, session.answers, NOON).band is story.band


@pytest.mark.parametrize("name", [name for name, story in STORIES.items() if story.band is Band.UNFIT])
def test_nobody_asks_for_a_contact_where_nothing_can_be_offered(name: str) -> None:
    quiz = _quiz(STORIES[name].quiz)
    session = _walked(quiz, STORIES[name].walk)
    asked = [quiz.by_id[step] for step in session.answers]
    assert not any(isinstance(step, ContactRequest | ConsentRequest) for step in asked)


def test_staff_department_and_position_give_the_points_of_the_worked_example() -> None:
    quiz = _quiz("b2b-agency")
    size, departments, position = (quiz.by_id[step] for step in ("size", "departments", "position"))
    assert isinstance(size, NumberQuestion)
    assert [size.points_for(staff) for staff in (1, 20, 21, 100, 101)] == [10, 10, 5, 5, 2]
    assert isinstance(departments, SeveralQuestion)
    assert {c.id: c.points for c in departments.choices} == {"it": 10, "marketing": 1, "sales": 1, "other": 1}
    assert isinstance(position, ChoiceQuestion)
    assert {c.id: c.points for c in position.choices} == {"senior": 10, "manager": 5, "analyst": 1}


def test_it_opens_with_a_picture_that_is_sharp_and_light(quiz: Quiz) -> None:
    first = quiz.steps[0]
    assert isinstance(first, Say)
    assert first.image == f"{quiz.quiz}.jpg"
    picture = (FOLDER / first.image).read_bytes()
    width, height = _size(picture)
    assert width >= 1000
    assert width / height <= 20  # Telegram refuses longer pictures
    assert len(picture) < 300_000


def test_every_picture_is_there_is_light_and_is_shown_by_a_quiz() -> None:
    steps = [step for quiz in map(_quiz, NAMES) for step in quiz.steps]
    said = {name for step in steps if isinstance(step, Say) for _, name in step.media}
    chosen = {c.image for step in steps if isinstance(step, Optioned) for c in step.choices if c.image}
    assert {file.name for file in FOLDER.glob("*.jpg")} == said | chosen
    assert chosen
    for name in chosen:
        picture = (FOLDER / name).read_bytes()
        assert _size(picture) == (640, 640)
        assert len(picture) < 60_000


@cache
def _quiz(name: str) -> Quiz:
    file = FOLDER / f"{name}.yaml"
    return load(file.read_text(encoding="utf-8"), str(file))


def _walked(quiz: Quiz, walk: Walk) -> Session:
    session = begin(quiz, 1, "en", NOON).session
    for step, given in walk:
        assert session.at == step
        open_one = open_step(quiz, session)
        tappable = given == SKIPPED or isinstance(open_one, ChoiceQuestion | ConsentRequest)
        event: Event = Tapped(step, given) if tappable else Typed(given)
        turn = advance(quiz, session, event, NOON)
        assert isinstance(turn.outcome, Accepted), (step, given, turn.outcome)
        session = turn.session
    return session


def _texts(quiz: Quiz) -> Iterator[tuple[tuple[str, ...], Text]]:
    """Every text of a quiz with its place."""
    yield ("title",), quiz.title
    for step in quiz.steps:
        for text, inside, _ in texts_of(step):
            yield ("steps", step.id, *map(str, inside)), text
    for rule in quiz.scoring.rules:
        if rule.because:
            yield ("rules", rule.id), rule.because
    routing = quiz.routing
    lasts = {
        "hot": routing.hot.say,
        "warm": routing.warm.say,
        "cold": routing.cold.say,
        "unfit": routing.unfit.say,
    }
    for band, last in lasts.items():
        assert last is not None, band
        yield ("routing", band, "say"), last
    for name, sequence in quiz.sequences.items():
        for message in sequence.messages:
            said = {
                "text": message.text,
                "thanks": message.thanks,
                "ask": message.question and message.question.ask,
            }
            yield from ((("sequences", name, message.id, word), text) for word, text in said.items() if text)
            if isinstance(message.question, ChoiceQuestion | SeveralQuestion):
                for choice in message.question.choices:
                    yield ("sequences", name, message.id, "choices", choice.id), choice.text
            for link in message.links:
                yield ("sequences", name, message.id, link.id), link.text


def _size(jpeg: bytes) -> tuple[int, int]:
    """Width and height of a JPEG: they stand in its start-of-frame segment."""
    assert jpeg.startswith(b"\xff\xd8")
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return int.from_bytes(jpeg[at + 7 : at + 9]), int.from_bytes(jpeg[at + 5 : at + 7])
