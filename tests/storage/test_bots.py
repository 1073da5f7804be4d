"""Bots of the database: their tokens are sealed, follow a rotation of the keys, and are not needed for a list."""

from __future__ import annotations

from sqlalchemy import text

from storage.bots import Bots, KeptBot
from storage.cipher import Keyring
from storage.database import Database
from storage.sealing import reseal, rows_by_key
from tests.keys import a_keyring
from tests.storage.samples import HOUR, NOON

ROOFS = KeptBot(7, "roofs_bot", ("roofs", "walls"), (1, 2), (3,), "uk", 12.5, token="7:secret_secret")
DANCES = KeptBot(8, "dances_bot", ("dances",), token="8:secret_secret")


async def _keeps(database: Database, *bots: KeptBot) -> list[bool]:
    async with database.transaction() as connection:
        return [await Bots(connection).keep(bot, NOON + HOUR * place) for place, bot in enumerate(bots)]


async def test_a_bot_is_kept_as_it_is_and_its_token_stands_nowhere_in_clear(database: Database) -> None:
    assert await _keeps(database, ROOFS, DANCES) == [True, True]
    async with database.look() as connection:
        assert await Bots(connection).all() == [ROOFS, DANCES]
        tokens = list(await connection.scalars(text("SELECT token FROM bots")))
    assert all(token.startswith(database.keyring.mark) for token in tokens)
    assert "secret_secret" not in repr(ROOFS)


async def test_bots_are_listed_without_a_key(database: Database) -> None:
    await _keeps(database, ROOFS)
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE bots SET token = '~00000000:nobodys'"))
        (known,) = await Bots(connection).known()
    assert (known.username, known.quizzes, known.managers) == ("roofs_bot", ("roofs", "walls"), (1, 2))


async def test_a_bot_that_is_kept_again_stays_paused(database: Database) -> None:
    await _keeps(database, ROOFS)
    async with database.transaction() as connection:
        await Bots(connection).pause(ROOFS.id, NOON)
    assert await _keeps(database, KeptBot(7, "roofs_bot", ("walls",), token="7:another")) == [False]
    async with database.look() as connection:
        (kept,) = await Bots(connection).all()
    assert (kept.token, kept.quizzes, kept.paused_at) == ("7:another", ("walls",), NOON)
    async with database.transaction() as connection:
        await Bots(connection).pause(ROOFS.id, None)
        assert (await Bots(connection).all())[0].paused_at is None


async def test_a_rotation_of_the_keys_seals_the_tokens_anew(tmp_path: object) -> None:
    before = a_keyring()
    address = f"sqlite+aiosqlite:///{tmp_path}/hotlead.db"
    database = await Database.open(address, before)
    await _keeps(database, ROOFS)
    await database.close()
    rotated: Keyring = before.rotated()
    database = await Database.open(address, rotated)
    await reseal(database.transaction)
    async with database.look() as connection:
        assert set(await rows_by_key(connection)) == {rotated.current}
        assert (await Bots(connection).all())[0].token == ROOFS.token
    await database.close()
