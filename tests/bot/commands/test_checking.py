"""`hotlead check`: what an admin reads about a quiz file, and the exit code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.commands.checking import check_files
from bot.publishing import shipped_quizzes
from tests.bot.commands.typing import hotlead, written
from tests.dialogs.broken_quizzes import GOOD, SLIPS


@pytest.mark.parametrize("name", SLIPS)
def test_a_broken_file_is_told_line_by_line_and_fails_only_for_errors(name: str) -> None:
    file = written(SLIPS[name].source)
    Path(file).with_name("a.jpg").touch()  # a slip names it
    result = hotlead("check", file)
    lines = result.output.splitlines()
    told = SLIPS[name].told
    assert lines[: len(told)] == [f"quiz.yaml:{line}" for line in told]
    errors = sum(": error: " in line for line in told)
    if errors:
        counted = "1 error" if errors == 1 else f"{errors} errors"
        assert lines[len(told)] == f"✗ quiz.yaml: {counted}; it cannot be published yet"
    assert result.exit_code == (1 if errors else 0)


def test_a_good_file_is_told_with_its_reach() -> None:
    result = hotlead("check", written(GOOD))
    assert result.exit_code == 0
    lines = [line.strip() for line in result.output.strip().splitlines()]
    assert lines[0] == "✓ quiz.yaml: Study abroad · uk, en · 4 questions"
    assert lines[1] == "score from 0 to 55 by answers (hot from 50, warm from 30)"
    assert lines[2].startswith("best path:  country: To Poland → age: 14 years → dream: …")
    assert lines[2].endswith("= 55")  # Poland 30 + under 18 years 20 + the rule for both 5
    assert lines[3].endswith("= 0")
    assert [line.split()[:2] for line in lines[4:]] == [
        ["hot", "reached,"],
        ["warm", "reached,"],
        ["cold", "reached,"],
        ["unfit", "reached,"],
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "q.yaml:1: error: this file holds no quiz."),
        (b"- a\n- b\n", "q.yaml:1: error: this file holds no quiz."),
        ("quiz: навчання\n".encode("cp1251"), "q.yaml:1: error: the file is not in UTF-8. Save it as UTF-8"),
        (GOOD.encode("utf-16"), "q.yaml:1: error: the file is not in UTF-8. Save it as UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "q.yaml:1: error: the file is not in UTF-8."),
    ],
    ids=["empty", "a list", "an old Windows encoding", "UTF-16", "a picture"],
)
def test_a_file_that_is_no_quiz_is_told_so(content: bytes, told: str) -> None:
    Path("q.yaml").write_bytes(content)
    result = hotlead("check", "q.yaml")
    assert result.output.startswith(told)
    assert result.exit_code == 1


def test_a_language_that_the_bots_own_sentences_lack_is_told_with_its_line() -> None:
    german = GOOD.replace("languages: [uk, en]", "languages: [uk, en, de]")
    result = hotlead("check", written(german))
    warning = "quiz.yaml:2: warning: the bot's own sentences are not in `de`: they come in `en`. Word them"
    assert warning in result.output
    assert result.exit_code == 0, result.output
    worded = hotlead("check", written(f"{german}\nwords: {{consent.yes: {{uk: Так, de: Ja}}}}\n"))
    assert "the bot's own sentences" not in worded.output


def test_every_file_is_checked_and_one_bad_one_fails_all() -> None:
    good, bad = written(GOOD), written("", "bad.yaml")
    result = hotlead("check", bad, good, "gone.yaml")
    assert "✗ bad.yaml" in result.output
    assert "✓ quiz.yaml" in result.output
    assert "gone.yaml: there is no such file" in result.output
    assert result.exit_code == 1


def test_the_quizzes_that_ship_can_be_checked_by_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_files(Path(name) for name in shipped_quizzes()) == 0
    assert re.findall(r"^✓ (\S+):", capsys.readouterr().out, re.MULTILINE) == list(shipped_quizzes())


@pytest.mark.parametrize(
    ("image", "told"),
    [
        ("gone.jpg", "there is no picture `gone.jpg` beside the quiz file. Did you mean `cone.jpg`?"),
        ("../cone.jpg", "`../cone.jpg` is outside the quiz's folder. Put the picture beside the quiz file."),
        ("/etc/passwd", "`/etc/passwd` is outside the quiz's folder. Put the picture beside the quiz file."),
    ],
)
def test_a_picture_must_lie_beside_its_quiz(image: str, told: str) -> None:
    Path("cone.jpg").write_bytes(b"x")
    result = hotlead("check", written(GOOD.replace("{id: hello,", f"{{id: hello, image: {image},")))
    assert result.output.splitlines()[0] == f"quiz.yaml:8: error: step `hello`: {told}"
    assert result.exit_code == 1


def test_a_picture_beside_its_quiz_is_fine_and_a_huge_one_is_not() -> None:
    picture, file = Path("cone.jpg"), written(GOOD.replace("{id: hello,", "{id: hello, image: cone.jpg,"))
    picture.write_bytes(b"x")
    assert hotlead("check", file).exit_code == 0
    with picture.open("wb") as content:
        content.truncate(10 * 1024 * 1024 + 1)
    assert "`cone.jpg` is larger than 10 MB" in hotlead("check", file).output


def test_a_folder_is_no_quiz_file() -> None:
    result = hotlead("check", ".")
    assert (result.exit_code, result.output) == (1, ".: there is no such file\n")
