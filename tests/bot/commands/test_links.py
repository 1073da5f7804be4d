"""`hotlead links`: what an operator types, what is printed, and what is refused."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from bot.entry.pictures import qr_picture
from storage.database import Database
from storage.states import USERNAME
from tests.bot.commands.typing import hotlead, written
from tests.dialogs.broken_quizzes import GOOD
from tests.keys import the_keys

TOKEN = "123456:AAH-secret_secret_secret_secret_sec"
NOBODY = "http://127.0.0.1:9"
ADDRESS = r"https://t\.me/acme_bot\?start=([A-Z2-9]{8})"


@pytest.fixture(autouse=True)
def _a_bot_that_ran_before(tmp_path: Path) -> None:
    """The bot's database, with a quiz and the bot's username in it."""
    assert hotlead("publish", written(GOOD), bot_token=TOKEN).exit_code == 0

    async def remember() -> None:
        database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'data/hotlead.db'}", the_keys())
        async with database.unit(123456) as unit:
            await unit.states.keep(USERNAME, "acme_bot")
        await database.close()

    asyncio.run(remember())


def links(*words: str) -> str:
    result = hotlead("links", *words, bot_token=TOKEN, bot_api=NOBODY)
    assert result.exit_code == 0, result.output
    return result.output.strip()


def refused(*words: str, **settings: str) -> str:
    result = hotlead("links", *words, **{"bot_token": TOKEN, "bot_api": NOBODY, **settings})
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1
    return result.output.strip()


def test_without_links_the_way_to_the_first_is_told() -> None:
    assert links("list") == "There are no links yet: hotlead links create NAME"


def test_a_link_is_made_listed_drawn_and_retired() -> None:
    made = re.fullmatch(ADDRESS, links("create", "Autumn fair"))
    assert made is not None
    address, token = made[0], made[1]
    links(
        *("create", "Ярмарок", "--quiz", "study-abroad", "--language", "uk"),
        *("--utm", "https://acme.example/?utm_source=insta&utm_medium=story"),
    )
    newer, counts, older, _ = links("list").splitlines()
    assert newer.endswith("  Ярмарок · study-abroad · uk · utm_source=insta · utm_medium=story")
    assert counts == "    first 0 · last 0 · leads 0 · hot 0"
    assert older == f"{address}  Autumn fair"
    assert links("qr", token.lower(), "fair.png") == f"fair.png: {address}"
    assert Path("fair.png").read_bytes() == qr_picture(address)
    assert links("retire", token) == f"{token} is retired: whoever still comes by it is counted"
    assert re.search(rf"{token}  Autumn fair · retired \d{{4}}-\d\d-\d\d$", links("list"), re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["create", " "], "hotlead: a campaign's name has 1 to 64 letters"),
        (["create", "x" * 65], "hotlead: a campaign's name has 1 to 64 letters"),
        (
            ["create", "A", "--quiz", "study-abrod"],
            "no quiz `study-abrod` was published. Did you mean `study-abroad`?",
        ),
        (["create", "A", "--language", "de"], "hotlead: no quiz speaks `de`. There is: `en`, `uk`."),
        (["create", "A", "--quiz", "study-abroad", "--language", "de"], "hotlead: no quiz speaks `de`."),
        (["create", "A", "--utm", "insta"], "hotlead: no UTM marks are in --utm"),
        (["retire", "NOTHING2"], "hotlead: there is no link `NOTHING2`; see `hotlead links list`"),
        (["qr", "NOTHING2", "a.png"], "hotlead: there is no link `NOTHING2`"),
        (["qr", "NOTHING2", "a.jpg"], "hotlead: a.jpg: the picture is a PNG"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(words: list[str], told: str) -> None:
    assert told in refused(*words)


def test_a_picture_that_cannot_be_written_is_told() -> None:
    token = links("create", "A").rpartition("=")[2]
    assert refused("qr", token, "gone/a.png") == "hotlead: gone/a.png: No such file or directory"


def test_without_a_token_or_a_telegram_the_remedy_is_told() -> None:
    assert "HOTLEAD_BOT_TOKEN is missing" in refused("list", bot_token="")
    stranger = refused("list", bot_token="7:AAH-secret_secret")
    assert stranger == "hotlead: Telegram cannot be reached"
