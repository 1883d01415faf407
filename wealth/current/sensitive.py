"""Quotes that a second person approves."""

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from core.approvals.register import Payload, register
from core.errors import Invalid
from core.ids import parse_public_id
from wealth.catalog.models import Product
from wealth.current.correcting import Preview
from wealth.current.services import quotes
from wealth.current.services.quotes import Line
from wealth.current.states import Source


def line_of(facts: Payload) -> Line:
    """`product` (a public id), `day`, `income` and `seven_day` (may be empty), all as text."""
    try:
        day, income = date.fromisoformat(facts["day"]), Decimal(facts["income"])
        seven_day = Decimal(facts["seven_day"]) if facts.get("seven_day") else None
    except (ValueError, InvalidOperation) as problem:
        raise Invalid("quote", "Give a day as YYYY-MM-DD and numbers with a point.", "请填写日期(YYYY-MM-DD)和数字。") from problem
    return Line(parse_public_id(Product.PREFIX, facts["product"]), day, income, seven_day)


def facts_of(line: Line) -> Payload:
    """What `line_of` reads."""
    return {
        "product": Product(pk=line.product_id).public_id,
        "day": line.day.isoformat(),
        "income": str(line.income_per_10k),
        "seven_day": "" if line.seven_day is None else str(line.seven_day),
    }


def enter(payload: Payload, at: datetime) -> str:
    made = quotes.enter(lines=[line_of(facts) for facts in payload["lines"]], source=Source(payload["source"]), at=at)
    return f"{len(made)} quotes entered"


def enterable(payload: Payload, at: datetime) -> None:
    for facts in payload["lines"]:
        quotes.require_new(line_of(facts), at)


def revise(payload: Payload, at: datetime) -> str:
    made = quotes.revise(line=line_of(payload), seen=Preview(**payload["seen"]), at=at)
    return f"revision {made.revision} of {made.day.isoformat()}"


def revisable(payload: Payload, at: datetime) -> None:
    if asdict(quotes.preview(line=line_of(payload), at=at)) != payload["seen"]:
        raise quotes.PreviewOutdated()


MAKERS, CHECKERS = {"finance_maker"}, {"finance_checker"}
register(quotes.ENTER, apply=enter, check=enterable, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
register(quotes.REVISE, apply=revise, check=revisable, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
