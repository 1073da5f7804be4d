"""The strip: what just happened, as short sentences in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypedDict

from bot.demo.chronicle import Happening
from bot.hand_off.reasons import reason
from bot.texts import clock_time, count, day_and_time, duration, plain
from dialogs.answers import Choice
from dialogs.rendering import question_name
from dialogs.steps import ChoiceQuestion, ContactRequest
from qualification.quiz import Quiz
from qualification.score import Origin

SHOWN = 60


class Points(TypedDict):
    """A reason of a score."""

    label: str
    points: int


class Line(TypedDict):
    """One sentence of the strip, for the page."""

    id: str
    icon: str
    tone: str
    title: str
    detail: str
    points: list[Points]
    time: str
    opens: bool
    """a new prospect's story begins here"""


@dataclass(frozen=True)
class Telling:
    """An event in words."""

    icon: str
    title: str
    detail: str = ""
    tone: str = ""


_CONSENTS: Mapping[tuple[object, object], str] = {
    ("contact", "given"): "demo.strip.consent.contact.given",
    ("contact", "refused"): "demo.strip.consent.contact.refused",
    ("follow_ups", "given"): "demo.strip.consent.follow_ups.given",
    ("follow_ups", "refused"): "demo.strip.consent.follow_ups.refused",
    ("sharing", "given"): "demo.strip.consent.sharing.given",
    ("sharing", "refused"): "demo.strip.consent.sharing.refused",
}
_CONTACTS: Mapping[object, str] = {"phone": "demo.strip.contact.phone", "email": "demo.strip.contact.email"}
_BANDS = {
    "hot": ("🔥", "demo.strip.scored.hot"),
    "warm": ("🌤️", "demo.strip.scored.warm"),
    "cold": ("❄️", "demo.strip.scored.cold"),
    "unfit": ("🚫", "demo.strip.scored.unfit"),
}
_MOVES = {
    "take": ("🤝", "demo.strip.take"),
    "contacted": ("📞", "demo.strip.contacted"),
    "won": ("🏆", "demo.strip.won"),
    "lost": ("✖️", "demo.strip.lost"),
    "not_now": ("⏳", "demo.strip.not_now"),
}
"""What a manager does with a lead."""
_NOTES = {
    "play_stopped": ("✋", "demo.strip.play_stopped", ""),
    "out_of_step": ("✋", "demo.strip.out_of_step", ""),
    "parked": ("⚠️", "demo.strip.parked", "alarm"),
    "unreachable": ("⚠️", "demo.strip.unreachable", "alarm"),
    "blocked": ("⚠️", "demo.strip.blocked", "alarm"),
    "unblocked": ("👌", "demo.strip.unblocked", ""),
}
"""What is told without any further facts."""


