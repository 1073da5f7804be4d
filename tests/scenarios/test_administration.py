"""Admins bring quizzes through the chat: what they are told, what changes for people, and who may not."""

from __future__ import annotations

import pytest

from bot.publishing import SHIPPED
from bot.telegram.taps import AdminAction
from storage.records import RevisionState
from tests.scenarios import kept
from tests.scenarios.conftest import Opening
from tests.scenarios.over_http import ADA, ANNA, Guest, House
from tests.scenarios.quick import QUICK, quick_quiz
from tests.scenarios.stories import HOT_LEAD

SOURCE = quick_quiz().read_text(encoding="utf-8")
FRIENDLIER = SOURCE.replace("Thank you!", "Thank you very much!").replace("points: 50", "points: 55")
STRICTER = SOURCE.replace("points: 50", "points: 60")
NEW = SOURCE.replace(f"quiz: {QUICK}", "quiz: brand-new")
DRAFT_BUTTONS = ["✅ Publish", "🧪 Try it myself", "🗑 Discard"]
SECOND_ADMIN = 5


async def states(house: House, quiz: str = QUICK) -> dict[int, RevisionState]:
    async with house.view() as view:
        return {each.number: each.state for each in reversed(await view.quizzes.history(quiz))}


async def actions(house: House) -> list[str]:
    """Return what admins did, in order; what the operator did at the start is left out."""
    async with house.view() as view:
        entries = await view.audit.newest(100)
    return [f"{entry.action} {entry.facts.get('revision', '')}".strip() for entry in entries[::-1] if entry.admin]


# Sending a quiz ------------------------------------------------------------------------------------------------


async def test_a_broken_quiz_is_answered_with_its_lines_and_nothing_is_kept(house: House, ada: Guest) -> None:
    broken = SOURCE.replace("\n  choices:", "\n  choises:", 1).replace("bands:", "bnds:")
    line = broken[: broken.index("bnds:")].count("\n") + 1
    await ada.sends_file("sofa.yaml", broken)
    ada.sees(
        "sofa.yaml can’t be published yet",
        "error: step `role`: `ask` needs to know what is answered",
        f":{line}: error: `bnds` is not a word that can stand here. Did you mean `bands`?",
        "send the file again",
        buttons=[],
    )
    assert await states(house) == {1: RevisionState.PUBLISHED}
    assert await kept.rows(house, "SELECT id FROM files") == []
    assert await actions(house) == []


async def test_more_errors_than_a_message_holds_are_counted(ada: Guest) -> None:
    steps = "".join(f"- {{id: s{n}, sya: {'x' * 40}}}\n" for n in range(80))
    await ada.sends_file("long.yml", SOURCE.replace("steps:\n", f"steps:\n{steps}", 1))
    line = ada.sees("step `s0`: this step does nothing. Did you mean `say`?", "…and ", " more")
    assert 3000 < len(line.text) < 4096
    assert "step `s79`" not in line.text


async def test_what_is_no_quiz_is_told_so(ada: Guest) -> None:
    for content in (b"\xff\xfe\x00nonsense", b"\x00", b"just a shopping list", b"[]"):
        await ada.sends_file("notes.yaml", content)
        ada.sees("notes.yaml can’t be published yet", "error: ")


async def test_a_changed_quiz_is_shown_word_by_word_before_anybody_gets_it(
    house: House, ada: Guest, anna: Guest, boris: Guest
) -> None:
    await anna.goes_through(HOT_LEAD, until="when_needed")
    await ada.sends_file("quiz.yaml", FRIENDLIER)
    ada.sees(
        "Office furniture\nRevision 2 is ready",
        "What changes after revision 1",
        "EN: Thank you very much!",
        "«For a company» › points: 50 → 55",
        "from -20 to 95. Hot from 70, warm from 40",
        "A lead can turn out: hot, warm, cold",
        "In the middle right now: 1 person. They finish on revision 1",
        buttons=DRAFT_BUTTONS,
    )
    html = ada.person.messages[-1].html
    assert "Thank you<b> very much</b>!" in html
    assert "<s>50</s> → <b>55</b>" in html
    await boris.starts(QUICK)
    boris.skims()
    assert (await kept.session_of(house, boris)).session.revision == 1


