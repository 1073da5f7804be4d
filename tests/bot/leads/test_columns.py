"""The columns: what is told of every lead, and each question's answer as a person reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from bot.leads.cells import Cell
from bot.leads.columns import FACTS
from dialogs.answers import Answer, Choice, Contact, Day, Decision, Number, Skipped, Written
from qualification.handoff import HandOff, Outcome, Phase
from qualification.score import Band, Entry, Origin
from qualification.stages import Stage
from storage.records import StoredContact, StoredHandOff
from tests.bot.leads.samples import HOUR, NOON, a_quiz, columns, listed

OFFERED = HandOff(Phase.OFFERED, NOON, due_at=NOON + HOUR)


def row(answers: dict[str, Answer] | None = None, language: str = "en", **known: Any) -> dict[str, Cell]:
    """Return a lead's cells by the titles of their columns."""
    sheet = columns(language=language)
    cells = sheet.row(listed(answers, **known), a_quiz(), {2: "Max"})
    return dict(zip(sheet.titles, cells, strict=True))


def test_a_lead_is_told_as_a_person_reads_it() -> None:
    told = row(
        lead=replace(listed().lead, stage=Stage.MQL, band=Band.HOT),
        contacts=(StoredContact("phone", "+380671234567", True), StoredContact("email", "a@example.org", False)),
        entries=(Entry(Origin.ANSWER, "role", 40, NOON, "company"),),
        hand_off=StoredHandOff(1, 7, "sales", OFFERED),
    )
    assert {title: cell for title, cell in told.items() if cell is not None} == {
        "Lead": 7,
        "Began (Europe/Kyiv)": "2026-03-02 14:00:00",
        "Last change (Europe/Kyiv)": "2026-03-02 15:00:00",
        "Quiz": "Office",
        "Revision": 1,
        "Name": "Anna",
        "Telegram": "anna",
        "Phone": "+380671234567",
        "E-mail": "a@example.org",
        "May be contacted": "yes",
        "Language": "uk",
        "Source": "ads_oct",
        "Stage": "MQL",
        "Band": "hot",
        "Score": 40,
        "Why": "For +40",
        "Next due (Europe/Kyiv)": "2026-03-02 15:00:00",
    }


@pytest.mark.parametrize(
    ("question", "answer", "told"),
    [
        ("For", Choice(choice="company"), "A company"),
        ("How many places? (places)", Number(number=1200), 1200),
        ("How many places? (places)", Number(number=2.5), 2.5),
        ("How many places? (places)", Number(number=12.5, said="10–15"), "10–15 places"),
        ("How good?", Number(number=4), 4),  # «4/5» would become the fourth of May
        ("Any wish?", Written(text="=1+1"), "=1+1"),
        ("Any wish?", Skipped(), "—"),
        ("Which day?", Day(day=date(2026, 3, 5)), "2026-03-05"),
        ("Which day?", Day(day=date(2026, 3, 5), at=time(17, 30)), "2026-03-05 17:30"),
    ],
)
def test_an_answer_stands_below_its_question(question: str, answer: Answer, told: Cell) -> None:
    ids = {"For": "role", "How good?": "rating", "Any wish?": "wish", "Which day?": "day"}
    assert row({ids.get(question, "places"): answer})[question] == told


def test_contacts_and_consents_are_no_questions() -> None:
    answers: dict[str, Answer] = {
        "agree": Decision(given=True),
        "phone": Contact(contact="phone", value="+380671234567"),
    }
    asked = columns().titles[len(FACTS) :]
    assert asked == ["For", "How many places? (places)", "How good?", "Any wish?", "Which day?"]
    assert list(row(answers).values())[len(FACTS) :] == [None] * 5


def test_titles_and_answers_are_in_the_language_that_is_asked_for() -> None:
    told = row({"role": Choice(choice="company")}, "uk", lead=replace(listed().lead, band=Band.WARM))
    assert (told["Лід"], told["Опитування"], told["Готовність"], told["Для"]) == (7, "Офіс", "теплий", "Компанія")


def test_the_strongest_reasons_are_named_whichever_way_they_count() -> None:
    points = {"role": -30, "places": 5, "wish": 20, "rating": 2}
    entries = [Entry(Origin.ANSWER, step, given, NOON) for step, given in points.items()]
    entries += [Entry(Origin.REPLY, "reply", 4, NOON)] * 3 + [
        Entry(Origin.ANSWER, "role", 99, NOON, product="desk")
    ]
    told = row(entries=tuple(entries))
    assert told["Why"] == "For -30, Any wish? +20, 3 messages of their own accord +12"
    assert told["Score"] == 9


def test_a_deal_that_was_won_has_its_amount_as_a_number_and_its_owner() -> None:
    won = replace(OFFERED, phase=Phase.CLOSED, taken_by=2, outcome=Outcome.WON, amount="12500.5", currency="EUR")
    told = row(hand_off=StoredHandOff(1, 7, "sales", won))
    assert (told["Manager"], told["Won"], told["Currency"], told["Why lost"]) == (
        "Max",
        Decimal("12500.5"),
        "EUR",
        None,
    )


def test_a_deal_that_was_lost_has_its_reason_and_an_owner_who_left_is_a_number() -> None:
    lost = replace(OFFERED, phase=Phase.CLOSED, taken_by=99, outcome=Outcome.LOST, lost_reason="price", amount="5")
    told = row(hand_off=StoredHandOff(1, 7, "sales", lost))
    assert (told["Manager"], told["Won"], told["Why lost"]) == ("99", None, "Too expensive")


def test_questions_of_an_older_revision_stand_behind_those_of_the_newest() -> None:
    older = a_quiz(more="- {id: gone, ask: Gone?, text: {}}")
    titles = columns((2, a_quiz()), (1, older)).titles
    assert titles[-2:] == ["Which day?", "Gone?"]
    cells = columns((2, a_quiz()), (1, older)).row(listed({"gone": Written(text="yes")}), older, {})
    assert cells[-1] == "yes"


def test_a_question_that_came_after_the_titles_were_written_moves_no_other_cell() -> None:
    newer = a_quiz(more="- {id: new, ask: New?, text: {}}")
    sheet = columns()
    cells = sheet.row(listed({"new": Written(text="?"), "wish": Written(text="yes")}), newer, {})
    assert dict(zip(sheet.titles, cells, strict=True))["Any wish?"] == "yes"


def test_of_several_quizzes_each_question_says_whose_it_is_and_nobody_elses_answer_stands_below_it() -> None:
    sheet = columns((1, a_quiz()), (1, a_quiz("dance")))
    cells = sheet.row(listed({"wish": Written(text="yes")}), a_quiz(), {})
    assert [cell for cell in cells[len(FACTS) :] if cell is not None] == ["yes"]
    assert sheet.titles[len(FACTS) + 3] == "Office: Any wish? (office/wish)"  # both are called «Office»


def test_no_two_columns_have_the_same_title() -> None:
    titles = columns((1, a_quiz(more="- {id: name, ask: Name, text: {}}"))).titles
    assert "Name (office/name)" in titles
    assert len(set(titles)) == len(titles)
