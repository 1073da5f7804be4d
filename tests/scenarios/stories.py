"""The ways through the three quizzes that ship: hot, warm, cold and unfit, by the ids of what is chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dialogs.steps import ChoiceQuestion, ConsentRequest, ContactRequest
from qualification.score import Band
from tests.scenarios.actor import Actor
from tests.scenarios.on_engine import quiz_named
from tests.scenarios.quick import QUICK

LANGUAGES = ("en", "uk", "ru")
OWN_PHONE = "(own phone)"
BY_PHONE = (("agree", "yes"), ("phone", OWN_PHONE), ("letters", "yes"))
BY_MAIL = (("agree", "yes"), ("email", "anna@pumps.example"), ("letters", "yes"))


@dataclass(frozen=True)
class Story:
    """A prospect's way through a quiz: step, then the id of a choice or what is typed."""

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
        ("office_need", "workplaces"),
        ("places", "12"),
        ("when_needed", "this_month"),
        ("budget", "middle"),
        *BY_PHONE,
    ),
)
FURNITURE_WARM = replace(FURNITURE_HOT.but(places="30", when_needed="quarter"), band=Band.WARM)
DANCE_HOT = Story(
    "dance-school",
    Band.HOT,
    (("who", "child"), ("age", "8"), ("style", "hip_hop"), ("day", "tuesday"), ("experience", "some"), *BY_PHONE),
)
B2B_HOT = Story(
    "b2b-agency",
    Band.HOT,
    _b2b(
        ("market", "business"),
        ("size", "15"),
        ("department", "it"),
        ("position", "senior"),
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
            ("department", "marketing"),
            ("position", "manager"),
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
            ("department", "other"),
            ("position", "analyst"),
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
            ("day", "not_sure"),
            ("experience", "none"),
            *BY_PHONE,
        ),
    ),
    Story(
        "dance-school",
        Band.COLD,
        (("who", "adult"), ("style", "latin"), ("day", "next_season"), *BY_PHONE),
    ),
    Story("dance-school", Band.UNFIT, (("who", "child"), ("age", "6"), ("style", "another"), ("wish", "ballet"))),
    FURNITURE_HOT,
    FURNITURE_WARM,
    Story(
        "office-furniture",
        Band.COLD,
        (("role", "self"), ("home_need", "chair"), ("when_needed", "later"), ("budget", "unknown"), *BY_PHONE),
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
            case ChoiceQuestion() as asked:
                await actor.taps(quiz.read(asked.by_id[given].text, language))
            case ConsentRequest(yes=yes, no=no):
                label = yes if given == "yes" else no
                assert label is not None
                await actor.taps(quiz.read(label, language))
            case ContactRequest() if given == OWN_PHONE:
                await actor.shares_her_phone()
            case _:
                await actor.says(given)
