"""`hotlead revisions`, `diff` and `rollback` as an operator types them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from typer.testing import Result

from storage.database import Database
from storage.records import Action, Inside, RevisionState
from tests.bot.commands.typing import hotlead, written
from tests.dialogs.broken_quizzes import GOOD, SLIPS
from tests.keys import the_keys
from tests.storage.samples import NOON, a_lead

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"
BOT = 123456
SECOND = GOOD.replace("Thank you!", "Thank you very much!").replace("points: 30", "points: 35")


def typed(*words: str) -> Result:
    return hotlead(*words, bot_token=TOKEN)


@pytest.fixture
def two_revisions() -> None:
    for source in (GOOD, SECOND):
        assert typed("publish", written(source)).exit_code == 0


def audit() -> list[tuple[int | None, str, str]]:
    async def read() -> list[tuple[int | None, str, str]]:
        database = await Database.open("sqlite+aiosqlite:///data/hotlead.db", the_keys())
        async with database.view(BOT) as view:
            entries = await view.audit.newest(20)
        await database.close()
        return [(entry.admin, entry.action, str(entry.facts.get("revision"))) for entry in reversed(entries)]

    return asyncio.run(read())


@pytest.mark.usefixtures("two_revisions")
def test_revisions_are_listed_with_the_one_that_people_get() -> None:
    head, newest, oldest = typed("revisions", "study-abroad").output.splitlines()
    assert head.split() == ["revision", "when", "(UTC)", "by", "state"]
    assert newest.split()[:1] == ["2"]
    assert "operator" in newest
    assert newest.endswith("published  ← new sessions start here")
    assert oldest.split()[:1] == ["1"]
    assert oldest.rstrip().endswith("published")


@pytest.mark.usefixtures("two_revisions")
def test_the_difference_of_the_last_two_revisions_is_shown_word_by_word() -> None:
    assert typed("diff", "study-abroad").output.splitlines() == [
        "study-abroad: from revision 1 to revision 2",
        "",
        "✏️ country Where would you like to go?",
        "«To Poland» › points: [-30-] → {+35+}",
        "",
        "✏️ bye Thank you very much!",
        "EN: Thank you{+ very much+}!",
    ]


@pytest.mark.usefixtures("two_revisions")
def test_two_revisions_or_a_revision_and_a_file_are_compared_in_either_direction() -> None:
    file = written(SECOND.replace("hot: 50", "hot: 40"), "next.yaml")
    assert "points: [-35-] → {+30+}" in typed("diff", "study-abroad", "2", "1").output
    against_newest = typed("diff", "study-abroad", file).output
    assert against_newest.startswith("study-abroad: from revision 2 to next.yaml\n")
    assert "bands › hot: [-50-] → {+40+}" in against_newest
    assert "points" not in against_newest
    assert "points: [-30-] → {+35+}" in typed("diff", "study-abroad", "1", file).output
    assert "nothing that people see" in typed("diff", "study-abroad", "1", "1").output


def test_a_quiz_with_one_revision_has_no_difference_yet() -> None:
    typed("publish", written(GOOD))
    assert typed("diff", "study-abroad").output == "study-abroad: revision 1 is the only one that was published\n"


@pytest.mark.usefixtures("two_revisions")
def test_going_back_publishes_the_old_revision_again_and_history_goes_on() -> None:
    said = typed("rollback", "study-abroad", "1").output
    assert said == "study-abroad: published as revision 3, the same as revision 1\n"
    _, newest, *_ = typed("revisions", "study-abroad").output.splitlines()
    assert newest.split()[0] == "3"
    assert "same as 1" in newest
    assert "points: [-35-] → {+30+}" in typed("diff", "study-abroad").output
    operator = None
    assert audit() == [
        (operator, Action.PUBLISH, "1"),
        (operator, Action.PUBLISH, "2"),
        (operator, Action.ROLL_BACK, "3"),
    ]


@pytest.mark.usefixtures("two_revisions")
def test_a_file_that_changes_nothing_is_no_action() -> None:
    typed("publish", written(SECOND))
    assert len(audit()) == 2


UNKNOWN = "no quiz `study-abrod` was published. Did you mean `study-abroad`?"
REFUSED = {
    "revisions study-abrod": UNKNOWN,
    "diff study-abrod": UNKNOWN,
    "rollback study-abrod 1": UNKNOWN,
    "diff study-abroad 7": "quiz `study-abroad` has no revision 7. There is: 1, 2.",
    "diff study-abroad gone.yaml": "gone.yaml: there is no such file",
    "diff study-abroad bad.yaml": "bad.yaml:22: error: step `dream`: `when` must have named parts",
    "rollback study-abroad 9": "quiz `study-abroad` has no revision 9. There is: 1, 2.",
    "rollback study-abroad 2": "revision 2 of `study-abroad` is what new sessions get already",
}


@pytest.mark.usefixtures("two_revisions")
def test_what_cannot_be_done_is_told_in_a_line() -> None:
    written(SLIPS["a word instead of parts"].source, "bad.yaml")
    for words, told in REFUSED.items():
        result = typed(*words.split())
        assert result.exit_code == 2
        assert result.output.startswith(f"hotlead: {told}")
        assert len(result.output.splitlines()) == 1


def test_a_draft_cannot_be_gone_back_to() -> None:
    typed("publish", written(GOOD))

    async def draft() -> None:
        database = await Database.open("sqlite+aiosqlite:///data/hotlead.db", the_keys())
        async with database.unit(BOT) as unit:
            newest = await unit.quizzes.newest("study-abroad")
            assert newest is not None
            drafted = await unit.quizzes.draft("study-abroad", SECOND, {}, 7, newest.drafted_at)
            assert drafted.state is RevisionState.DRAFT
        await database.close()

    asyncio.run(draft())
    result = typed("rollback", "study-abroad", "2")
    assert result.output == "hotlead: revision 2 of `study-abroad` was never published (draft)\n"
    assert "admin 7" in typed("revisions", "study-abroad").output
    assert "points: [-30-] → {+35+}" in typed("diff", "study-abroad", "1", "2").output


@pytest.mark.parametrize("command", [["revisions", "q"], ["diff", "q"], ["rollback", "q", "1"]])
def test_without_a_token_nobody_knows_whose_quizzes_are_meant(command: list[str]) -> None:
    result = hotlead(*command)
    assert result.exit_code == 2
    assert result.output == "hotlead: HOTLEAD_BOT_TOKEN is missing; the database keeps everything by bot\n"


LETTER = "{after: 1d, hours: 10-19, text: {uk: Як обрати виш?"
FOLLOWED = GOOD.replace(LETTER, LETTER.replace("1d", "2d"))


def somebody_inside() -> None:
    async def enrol() -> None:
        database = await Database.open("sqlite+aiosqlite:///data/hotlead.db", the_keys())
        async with database.unit(BOT) as unit:
            lead = await a_lead(unit, quiz="study-abroad")
            day = timedelta(days=1)
            await unit.enrolments.enrol(
                lead.id, lead.prospect_id, "study-abroad", 1, "warm-up", None, NOON + day, NOON
            )
        await database.close()

    asyncio.run(enrol())


def inside() -> dict[Inside, int]:
    async def read() -> dict[Inside, int]:
        database = await Database.open("sqlite+aiosqlite:///data/hotlead.db", the_keys())
        async with database.view(BOT) as view:
            found = await view.enrolments.inside("study-abroad")
        await database.close()
        return found

    return asyncio.run(read())


def test_publishing_asks_what_becomes_of_people_inside_follow_ups() -> None:
    assert typed("publish", written(GOOD)).exit_code == 0
    somebody_inside()
    refused = typed("publish", written(FOLLOWED))
    assert refused.exit_code == 2
    assert (
        "people are inside them: 1 in `warm-up`. Say what becomes of them: --inside as-they-were" in refused.output
    )
    assert len(refused.output.splitlines()) == 1
    assert typed("revisions", "study-abroad").output.count("published") == 1

    slip = typed("publish", written(FOLLOWED), "--inside", "next-stop")
    assert (slip.exit_code, slip.output) == (2, "hotlead: --inside next-stop: Did you mean `next-step`?\n")

    done = typed("publish", written(FOLLOWED), "--inside", "next-step")
    assert done.output.splitlines() == [
        "study-abroad: published as revision 2",
        "  1 inside `warm-up`: next step",
    ]
    assert inside() == {Inside("warm-up", 2, None): 1}
    assert typed("rollback", "study-abroad", "1").exit_code == 2
    assert typed("rollback", "study-abroad", "1", "--inside", "new-people").exit_code == 0
    assert inside() == {}


def test_a_change_elsewhere_asks_nothing() -> None:
    assert typed("publish", written(GOOD)).exit_code == 0
    somebody_inside()
    assert typed("publish", written(SECOND)).output == "study-abroad: published as revision 2\n"
    assert inside() == {Inside("warm-up", 1, None): 1}
