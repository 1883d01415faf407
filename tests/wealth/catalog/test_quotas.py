"""Quotas: taken by one statement each, so that many at once sell no more than there is, and given back once."""

from datetime import date

import pytest

from core.clock import queries as clock
from core.errors import DomainError
from core.ids import new_id
from tests.factories import customer
from tests.together import together
from tests.wealth.catalog import products
from wealth.catalog import queries
from wealth.catalog.models import Product, QuotaUse
from wealth.catalog.services import quotas

AT = clock.wall()
DAY = date(2026, 3, 2)


def take(product: Product, fen: int, *, who: object = None, day: date = DAY, order_id: object = None) -> object:
    return quotas.take(
        product_id=product.pk,
        version=queries.current_version(product),
        customer_id=(who or customer()).id,  # type: ignore[attr-defined]
        order_id=order_id or new_id(),  # type: ignore[arg-type]
        amount_fen=fen,
        on=day,
        at=AT,
    )


def used(product: Product) -> dict[str, int]:
    return {row.period: row.used_fen for row in QuotaUse.objects.filter(product=product)}


@pytest.mark.django_db
def test_each_of_the_three_quotas_says_no_by_its_own_name_and_says_what_is_left() -> None:
    product, who = products.on_sale(minimum_fen=10, total_quota_fen=100, daily_quota_fen=60, person_cap_fen=50), customer()
    take(product, 40, who=who)
    with pytest.raises(quotas.PersonCapReached) as mine:
        take(product, 20, who=who)
    with pytest.raises(quotas.DayQuotaUsedUp) as today:
        take(product, 30)
    take(product, 40, day=date(2026, 3, 3))
    with pytest.raises(quotas.QuotaUsedUp) as ever:
        take(product, 30, day=date(2026, 3, 4))
    assert [error.value.members["left_fen"] for error in (mine, today, ever)] == [10, 20, 20]


@pytest.mark.django_db
def test_what_is_given_back_can_be_sold_again_and_is_given_back_once() -> None:
    product, order_id, who = products.on_sale(total_quota_fen=100, person_cap_fen=100), new_id(), customer()
    take(product, 100, order_id=order_id, who=who)
    assert take(product, 100, order_id=order_id, who=who) == queries.hold_of(order_id)
    assert [quotas.give_back(order_id=order_id, at=AT) for _ in range(2)] == [True, False]
    assert used(product) == {"total": 0, "2026-03-02": 0}
    with pytest.raises(quotas.QuotaNotHeld):
        quotas.require_held(order_id=order_id)
    take(product, 100, who=who)


@pytest.mark.django_db
def test_what_has_no_quota_left_for_its_minimum_is_not_offered() -> None:
    product = products.on_sale(minimum_fen=10, total_quota_fen=100)
    assert product in queries.shown(DAY)
    take(product, 91)
    assert product not in queries.shown(DAY)
    daily = products.on_sale(minimum_fen=10, daily_quota_fen=100)
    take(daily, 91)
    assert daily not in queries.shown(DAY)
    assert daily in queries.shown(date(2026, 3, 3))


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_sell_no_more_than_there_is() -> None:
    product = products.on_sale(total_quota_fen=37)
    people = [customer() for _ in range(100)]

    def one(number: int) -> bool:
        try:
            take(product, 1, who=people[number])
        except quotas.QuotaUsedUp:
            return False
        return True

    assert sum(together(one, 100)) == 37
    assert used(product) == {"total": 37, "2026-03-02": 37}


@pytest.mark.django_db(transaction=True)
def test_one_person_at_once_from_many_devices_keeps_to_the_cap() -> None:
    product, who = products.on_sale(person_cap_fen=5), customer()

    def one(_: int) -> bool:
        try:
            take(product, 1, who=who)
        except DomainError:
            return False
        return True

    assert sum(together(one, 20)) == 5
    assert used(product) == {"total": 5, "2026-03-02": 5}


@pytest.mark.django_db(transaction=True)
def test_giving_one_order_back_from_many_sides_frees_it_once() -> None:
    product, order_id = products.on_sale(total_quota_fen=10), new_id()
    take(product, 10, order_id=order_id)
    assert sum(together(lambda _: quotas.give_back(order_id=order_id, at=AT), 10)) == 1
    assert used(product) == {"total": 0, "2026-03-02": 0}
