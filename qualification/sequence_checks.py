"""What the sequences of a quiz need: consent, texts that fit, conditions and ways that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from dialogs.checks import (
    BUTTON_LENGTH,
    CAPTION_LENGTH,
    MESSAGE_LENGTH,
    check_condition,
    check_text,
    texts_of,
)
from dialogs.loading import Draft
from dialogs.positions import Path
from dialogs.problems import did_you_mean
from dialogs.question_checks import check_shape
from dialogs.steps import ChoiceQuestion, ConsentRequest
from qualification.facts import testable
from qualification.follow_ups import Aside, FollowUp, Sequence
from qualification.quiz import Quiz
from qualification.sequences import window_of

_SOME_DAY = datetime(2026, 6, 1, tzinfo=UTC)


def check_sequences(draft: Draft[Quiz], quiz: Quiz) -> None:
    """Add to the draft's problems what is wrong with its sequences."""
    for name, sequence in quiz.sequences.items():
        _Checking(draft, quiz, name, sequence).check()
    _check_way_in(draft, quiz)
    _check_circles(draft, quiz)


def place_of(draft: Draft[Quiz], name: str) -> Path:
    """Return where the steps of a sequence stand: it may be a list, or have them under `messages`."""
    raw = draft.data["sequences"][name]
    return ("sequences", name) if isinstance(raw, list) else ("sequences", name, "messages")


def _check_way_in(draft: Draft[Quiz], quiz: Quiz) -> None:
    asked = any(isinstance(step, ConsentRequest) and step.consent == "follow_ups" for step in quiz.steps)
    ways = {name: {target for _, target in each.ways_out()} for name, each in quiz.sequences.items()}
    used: set[str] = set()
    ahead = {each for each in (quiz.routing.warm.sequence, quiz.routing.cold.sequence) if each is not None}
    while ahead:
        used |= ahead
        ahead = {target for name in used for target in ways.get(name, ())} - used
    for name in quiz.sequences:
        if name not in used:
            remedy = "Name it in `routing`, or in a `go` of another sequence."
            draft.warn(("sequences", name), f"nothing leads to the sequence `{name}`", remedy)
        elif not asked and draft.all_steps_read:
            draft.report(
                ("sequences", name),
                "follow-ups need their own consent, and no step asks for it",
                "Add a step with `consent: follow_ups`.",
            )


def _check_circles(draft: Draft[Quiz], quiz: Quiz) -> None:
    """Report sequences that lead to each other at once: what nobody gets a message from helps nobody."""
    at_once: dict[str, str] = {}
    for name, sequence in quiz.sequences.items():
        first = sequence.messages[0]
        if first.go is not None and first.when is None and first.after <= timedelta():
            at_once[name] = first.go
    told_of: set[str] = set()
    for name, first_way in at_once.items():
        way, there = [name], first_way
        while there in at_once and there not in way:
            way.append(there)
            there = at_once[there]
        if there == name and name not in told_of:
            told_of |= set(way)
            told = " → ".join(f"`{each}`" for each in (*way, name))
            path = (*place_of(draft, name), 0, "go")
            draft.report(path, f"{told} is a circle without a message", "Send something, or wait, in between.")


