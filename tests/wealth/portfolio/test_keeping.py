"""What is kept of each day: by the end of day, anew where a day is known differently, and once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.ledger import queries as ledger
from core.business_day import queries as business_days
from core.clock import queries as clock
from tests.ledger_proof import behind_its_back, found_of
from tests.wealth.current.world import assert_sound, bought, end_day, fund, holder, quoted, revised, sold
from tests.wealth.portfolio.world import DAY, kept_anew, over, rows
from wealth.catalog import accounts
from wealth.portfolio.models import NO_PRODUCT, PARTS, PortfolioBook, PortfolioDay, PortfolioTotal
from wealth.portfolio.services import keeping

pytestmark = pytest.mark.django_db


def test_a_day_is_the_day_before_and_what_came_in_less_what_went_out_and_income() -> None:
    product, ann = fund(), holder()
    bought(product, ann, 1_000_000)
    over(product, "1.0000")
    bought(product, ann, 500_000)
    sold(product, ann, 200_100)
    over(product, "0.5000", "2.0000")

    assert rows(ann, product) == [
        (1_000_100, 1_000_000, 0, 100),
        (1_300_065, 500_000, 200_100, 65),
        (1_300_325, 0, 0, 260),
    ]
    assert_sound(product)


def test_customers_together_have_what_the_product_holds_at_each_midnight() -> None:
    product, people = fund(), [holder(part) for part in (0, 0, 7, 15)]
    for number, one in enumerate(people):
        bought(product, one, 1_000_000 + number)
    last = over(product, "1.0000", "0.3333")

    for day in (last - DAY, last):
        totals = PortfolioTotal.objects.filter(day=day, product_id=product.pk)
        assert [(row.part, row.customers) for row in totals.order_by("part")] == [(0, 2), (7, 1), (15, 1)]
        assert sum(row.value_fen for row in totals) == ledger.balance(accounts.holdings(product.pk), as_of=day).posted
    assert_sound(product)


def test_a_second_run_writes_nothing() -> None:
    product, ann = fund(), holder()
    bought(product, ann, 1_000_000)
    last = over(product, "1.0000")

    assert [keeping.catch_up(part=part, through=last) for part in range(PARTS)] == [0] * PARTS
    PortfolioBook.objects.update(kept_through=last - DAY)
    assert [keeping.catch_up(part=part, through=last) for part in range(PARTS)] == [0] * PARTS


def test_a_revised_quote_has_its_day_and_all_after_it_kept_anew() -> None:
    product, ann = fund(), holder()
    first = business_days.current()
    bought(product, ann, 1_000_000)
    over(product, "1.0000", "1.0000")
    assert rows(ann, product) == [(1_000_100, 1_000_000, 0, 100), (1_000_200, 0, 0, 100)]

    revised(product, "3.0000", first)
    assert found_of("portfolio") == []
    assert kept_anew() == 2

    assert rows(ann, product) == [(1_000_300, 1_000_000, 0, 300), (1_000_400, 0, 0, 100)]
    assert_sound(product)
    assert kept_anew() == 0


def test_a_late_quote_is_in_its_own_day() -> None:
    product, ann = fund(), holder()
    first = business_days.current()
    bought(product, ann, 1_000_000)
    end_day()
    assert rows(ann, product) == [(1_000_000, 1_000_000, 0, 0)]

    quoted(product, "1.0000", first)
    quoted(product, "2.0000")
    end_day()
    kept_anew()

    assert rows(ann, product) == [(1_000_100, 1_000_000, 0, 100), (1_000_300, 0, 0, 200)]
    assert_sound(product)


def test_units_confirmed_late_have_their_income_in_the_days_it_is_of() -> None:
    product, ann, ben = fund(), holder(), holder()
    first = business_days.current()
    bought(product, ben, 100)
    over(product, "1.0000")
    bought(product, ann, 1_000_000, counts_from=first)
    over(product, "1.0000")
    kept_anew()

    assert rows(ann, product) == [(100, 0, 0, 100), (1_000_200, 1_000_000, 0, 100)]
    assert_sound(product)


def test_who_has_nothing_any_more_has_no_more_days() -> None:
    product, ann = fund(), holder()
    bought(product, ann, 1_000)
    sold(product, ann, 1_000)
    last = over(product, "1.0000", "1.0000")

    assert rows(ann, product) == [(0, 1_000, 1_000, 0)]
    assert not PortfolioDay.objects.filter(day=last, product_id=product.pk).exists()


def test_what_is_changed_behind_its_back_is_found() -> None:
    product, ann = fund(), holder()
    bought(product, ann, 1_000_000)
    last = over(product, "1.0000", "1.0000")
    assert found_of("portfolio") == []

    behind_its_back("UPDATE wealth_portfolioday SET value_fen = value_fen + 1 WHERE day = %s AND product_id = %s", last, product.pk)
    assert {check for check, _ in found_of("portfolio")} == {"portfolio.total", "portfolio.follows", "portfolio.behind"}
    behind_its_back("UPDATE wealth_portfoliototal SET value_fen = value_fen + 1 WHERE day = %s AND product_id = %s", last, product.pk)
    assert {check for check, _ in found_of("portfolio")} == {"portfolio.held", "portfolio.follows", "portfolio.behind"}
    behind_its_back("DELETE FROM wealth_portfolioday WHERE day = %s", last)
    assert {check for check, _ in found_of("portfolio", last)} >= {"portfolio.total", "portfolio.behind"}


@pytest.mark.parametrize(
    "change",
    [{"shard": 64}, {"shard": -1}, {"paid_in_fen": -1}, {"paid_out_fen": -1}],
    ids=str,
)
def test_the_database_refuses_a_day_that_cannot_be(change: dict[str, int]) -> None:
    figures = {"shard": 0, "value_fen": 0, "paid_in_fen": 0, "paid_out_fen": 0, "income_fen": 0} | change
    with pytest.raises(IntegrityError), transaction.atomic():
        PortfolioDay.objects.create(customer_id=holder().pk, day=business_today(), kind="wallet", product_id=NO_PRODUCT, **figures)


@pytest.mark.parametrize("change", [{"part": 16}, {"part": -1}, {"anew_from": 1}, {"anew_from": -2}], ids=str)
def test_the_database_refuses_a_book_of_no_part_and_days_anew_that_are_not_kept(change: dict[str, int]) -> None:
    day = clock.local_day(clock.now())
    book = {"part": 0, "begun_on": day - DAY, "kept_through": day} | {
        name: day + number * DAY if name == "anew_from" else number for name, number in change.items()
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        PortfolioBook.objects.create(**book)


def test_what_is_known_differently_is_read_as_it_was_until_it_is_kept_anew() -> None:
    product, ann = fund(), holder()
    first = business_days.current()
    bought(product, ann, 1_000_000)
    last = over(product, "1.0000", "1.0000")
    for part in range(PARTS):
        keeping.reopen(low=part * 4, high=part * 4 + 4, since=last)
    assert keeping.reopen(low=0, high=64, since=first - DAY) == PARTS
    assert keeping.reopen(low=0, high=64, since=last + DAY) == 0

    assert set(PortfolioBook.objects.values_list("kept_through", "anew_from")) == {(last, first)}
    assert found_of("portfolio") == []
    assert kept_anew() == 0
    assert set(PortfolioBook.objects.values_list("kept_through", "anew_from")) == {(last, None)}


@pytest.mark.parametrize("change", [{"part": 16}, {"part": -1}, {"customers": -1}, {"paid_in_fen": -1}], ids=str)
def test_the_database_refuses_a_total_that_cannot_be_and_a_second_one(change: dict[str, int]) -> None:
    figures = {"part": 0, "customers": 0, "value_fen": 0, "paid_in_fen": 0, "paid_out_fen": 0, "income_fen": 0}
    keys = {"day": business_today(), "kind": "wallet", "product_id": NO_PRODUCT}
    with pytest.raises(IntegrityError), transaction.atomic():
        PortfolioTotal.objects.create(**keys, **figures | change)
    PortfolioTotal.objects.create(**keys, **figures)
    with pytest.raises(IntegrityError), transaction.atomic():
        PortfolioTotal.objects.create(**keys, **figures)


def business_today() -> object:
    fund()
    return business_days.current() - timedelta(days=1)
