"""`/quizzes` and `/audit`: what runs, its history, going back, pausing, and who did what."""

from __future__ import annotations

from storage.records import RevisionState
from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.quick import QUICK
from tests.scenarios.stories import HOT_LEAD
from tests.scenarios.test_administration import FRIENDLIER, SOURCE, STRICTER, actions, states

LISTED = f"Office furniture · {QUICK}"


async def looks_at_the_quiz(ada: Guest) -> None:
    await ada.says("/quizzes")
    await ada.taps(LISTED)
    ada.skims()


async def publishes(ada: Guest, source: str) -> None:
    await ada.sends_file("quiz.yaml", source)
    await ada.taps("✅ Publish")
    ada.skims()


async def test_the_list_tells_what_runs_and_since_when(house: House, ada: Guest, anna: Guest) -> None:
    await anna.goes_through(HOT_LEAD, until="when_needed")
    await ada.says("/quizzes")
    listed = ada.sees(
        "Your quizzes",
        "Dance school\nRevision 1, since Mon, 2 Mar, 12:00\nIn the middle right now: 0 people",
        "In the middle right now: 1 person\nhttps://t.me/hotlead_demo_bot?start=quick-furniture",
        "send its .yaml file here",
    )
    assert listed.labels == ["Office furniture · office-furniture", "Dance school", LISTED]
    await ada.taps(LISTED)
    ada.sees_change(
        "Office furniture\nRevision 1",
        buttons=["🧪 Try it myself", "⏸ Pause", "⬇️ Download", "🕓 History", "← Back"],
    )
    await ada.taps("← Back")
    ada.sees_change("Your quizzes")


async def test_a_downloaded_quiz_is_the_one_that_was_published(house: House, ada: Guest) -> None:
    await publishes(ada, FRIENDLIER)
    await looks_at_the_quiz(ada)
    await ada.taps("⬇️ Download")
    ada.sees("“Office furniture”, revision 2", "send it back to me")
    document = ada.person.messages[-1].document
    assert document is not None
    assert (document.name, document.content) == (f"{QUICK}.yaml", FRIENDLIER.encode())
    assert await kept.rows(house, "SELECT id FROM files") == []
    assert await kept.rows(house, "SELECT id FROM outbox WHERE forget") == []


async def test_history_leads_back_to_an_older_revision_and_goes_on(
    house: House, ada: Guest, anna: Guest, boris: Guest
) -> None:
    await publishes(ada, FRIENDLIER)
    await anna.goes_through(HOT_LEAD, until="when_needed")
    await looks_at_the_quiz(ada)
    await ada.taps("🕓 History")
    ada.sees_change(
        "2 · Mon, 2 Mar, 12:00 · Ada ✅\n1 · Mon, 2 Mar, 12:00 · the server",
        buttons=["↩️ Back to revision 1…", "← Back"],
    )
    await ada.taps("↩️ Back to revision 1…")
    ada.sees_change(
        "back from revision 2 to revision 1?",
        "points: 55 → 50",
        "1 person. They finish on revision 2",
        buttons=["↩️ Yes, publish revision 1 again", "← Back"],
    )
    sure = ada.button_data("↩️ Yes, publish revision 1 again")
    await ada.taps("↩️ Yes, publish revision 1 again")
    ada.is_told("Published")
    ada.sees_change("revision 3 is published, the same as revision 1")
    await boris.starts(QUICK)
    boris.skims()
    assert (await kept.session_of(house, boris)).session.revision == 3
    assert (await kept.session_of(house, anna)).session.revision == 2
    async with house.view() as view:
        assert (await view.quizzes.revision(QUICK, 3)).source == SOURCE
    await ada.taps_data(sure)
    ada.is_told("This is what new chats get already")
    ada.sees_change("3 · ", "the same as 1 ✅")
    assert len(await states(house)) == 3
    assert await actions(house) == ["draft 2", "publish 2", "roll_back 3"]


async def test_going_back_after_somebody_published_meanwhile_shows_the_changes_again(
    house: House, ada: Guest
) -> None:
    await publishes(ada, FRIENDLIER)
    await looks_at_the_quiz(ada)
    await ada.taps("🕓 History")
    await ada.taps("↩️ Back to revision 1…")
    sure = ada.button_data("↩️ Yes, publish revision 1 again")
    await publishes(ada, STRICTER)
    await ada.taps_data(sure)
    ada.is_told("Somebody published another revision meanwhile")
    ada.sees_change("back from revision 3 to revision 1?", "points: 60 → 50")
    assert len(await states(house)) == 3


async def test_a_draft_that_was_left_is_found_in_the_history(house: House, ada: Guest) -> None:
    await ada.sends_file("quiz.yaml", FRIENDLIER)
    await looks_at_the_quiz(ada)
    await ada.taps("🕓 History")
    ada.sees_change(
        "2 · Mon, 2 Mar, 12:00 · Ada · not published yet", buttons=["📄 Look at revision 2…", "← Back"]
    )
    await ada.taps("📄 Look at revision 2…")
    ada.sees_change("Revision 2 is ready", "points: 50 → 55")
    await ada.taps("✅ Publish")
    ada.is_told("Published")
    ada.sees_change("revision 2 is published")
    assert await states(house) == {1: RevisionState.PUBLISHED, 2: RevisionState.PUBLISHED}


async def test_a_paused_quiz_takes_nobody_new_and_who_is_in_the_middle_goes_on(
    house: House, ada: Guest, anna: Guest, boris: Guest
) -> None:
    await anna.goes_through(HOT_LEAD, until="when_needed")
    await looks_at_the_quiz(ada)
    await ada.taps("⏸ Pause")
    ada.is_told("Who is in the middle can finish")
    ada.sees_change("⏸ Paused since Mon, 2 Mar, 12:00")
    await boris.starts(QUICK)
    boris.sees("We are taking a short break here")
    await anna.taps("This month")
    anna.sees_change("✓ This month")
    anna.sees("may a manager contact you")
    await anna.says("/start")
    anna.sees("Good to see you again")
    await house.restarts()
    await boris.starts(QUICK)
    boris.sees("We are taking a short break here")
    await ada.taps("▶️ Open again")
    ada.is_told("Open again")
    ada.skims()
    await boris.starts(QUICK)
    boris.sees("Hi Boris!")
    boris.skims()
    assert await actions(house) == ["pause", "resume"]


async def test_a_paused_quiz_can_still_be_tried_and_a_second_tap_is_no_second_action(
    house: House, ada: Guest
) -> None:
    await looks_at_the_quiz(ada)
    pause = ada.button_data("⏸ Pause")
    await ada.taps("⏸ Pause")
    await ada.taps_data(pause)
    ada.skims()
    await ada.taps("🧪 Try it myself")
    ada.sees("A test of")
    ada.skims()
    assert await actions(house) == ["pause", "try 1"]


async def test_the_audit_log_tells_who_did_what(house: House, ada: Guest) -> None:
    await publishes(ada, FRIENDLIER)
    await house.later(hours=1)
    await looks_at_the_quiz(ada)
    await ada.taps("⏸ Pause")
    ada.skims()
    await ada.says("/audit")
    lines = ada.sees("What was done last").text.splitlines()
    assert lines[1:5] == [
        f"Mon, 2 Mar, 13:00 · Ada · paused {QUICK}",
        f"Mon, 2 Mar, 12:00 · Ada · published {QUICK}, revision 2",
        f"Mon, 2 Mar, 12:00 · Ada · sent {QUICK}, revision 2",
        f"Mon, 2 Mar, 12:00 · the server · published {QUICK}, revision 1",
    ]
    assert len(lines) == 7