@dataclass(frozen=True)
class Teller:
    """Tells what happened, in one language and by one time zone."""

    language: str
    timezone: str
    manager: str

    def lines(self, happenings: Iterable[Happening]) -> list[Line]:
        """Return the newest sentences, the oldest of them first."""
        told: list[Line] = []
        for group in _grouped(happenings):
            line = self._line(group)
            if line is not None:
                told.append(line)
        # A moment is named once: what follows in the same minute belongs to it.
        for before, line in reversed(list(pairwise(told))):
            says_it_itself = line["tone"] == "clock"
            if says_it_itself or (before["time"] == line["time"] and not line["opens"]):
                line["time"] = ""
        return told[-SHOWN:]

    def _line(self, group: Sequence[Happening]) -> Line | None:
        last = group[-1]
        told = self._told(last, len(group))
        if told is None:
            return None
        return Line(
            id=group[0].id,
            icon=told.icon,
            tone=told.tone,
            title=told.title,
            detail=told.detail,
            points=self._points(last),
            time=clock_time(self.language, last.at, self.timezone),
            opens=last.event == "started",
        )

    def _told(self, happening: Happening, times: int) -> Telling | None:
        """Say an event in words; None for what needs no telling."""
        facts, name, say = happening.facts, _name(happening), self._say
        match happening.event:
            case "started":
                title, source = self._title(happening.quiz), facts.get("source")
                origin = say("demo.strip.started.from", quiz=title, source=source) if source else title
                return Telling("👋", say("demo.strip.started", name=name), origin)
            case "answered":
                return Telling("💬", count(self.language, "demo.strip.answered", times))
            case "consent":
                given = facts.get("decision") == "given"
                kept = say("demo.strip.consent.kept") if given else ""
                return Telling("✍️", say(_CONSENTS[facts.get("purpose"), facts.get("decision")]), kept)
            case "left_contact":
                return Telling("📇", say(_CONTACTS[facts.get("kind")]))
            case "scored":
                band = str(facts.get("band"))
                icon, key = _BANDS[band]
                return Telling(icon, say(key, total=facts.get("total")), tone=band)
            case "offered":
                managers = count(self.language, "demo.strip.offered", _number(facts.get("to")))
                return Telling("📣", managers, self._allowed(happening.quiz))
            case "offered_again":
                first = facts.get("round") == 1
                told = say("demo.strip.offered_again.detail" if first else "demo.strip.offered_again.admins")
                return Telling("⏰", say("demo.strip.offered_again"), told, "alarm")
            case "finished_without_contact" if facts.get("band") == "unfit":
                unfit = say("demo.strip.unfit", why=self._why_unfit(happening))
                return Telling("🚫", unfit, say("demo.strip.unfit.detail"), "unfit")
            case "finished_without_contact":
                return Telling("🤐", say("demo.strip.no_contact", name=name), say("demo.strip.no_contact.detail"))
            case "clock_moved":
                return Telling("⏩", say("demo.strip.clock", moment=self._moment(happening.at)), tone="clock")
            case event if event in _NOTES:
                icon, key, tone = _NOTES[event]
                return Telling(icon, say(key), tone=tone)
            case _:
                return self._told_of_manager(happening) or self._told_of_follow_up(happening)

    def _told_of_manager(self, happening: Happening) -> Telling | None:
        if happening.event not in _MOVES:
            return None
        say = self._say
        icon, key = _MOVES[happening.event]
        time = duration(self.language, timedelta(seconds=_number(happening.facts.get("seconds"))))
        detail = say("demo.strip.take.detail", name=_name(happening)) if happening.event == "take" else ""
        tone = "good" if happening.event in {"take", "won"} else ""
        return Telling(icon, say(key, manager=self.manager, time=time), detail, tone)

    def _told_of_follow_up(self, happening: Happening) -> Telling | None:
        facts, name, say = happening.facts, _name(happening), self._say
        match happening.event:
            case "enrolled":
                return Telling("🗓", say("demo.strip.enrolled", moment=self._moment(facts.get("due"))))
            case "not_enrolled":
                return Telling("🔕", say("demo.strip.not_enrolled"))
            case "followed_up":
                due = facts.get("due")
                after = say("demo.strip.followed_up.next", moment=self._moment(due)) if due else ""
                sent = say("demo.strip.followed_up", name=name, place=_place(happening))
                return Telling("📨", sent, after or say("demo.strip.followed_up.last"))
            case "opened_link":
                points = f"{_number(facts.get('points')):+d}"
                return Telling("👆", say("demo.strip.opened_link", name=name, points=points), tone="warm")
            case "unsubscribed":
                return Telling(
                    "🔕",
                    say("demo.strip.unsubscribed", name=name),
                    say("demo.strip.unsubscribed.detail"),
                )
            case _:
                return None

    def _points(self, happening: Happening) -> list[Points]:
        quiz = happening.quiz
        if happening.event != "scored" or quiz is None:
            return []
        return [
            Points(
                label=question_name(quiz, entry.rule, self.language)
                if entry.origin is Origin.ANSWER
                else _text(reason(quiz, entry, self.language)),
                points=entry.points,
            )
            for entry in happening.points
            if not entry.product
        ]

    def _why_unfit(self, happening: Happening) -> str:
        """Return the answer, or the rule, that ruled the prospect out."""
        quiz, answers = happening.quiz, happening.answers
        if quiz is None:
            return ""
        for rule in quiz.scoring.rules:
            if rule.unfit and rule.because and rule.when.holds(answers):
                return quiz.read(rule.because, self.language)
        for step in quiz.steps:
            answer = answers.get(step.id)
            if isinstance(step, ChoiceQuestion) and isinstance(answer, Choice) and answer.choice in step.by_id:
                choice = step.by_id[answer.choice]
                if choice.unfit:
                    return quiz.read(choice.text, self.language)
        return ""

    def _allowed(self, quiz: Quiz | None) -> str:
        if quiz is None:
            return ""
        return self._say("demo.strip.offered.detail", time=duration(self.language, quiz.routing.hot.take_within))

    def _title(self, quiz: Quiz | None) -> str:
        return quiz.read(quiz.title, self.language) if quiz else ""

    def _moment(self, moment: object) -> str:
        at = moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment))
        return day_and_time(self.language, at, self.timezone)

    def _say(self, key: str, **values: object) -> str:
        return plain(self.language, key, **values)


def _grouped(happenings: Iterable[Happening]) -> Iterator[list[Happening]]:
    """Gather the answers of one prospect: a line for each would drown everything else."""
    open_groups: dict[int, list[Happening]] = {}
    groups: list[list[Happening]] = []
    for happening in happenings:
        if happening.event == "answered" and _is_contact(happening):
            continue  # it has a line of its own
        whose = happening.who.id if happening.who else 0
        if happening.event == "started":
            open_groups.pop(whose, None)
        if happening.event == "answered" and whose in open_groups:
            open_groups[whose].append(happening)
            continue
        groups.append([happening])
        if happening.event == "answered":
            open_groups[whose] = groups[-1]
    yield from groups


def _is_contact(happening: Happening) -> bool:
    asked = happening.quiz.by_id.get(str(happening.facts.get("question"))) if happening.quiz else None
    return isinstance(asked, ContactRequest)


def _name(happening: Happening) -> str:
    return happening.who.first_name if happening.who else ""


def _place(happening: Happening) -> str:
    """Return which message of its sequence a follow-up is: «1/4»."""
    quiz, facts = happening.quiz, happening.facts
    sequence = quiz.sequences.get(str(facts.get("sequence"))) if quiz else None
    ids = sequence.ids if sequence else ()
    step = str(facts.get("step"))
    return f"{ids.index(step) + 1}/{len(ids)}" if step in ids else ""


def _number(fact: str | int | None) -> int:
    return fact if isinstance(fact, int) else 0


def _text(html: str) -> str:
    """Undo the escaping: the page puts texts in as texts."""
    return html.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
