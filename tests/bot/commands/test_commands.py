"""The commands as an operator types them: what they print, and the exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from bot.publishing import SHIPPED, shipped_quizzes
from tests.bot.commands.typing import hotlead, written
from tests.dialogs.broken_quizzes import GOOD, SLIPS

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"
NOBODY = "http://127.0.0.1:9"
"""An address where nobody answers: the port «discard»."""

# schema -------------------------------------------------------------------------------------------------------


def test_the_schema_is_printed_as_json() -> None:
    schema = json.loads(hotlead("schema").output)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == "Hotlead quiz"


# chat ---------------------------------------------------------------------------------------------------------


def test_a_quiz_is_walked_in_the_terminal_with_its_score() -> None:
    # Poland by its number, 17, free words, agrees by its button's words, the own phone, no letters.
    typed = "1\n17\nA doctor\n✅ I agree\n\n2\n"
    result = hotlead("chat", written(GOOD), "--language", "en", "--name", "Olha", typed=typed)
    assert result.exit_code == 0
    assert "Hi Olha!" in result.output
    assert "1  To Poland" in result.output
    assert "✓ To Poland" in result.output
    assert "Thank you!" in result.output
    lines = result.output.strip().splitlines()
    assert lines[-4:] == [
        "55 points: hot",
        "   +30  Where would you like to go?: To Poland",
        "   +20  How old is the student?: 17 years",
        "    +5  young-pole",
    ]


def test_what_is_no_answer_is_asked_again_in_the_terminal() -> None:
    result = hotlead("chat", written(GOOD), "--language", "en", typed="Mars\n9\n")
    assert result.output.count("Please tap one of the buttons") == 2
    assert result.output.strip().endswith("0 points: cold")


def test_one_typed_at_a_question_for_a_number_is_the_answer_and_not_the_first_button_back() -> None:
    source = GOOD.replace("number: {min: 14", "number: {min: 1")
    assert "✓ 1 " in hotlead("chat", written(source), "--language", "en", typed="1\n1\n").output


def test_a_quiz_speaks_its_first_language_in_the_terminal() -> None:
    assert "Вітаємо, Anna!" in hotlead("chat", written(GOOD), typed="").output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["gone.yaml"], "hotlead: gone.yaml: there is no such file"),
        (["quiz.yaml", "--language", "de"], "hotlead: quiz.yaml does not speak `de`. There is: `en`, `uk`."),
        (["bad.yaml"], "hotlead: bad.yaml:1: error: this file holds no quiz."),
    ],
)
def test_a_chat_that_cannot_begin_says_why(words: list[str], told: str) -> None:
    written(GOOD)
    written("", "bad.yaml")
    result = hotlead("chat", *words, typed="")
    assert result.output.startswith(told)
    assert result.exit_code == 2


# help ---------------------------------------------------------------------------------------------------------


def test_the_list_of_commands_breaks_off_in_the_middle_of_no_sentence() -> None:
    listed = hotlead("--help").output.partition("Commands:")[2]
    assert "  publish " in listed
    assert "..." not in listed


# publish, doctor, run -----------------------------------------------------------------------------------------


def test_publishing_makes_a_revision_and_the_same_file_again_makes_none() -> None:
    file = written(GOOD)
    said = [hotlead("publish", file, bot_token=TOKEN).output for _ in range(2)]
    written(GOOD.replace("Дякуємо!", "Дуже дякуємо!"))
    said.append(hotlead("publish", file, bot_token=TOKEN).output)
    assert said == [
        "study-abroad: published as revision 1\n",
        "study-abroad: nothing changed, it stays revision 1\n",
        "study-abroad: published as revision 2\n",
    ]
    assert Path("data/hotlead.db").is_file()


def test_publishing_a_quiz_that_no_setting_names_says_that_the_bot_does_not_run_it_yet() -> None:
    other = written(GOOD.replace("quiz: study-abroad", "quiz: study-at-home"), "other.yaml")
    hint = "  the bot does not run it yet: add it to HOTLEAD_QUIZ, and start the bot again\n"
    here = {"bot_token": TOKEN, "quiz": written(GOOD)}
    said = [hotlead("publish", name, **here).output for name in (other, "quiz.yaml")]
    assert said == [f"study-at-home: published as revision 1\n{hint}", "study-abroad: published as revision 1\n"]


@pytest.mark.parametrize("command", [["publish", "bad.yaml"], ["publish", "gone.yaml"]])
def test_what_cannot_be_published_is_told(command: list[str]) -> None:
    written(SLIPS["a target that is misspelt"].source, "bad.yaml")
    result = hotlead(*command, bot_token=TOKEN)
    assert result.exit_code == 2
    assert result.output.startswith("hotlead: ")


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "no address": (
        {"bot_token": TOKEN, "quiz": "office-furniture", "receive": "webhook"},
        "hotlead: HOTLEAD_PUBLIC_URL is missing; to receive by webhook, Telegram must know where:",
    ),
    "no quiz": ({"bot_token": TOKEN}, "hotlead: HOTLEAD_QUIZ is missing; name a quiz file, or one that ships:"),
    "no token": ({"quiz": "b2b-agency"}, "hotlead: HOTLEAD_BOT_TOKEN is missing; @BotFather gives you one"),
    "a token that is none": (
        {"bot_token": "secret_secret", "quiz": "b2b-agency"},
        "hotlead: HOTLEAD_BOT_TOKEN: this is no bot token; @BotFather gives one like 123456:ABC-DEF…",
    ),
    "a manager's name": (
        {"bot_token": TOKEN, "quiz": "b2b-agency", "managers": "@olena"},
        "hotlead: HOTLEAD_MANAGERS: `@olena` is no Telegram id; write numbers with commas",
    ),
    "a pace in words": (
        {"bot_token": TOKEN, "quiz": "b2b-agency", "pace": "fast"},
        "hotlead: HOTLEAD_PACE: write a number, as 30",
    ),
    "an unknown language": (
        {"bot_token": TOKEN, "quiz": "b2b-agency", "language": "de"},
        "hotlead: HOTLEAD_LANGUAGE: `de` has no catalogue; use one of en, uk, ru",
    ),
    "a database that is none": (
        {"bot_token": TOKEN, "quiz": "b2b-agency", "database": "sqlite+aiosqlite:///notes.txt", "bot_api": NOBODY},
        "hotlead: the database cannot be used: file is not a database",
    ),
    "an address that is none": (
        {"bot_token": TOKEN, "quiz": "b2b-agency", "database": "here"},
        "hotlead: HOTLEAD_DATABASE cannot be used: ",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_settings_end_a_run_with_one_clear_line_and_exit_code_2(name: str) -> None:
    Path("notes.txt").write_text("Only some notes, and no database. " * 50)
    settings, told = WRONG[name]
    result = hotlead("run", **settings)
    assert result.exit_code == 2
    assert result.output.startswith(told)
    assert len(result.output.splitlines()) == 1


def test_the_doctor_says_everything_at_once_and_that_the_bot_cannot_run_so() -> None:
    result = hotlead("doctor", bot_api=NOBODY)
    assert result.exit_code == 2
    marks = {line.split()[1]: line[0] for line in result.output.splitlines()}
    expected = {"quiz": "✗", "database": "!", "token": "✗", "web": "✓"}
    assert marks == expected | {"managers": "!", "admins": "!"}
    assert f"these ship: {', '.join(shipped_quizzes())}" in result.output


def test_a_doctor_in_the_wrong_folder_leaves_nothing_there() -> None:
    result = hotlead("doctor", bot_token=TOKEN, bot_api=NOBODY, quiz="dance-scool")
    said = " ".join(result.output.split())
    assert "! database none at data/hotlead.db yet: the first start makes it, and its keys" in said
    assert "✗ quiz dance-scool: no file of that name. Did you mean `dance-school`?" in said
    assert list(Path().iterdir()) == []


def test_the_doctor_says_that_no_database_can_be_made_there() -> None:
    Path("data").write_text("a file where a folder has to be")
    result = hotlead("doctor", bot_token=TOKEN, bot_api=NOBODY, quiz="dance-school")
    assert "nothing can be written in" in result.output
    assert result.exit_code == 2


def test_the_doctor_finds_what_is_there(tmp_path: Path) -> None:
    hotlead("publish", written(GOOD), bot_token=TOKEN)
    result = hotlead("doctor", bot_token=TOKEN, bot_api=NOBODY, quiz=written(GOOD), managers="5", admins="6,7")
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines.pop(2).startswith("✓ keys data/keys: the current key is ")
    assert lines == [
        "✓ quiz quiz.yaml: no errors",
        "✓ database opens, and its tables are up to date",
        "! backup none yet: hotlead backup",
        f"✗ telegram Telegram cannot be reached ({NOBODY})",
        "✓ web no web server: HOTLEAD_LISTEN or HOTLEAD_PUBLIC_URL would start one",
        "✓ managers 1 get hot leads",
        "✓ admins 2",
    ]
    assert (tmp_path / "data/hotlead.db").is_file()
    assert result.exit_code == 2


def test_a_setting_that_is_misspelt_in_the_env_file_is_not_passed_over_in_silence_by_the_doctor() -> None:
    Path(".env").write_text("HOTLEAD_MANAGER=2\nOTHERS_TOKEN=secret_secret\n")
    result = hotlead("doctor", bot_token=TOKEN, bot_api=NOBODY, quiz="dance-school", adminz="secret_secret")
    assert [line for line in result.output.splitlines() if "no setting" in line] == [
        "! settings  HOTLEAD_ADMINZ is no setting. Did you mean `HOTLEAD_ADMINS`?",
        "! settings  HOTLEAD_MANAGER is no setting. Did you mean `HOTLEAD_MANAGERS`?",
    ]


def test_a_line_of_the_env_file_without_an_equals_sign_shows_nothing_of_its_value() -> None:
    Path(".env").write_text("HOTLEAD_BOT_TOKEN:123456:AAHsecret_secret\nHOTLEAD_SMTP smtp://anna:secret@mail\n")
    result = hotlead("doctor", bot_api=NOBODY, quiz="dance-school")
    assert "secret" not in result.output.casefold()
    assert "! settings  HOTLEAD_BOT_TOKEN is followed by no `=`. Write HOTLEAD_BOT_TOKEN=value." in result.output


def test_the_doctor_says_which_setting_is_wrong() -> None:
    result = hotlead("doctor", managers="@olena", bot_token="secret_secret")
    assert [line.split()[:3] for line in result.output.splitlines()] == [
        ["✗", "settings", "HOTLEAD_BOT_TOKEN:"],
        ["✗", "settings", "HOTLEAD_MANAGERS:"],
    ]
    assert result.exit_code == 2


def test_the_doctor_tries_the_mail_server_and_shows_no_secret() -> None:
    mail = {"smtp": "smtp://bot:secret_secret@127.0.0.1:9", "mail_from": "Acme <office@acme.example>"}
    result = hotlead("doctor", bot_api=NOBODY, **mail)
    (line,) = [line for line in result.output.splitlines() if "mail" in line]
    assert line.startswith("✗ mail      127.0.0.1:9 (no encryption): cannot be reached: ")
    assert result.exit_code == 2


def test_without_a_command_the_commands_are_told() -> None:
    result = hotlead()
    for command in ("demo", "run", "check", "schema", "chat", "publish", "doctor"):
        assert f"\n  {command} " in result.output


def test_ctrl_c_ends_a_command_without_a_traceback() -> None:
    chat = subprocess.Popen(  # noqa: S603 - our own interpreter and our own command
        [sys.executable, "-c", "from bot.commands import main; main()", "chat", str(SHIPPED / "b2b-agency.yaml")],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert chat.stdout is not None
    while "Hi " not in chat.stdout.readline():
        pass
    chat.send_signal(signal.SIGINT)
    _, error = chat.communicate(timeout=20)
    assert (chat.returncode, error) == (0, "")


@pytest.mark.parametrize("command", ["doctor", "run", "demo"])
def test_a_framework_that_nobody_knows_is_refused_in_one_line(command: str) -> None:
    result = hotlead(command, framework="telethon")
    assert result.exit_code == 2
    assert "HOTLEAD_FRAMEWORK: Input should be 'aiogram' or 'ptb'" in result.output
