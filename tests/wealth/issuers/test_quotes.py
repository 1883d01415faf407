"""Quotes of natural days: kept once by revision, told once, missed in the morning."""

from datetime import date, timedelta
from decimal import Decimal

from core.business_day import travel
from core.clock import queries as clock
from tests.sandbox_issuer import SandboxIssuer
from tests.wealth.issuers.world import MONDAY, PRODUCT, TUESDAY, Taker, items, on
from wealth.issuers.models import IssuerQuote
from wealth.issuers.port import Quote
from wealth.issuers.sandbox_issuer.connect import ISSUER
from wealth.issuers.services import quoting

REVISED = "BYCASH02"
SUNDAY = MONDAY - timedelta(days=1)


def of_product(taker: Taker) -> list[tuple[date, int]]:
    return [(day, revision) for product, day, _income, revision in taker.told if product == PRODUCT]


def test_the_last_days_are_fetched_and_each_is_told_once_oldest_first(connected: SandboxIssuer, taker: Taker) -> None:
    assert quoting.fetch(issuer_code=ISSUER, at=on(MONDAY)) > 0
    assert quoting.fetch(issuer_code=ISSUER, at=on(MONDAY)) == 0
    quoting.tell_due(at=on(MONDAY))
    assert quoting.tell_due(at=on(MONDAY)) == 0
    assert of_product(taker) == [(MONDAY - timedelta(days=back), 1) for back in range(7, 0, -1)]
    assert all(Decimal("0.5") < income < Decimal("0.8") for product, _day, income, _revision in taker.told if product == PRODUCT)


def test_a_revision_is_told_beside_the_first_which_stays(connected: SandboxIssuer, taker: Taker) -> None:
    quoting.fetch(issuer_code=ISSUER, at=on(MONDAY))
    quoting.tell_due(at=on(MONDAY))
    revised = connected.control("POST", "quotes", {"product": REVISED, "day": SUNDAY.isoformat(), "income_per_10k": "-0.0123"})
    quoting.fetch(issuer_code=ISSUER, at=on(MONDAY, 10))
    quoting.tell_due(at=on(MONDAY, 10))
    assert taker.told[-1] == (REVISED, SUNDAY, Decimal("-0.0123"), revised["revision"])
    assert IssuerQuote.objects.filter(product_code=REVISED, day=SUNDAY).count() == 2


def test_what_a_taker_refuses_is_told_again(connected: SandboxIssuer, taker: Taker) -> None:
    made = quoting.fetch(issuer_code=ISSUER, at=on(MONDAY))
    taker.refuses = 1
    assert quoting.tell_due(at=on(MONDAY)) == made - 1
    assert quoting.tell_due(at=on(MONDAY)) == 1
    assert len(taker.told) == made


def test_a_missing_quote_is_an_operators_from_nine_and_a_late_one_ends_that(connected: SandboxIssuer) -> None:
    quoting.fetch(issuer_code=ISSUER, at=on(MONDAY))
    connected.now(f"{TUESDAY}T01:00:00")
    connected.switch("quote_late", product=PRODUCT, day=MONDAY.isoformat(), times=0)
    quoting.fetch(issuer_code=ISSUER, at=on(TUESDAY, 8))
    assert items() == []
    quoting.fetch(issuer_code=ISSUER, at=on(TUESDAY, 9))
    assert items() == ["issuer_quote.missing"]
    connected.now(f"{TUESDAY + timedelta(days=1)}T01:00:00")
    quoting.fetch(issuer_code=ISSUER, at=on(TUESDAY + timedelta(days=1), 1))
    assert items() == []


def test_another_income_under_a_known_revision_is_an_operators_and_not_believed(connected: SandboxIssuer) -> None:
    assert quoting.keep(ISSUER, [Quote(PRODUCT, SUNDAY, Decimal("0.6000"), 1)] * 2, on(MONDAY)) == 1
    assert quoting.keep(ISSUER, [Quote(PRODUCT, SUNDAY, Decimal("0.7000"), 1)], on(MONDAY)) == 0
    assert (IssuerQuote.objects.get().income_per_10k, items()) == (Decimal("0.6000"), ["issuer_quote.changed"])


def test_on_a_journey_without_workers_what_was_quoted_comes_in_before_the_day_is_closed(connected: SandboxIssuer, taker: Taker) -> None:
    today = clock.local_day(clock.now())
    tomorrow = today + timedelta(days=1)
    connected.now(f"{tomorrow}T00:00:00")
    travel.advance(to=clock.start_of_day(tomorrow))
    assert of_product(taker)[-1] == (today, 1)