async def test_the_same_quiz_again_is_nothing_to_do(house: House, ada: Guest) -> None:
    await ada.sends_file("quiz.yaml", SOURCE)
    ada.sees("Nothing to do", QUICK, "revision 1", buttons=[])
    await ada.sends_file("quiz.yaml", FRIENDLIER)
    await ada.sends_file("quiz.yaml", FRIENDLIER)
    ada.sees("Revision 2 is ready")
    ada.sees("Revision 2 is ready")
    assert len(await states(house)) == 2


async def test_only_comments_changed_is_told_so(ada: Guest) -> None:
    await ada.sends_file("quiz.yaml", f"# for spring\n{SOURCE}")
    ada.sees("Nothing that people see, and nothing in the points", buttons=DRAFT_BUTTONS)


async def test_a_file_that_is_far_too_large_is_not_fetched(house: House, ada: Guest) -> None:
    await ada.sends_file("huge.yaml", b"#" * (1024 * 1024 + 1))
    ada.sees("huge.yaml is too large", "at most 1 MB")
    assert await kept.rows(house, "SELECT id FROM files") == []


async def test_pictures_come_first_with_their_names_as_captions(house: House, ada: Guest) -> None:
    pictured = SOURCE.replace("- id: hello\n", "- id: hello\n  image: sofa.jpg\n", 1)
    assert pictured != SOURCE
    await ada.sends_file("quiz.yaml", pictured)
    ada.sees("there is no file `sofa.jpg` yet", "Send it here with the caption `sofa.jpg`", buttons=[])
    await ada.sends_photo("sofa.jpg")
    ada.sees("sofa.jpg is kept")
    await ada.sends_file("quiz.yaml", pictured)
    ada.sees("Revision 2 is ready", "Other pictures: sofa.jpg", buttons=DRAFT_BUTTONS)
    assert await kept.rows(house, "SELECT name FROM files") == []
    # The picture is the draft's now: a later revision finds it there.
    await ada.sends_file("quiz.yaml", pictured.replace("points: 50", "points: 55"))
    ada.sees("Revision 3 is ready", "Other pictures: sofa.jpg", buttons=DRAFT_BUTTONS)
    await ada.taps("🧪 Try it myself")
    assert [line.picture for line in ada.skims()][1] == "sofa.jpg"


# Publishing ----------------------------------------------------------------------------------------------------


async def test_who_is_in_the_middle_finishes_on_theirs_and_who_comes_later_gets_the_new_one(
    house: House, ada: Guest, anna: Guest, boris: Guest
) -> None:
    await anna.goes_through(HOT_LEAD, until="when_needed")
    await ada.sends_file("quiz.yaml", SOURCE.replace("This month", "Within a month"))
    ada.skims()
    await ada.taps("✅ Publish")
    ada.is_told("Published")
    ada.sees_change("revision 2 is published", "1 person. They finish on revision 1", buttons=[])
    await anna.taps("This month")
    anna.sees_change("✓ This month")
    anna.skims()
    await boris.starts(QUICK)
    await boris.taps("For a company")
    assert boris.skims()[-1].labels[0] == "Within a month"
    assert (await kept.session_of(house, anna)).session.revision == 1
    assert (await kept.session_of(house, boris)).session.revision == 2
    assert await actions(house) == ["draft 2", "publish 2"]


async def test_a_second_tap_on_publish_publishes_nothing_more(house: House, ada: Guest) -> None:
    await ada.sends_file("quiz.yaml", FRIENDLIER)
    publish = ada.button_data("✅ Publish")
    await ada.taps("✅ Publish")
    ada.is_told("Published")
    ada.skims()
    await ada.taps_data(publish)
    ada.is_told("Revision 2 is published already")
    ada.sees_nothing()
    assert await states(house) == {1: RevisionState.PUBLISHED, 2: RevisionState.PUBLISHED}
    assert await actions(house) == ["draft 2", "publish 2"]


