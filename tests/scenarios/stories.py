"""The ways through the three quizzes that ship: hot, warm, cold and unfit, by the ids of what is chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.texts import plain
from dialogs.steps import (
    ChoiceQuestion,
    ConsentRequest,
    ContactRequest,
    DateQuestion,
    NameQuestion,
    RatingQuestion,
    SeveralQuestion,
)
from qualification.score import Band
from tests.scenarios.actor import Actor
from tests.scenarios.on_engine import quiz_named
from tests.scenarios.quick import QUICK

LANGUAGES = ("en", "uk", "ru")
OWN_PHONE = "(own phone)"
SKIPPED = "(skipped)"
BY_PHONE = (("agree", "yes"), ("phone", OWN_PHONE), ("letters", "yes"))
OF_A_CHILD = (("agree", "yes"), ("child_name", "Sofia"), ("phone", OWN_PHONE), ("letters", "yes"))
TO_LVIV = (("city", "Львів"), ("plan", SKIPPED))
BY_MAIL = (("agree", "yes"), ("email", "anna@pumps.example"), ("letters", "yes"))


@dataclass(frozen=True)
class Story:
    """A prospect's way through a quiz: step, then the id of a choice or what is typed.

    Ticks are ids with a space between them; a day and a time are the labels of their buttons.
    """

    quiz: str
    band: Band
    walk: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.quiz}.{self.band}"

    def but(self, **changed: str) -> Story:
        """Return the story with other answers; who does not agree to be contacted is asked no more."""
        walk = tuple((step, changed.get(step, given)) for step, given in self.walk)
        refused = [place for place, answer in enumerate(walk) if answer == ("agree", "no")]
        return replace(self, walk=walk[: refused[0] + 1] if refused else walk)


def _b2b(*answers: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return (*answers, *BY_MAIL)


FURNITURE_HOT = Story(
    "office-furniture",
    Band.HOT,
    (
        ("role", "company"),
        ("office_need", "desks chairs"),
        ("places", "12"),
        ("when_needed", "this_month"),
        ("budget", "middle"),
        *TO_LVIV,
        *BY_PHONE,
    ),
)
FURNITURE_WARM = replace(FURNITURE_HOT.but(places="30", when_needed="quarter"), band=Band.WARM)
DANCE_HOT = Story(
    "dance-school",
    Band.HOT,
    (
        ("who", "child"),
        ("age", "8"),
        ("style", "hip_hop"),
        ("trial", "5 17:00"),
        ("heard", "friends"),
        *OF_A_CHILD,
    ),
)
B2B_HOT = Story(
    "b2b-agency",
    Band.HOT,
    _b2b(
        ("market", "business"),
        ("size", "15"),
        ("position", "senior"),
        ("departments", "it sales"),
        ("pain", "4"),
        ("timing", "month"),
        ("budget", "2k_5k"),
    ),
)
HOT_LEAD = Story(QUICK, Band.HOT, (("role", "company"), ("when_needed", "this_month"), *BY_PHONE))
WARM_LEAD = replace(HOT_LEAD.but(when_needed="quarter"), band=Band.WARM)
"""The short ways to a lead, for scenarios about what comes afterwards."""
STORIES = (
    B2B_HOT,
    Story(
        "b2b-agency",
        Band.WARM,
        _b2b(
            ("market", "business"),
            ("size", "60"),
            ("position", "manager"),
            ("departments", "marketing"),
            ("pain", SKIPPED),
            ("timing", "quarter"),
            ("budget", "2k_5k"),
        ),
    ),
    Story(
        "b2b-agency",
        Band.COLD,
        _b2b(
            ("market", "both"),
            ("size", "400"),
            ("position", "analyst"),
            ("departments", "other"),
            ("timing", "someday"),
        ),
    ),
    Story("b2b-agency", Band.UNFIT, (("market", "people"),)),
    DANCE_HOT,
    Story(
        "dance-school",
        Band.WARM,
        (
            ("who", "child"),
            ("age", "7"),
            ("style", "undecided"),
            ("between", "hip_hop_contemp"),
            ("trial", SKIPPED),
            ("heard", "door"),
            *OF_A_CHILD,
        ),
    ),
    Story(
        "dance-school",
        Band.COLD,
        (
            ("who", "adult"),
            ("style", "undecided"),
            ("between", "contemp_latin"),
            ("trial", SKIPPED),
            ("heard", SKIPPED),
            ("agree", "yes"),
            ("name", "Anna"),
            ("phone", OWN_PHONE),
            ("letters", "yes"),
        ),
    ),
    Story("dance-school", Band.UNFIT, (("who", "child"), ("age", "6"), ("style", "another"), ("wish", "ballet"))),
    FURNITURE_HOT,
    FURNITURE_WARM,
    Story(
        "office-furniture",
        Band.COLD,
        (
            ("role", "self"),
            ("home_need", "chair"),
            ("when_needed", "later"),
            ("budget", "unknown"),
            *TO_LVIV,
            *BY_PHONE,
        ),
    ),
    Story("office-furniture", Band.UNFIT, (("role", "company"), ("office_need", "used"))),
)


async def walk(actor: Actor, story: Story, language: str, *, until: str | None = None) -> None:
    """Let somebody go the story's way, up to the question `until`: tap what has buttons, type the rest."""
    quiz = quiz_named(story.quiz)
    for step_id, given in story.walk:
        if step_id == until:
            return
        match quiz.by_id[step_id]:
            case ChoiceQuestion(heard_from=True, choices=choices) if not actor.was_offered(
                quiz.read(choices[0].text, language)
            ):
                continue  # a link has told it
            case _ if given == SKIPPED:
                await actor.taps(plain(language, "quiz.skip"))
            case ChoiceQuestion() as asked:
                await actor.taps(quiz.read(asked.by_id[given].text, language))
            case SeveralQuestion() as asked:
                ticked = given.split()
                for each in ticked:
                    await actor.taps(f"☐ {quiz.read(asked.by_id[each].text, language)}")
                await actor.taps(f"{plain(language, 'quiz.done')} ({len(ticked)})")
            case RatingQuestion() | NameQuestion():
                await actor.taps(given)
            case DateQuestion():
                for day_or_time in given.split():
                    await actor.taps(day_or_time)
            case ConsentRequest(yes=yes, no=no):
                label = yes if given == "yes" else no
                assert label is not None
                await actor.taps(quiz.read(label, language))
            case ContactRequest() if given == OWN_PHONE:
                await actor.shares_her_phone()
            case _:
                await actor.says(given)
