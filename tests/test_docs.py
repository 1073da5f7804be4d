"""The pages for admins are right: every example in them is a quiz, or fits into one, without an error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.conversation.wording import wrong_words
from dialogs.steps import STEP_KINDS
from qualification.loading import examine
from qualification.quiz import Quiz

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {
    name: (DOCS / f"{name}.md").read_text(encoding="utf-8")
    for name in ("quiz", "qualification", "stages", "sequences")
}
PAGE = PAGES["quiz"]
EXAMPLES: dict[str, list[str]] = {
    name: re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE) for name, page in PAGES.items()
}
WHOLE = EXAMPLES["quiz"][0]
NEWCOMERS = (
    "no path leads to this step",
    "is not among the quiz's languages",
    "asks for a contact, but nothing",
    "asks for a consent",
)
"""What the whole quiz may say about parts of another: an example need not fit its story."""


def _placed(example: str, whole: str) -> str:
    """Return the first example of a page with another one put where it belongs."""
    if example.startswith("quiz:"):
        return example
    if example.startswith("- "):
        steps = "".join(f"  {line}\n" for line in example.splitlines())
        return whole.replace("  - id: size\n", f"{steps}  - id: size\n", 1)
    if example.startswith("scoring:"):
        return whole.partition("scoring:")[0] + example
    if example.startswith("sequences:") and "sequences:" in whole:
        return whole.partition("sequences:")[0] + example
    if example.startswith("routing:"):
        asked = "  - {id: letters, consent: follow_ups, text: May we write?}\n  - {id: bye"
        return whole.replace("  - {id: bye", asked) + example
    return whole + example


@pytest.mark.parametrize(
    ("example", "whole"),
    [
        pytest.param(
            example,
            next((e for e in examples if e.startswith("quiz:")), WHOLE),
            id=f"{name}: {example.splitlines()[0][:40]} {place}",
        )
        for name, examples in EXAMPLES.items()
        for place, example in enumerate(examples)
    ],
)
def test_every_example_can_be_published(example: str, whole: str) -> None:
    draft = examine(_placed(example, whole), "quiz.md")
    assert [problem for problem in draft.errors if not any(told in problem.message for told in NEWCOMERS)] == []
    assert draft.document is not None
    assert list(wrong_words(draft.document)) == []


def test_every_kind_of_step_has_an_example() -> None:
    document = "\n".join(EXAMPLES["quiz"])
    assert [kind for kind in STEP_KINDS if not re.search(rf"\b{kind}:", document)] == []


def test_every_word_of_a_quiz_that_the_page_lists_exists() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert set(listed) <= set(Quiz.model_fields)
