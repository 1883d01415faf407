"""A file of quotes: `product,day,income,seven_day` with that head, the product by its code, the last column empty or left out."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import StringIO

from core.errors import DomainError
from wealth.catalog import queries as catalog
from wealth.current.services import quotes
from wealth.current.services.quotes import Line

HEAD = ["product", "day", "income"]
MOST = 500
SHOWN = 20


class BadFile(DomainError):
    """All that is wrong, line by line; nothing of the file is taken."""

    code = "quotes_file_refused"
    status = 422
    en = "Nothing was taken. {problems}"
    zh = "未导入任何报价。{problems}"


def parsed(text: str, *, at: datetime) -> list[Line]:
    """The new quotes of a file. Raises BadFile, naming every bad line with what is wrong with it."""
    rows = csv.reader(StringIO(text.lstrip("\ufeff").strip()))
    head = [name.strip().lower() for name in next(rows, [])]
    if head not in (HEAD, [*HEAD, "seven_day"]):
        raise BadFile(problems="1: product,day,income[,seven_day]")
    lines: dict[tuple[str, str], Line] = {}
    problems = []
    for number, row in enumerate(rows, 2):
        for problem in problems_of(row, lines, at):
            problems.append(f"{number}: {problem}")
    if not lines and not problems:
        problems.append("2: -")
    if len(lines) > MOST:
        problems.append(f"{MOST + 2}: > {MOST}")
    if problems:
        raise BadFile(problems="; ".join(problems[:SHOWN]))
    return list(lines.values())


def problems_of(row: list[str], lines: dict[tuple[str, str], Line], at: datetime) -> Iterator[str]:
    """What is wrong with a line; a good one joins the lines."""
    cells = [cell.strip() for cell in row]
    if not any(cells):
        return
    if len(cells) not in (3, 4):
        yield f"{len(cells)} columns"
        return
    code, day, income, seven_day = (*cells, "")[:4]
    product = catalog.by_code(code)
    if product is None:
        yield f"no product {code!r}"
        return
    try:
        line = Line(product.pk, date.fromisoformat(day), Decimal(income), Decimal(seven_day) if seven_day else None)
    except (ValueError, InvalidOperation):
        yield f"no day and numbers: {day}, {income}, {seven_day or '-'}"
        return
    if (code, day) in lines:
        yield f"{code} {day} twice"
        return
    try:
        quotes.require_new(line, at)
    except DomainError as refused:
        yield refused.text("en")
        return
    lines[code, day] = line
