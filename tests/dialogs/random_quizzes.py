"""Hypothesis strategies: small random quizzes of every kind of step that pass every check."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import assume
from hypothesis import strategies as st

import dialogs.checks
from dialogs.loading import read
from qualification.quiz import Quiz

POINTS = st.integers(-3, 6).map(lambda n: n * 5)
EDGES = st.integers(0, 9)
HEAD = {
    "quiz": "random",
    "languages": ["en", "uk"],
    "title": "Random",
    "controller": {"name": "Acme", "contact": "a@acme.example"},
    "region": "UA",
    "timezone": "Europe/Kyiv",
}
Step = dict[str, Any]
OPTIONAL: st.SearchStrategy[Step] = st.sampled_from([{}, {}, {"optional": True}])
CONTACTS: st.SearchStrategy[Step] = st.sampled_from(
    [{"contact": "phone"}, {"contact": "email"}, {"contact": "email", "confirm": True}]
)


@st.composite
def _choices(draw: st.DrawFn, name: str, targets: list[str]) -> Step:
    options = [
        {
            "id": f"c{number}",
            "text": f"Choice {number}",
            "points": draw(POINTS),
            **({"unfit": True} if draw(st.integers(0, 9)) == 0 else {}),
            **({"go": draw(st.sampled_from(targets))} if draw(st.integers(0, 3)) == 0 else {}),
        }
        for number in range(draw(st.integers(1, 3)))
    ]
    return {"id": name, "ask": f"{name}?", "choices": options}


@st.composite
def _several(draw: st.DrawFn, name: str) -> Step:
    options = [{"id": f"c{number}", "text": f"Choice {number}", "points": draw(POINTS)} for number in range(3)]
    least, most = sorted((draw(st.integers(0, 3)), draw(st.integers(1, 3))))
    several = {"min": least, "max": max(most, 1), **draw(st.sampled_from([{}, {"points_up_to": 10}]))}
    return {"id": name, "ask": f"{name}?", "choices": options, "several": several}


@st.composite
def _ranges(draw: st.DrawFn) -> list[dict[str, int]]:
    edges = sorted({draw(EDGES) for _ in range(draw(st.integers(0, 2)))})
    return [{"to": edge, "add": draw(POINTS)} for edge in edges] + [{"add": draw(POINTS)}]


@st.composite
def _number(draw: st.DrawFn, name: str) -> Step:
    low, high = sorted((draw(EDGES), draw(EDGES)))
    return {"id": name, "ask": f"{name}?", "number": {"min": low, "max": high}, "points": draw(_ranges())}


@st.composite
def _rating(draw: st.DrawFn, name: str) -> Step:
    return {"id": name, "ask": f"{name}?", "rating": {"max": draw(st.integers(3, 5))}, "points": draw(_ranges())}


@st.composite
def _free(draw: st.DrawFn, name: str) -> Step:
    wanted: Step = draw(
        st.sampled_from(
            [
                {"text": {}},
                {"text": {"pattern": "[0-9]+", "hint": "Digits"}},
                {"name": "first"},
                {"date": {}},
                {"date": {"weekdays": ["mon", "fri"], "times": "10-12"}},
                {"date": {"from": "today", "to": "2026-03-04"}},  # soon over
                {"city": True},
                {"file": {}},
            ]
        )
    )
    return {"id": name, "ask": f"{name}?", "points": draw(POINTS), **wanted}


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
def quizzes(draw: st.DrawFn, *, loops: bool = False, most: int = 4, conditions: bool = True) -> Quiz:
    """Return a quiz of a few questions with jumps, conditions, consents, contacts and rules.

    With `loops`, jumps may also lead back.
    """
    names = [f"q{number}" for number in range(draw(st.integers(1, most)))]
    ahead = [*names, "agree", "bye"]
    steps: list[Step] = [{"id": "hello", "say": "Hi {first_name}!"}]
    asked: list[Step] = []
    for place, name in enumerate(names):
        targets = ahead if loops else ahead[place + 1 :]
        kinds: list[st.SearchStrategy[Step]] = [
            _choices(name, targets),
            _several(name),
            _number(name),
            _rating(name),
            _free(name),
        ]
        step: Step = {**draw(st.one_of(kinds)), **draw(OPTIONAL)}
        if conditions and asked and draw(st.booleans()):
            step["when"] = draw(_condition(asked))
        if conditions and asked and draw(st.integers(0, 3)) == 0:
            steps.append({"id": f"say-{name}", "say": "Aha!", "when": draw(_condition(asked))})
        asked += [step] if "points" not in step or isinstance(step["points"], list) else []
        steps.append(step)
    refused = {"refused": "bye"} if draw(st.booleans()) else {}
    contact = draw(CONTACTS)
    rules = [
        {"id": f"rule-{number}", "when": draw(_condition(asked)), "points": draw(POINTS)}
        for number in range(draw(st.integers(0, 2)) if asked else 0)
    ]
    source = {
        **HEAD,
        "steps": [
            *steps,
            {"id": "agree", "consent": "contact", "text": "May we?", **refused},
            {"id": "contact", "ask": "Contact?", **contact},
            {"id": "letters", "consent": "follow_ups", "text": "Write?"},
            {"id": "bye", "end": "Bye"},
        ],
        "scoring": {"bands": {"hot": 10, "warm": 5}, "rules": rules, "activity": {"link": 10}},
        "routing": {"warm": {"sequence": "warm-up"}},
        "sequences": {"warm-up": [{"after": "1d", "text": "Hi"}]},
    }
    draft = read(yaml.safe_dump(source, sort_keys=False, allow_unicode=True), "random.yaml", Quiz)
    dialogs.checks.check(draft)
    assume(draft.document is not None and not draft.errors)
    assert draft.document is not None
    return draft.document
