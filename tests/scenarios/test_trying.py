"""*Try it myself*: an admin walks a revision, sees its score, and nothing of it counts."""

from __future__ import annotations

from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.quick import QUICK
from tests.scenarios.test_administration import DRAFT_BUTTONS, FRIENDLIER, actions


async def begins_a_test(ada: Guest, source: str = FRIENDLIER) -> None:
    await ada.sends_file("quiz.yaml", source)
    ada.skims()
    await ada.taps("🧪 Try it myself")
    ada.sees("A test of “Office furniture”, revision 2", "nothing is counted")
    ada.sees("Hi Ada!")
    ada.sees("Who is the furniture for?")


async def goes_to_the_end(ada: Guest, role: str = "For a company") -> None:
    await ada.taps(role)
    await ada.taps("This month")
    await ada.taps("Yes, contact me")
    await ada.shares_her_phone()
    await ada.taps("Yes, send me ideas")


async def test_a_test_ends_with_the_score_and_its_reasons_and_leaves_nothing(
    house: House, ada: Guest, max_: Guest, vera: Guest
) -> None:
    before = await kept.events(house)
    await begins_a_test(ada)
    await goes_to_the_end(ada)
    *_, end, score = ada.skims()
    assert "Thank you very much!" in end.text
    assert "A manager will contact you" in end.text  # the words that a prospect with these answers reads
    assert score.text.splitlines() == [
        "🧪 The test is over: 95 points, hot",
        "• Buyer +55",
        "• Needed by +25",
        "• A company that needs it this month +15",
        "No lead, no consent and no follow-up came of it.",
    ]
    assert score.labels == DRAFT_BUTTONS
    await house.later(days=40)
    for guest in (ada, max_, vera):
        guest.sees_nothing()
    for table in ("leads", "contacts", "ledger", "hand_offs", "enrolments", "consents"):
        assert await kept.rows(house, f"SELECT * FROM {table}") == []  # noqa: S608 - names from the line above
    assert await kept.events(house) == before
    assert await actions(house) == ["draft 2", "try 2"]


async def test_a_draft_with_a_grid_tells_where_its_answers_stand_in_it(house: House, ada: Guest) -> None:
    source = FRIENDLIER.replace("  bands:\n    hot: 70\n    warm: 40\n", "  grid: {}\n")
    assert "grid" in source
    await ada.sends_file("quiz.yaml", source)
    ada.sees("Points for answers: from -20 to 95. The fit and activity table makes the lead hot, warm or cold.")
    await ada.taps("🧪 Try it myself")
    ada.skims()
    await goes_to_the_end(ada)
    lines = ada.skims()[-1].text.splitlines()
    assert lines[0] == "🧪 The test is over: 95 points, hot"
    assert lines[-2] == "🎯 Fit: very good fit (95) · Activity: quiet (0)"


async def test_a_draft_can_be_published_from_the_end_of_its_test(house: House, ada: Guest, anna: Guest) -> None:
    await begins_a_test(ada)
    await goes_to_the_end(ada, "For myself")
    assert "cold" in ada.skims()[-1].text
    await ada.taps("✅ Publish")
    ada.is_told("Published")
    ada.sees_change("revision 2 is published", "Nobody is in the middle right now")
    await anna.starts(QUICK)
    anna.skims()
    assert (await kept.session_of(house, anna)).session.revision == 2


async def test_a_test_is_nobody_in_the_middle(house: House, ada: Guest) -> None:
    await begins_a_test(ada)
    await ada.sends_file("quiz.yaml", FRIENDLIER.replace("points: 55", "points: 56"))
    ada.sees("Revision 3 is ready", "Nobody is in the middle right now")


async def test_restart_in_a_test_begins_the_test_anew(house: House, ada: Guest) -> None:
    await begins_a_test(ada)
    await ada.taps("For a company")
    ada.skims()
    await ada.says("/restart")
    ada.sees("A test of “Office furniture”, revision 2")
    ada.skims()
    assert (await kept.session_of(house, ada)).is_test


async def test_a_link_to_the_quiz_leaves_the_test_for_a_real_session(house: House, ada: Guest) -> None:
    await begins_a_test(ada)
    await ada.starts(QUICK)
    ada.sees("Hi Ada!")
    ada.skims()
    stored = await kept.session_of(house, ada)
    assert (stored.is_test, stored.session.revision) == (False, 1)


async def test_what_people_get_now_can_be_tried_too(house: House, ada: Guest) -> None:
    await ada.says("/quizzes")
    await ada.taps("Dance school")
    ada.skims()
    await ada.taps("🧪 Try it myself")
    ada.sees("A test of “Dance school”, revision 1")
    ada.skims()
    await ada.taps("My child")
    ada.skims()
    assert (await kept.session_of(house, ada)).is_test
