"""What changed between two documents: nothing between equal ones, and every edit at its place."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qualification.changes import Added, Altered, Change, Moved, Removed, Reworded, Span, Word, compare, reworded
from qualification.loading import load, load_published
from qualification.quiz import Quiz
from tests.dialogs.broken_quizzes import GOOD
from tests.dialogs.random_quizzes import quizzes

BEFORE = load(GOOD, "before.yaml")


def _changed(old: str, new: str) -> tuple[Change, ...]:
    assert old in GOOD
    return compare(BEFORE, load_published(GOOD.replace(old, new, 1), "after.yaml"))


def _rebuilt(quiz: Quiz, steps: list[dict[str, Any]]) -> Quiz:
    """Return the quiz with other steps, unchecked: the comparison does not care whether they make sense."""
    document = quiz.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return Quiz.model_validate({**document, "steps": steps})


def _steps(quiz: Quiz) -> list[dict[str, Any]]:
    return [step.model_dump(mode="json", by_alias=True, exclude_defaults=True) for step in quiz.steps]


@given(quizzes())
def test_a_document_compared_with_itself_has_no_changes(quiz: Quiz) -> None:
    assert compare(quiz, quiz) == ()
    assert compare(quiz, _rebuilt(quiz, _steps(quiz))) == ()


@given(quizzes(), st.data())
def test_a_step_taken_out_is_reported_and_put_back_is_reported(quiz: Quiz, data: st.DataObject) -> None:
    steps = _steps(quiz)
    gone = data.draw(st.sampled_from(steps))
    without = _rebuilt(quiz, [step for step in steps if step is not gone])
    assert compare(quiz, without) == (Removed(("steps", gone["id"])),)
    assert compare(without, quiz) == (Added(("steps", gone["id"])),)


@given(quizzes(), st.data())
def test_a_step_moved_far_is_the_only_one_that_is_called_moved(quiz: Quiz, data: st.DataObject) -> None:
    steps = _steps(quiz)
    place = data.draw(st.integers(2, len(steps) - 1))
    other = _rebuilt(quiz, [steps[place], *steps[:place], *steps[place + 1 :]])
    assert compare(quiz, other) == (Moved(("steps", steps[place]["id"]), None),)
    assert compare(other, quiz) == (Moved(("steps", steps[place]["id"]), steps[place - 1]["id"]),)


@given(quizzes(), st.data(), st.text("abc ", min_size=1).filter(str.strip))
def test_other_words_are_reported_at_their_step(quiz: Quiz, data: st.DataObject, words: str) -> None:
    steps = _steps(quiz)
    step = data.draw(st.sampled_from(steps))
    part = next(name for name in ("say", "ask", "text", "end") if isinstance(step.get(name), str))
    other = _rebuilt(quiz, [{**each, part: f"{step[part]} {words}"} if each is step else each for each in steps])
    (change,) = compare(quiz, other)
    assert isinstance(change, Reworded)
    assert (change.place, change.language) == (("steps", step["id"], part), "")
    assert "".join(span.text for span in change.words if span.word is not Word.REMOVED) == f"{step[part]} {words}"


@given(quizzes(), st.data())
def test_other_points_are_reported_at_their_choice(quiz: Quiz, data: st.DataObject) -> None:
    steps = _steps(quiz)
    asked = [step for step in steps if "choices" in step]
    if not asked:
        return
    step = data.draw(st.sampled_from(asked))
    choice = data.draw(st.sampled_from(step["choices"]))
    points = choice.get("points", 0)
    document = yaml.safe_load(yaml.safe_dump(steps))
    target = next(each for each in document if each["id"] == step["id"])
    next(each for each in target["choices"] if each["id"] == choice["id"])["points"] = points + 1
    place = ("steps", step["id"], "choices", choice["id"], "points")
    assert compare(quiz, _rebuilt(quiz, document)) == (Altered(place, str(points), str(points + 1)),)


@given(st.text(), st.text())
def test_the_words_of_a_comparison_are_all_the_words_there_are(before: str, after: str) -> None:
    spans = reworded(before, after)
    assert "".join(span.text for span in spans if span.word is not Word.ADDED) == before
    assert "".join(span.text for span in spans if span.word is not Word.REMOVED) == after


def test_changed_words_are_marked_and_the_others_stay() -> None:
    assert reworded("Thank you! A manager will write to you.", "Thank you very much! Our manager will call.") == (
        Span(Word.SAME, "Thank you"),
        Span(Word.ADDED, " very much"),
        Span(Word.SAME, "! "),
        Span(Word.REMOVED, "A"),
        Span(Word.ADDED, "Our"),
        Span(Word.SAME, " manager will "),
        Span(Word.REMOVED, "write to you"),
        Span(Word.ADDED, "call"),
        Span(Word.SAME, "."),
    )


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("hot: 50", "hot: 45", Altered(("scoring", "bands", "hot"), "50", "45")),
        ("take_within: 5m", "take_within: 1h30m", Altered(("routing", "hot", "take_within"), "5m", "1h30m")),
        ("hours: 10-19, ", "", Altered(("sequences", "warm-up", "messages", "message-1", "hours"), "10-19", "")),
        ("timezone: Europe/Kyiv", "timezone: Europe/Rome", Altered(("timezone",), "Europe/Kyiv", "Europe/Rome")),
        (", refused: bye", "", Altered(("steps", "agree", "refused"), "bye", "")),
        ("other_link: 10", "other_link: 20", Altered(("scoring", "activity", "other_link"), "10", "20")),
        (
            "when: {age: {max: 30}}",
            "when: {age: {max: 40}}",
            Altered(("steps", "dream", "when", "age", "max"), "30", "40"),
        ),
        (
            "points: [{to: 17, add: 20}, {to: 25, add: 10}]",
            "points: [{to: 17, add: 20}]",
            Altered(("steps", "age", "points"), "[{to: 17, add: 20}, {to: 25, add: 10}]", "[{to: 17, add: 20}]"),
        ),
        (
            "      - {id: germany, points: 20, go: agree, text: {uk: До Німеччини, en: To Germany}}\n",
            "",
            Removed(("steps", "country", "choices", "germany")),
        ),
        (
            "country: poland, age: {max: 17}}, points: 5}",
            "country: poland, age: {max: 17}}, points: 5}\n    - {id: old, when: {age: {min: 40}}, points: -5}",
            Added(("scoring", "rules", "old")),
        ),
    ],
)
def test_what_is_set_differently_is_told_as_it_is_written(old: str, new: str, change: Change) -> None:
    assert _changed(old, new) == (change,)


def test_a_text_is_compared_in_each_language_by_itself() -> None:
    (change,) = _changed("en: Thank you!", "en: Thank you very much!")
    assert isinstance(change, Reworded)
    assert (change.place, change.language) == (("steps", "bye", "end"), "en")


def test_a_step_that_became_another_kind_is_told_by_its_parts() -> None:
    changes = _changed("    text: {max: 200}\n", "    number: {}\n")
    assert set(changes) == {
        Altered(("steps", "dream", "text"), "{max: 200}", ""),
        Altered(("steps", "dream", "number"), "", "{}"),
    }


def test_another_layout_of_the_same_file_is_no_change() -> None:
    assert _changed("scoring:\n", "# what an answer is worth\nscoring:\n") == ()
