"""The first page: what an operator must know, gathered from the rooms."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core.desk.addresses import list_of
from core.desk.roles import sees
from core.desk.sockets import FIGURES, Figure, Words

LEVELS = {"bad": 0, "warning": 1, "ok": 2}


def figure(title: Words, value: object, page: str, *, level: str = "ok", detail: Words = "", **query: str) -> Figure:
    """A number that leads to the list of `page`, filtered by `query`."""
    return Figure(title, str(value), page, list_of(page, **query), level, detail)


def counts(*asked: QuerySet[Any]) -> list[int]:
    """How many rows each of several has, in one statement: the first page asks for dozens of such numbers."""
    parts = [found.order_by().values("pk").query.sql_with_params() for found in asked]
    columns = ", ".join(f"(SELECT count(*) FROM ({sql}) AS part)" for sql, _ in parts)  # noqa: S608  # nosec B608  # Django's own SQL
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [value for _, given in parts for value in given])
        return list(cursor.fetchone())


def board(*, staff: Any, at: datetime) -> dict[str, object]:
    """The figures whose pages `staff` may open, in the rooms' order, the worst level, and which need a look."""
    found = (figure for source in sorted(FIGURES, key=lambda plug: plug.order) for figure in source.figures(at=at))
    figures = [figure for figure in found if sees(staff, figure.page)]
    worst = min((figure.level for figure in figures), key=LEVELS.__getitem__, default="ok")
    wanting = sorted((figure for figure in figures if figure.level != "ok"), key=lambda figure: LEVELS[figure.level])
    return {"figures": figures, "worst": worst, "wanting": wanting, "at": at}
