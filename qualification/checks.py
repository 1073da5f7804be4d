"""What a quiz needs for its leads to be qualified: bands in reach, sound rules, consent for follow-ups."""

from __future__ import annotations

from dialogs.checks import MESSAGE_LENGTH, check_text
from dialogs.loading import Draft
from dialogs.problems import did_you_mean
from dialogs.steps import ContactRequest
from qualification.quiz import Match, Quiz
from qualification.reach import check_reach
from qualification.route_checks import check_routes
from qualification.scoring_checks import check_scoring
from qualification.sequence_checks import check_sequences


def check(draft: Draft[Quiz]) -> None:
    """Add to the draft's problems what is wrong with its scoring, routing and sequences."""
    quiz = draft.document
    if quiz is None:
        return
    check_scoring(draft, quiz)
    _check_routing(draft, quiz)
    check_sequences(draft, quiz)
    check_routes(draft, quiz)
    if not draft.errors:
        check_reach(draft, quiz)


def _check_routing(draft: Draft[Quiz], quiz: Quiz) -> None:
    hot = quiz.routing.hot
    if hot.escalate_after < hot.take_within:
        draft.report(
            ("routing", "hot", "escalate_after"),
            f"escalation after {hot.escalate_after} comes before the team's {hot.take_within} are over",
            "Let `escalate_after` be longer than `take_within`.",
        )
    if (hot.next_after or hot.head_after) and hot.team_has < hot.one_has:
        draft.report(
            ("routing", "hot", "head_after"),
            f"the head is asked after {hot.team_has}, before the first manager's {hot.one_has} are over",
            "Let `head_after` be longer than `next_after`.",
        )
    if hot.skills and Match.SKILLS not in hot.match:
        draft.report(
            ("routing", "hot", "skills"),
            "`skills` are named, and nobody is chosen by them",
            "Add `match: [skills]`.",
        )
    if Match.SKILLS in hot.match and not hot.skills:
        draft.report(
            ("routing", "hot", "match"),
            "managers are chosen by skills, and none is named",
            "Name them: `skills: [kitchens]`.",
        )
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