async def test_who_publishes_after_somebody_else_did_sees_the_changes_again(opening: Opening) -> None:
    async with opening(quiz=(str(quick_quiz()),), admins=(ADA, SECOND_ADMIN)) as house:
        ada, olha = house.guest(ADA, "Ada"), house.guest(SECOND_ADMIN, "Olha")
        for admin in (ada, olha):
            await admin.starts()
        await ada.sends_file("quiz.yaml", FRIENDLIER)
        await olha.sends_file("quiz.yaml", STRICTER)
        ada.skims()
        olha.skims()
        await olha.taps("✅ Publish")
        olha.skims()
        await ada.taps("✅ Publish")
        ada.is_told("Somebody published another revision meanwhile")
        ada.sees_change("Revision 3 was published in the meantime", "points: 60 → 55", buttons=DRAFT_BUTTONS)
        assert await states(house) == {
            1: RevisionState.PUBLISHED,
            2: RevisionState.DRAFT,
            3: RevisionState.PUBLISHED,
        }
        again = ada.button_data("✅ Publish")
        await ada.taps("✅ Publish")
        ada.is_told("Published")
        ada.sees_change("revision 4 is published")
        await ada.taps_data(again)
        ada.is_told("Revision 4 is published already")
        async with house.view() as view:
            newest = await view.quizzes.newest(QUICK)
        assert newest is not None
        assert (newest.number, newest.source) == (4, FRIENDLIER)


async def test_a_restart_does_not_undo_what_an_admin_published(house: House, ada: Guest, anna: Guest) -> None:
    await ada.sends_file("quiz.yaml", FRIENDLIER)
    await ada.taps("✅ Publish")
    ada.skims()
    await house.restarts()
    await anna.starts(QUICK)
    anna.skims()
    assert (await kept.session_of(house, anna)).session.revision == 2
    assert len(await states(house)) == 2


async def test_a_new_quiz_can_be_reached_at_once_and_after_a_restart(
    house: House, ada: Guest, anna: Guest, boris: Guest
) -> None:
    await ada.sends_file("new.yaml", NEW)
    ada.sees("Revision 1 is ready", "This is a new quiz", "https://t.me/hotlead_demo_bot?start=brand-new")
    await anna.starts("brand-new")
    anna.skims()
    assert (await kept.session_of(house, anna)).session.quiz == "office-furniture"
    await ada.taps("✅ Publish")
    ada.is_told("Published")
    ada.sees_change("revision 1 is published")
    await boris.starts("brand-new--ads")
    boris.skims()
    assert (await kept.session_of(house, boris)).session.quiz == "brand-new"
    await house.restarts()
    await boris.says("/restart")
    boris.sees("Hi Boris!")
    boris.skims()
    await ada.says("/quizzes")
    assert "?start=brand-new" in ada.sees("Your quizzes").text


# Discarding ----------------------------------------------------------------------------------------------------


async def test_a_discarded_draft_is_gone_for_good(house: House, ada: Guest) -> None:
    await ada.sends_file("quiz.yaml", FRIENDLIER)
    publish, attempt = ada.button_data("✅ Publish"), ada.button_data("🧪 Try it myself")
    ada.skims()
    await ada.taps("🗑 Discard")
    ada.sees_change("revision 2 is discarded", "No prospect ever saw it", buttons=[])
    for data in (publish, attempt):
        await ada.taps_data(data)
        ada.is_told("Revision 2 is discarded")
    assert await states(house) == {1: RevisionState.PUBLISHED, 2: RevisionState.DISCARDED}
    assert await actions(house) == ["draft 2", "discard 2"]
    await ada.sends_file("quiz.yaml", FRIENDLIER)
    ada.sees("Revision 3 is ready")


