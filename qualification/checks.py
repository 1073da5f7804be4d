"""What a quiz needs for its leads to be qualified: bands in reach, sound rules, consent for follow-ups."""

from __future__ import annotations

from dialogs.checks import BUTTON_LENGTH, MESSAGE_LENGTH, check_condition, check_text
from dialogs.loading import Draft
from dialogs.problems import Severity, did_you_mean
from dialogs.steps import ConsentRequest, ContactRequest
from qualification.errors import TooManyPathsError
from qualification.handoff import WITHDRAWN
from qualification.paths import paths
from qualification.quiz import Quiz
from qualification.score import Band


def check(draft: Draft[Quiz]) -> None:
    """Add to the draft's problems what is wrong with its scoring, routing and sequences."""
    quiz = draft.document
    if quiz is None:
        return
    _check_scoring(draft, quiz)
    _check_routing(draft, quiz)
    _check_sequences(draft, quiz)
    if not draft.errors:
        _check_reach(draft, quiz)


def _check_scoring(draft: Draft[Quiz], quiz: Quiz) -> None:
    bands = quiz.scoring.bands
    if bands.hot <= bands.warm:
        draft.report(
            ("scoring", "bands"),
            f"hot begins at {bands.hot} and warm at {bands.warm}",
            "Hot must begin above warm.",
        )
    seen: set[str] = set()
    for place, rule in enumerate(quiz.scoring.rules):
        path = ("scoring", "rules", place)
        if rule.id in seen:
            draft.report((*path, "id"), f"there are two rules `{rule.id}`", "Give each its own id.")
        seen.add(rule.id)
        check_condition(draft, rule.when, (*path, "when"))
        if rule.because:
            check_text(draft, rule.because, (*path, "because"), MESSAGE_LENGTH)


def _check_routing(draft: Draft[Quiz], quiz: Quiz) -> None:
    hot = quiz.routing.hot
    if hot.escalate_after < hot.take_within:
        draft.report(
            ("routing", "hot", "escalate_after"),
            f"escalation after {hot.escalate_after} comes before the team's {hot.take_within} are over",
            "Let `escalate_after` be longer than `take_within`.",
        )
    _check_lost_reasons(draft, quiz)
    for band, route in (("warm", quiz.routing.warm), ("cold", quiz.routing.cold)):
        if route.sequence is not None and route.sequence not in quiz.sequences:
            draft.report(
                ("routing", band, "sequence"),
                f"there is no sequence `{route.sequence}`",
                did_you_mean(route.sequence, quiz.sequences),
            )
    routing = quiz.routing
    farewells = {
        "hot": hot.say,
        "warm": routing.warm.say,
        "cold": routing.cold.say,
        "unfit": routing.unfit.say,
    }
    for band, farewell in farewells.items():
        if farewell is not None:
            check_text(draft, farewell, ("routing", band, "say"), MESSAGE_LENGTH)
    for band, route in (("warm", routing.warm), ("cold", routing.cold)):
        if route.enrolled is not None:
            check_text(draft, route.enrolled, ("routing", band, "enrolled"), MESSAGE_LENGTH)
    if draft.all_steps_read and not any(isinstance(step, ContactRequest) for step in quiz.steps):
        draft.report(
            ("steps",),
            "nothing asks for a contact, so nobody becomes a lead",
            "Add a step with `contact: phone`.",
        )


def _check_lost_reasons(draft: Draft[Quiz], quiz: Quiz) -> None:
    seen = {WITHDRAWN}
    for place, reason in enumerate(quiz.routing.lost_reasons):
        path = ("routing", "lost_reasons", place)
        if reason.id in seen:
            what = "is the system's own" if reason.id == WITHDRAWN else "stands there twice"
            draft.report((*path, "id"), f"the reason `{reason.id}` {what}", "Give each its own id.")
        seen.add(reason.id)
        check_text(draft, reason.text, (*path, "text"), BUTTON_LENGTH)


def _check_sequences(draft: Draft[Quiz], quiz: Quiz) -> None:
    asked = any(isinstance(step, ConsentRequest) and step.consent == "follow_ups" for step in quiz.steps)
    used = {quiz.routing.warm.sequence, quiz.routing.cold.sequence}
    for name, messages in quiz.sequences.items():
        if name not in used:
            draft.warn(("sequences", name), f"nothing leads to the sequence `{name}`", "Name it in `routing`.")
        elif not asked and draft.all_steps_read:
            draft.report(
                ("sequences", name),
                "follow-ups need their own consent, and no step asks for it",
                "Add a step with `consent: follow_ups`.",
            )
        for place, message in enumerate(messages):
            path = ("sequences", name, place)
            if [each.id for each in messages].index(message.id) != place:
                draft.report((*path, "id"), f"the id `{message.id}` is taken above", "Give each its own id.")
            check_text(draft, message.text, (*path, "text"), MESSAGE_LENGTH)
            if message.button:
                check_text(draft, message.button.text, (*path, "button", "text"), 40)
                _check_kind(draft, quiz, message.button.kind, (*path, "button", "kind"))


def _check_kind(draft: Draft[Quiz], quiz: Quiz, kind: str, path: tuple[str | int, ...]) -> None:
    kinds = quiz.scoring.activity.kinds
    if kinds and kind not in kinds:
        draft.warn(path, f"a tap on a `{kind}` gives no points", did_you_mean(kind, kinds))


def _check_reach(draft: Draft[Quiz], quiz: Quiz) -> None:
    try:
        found = paths(quiz)
    except TooManyPathsError as error:
        draft.warn(("scoring", "bands"), str(error).rstrip("."), "The bands' reach was not checked.")
        return
    bands = quiz.scoring.bands
    best = max((ending.total for ending in found.endings if ending.band is not Band.UNFIT), default=None)
    if not found.in_band(Band.HOT):
        told = f"nobody can become hot by answers: best score {best}, hot from {bands.hot}"
        lifted = max(quiz.scoring.activity.kinds.values(), default=0) > 0 and bool(quiz.sequences)
        severity = Severity.WARNING if lifted else Severity.ERROR
        draft.report(("scoring", "bands"), told, f"Lower `hot` to {best}, or give more points.", severity)
    if not found.in_band(Band.WARM):
        draft.warn(("scoring", "bands"), "no path leads to the band warm", "Look at the points, or at `warm`.")
