"""Savers of money funds, their days quoted and closed, and what is kept of them."""

from datetime import date, timedelta
from typing import Any

from accounts.identity.models import Customer
from core.business_day import queries as business_days
from core.clock.queries import start_of_day
from core.outbox import services as outbox
from tests.factories import api
from tests.wealth.current.world import end_day, quoted
from wealth.catalog.models import Product
from wealth.portfolio.models import PortfolioDay
from wealth.portfolio.services import keeping

DAY = timedelta(days=1)
PATH = "/v1/wealth/portfolio"


def got(who: Customer, path: str = "") -> Any:
    answer = api(who).get(f"{PATH}{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def over(product: Product, *incomes: str) -> date:
    """Days quoted and closed one after another; returns the last."""
    for income in incomes:
        quoted(product, income)
        end_day()
    return business_days.current() - DAY


def kept_anew() -> int:
    """News delivered, and what it asked for done."""
    at = start_of_day(business_days.current())
    outbox.run_pending(at=at + timedelta(hours=1))
    return keeping.catch_up_all(at=at)


def rows(who: Customer, product: Product) -> list[tuple[int, int, int, int]]:
    """Value, in, out and income of each kept day."""
    found = PortfolioDay.objects.filter(customer_id=who.pk, product_id=product.pk).order_by("day")
    return list(found.values_list("value_fen", "paid_in_fen", "paid_out_fen", "income_fen"))