class _Checking:
    """The checks of one sequence."""

    def __init__(self, draft: Draft[Quiz], quiz: Quiz, name: str, sequence: Sequence) -> None:
        self._draft = draft
        self._quiz = quiz
        self._name = name
        self._sequence = sequence
        self._place = place_of(draft, name)
        self._known = {**quiz.asides, **testable(quiz)}

    def check(self) -> None:
        """Add to the draft's problems what is wrong with the sequence."""
        for place, follow_up in enumerate(self._sequence.messages):
            path = (*self._place, place)
            self._draft.named[path] = f"{self._name}/{follow_up.id}"
            if self._sequence.ids.index(follow_up.id) != place:
                remedy = "Give each its own id."
                self._draft.report((*path, "id"), f"the id `{follow_up.id}` is taken above", remedy)
            self._check_step(follow_up, path)
        self._check_whole()
        self._check_what_is_never_reached()

    def _check_step(self, follow_up: FollowUp, path: Path) -> None:
        draft, quiz = self._draft, self._quiz
        if follow_up.when is not None:
            check_condition(draft, follow_up.when, (*path, "when"), self._known)
        if follow_up.text is not None:
            limit = CAPTION_LENGTH if follow_up.media else MESSAGE_LENGTH
            check_text(draft, follow_up.text, (*path, "text"), limit, quiz.asides)
        if follow_up.thanks is not None:
            check_text(draft, follow_up.thanks, (*path, "thanks"), MESSAGE_LENGTH, quiz.asides)
        self._check_links(follow_up, path)
        for target, where in _targets(follow_up):
            if target not in quiz.sequences:
                told = f"there is no sequence `{target}` to go on with"
                draft.report((*path, *where), told, did_you_mean(target, quiz.sequences))
            elif target == self._name:
                told = f"`{target}` leads to itself"
                draft.report((*path, *where), told, "Leave it out: the next step comes anyway.")
        if follow_up.question is not None:
            self._check_question(follow_up.question, (*path, "question"))
        if window_of(self._sequence, follow_up).opens(_SOME_DAY, quiz.timezone) is None:
            word = next((each for each in ("weekdays", "hours") if getattr(follow_up, each)), "")
            told = "its time never comes: every day that is left is a holiday"
            draft.report((*path, word) if word else path, told, "Look at `weekdays` and at `holidays`.")

    def _check_links(self, follow_up: FollowUp, path: Path) -> None:
        kinds = self._quiz.scoring.activity.kinds
        ids = [link.id for link in follow_up.links]
        for place, link in enumerate(follow_up.links):
            where: Path = (*path, "button") if follow_up.button else (*path, "buttons", place)
            check_text(self._draft, link.text, (*where, "text"), BUTTON_LENGTH, self._quiz.asides)
            if kinds and link.kind not in kinds:
                told = f"a tap on a `{link.kind}` gives no points"
                self._draft.warn((*where, "kind"), told, did_you_mean(link.kind, kinds))
            if ids.index(link.id) != place:
                self._draft.report((*where, "id"), f"the id `{link.id}` is taken above", "Give each its own id.")

    def _check_question(self, question: Aside, path: Path) -> None:
        draft = self._draft
        others = [each for each in self._asked() if each == question.id]
        if question.id in draft.step_ids:
            told = f"the id `{question.id}` is taken by a step of the quiz"
            draft.report((*path, "id"), told, "Give each question its own id.")
        elif len(others) > 1 and question is not self._quiz.asides[question.id]:
            told = f"another question of the sequences has the id `{question.id}`"
            draft.report((*path, "id"), told, "Give each question its own id.")
        if question.when is not None:
            draft.report((*path, "when"), "`when` has no effect inside `question`", "Write it beside `after`.")
        if isinstance(question, ChoiceQuestion) and question.heard_from:
            told = "`heard_from` has no effect in a sequence"
            draft.report((*path, "heard_from"), told, "Ask it in the quiz.")
        pictured = [choice.image for choice in getattr(question, "choices", ()) if choice.image]
        if pictured:
            told = f"the picture `{pictured[0]}` is not shown in a sequence"
            draft.report((*path, "choices"), told, "Send it in a message of its own, before the question.")
        else:
            check_shape(draft, question, path, None)
        for text, inside, limit in texts_of(question):
            check_text(draft, text, (*path, *inside), limit, self._quiz.asides)

    def _check_whole(self) -> None:
        draft, path = self._draft, ("sequences", self._name)
        seen: set[str] = set()
        for place, goal in enumerate(self._sequence.goals):
            where = (*path, "goals", place)
            if goal.id in seen:
                draft.report((*where, "id"), f"there are two goals `{goal.id}`", "Give each its own id.")
            seen.add(goal.id)
            check_condition(draft, goal.when, (*where, "when"), self._known)
        ask, slow = self._sequence.silence.ask_to_stop, self._sequence.silence.slow_down
        for word, silence in (("ask_to_stop", ask), ("slow_down", slow)):
            if silence is not None and silence.after >= len(self._sequence.messages):
                told = f"the sequence is over before {silence.after} messages are without a reaction"
                draft.warn((*path, "silence", word), told, "Let `after` be smaller.")
        if ask is not None and ask.say is not None:
            check_text(draft, ask.say, (*path, "silence", "ask_to_stop", "say"), MESSAGE_LENGTH, self._quiz.asides)

    def _check_what_is_never_reached(self) -> None:
        messages = self._sequence.messages
        for place, follow_up in enumerate(messages[:-1]):
            if follow_up.go is not None and follow_up.when is None:
                told = f"nothing after it is sent: `{follow_up.id}` always leads to `{follow_up.go}`"
                self._draft.warn((*self._place, place + 1), told, "Give it a `when`, or let it be the last.")
                return

    def _asked(self) -> Iterator[str]:
        for sequence in self._quiz.sequences.values():
            yield from (each.question.id for each in sequence.messages if each.question is not None)


def _targets(follow_up: FollowUp) -> Iterator[tuple[str, Path]]:
    """Every sequence that a step leads to, with the place inside the step where that is written."""
    if follow_up.go is not None:
        yield follow_up.go, ("go",)
    question = follow_up.question
    if question is not None and question.go is not None:
        yield question.go, ("question", "go")
    if isinstance(question, ChoiceQuestion):
        for place, choice in enumerate(question.choices):
            if choice.go is not None:
                yield choice.go, ("question", "choices", place, "go")
