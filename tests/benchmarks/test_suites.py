"""Each suite runs in a tiny size: everybody comes to the end, and a peer that cannot take part is skipped."""

from __future__ import annotations

import pytest

from benchmarks import enrolled, http, postgresql, sending, starting, updates
from benchmarks.__main__ import measure
from benchmarks.report import Report, SkippedError, medians
from benchmarks.senders import SENDERS

TINY = http.Size(people=2, rounds=1, at_once=(2,), warm_up=1)


def rows(reports: list[Report]) -> list[str]:
    return [row[0] for report in reports for row in report.rows]


@pytest.mark.slow
def test_in_one_process_people_walk_to_the_end() -> None:
    names = (updates.BASELINE, "python-telegram-bot, memory", "Hotlead")
    assert set(names) <= set(updates.CONTESTANTS)

    reports = updates.run(TINY, names)

    assert rows(reports) == list(names)
    assert "updates, 2 at once: Hotlead beside python-telegram-bot, memory" in reports[0].ratios


@pytest.mark.slow
def test_over_http_people_walk_to_the_end() -> None:
    names = ("python-telegram-bot, webhook, memory", "Hotlead, webhook", "Hotlead, polling, python-telegram-bot")
    assert set(names) <= set(http.CONTESTANTS)

    reports = http.run(TINY, names)

    assert rows(reports) == list(names)
    assert not reports[0].skipped


@pytest.mark.slow
def test_every_bot_starts_and_answers() -> None:
    names = ("python-telegram-bot, memory", "Hotlead, python-telegram-bot")
    reports = starting.run(starting.Size(rounds=1), names)

    assert rows(reports) == list(names)
    assert "starting: memory, python-telegram-bot, memory beside Hotlead, python-telegram-bot" in reports[0].ratios


@pytest.mark.slow
def test_enrolled_leads_are_found_and_written_to_and_new_ones_enrolled() -> None:
    due, new = enrolled.run(enrolled.Size(few=200, many=400, enrolling=20, alone=10, rounds=1))

    assert rows([due]) == ["200", "400"]
    assert [(row[0].split(",")[0], row[1]) for row in new.rows] == [
        ("sqlite3", "20"),
        ("Hotlead", "20"),
        ("Hotlead", "10"),
    ]


@pytest.mark.slow
def test_senders_send_to_everybody_and_answer_meanwhile() -> None:
    names = ("Hotlead", "aiogram, one after another", "python-telegram-bot, AIORateLimiter, ten retries")
    assert set(names) <= set(SENDERS)

    (report,) = sending.run(sending.Size(messages=3, waiting=3, seconds=1), names)

    assert [row[0] for row in report.rows] == list(names)
    assert [row[3] for row in report.rows] == ["0", "0", "0"]


@pytest.mark.slow
def test_on_postgresql_people_walk_to_the_end_of_bots_of_one_and_of_two_processes() -> None:
    in_process, *over_http = postgresql.run(TINY, (postgresql.BASELINE, "Hotlead, a second process works"))
    if not over_http:
        pytest.skip(in_process.skipped[0])

    assert rows([in_process])[0] == rows(over_http)[0] == postgresql.BASELINE
    assert [len(report.rows) + len(report.skipped) for report in (in_process, *over_http)] == [1, 2]


def test_a_peer_that_is_not_installed_is_skipped_with_a_sentence_and_the_others_are_measured() -> None:
    report = Report("Some", ("bot",))

    def measured(name: str) -> dict[str, float]:
        if name == "absent":
            raise SkippedError("No module named 'absent'")
        return {"per_second": 2.0}

    assert medians(3, ("absent", "present"), measured, report) == {"present": {"per_second": 2.0}}
    assert report.skipped == ["absent is skipped: No module named 'absent'"]


def test_a_missing_module_in_a_peers_own_process_is_a_reason_to_skip_it() -> None:
    with pytest.raises(SkippedError, match="No module named"):
        updates.in_a_process("no_such_contestant", 1, 1, 1)


def test_the_command_prints_each_table_the_machine_and_how_steady_it_was(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = Report("A table", ("bot", "updates/s"), ratios={"ours beside theirs": 2.0})
    report.add("theirs", 1234.5678)

    assert measure({"some": lambda: [report]}) == {"ours beside theirs": 2.0}

    said = capsys.readouterr().out
    assert "SQLite" in said
    assert "| theirs | 1235 |" in said
    assert "some: spin" in said
