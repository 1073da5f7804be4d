"""What the pipeline's part of a quiz needs: a consent to write later, reasons with ids, teams that differ."""

from __future__ import annotations

import phonenumbers

from dialogs.checks import check_condition, check_text
from dialogs.loading import Draft
from dialogs.problems import did_you_mean
from dialogs.steps import ConsentRequest, ContactRequest
from qualification.handoff import WITHDRAWN
from qualification.quiz import Quiz

REASON_LENGTH = 40
"""Letters on a button that says why a lead is lost."""


def check_routes(draft: Draft[Quiz], quiz: Quiz) -> None:
    """Add to the draft's problems what is wrong with the fast track, caps, lost reasons and countries."""
    _check_later(draft, quiz)
    _check_fast_track(draft, quiz)
    _check_lost_reasons(draft, quiz)
    cap = quiz.routing.hot.cap
    if cap is not None and cap.then == quiz.routing.hot.team:
        draft.report(
            ("routing", "hot", "cap", "then"),
            f"the team `{cap.then}` has no place left, so it cannot get the others",
            "Name another team, or write `wait`.",
        )
    for place, country in enumerate(quiz.routing.scrub.countries):
        if country not in phonenumbers.SUPPORTED_REGIONS:
            path = ("routing", "scrub", "countries", place)
            draft.report(path, f"`{country}` is no country code", "Write two capital letters, such as UA.")


def _check_later(draft: Draft[Quiz], quiz: Quiz) -> None:
    later, path = quiz.routing.unfit.later, ("routing", "unfit", "later", "consent")
    if later is None or not draft.all_steps_read:
        return
    asked = {step.id: step for step in quiz.steps if isinstance(step, ConsentRequest)}
    step = asked.get(later.consent)
    if step is None:
        draft.report(path, f"no step `{later.consent}` asks for a consent", did_you_mean(later.consent, asked))
    elif step.consent != "follow_ups":
        draft.report(
            path,
            f"`{later.consent}` asks for another consent than to be written to",
            "Name a step with `consent: follow_ups`.",
        )
    elif step.expires is not None and step.expires < later.after:
        draft.report(
            path,
            f"the consent `{later.consent}` ends after {step.expires}, before the {later.after} are over",
            "Let it last longer, or write sooner.",
        )


def _check_fast_track(draft: Draft[Quiz], quiz: Quiz) -> None:
    fast = quiz.routing.fast_track
    if fast is None or not draft.all_steps_read:
        return
    kinds = {step.contact for step in quiz.steps if isinstance(step, ContactRequest)}
    if fast.contact != "any" and kinds and fast.contact not in kinds:
        path = ("routing", "fast_track", "contact")
        draft.report(path, f"no step asks for the contact `{fast.contact}`", did_you_mean(fast.contact, kinds))
    if fast.when is not None:
        check_condition(draft, fast.when, ("routing", "fast_track", "when"))


def _check_lost_reasons(draft: Draft[Quiz], quiz: Quiz) -> None:
    seen: set[str] = {WITHDRAWN}
    for place, reason in enumerate(quiz.routing.lost_reasons):
        path = ("routing", "lost_reasons", place)
        if reason.id in seen:
            taken = "is the system's own" if reason.id == WITHDRAWN else "is taken above"
            draft.report((*path, "id"), f"the id `{reason.id}` {taken}", "Give each its own id.")
        seen.add(reason.id)
        check_text(draft, reason.text, (*path, "text"), REASON_LENGTH)
