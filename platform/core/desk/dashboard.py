"""The first page: what an operator must know, gathered from the rooms."""

from datetime import datetime

from core.desk.sockets import FIGURES, Figure

LEVELS = {"bad": 0, "warning": 1, "ok": 2}


def board(*, at: datetime) -> dict[str, object]:
    """The figures in the rooms' order, the worst level, and how many need a look."""
    figures: list[Figure] = [figure for source in sorted(FIGURES, key=lambda plug: plug.order) for figure in source.figures(at=at)]
    worst = min((figure.level for figure in figures), key=LEVELS.__getitem__, default="ok")
    wanting = sorted((figure for figure in figures if figure.level != "ok"), key=lambda figure: LEVELS[figure.level])
    return {"figures": figures, "worst": worst, "wanting": wanting, "at": at}