async def test_a_test_of_a_draft_that_somebody_discards_ends_politely(opening: Opening) -> None:
    async with opening(quiz=(str(quick_quiz()),), admins=(ADA, SECOND_ADMIN)) as house:
        ada, olha = house.guest(ADA, "Ada"), house.guest(SECOND_ADMIN, "Olha")
        for admin in (ada, olha):
            await admin.starts()
            await admin.sends_file("quiz.yaml", FRIENDLIER)
            admin.skims()
        await olha.taps("🧪 Try it myself")
        olha.skims()
        await ada.taps("🗑 Discard")
        ada.skims()
        olha.sees("Your test is over: Ada has discarded revision 2")
        await olha.taps("For a company")
        olha.is_told("/start")
        await olha.says("hello?")
        olha.sees("/start")


# Who may not ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["anna", "max_"])
async def test_a_quiz_from_anybody_but_an_admin_is_a_file_like_any_other(
    house: House, ada: Guest, who: str, request: pytest.FixtureRequest
) -> None:
    guest: Guest = request.getfixturevalue(who)
    await guest.starts(QUICK)
    guest.skims()
    await guest.sends_file("quiz.yaml", FRIENDLIER)
    guest.sees("Please tap one of the buttons")
    await guest.sends_photo("sofa.jpg")
    guest.sees("Please tap one of the buttons")
    ada.sees_nothing()
    assert len(await states(house)) == 1
    assert await kept.rows(house, "SELECT id FROM files") == []


async def test_forged_taps_of_a_prospect_do_nothing(house: House, ada: Guest, anna: Guest) -> None:
    await ada.sends_file("quiz.yaml", FRIENDLIER)
    ada.skims()
    await anna.starts()
    anna.skims()
    for action in AdminAction:
        await anna.taps_data(f"a:{action}:{QUICK}:2:1")
        anna.is_told("no longer")
        anna.sees_nothing()
    assert await states(house) == {1: RevisionState.PUBLISHED, 2: RevisionState.DRAFT}
    assert await actions(house) == ["draft 2"]
    async with house.view() as view:
        assert await view.quizzes.paused_at(QUICK) is None


async def test_commands_of_admins_are_unknown_to_others(anna: Guest, max_: Guest) -> None:
    for guest in (anna, max_):
        for command in ("/quizzes", "/audit"):
            await guest.says(command)
            guest.sees("/start")


async def test_an_admins_button_for_what_is_not_there_is_answered(ada: Guest) -> None:
    huge = "f" * 15
    for data in ("publish:gone:1:0", f"publish:{QUICK}:9:1", "history:gone:0:0", f"roll_back:{QUICK}:{huge}:1"):
        await ada.taps_data(f"a:{data}")
        ada.is_told("no longer")


async def test_who_is_no_admin_any_more_cannot_use_the_buttons_that_are_left(house: House, ada: Guest) -> None:
    await ada.sends_file("quiz.yaml", FRIENDLIER)
    ada.skims()
    await house.restarts(admins=(SECOND_ADMIN,))
    await ada.taps("✅ Publish")
    ada.is_told("no longer")
    assert await states(house) == {1: RevisionState.PUBLISHED, 2: RevisionState.DRAFT}


async def test_a_shipped_quiz_sent_back_unchanged_needs_no_pictures(opening: Opening) -> None:
    async with opening(quiz=("office-furniture",), admins=(ADA,)) as house:
        ada, anna = house.guest(ADA, "Ada"), house.guest(ANNA, "Anna")
        await ada.starts()
        ada.skims()
        source = (SHIPPED / "office-furniture.yaml").read_text(encoding="utf-8")
        await ada.sends_file("office-furniture.yaml", source.replace("Hi {first_name}!", "Hello {first_name}!"))
        assert "Other pictures" not in ada.sees("Revision 2 is ready").text
        await ada.taps("✅ Publish")
        ada.skims()
        await anna.starts()
        assert anna.sees("Hello Anna!").picture is not None
        anna.skims()
