"""Quizzes in a few lines: the parts that a test is about, and the rest made up."""

from __future__ import annotations

from datetime import UTC, datetime

from qualification.loading import load
from qualification.quiz import Quiz

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

HEAD = (
    "quiz: sample\nlanguages: [en]\ntitle: Sample\ncontroller: {name: Acme, contact: a@acme.example}\nregion: UA\n"
)
CONTACT = (
    "  - {id: agree, consent: contact, text: May we?}\n"
    "  - {id: phone, contact: phone, ask: Your phone?}\n"
    "  - {id: letters, consent: follow_ups, text: May we write?}\n"
    "  - {id: bye, end: Bye}\n"
)


def source(steps: str, scoring: str, rest: str = "") -> str:
    """Return a quiz file's text: the steps before the contact, the `scoring` section's lines, and more."""
    lines = "".join(f"  {line}\n" for line in scoring.strip().splitlines())
    return f"{HEAD}steps:\n{steps}{CONTACT}scoring:\n{lines}{rest}"


def a_quiz(steps: str, scoring: str, rest: str = "") -> Quiz:
    """Return the quiz; an error in it fails the test that made it."""
    return load(source(steps, scoring, rest), "sample.yaml")


# The worked example of a B2B fit: 1–20 people 10, 21–100 5, more 2; IT 10, other departments 1;
# senior 10, manager 5, analyst 1.
B2B = a_quiz(
    "  - {id: size, ask: Size?, number: {min: 1}, points: [{to: 20, add: 10}, {to: 100, add: 5}, {add: 2}]}\n"
    "  - {id: department, ask: Where?, choices: [{id: it, text: IT, points: 10}, "
    "{id: other, text: O, points: 1}]}\n"
    "  - {id: position, ask: Who?, choices: [{id: senior, text: S, points: 10}, "
    "{id: manager, text: M, points: 5}, "
    "{id: analyst, text: A, points: 1}, {id: student, text: St, unfit: true}]}\n",
    "bands: {hot: 25, warm: 15}\n"
    "rules:\n"
    "  - {id: chief, when: {department: it, position: senior}, points: 5}\n"
    "  - {id: crowd, when: {size: {min: 5000}}, unfit: true}\n"
    "  - {id: nothing, when: {department: it}, points: 0}\n"
    "activity: {product_link: 30, ad_link: 20, other_link: 10, opened: 5, silence: {after: 5, points: -25}, "
    "half_life: 30d}",
)
