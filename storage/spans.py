"""Spans of time, reckoned by the database itself: between two moments, and from one to a later one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Integer, Interval, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from storage.columns import Moment


class seconds_between(FunctionElement[int]):  # noqa: N801 - it reads as the SQL function that it stands for
    """The whole seconds from one moment to a later one."""

    type = Integer()
    inherit_cache = True


class after(FunctionElement[datetime]):  # noqa: N801 - as above
    """The moment a span after another one, to the millisecond."""

    type = Moment()
    inherit_cache = True

    def __init__(self, moment: Any, span: timedelta) -> None:
        seconds: BindParameter[str] = bindparam(None, f"{span.total_seconds():+.0f} seconds", unique=True)
        super().__init__(moment, bindparam(None, span, Interval, unique=True), seconds)


@compiles(seconds_between)
def _between_on_servers(element: Any, compiler: Any, **more: Any) -> str:
    earlier, later = (compiler.process(each, **more) for each in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM {later} - {earlier}) AS INTEGER)"


@compiles(seconds_between, "sqlite")
def _between_on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    earlier, later = (compiler.process(each, **more) for each in element.clauses)
    return f"CAST(ROUND((JULIANDAY({later}) - JULIANDAY({earlier})) * 86400) AS INTEGER)"


@compiles(after)
def _after_on_servers(element: Any, compiler: Any, **more: Any) -> str:
    moment, span, _ = element.clauses
    return f"({compiler.process(moment, **more)} + {compiler.process(span, **more)})"


@compiles(after, "sqlite")
def _after_on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    moment, _, seconds = element.clauses
    told = f"{compiler.process(moment, **more)}, {compiler.process(seconds, **more)}"
    return f"(STRFTIME('%Y-%m-%d %H:%M:%f', {told}) || '000')"  # it writes thousandths, millionths are read
