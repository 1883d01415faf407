"""The measurements behind `platform/bench/http_order.py`."""

import itertools
import statistics
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from bench._keyed_client import Measured, post, together
from bench._processes import web
from bench._rows import Row, against, plain
from bench._transfer_rounds import Payer, once, orders, trivial
from core.business_day import services as business_day
from core.clock import queries as clock
from core.embedded.instance import free_port
from tests.factories import customer, open_session
from tests.rules import capped
from tests.wealth.catalog.products import on_sale
from tests.wealth.suitability.people import profiled
from wealth.catalog.models import Product
from wealth.orders.models import WealthOrder
from wealth.orders.services.buying import UNPAID_ORDERS
from wealth.orders.states import OrderState

ORDER = "/v1/wealth/orders"
PRODUCTS, AMOUNT = 8, 10_000
P99_MS = 1_000
QUOTA: dict[str, Any] = {"daily_quota_fen": 10**14, "total_quota_fen": 10**14, "person_cap_fen": 10**13}


def savers(count: int) -> list[Payer]:
    """Customers with a profile that suits a money fund, and an access token."""
    found = []
    for _ in range(count):
        who = customer(verified_class=2)
        profiled(who)
        opened = open_session(who)
        found.append(Payer(who, opened.session, opened.access_token))
    return found


def placed(port: int, people: Sequence[Payer], products: Sequence[Product]) -> Iterator[bytes]:
    """Orders of each product in turn."""
    for payer, product in zip(itertools.cycle(people), itertools.cycle(products), strict=False):
        body = f'{{"product_id":"{product.public_id}","amount":{AMOUNT}}}'
        yield post(port, ORDER, payer.token, uuid.uuid4().hex, body.encode())


def run(seconds: float, rounds: int, *, people: int) -> list[Row]:
    """Requests a second against the trivial endpoint: spread over several products with quotas, and all of one, whose quota is one row."""
    business_day.open_first_day(at=clock.now())
    capped(UNPAID_ORDERS, UNPAID_ORDERS.most)
    who, products, port = savers(people), [on_sale(**QUOTA) for _ in range(PRODUCTS)], free_port()
    kinds = {
        "plain": (trivial(port, who), 200),
        "spread": (placed(port, who, products), 201),
        "one": (placed(port, who, products[:1]), 201),
    }
    taken: dict[str, list[Measured]] = {kind: [] for kind in kinds}
    with web(port):
        for requests, expected in (kinds["plain"], kinds["spread"]):
            once(port, itertools.islice(requests, len(who)), seconds, expected)
        for _ in range(rounds):
            slices: dict[str, list[Measured]] = {kind: [] for kind in kinds}
            for order in orders(kinds):
                for kind in order:
                    requests, expected = kinds[kind]
                    slices[kind].append(once(port, requests, seconds / len(kinds), expected))
            for kind, measured in slices.items():
                taken[kind].append(together(measured))
    assert not WealthOrder.objects.exclude(state=OrderState.CHECKED).exists()
    return rows(taken)


def rows(taken: dict[str, list[Measured]]) -> list[Row]:
    figures = {kind: [one.per_second for one in measured] for kind, measured in taken.items()}
    return [
        against("an order of a fund / a trivial authenticated POST", figures["spread"], "requests/s", figures["plain"]),
        Row("its median time", statistics.median(one.percentile(0.5) for one in taken["spread"]) * 1000, "ms"),
        plain("its 99th percentile", statistics.median(one.percentile(0.99) for one in taken["spread"]) * 1000, "ms", P99_MS),
        against("all orders of one product / of eight", figures["one"], "requests/s", figures["spread"]),
    ]
