"""Hypothesis strategies: small random quizzes that pass every check, and random things that people do."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import assume
from hypothesis import strategies as st

from dialogs.session import ContactShared, Event, LanguageChosen, Resumed, SomethingElseSent, Tapped, Typed
from qualification.loading import examine
from qualification.quiz import Quiz

POINTS = st.integers(-3, 6).map(lambda n: n * 5)
EDGES = st.integers(0, 9)
HEAD = {
    "quiz": "random",
    "languages": ["en", "uk"],
    "title": "Random",
    "controller": {"name": "Acme", "contact": "a@acme.example"},
    "region": "UA",
}
Step = dict[str, Any]


@st.composite
def _choices(draw: st.DrawFn, name: str, ahead: list[str]) -> Step:
    options = [
        {
            "id": f"c{number}",
            "text": f"Choice {number}",
            "points": draw(POINTS),
            **({"unfit": True} if draw(st.integers(0, 9)) == 0 else {}),
            **({"go": draw(st.sampled_from(ahead))} if draw(st.integers(0, 3)) == 0 else {}),
        }
        for number in range(draw(st.integers(1, 3)))
    ]
    return {"id": name, "ask": f"{name}?", "choices": options}


@st.composite
def _number(draw: st.DrawFn, name: str) -> Step:
    low, high = sorted((draw(EDGES), draw(EDGES)))
    edges = sorted({draw(EDGES) for _ in range(draw(st.integers(0, 2)))})
    ranges = [{"to": edge, "add": draw(POINTS)} for edge in edges] + [{"add": draw(POINTS)}]
    return {"id": name, "ask": f"{name}?", "number": {"min": low, "max": high}, "points": ranges}


@st.composite
def _condition(draw: st.DrawFn, asked: list[Step]) -> dict[str, Any]:
    step = draw(st.sampled_from(asked))
    if "choices" in step:
        test: Any = draw(st.sampled_from([choice["id"] for choice in step["choices"]]))
    else:
        test = {draw(st.sampled_from(["min", "max"])): draw(EDGES)}
    plain = {step["id"]: test}
    return draw(st.sampled_from([plain, {"not": plain}, {"any": [plain]}, {"all": [plain, plain]}]))


@st.composite
def quizzes(draw: st.DrawFn) -> Quiz:
    """Return a quiz of a few questions with jumps ahead, conditions, consents, contacts and rules."""
    names = [f"q{number}" for number in range(draw(st.integers(1, 4)))]
    ahead = [*names, "agree", "bye"]
    steps: list[Step] = [{"id": "hello", "say": "Hi {first_name}!"}]
    asked: list[Step] = []
    for place, name in enumerate(names):
        further = ahead[place + 1 :]
        free: st.SearchStrategy[Step] = st.just({"id": name, "ask": "?", "text": {}})
        kinds: list[st.SearchStrategy[Step]] = [_choices(name, further), _number(name), free]
        step: Step = draw(st.one_of(kinds))
        conditional: bool = draw(st.booleans())
        if asked and conditional:
            step["when"] = draw(_condition(asked))
        asked += [step] if "text" not in step else []
        steps.append(step)
    refused = {"refused": "bye"} if draw(st.booleans()) else {}
    steps.append({"id": "agree", "consent": "contact", "text": "May we?", **refused})
    steps.append({"id": "contact", "contact": draw(st.sampled_from(["phone", "email"])), "ask": "Contact?"})
    steps.append({"id": "bye", "end": "Bye"})
    rules = [
        {"id": f"rule-{number}", "when": draw(_condition(asked)), "points": draw(POINTS)}
        for number in range(draw(st.integers(0, 2)) if asked else 0)
    ]
    scoring = {"bands": {"hot": 10, "warm": 5}, "rules": rules, "activity": {"link": 10}}
    sequence = [{"after": "1d", "text": "Hi"}]
    source = {
        **HEAD,
        "steps": [*steps[:-2], steps[-2], {"id": "letters", "consent": "follow_ups", "text": "Write?"}, steps[-1]],
        "scoring": scoring,
        "routing": {"warm": {"sequence": "warm-up"}},
        "sequences": {"warm-up": sequence},
    }
    draft = examine(yaml.safe_dump(source, sort_keys=False, allow_unicode=True), "random.yaml")
    assume(draft.document is not None and not draft.errors)
    assert draft.document is not None
    return draft.document


def events(quiz: Quiz) -> st.SearchStrategy[Event]:
    """Return what people do: mostly sensible, sometimes not."""
    steps = [*quiz.by_id, "removed"]
    choices = ["c0", "c1", "c2", "yes", "no", "gone"]
    return st.one_of(
        st.builds(Tapped, st.sampled_from(steps), st.sampled_from(choices)),
        st.builds(Typed, st.sampled_from(["1", "5", "9", "0", "12", "067 123 45 67", "a@b.example", "Choice 1"])),
        st.builds(Typed, st.text(max_size=12)),
        st.builds(ContactShared, st.sampled_from(["+380671234567", "1", ""]), own=st.booleans()),
        st.builds(LanguageChosen, st.sampled_from(["en", "uk", "xx"])),
        st.sampled_from([Resumed(), SomethingElseSent()]),
    )
