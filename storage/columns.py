"""The column types that every table shares: 64-bit ids, and moments in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, String, Text, TypeDecorator, text
from sqlalchemy.orm import DeclarativeBase, mapped_column

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits everywhere: Telegram's ids pass 2³¹. In SQLite, INTEGER has them, and only it numbers rows."""


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Make aware again."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Base(DeclarativeBase):
    """The tables of Hotlead; constraints have names, so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: dict[Any, Any] = {datetime: Moment(), int: BIG, str: Text()}  # noqa: RUF012 - read by SQLAlchemy as it is


Key = Annotated[int, mapped_column(BIG, primary_key=True, autoincrement=True)]
BotId = Annotated[int, mapped_column(BIG)]
Word = Annotated[str, mapped_column(String(32))]
"""One word of the domain: a state, a kind, an id of the quiz."""

NEVER_AGAIN = {"sqlite_autoincrement": True}
"""Numbers of rows that are gone are not given again: an old button must not mean somebody else's row."""


def only(condition: str) -> dict[str, Any]:
    """Return what lets an index hold only the rows of a condition, on either kind of database."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
