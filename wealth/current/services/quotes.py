"""Quotes: taken from issuers, entered by two people, and revised by two people who saw what it corrects. Never changed.

What a quote books, or books anew, the sweeper and the end of day book (`wealth.current.income`).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from core.approvals.services import must_be_applying
from core.clock.queries import local_day
from core.errors import DomainError, Invalid
from core.ids import public_id
from core.work import services as work
from wealth.catalog.models import Product
from wealth.current import correcting, queries, waiting, yields
from wealth.current.correcting import Preview
from wealth.current.models import MOST_RATE, CurrentQuote
from wealth.current.states import Source
from wealth.rules.current import BadRate, rate_e4

ENTER = "current.quotes.enter"
REVISE = "current.quotes.revise"
REVISED = "current.quote_revised"


class QuoteStands(DomainError):
    code = "quote_stands"
    en = "{product} has a quote of {day} already: {income}. Propose a revision instead."
    zh = "{product} 在 {day} 已有报价 {income},请改为发起报价修订。"


class NothingToRevise(DomainError):
    code = "quote_not_revisable"
    en = "{product} has no quote of {day} that says other than this. Enter a quote instead, or nothing."
    zh = "{product} 在 {day} 没有与此不同的报价,无需修订。"


class PreviewOutdated(DomainError):
    code = "quote_preview_outdated"
    en = "What this revision corrects is not what was previewed any more. Reject it, and propose it anew."
    zh = "该修订的影响与预览时不一致,请驳回后重新发起。"


@dataclass(frozen=True)
class Line:
    """A quote as it is given: yuan per 10,000 units, and the issuer's own seven-day yield in percent, if it says one."""

    product_id: uuid.UUID
    day: date
    income_per_10k: Decimal
    seven_day: Decimal | None = None


@transaction.atomic
def take(
    product_id: uuid.UUID, day: date, income_per_10k: Decimal, seven_day: Decimal | None, source: str, at: datetime
) -> CurrentQuote:
    """What an issuer says. The first word of a day is its quote; the same again changes nothing. Another word is no quote yet: an operator
    is asked to propose the revision, and the quote that stands is returned. Raises Invalid."""
    line = Line(product_id, day, income_per_10k, seven_day)
    require_sound(line, at)
    made = first(line, Source(source), at)
    if made.income_per_10k != income_per_10k:
        facts = {"day": day.isoformat(), "stands": str(made.income_per_10k), "said": str(income_per_10k)}
        work.ask(kind=REVISED, target=public_id(Product.PREFIX, product_id), facts=facts, at=at)
    return made


@transaction.atomic
def enter(*, lines: Sequence[Line], source: Source, at: datetime) -> list[CurrentQuote]:
    """New quotes, all or none. Raises ApprovalNeeded, Invalid, QuoteStands."""
    must_be_applying(ENTER)
    for line in lines:
        require_new(line, at)
    return [first(line, source, at) for line in lines]


@transaction.atomic
def revise(*, line: Line, seen: Preview, at: datetime) -> CurrentQuote:
    """Another quote of a day, by two people who saw what it corrects. Raises ApprovalNeeded, Invalid, NothingToRevise, PreviewOutdated."""
    must_be_applying(REVISE)
    if preview(line=line, at=at) != seen:
        raise PreviewOutdated()
    stands = queries.quote(line.product_id, line.day)
    assert stands is not None, "what is previewed stands"
    made = CurrentQuote.objects.create(
        product_id=line.product_id,
        day=line.day,
        revision=stands.revision + 1,
        income_per_10k=line.income_per_10k,
        seven_day=line.seven_day,
        source=Source.DESK,
        created_at=at,
    )
    work.finish(kind=REVISED, target=public_id(Product.PREFIX, line.product_id), by="system", at=at)
    yields.tell(line.product_id, at=at)
    return made


def preview(*, line: Line, at: datetime) -> Preview:
    """What a revision would correct. Raises Invalid, NothingToRevise."""
    require_sound(line, at)
    stands = queries.quote(line.product_id, line.day)
    if stands is None or stands.income_per_10k == line.income_per_10k:
        raise NothingToRevise(product=code_of(line.product_id), day=line.day.isoformat())
    return correcting.preview(product_id=line.product_id, day=line.day, income_per_10k=line.income_per_10k)


def first(line: Line, source: Source, at: datetime) -> CurrentQuote:
    """The first quote of a day, or what stands; two at once make one."""
    made = CurrentQuote(
        product_id=line.product_id,
        day=line.day,
        income_per_10k=line.income_per_10k,
        seven_day=line.seven_day,
        source=source,
        created_at=at,
    )
    if not CurrentQuote.objects.filter(product_id=line.product_id, day=line.day).exists():
        CurrentQuote.objects.bulk_create([made], ignore_conflicts=True)
    stands = queries.quote(line.product_id, line.day)
    assert stands is not None, "made above, and nobody deletes one"
    if stands.pk == made.pk:
        waiting.settle(line.product_id, at=at)
        yields.tell(line.product_id, at=at)
    return stands


def require_new(line: Line, at: datetime) -> None:
    require_sound(line, at)
    stands = queries.quote(line.product_id, line.day)
    if stands is not None:
        raise QuoteStands(product=code_of(line.product_id), day=line.day.isoformat(), income=str(stands.income_per_10k))


def require_sound(line: Line, at: datetime) -> None:
    """Raises Invalid for a day that is not over begun, a product of another kind, and an income nobody can mean."""
    if line.day > local_day(at):
        raise Invalid("day", "A day is quoted when it has come, not before.", "报价日期不能晚于今天。")
    if not Product.objects.filter(pk=line.product_id, kind="current").exists():
        raise Invalid("product", "There is no such money fund.", "没有该货币基金产品。")
    try:
        rate_e4(line.income_per_10k)
    except BadRate as problem:
        raise Invalid("income", "Give yuan per 10,000 units with four decimals at most.", "万份收益最多四位小数。") from problem
    if abs(line.income_per_10k) > MOST_RATE:
        raise Invalid("income", "No fund earns or loses more than 1 % in a day.", "单日收益不得超过 1%。")
    if line.seven_day is not None and (abs(line.seven_day) > 100_000 or line.seven_day != round(line.seven_day, 3)):
        raise Invalid("seven_day", "Give percent a year with three decimals at most.", "七日年化最多三位小数。")


def code_of(product_id: uuid.UUID) -> str:
    return Product.objects.values_list("code", flat=True).get(pk=product_id)
