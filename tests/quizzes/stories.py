"""People who walk through the quizzes that ship, and the band each of them ends in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.session import Button
from qualification.score import Band

SKIPPED = Button.SKIP.value
Walk = tuple[tuple[str, str], ...]
"""A prospect's way: step id, then the id of the tapped choice, or what is typed: also where several are chosen."""


@dataclass(frozen=True)
class Story:
    quiz: str
    band: Band
    walk: Walk
    ends_with: str = "bye"


AGREES: Walk = (("agree", "yes"),)
B2B_CONTACT: Walk = (("agree", "yes"), ("email", "anna@pumps.example"), ("letters", "yes"))
PHONE_CONTACT: Walk = (("agree", "yes"), ("phone", "067 123 45 67"), ("letters", "yes"))
OF_A_CHILD: Walk = (("agree", "yes"), ("child_name", "Sofia"), ("phone", "067 123 45 67"), ("letters", "yes"))
TO_LVIV: Walk = (("city", "Lviv"), ("plan", SKIPPED))

STORIES: Mapping[str, Story] = {
    "the head of a small IT firm starts this month": Story(
        "b2b-agency",
        Band.HOT,
        (
            ("market", "business"),
            ("size", "15"),
            ("position", "senior"),
            ("departments", "between IT systems, in sales"),
            ("pain", "4"),
            ("timing", "month"),
            ("budget", "2k_5k"),
            *B2B_CONTACT,
        ),
    ),
    "a marketing manager plans for the next quarter": Story(
        "b2b-agency",
        Band.WARM,
        (
            ("market", "business"),
            ("size", "about 60"),
            ("position", "manager"),
            ("departments", "in marketing"),
            ("pain", SKIPPED),
            ("timing", "quarter"),
            ("budget", "2k_5k"),
            *B2B_CONTACT,
        ),
    ),
    "an analyst explores without a date": Story(
        "b2b-agency",
        Band.COLD,
        (
            ("market", "both"),
            ("size", "400"),
            ("position", "analyst"),
            ("departments", "hard to say"),
            ("timing", "someday"),
            *B2B_CONTACT,
        ),
    ),
    "a shop sells only to people": Story("b2b-agency", Band.UNFIT, (("market", "people"),), ends_with="only_b2b"),
    "letter 1: the trial lesson on Thursday in this group": Story(
        "dance-school",
        Band.HOT,
        (
            ("who", "child"),
            ("age", "8"),
            ("style", "hip_hop"),
            ("trial", "on Thursday at 17:00"),
            ("heard", "friends"),
            *OF_A_CHILD,
        ),
    ),
    "letter 2: undecided between two sections": Story(
        "dance-school",
        Band.WARM,
        (
            ("who", "child"),
            ("age", "7"),
            ("style", "undecided"),
            ("between", "hip_hop_contemp"),
            ("trial", SKIPPED),
            ("heard", SKIPPED),
            *OF_A_CHILD,
        ),
    ),
    "letter 3: do you teach ballet": Story(
        "dance-school",
        Band.UNFIT,
        (("who", "child"), ("age", "6"), ("style", "another"), ("wish", "ballet")),
        ends_with="about_ballet",
    ),
    "somebody knows neither a style nor a day": Story(
        "dance-school",
        Band.COLD,
        (
            ("who", "adult"),
            ("style", "undecided"),
            ("between", "contemp_latin"),
            ("trial", SKIPPED),
            ("heard", "search"),
            ("agree", "yes"),
            ("name", "Anna"),
            ("phone", "067 123 45 67"),
            ("letters", "yes"),
        ),
    ),
    "a child of three is too young": Story(
        "dance-school", Band.UNFIT, (("who", "child"), ("age", "3")), ends_with="too_young"
    ),
    "a company of twelve moves this month": Story(
        "office-furniture",
        Band.HOT,
        (
            ("role", "company"),
            ("office_need", "desks and chairs"),
            ("places", "12"),
            ("when_needed", "this_month"),
            ("budget", "middle"),
            *TO_LVIV,
            *PHONE_CONTACT,
        ),
    ),
    "a company of thirty has time": Story(
        "office-furniture",
        Band.WARM,
        (
            ("role", "company"),
            ("office_need", "desks and chairs"),
            ("places", "30"),
            ("when_needed", "quarter"),
            ("budget", "middle"),
            *TO_LVIV,
            *PHONE_CONTACT,
        ),
    ),
    "somebody furnishes a corner at home, some day": Story(
        "office-furniture",
        Band.COLD,
        (
            ("role", "self"),
            ("home_need", "a chair"),
            ("when_needed", "later"),
            ("budget", "unknown"),
            *TO_LVIV,
            *PHONE_CONTACT,
        ),
    ),
    "somebody just looks": Story("office-furniture", Band.COLD, (("role", "looking"),), ends_with="until_then"),
    "a chair needs repair": Story(
        "office-furniture",
        Band.UNFIT,
        (("role", "company"), ("office_need", "repair or used furniture")),
        ends_with="not_ours",
    ),
    "repair is wanted, and new desks as well": Story(
        "office-furniture",
        Band.HOT,
        (
            ("role", "company"),
            ("office_need", "desks and repair or used furniture"),
            ("places", "12"),
            ("when_needed", "this_month"),
            ("budget", "middle"),
            *TO_LVIV,
            *PHONE_CONTACT,
        ),
    ),
    "an old chair at home needs repair": Story(
        "office-furniture",
        Band.UNFIT,
        (("role", "self"), ("home_need", "repair or used furniture")),
        ends_with="not_ours",
    ),
}
