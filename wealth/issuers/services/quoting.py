"""Quotes of natural days: fetched, kept once by revision, and told to whoever takes them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from core.attempts import Attempt
from core.clock import queries as clock
from core.ids import new_id
from core.work import services as work
from core.work.queries import waiting
from wealth.issuers import schedule
from wealth.issuers.models import IssuerQuote
from wealth.issuers.outside import refuse_inside_transaction
from wealth.issuers.port import IssuerUnreachable, Quote
from wealth.issuers.refusals import IssuerNotConnected
from wealth.issuers.services.sending import open_port
from wealth.issuers.sockets import QUOTES

MISSING, CHANGED = "issuer_quote.missing", "issuer_quote.changed"


def named(issuer_code: str, product_code: str, day: date) -> str:
    """A product's quote of a day as work items call it."""
    return f"quote:{issuer_code}/{product_code}/{day.isoformat()}"


def fetch(*, issuer_code: str, at: datetime) -> int:
    """Fetch the quotes of the last days and keep what is new; what is missing becomes an operator's in the morning. Outside any
    transaction. Returns how many are new."""
    refuse_inside_transaction()
    today = clock.local_day(at)
    first, last = today - timedelta(days=schedule.QUOTE_DAYS), today - timedelta(days=1)
    try:
        found = open_port(issuer_code).fetch_quotes(first=first, last=last)
    except (IssuerUnreachable, IssuerNotConnected):
        found = []
    made = keep(issuer_code, [quote for quote in found if first <= quote.day <= last and quote.revision >= 1], at)
    if at >= clock.start_of_day(today) + schedule.ALARM_AFTER:
        ask_about_missing(issuer_code, last, at)
    return made


@transaction.atomic
def keep(issuer_code: str, found: Sequence[Quote], at: datetime) -> int:
    """Keep the quotes that are new; how many they are. One that says otherwise under the same revision is not believed, and is an
    operator's."""
    rows = IssuerQuote.objects.filter(issuer_id=issuer_code, day__in={quote.day for quote in found})
    known = {key_of(row): row.income_per_10k for row in rows}
    fresh: dict[tuple[str, date, int], Quote] = {}
    for quote in found:
        if key_of(quote) not in known:
            known[key_of(quote)], fresh[key_of(quote)] = quote.income_per_10k, quote
        elif known[key_of(quote)] != quote.income_per_10k:
            told = {"revision": quote.revision, "had": str(known[key_of(quote)]), "says": str(quote.income_per_10k)}
            work.ask(kind=CHANGED, target=named(issuer_code, quote.product_code, quote.day), facts=told, at=at)
    IssuerQuote.objects.bulk_create(
        [IssuerQuote(id=new_id(), issuer_id=issuer_code, created_at=at, **vars(quote)) for quote in fresh.values()], ignore_conflicts=True
    )
    missed = {item.target for item in waiting(kind=MISSING)} if fresh else set()
    for target in sorted(missed & {named(issuer_code, quote.product_code, quote.day) for quote in fresh.values()}):
        work.finish(kind=MISSING, target=target, by="system", at=at)
    return len(fresh)


def key_of(quote: Quote | IssuerQuote) -> tuple[str, date, int]:
    return quote.product_code, quote.day, quote.revision


def ask_about_missing(issuer_code: str, day: date, at: datetime) -> None:
    """Products quoted of late that have no quote of `day`."""
    rows = IssuerQuote.objects.filter(issuer_id=issuer_code, day__lte=day)
    known = set(rows.filter(day__gte=day - timedelta(days=schedule.KNOWN_DAYS)).values_list("product_code", flat=True).distinct())
    for product_code in sorted(known - set(rows.filter(day=day).values_list("product_code", flat=True))):
        facts = {"issuer": issuer_code, "product": product_code, "day": day.isoformat()}
        work.ask(kind=MISSING, target=named(issuer_code, product_code, day), facts=facts, at=at)


def tell_due(*, at: datetime, most: int = 200) -> int:
    """Tell the takers what is new, oldest day first, each in its own transaction. Returns how many were told."""
    untold = IssuerQuote.objects.filter(told_at=None).order_by("day", "revision", "id").values_list("id", flat=True)
    told = 0
    for quote_id in list(untold[:most]):
        with Attempt("issuers.tell_quote", quote=str(quote_id)), transaction.atomic():
            row = IssuerQuote.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=quote_id, told_at=None).first()
            if row is not None:
                tell(row, at)
                told += 1
    return told


def tell(row: IssuerQuote, at: datetime) -> None:
    for taker in QUOTES:
        taker.quoted(product_code=row.product_code, day=row.day, income_per_10k=row.income_per_10k, revision=row.revision, at=at)
    IssuerQuote.objects.filter(pk=row.pk).update(told_at=at)
