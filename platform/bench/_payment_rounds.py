"""The measurements behind `platform/bench/payments.py`."""

import itertools
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection

from bench._keyed_client import Measured, together
from bench._payment_ground import AMOUNT, Payer, charges, many_shops, one_shop, order_of, sandbox_bank, with_balance, with_card
from bench._processes import web
from bench._rows import Row, against, plain
from bench._transfer_rounds import SMALL_EACH, made, once, small
from core.business_day import services as business_day
from core.clock import queries as clock
from core.embedded.instance import free_port
from core.ids import new_id
from payments.cashier.models import PaymentOrder
from payments.cashier.services import paying
from payments.cashier.services.funding import Pick
from payments.merchants.queries import MerchantApp
from payments.reconciliation import services as reconciliation
from payments.refunds.services import asking
from payments.wallet.services.authority import Intent
from tests.factories import customer
from tests.payments.reconciliation.world import CHANNEL, line, paid, statement

MERCHANTS = 1_000
LINES = 10_000
THREADS = 4
SPREAD_GOAL, RECONCILED_S = 0.8, 20
PARTS = 10
MOST_A_SECOND = 600
"""Transfers that there are payers for, whatever the machine: a payer makes SMALL_EACH of them a day without a proof."""


def over_http(seconds: float, rounds: int, count: int) -> list[Row]:
    """The rows of payments by a shown code, from balance and by card, against the transfer."""
    with sandbox_bank() as bank:
        enough = int((rounds + 1) * seconds * MOST_A_SECOND / SMALL_EACH)
        shop, people, port = one_shop(), made(max(count, enough)), free_port()
        rich, carded = with_balance(count), itertools.cycle(with_card(bank, max(count // 8, 2)))
        transfers, payers = small(port, people), itertools.cycle(rich)
        taken: dict[str, list[Measured]] = {"transfer": [], "balance": [], "card": []}
        with web(port):
            once(port, itertools.islice(transfers, count), seconds, 201)
            once(port, iter(charges(port, shop, rich[: max(count // 8, 2)])), seconds, 201)
            for _ in range(rounds):
                taken["transfer"].append(halves(port, transfers, seconds))
                for kind, source in (("balance", payers), ("card", carded)):
                    asked = charges(port, shop, list(itertools.islice(source, slice_of(kind, count))))
                    taken[kind].append(once(port, iter(asked), seconds, 201))
    return [row for kind in ("balance", "card") for row in shown(kind, taken[kind], taken["transfer"])]


def halves(port: int, transfers: Iterator[bytes], seconds: float) -> Measured:
    return together([once(port, transfers, seconds / 2, 201) for _ in range(2)])


def slice_of(kind: str, count: int) -> int:
    """How many codes are shown for one slice: a payer pays ten times a day without a PIN."""
    return count if kind == "balance" else max(count // 8, 2)


def shown(kind: str, figures: list[Measured], base: list[Measured]) -> Iterator[Row]:
    rates, baselines = [one.per_second for one in figures], [one.per_second for one in base]
    name = {"balance": "a payment by code from balance", "card": "a payment by code by card at the sandbox bank"}[kind]
    yield against(f"{name} / a transfer", rates, "requests/s", baselines)
    yield Row("its median time", statistics.median(one.percentile(0.5) for one in figures) * 1000, "ms")
    yield Row("its 99th percentile", statistics.median(one.percentile(0.99) for one in figures) * 1000, "ms")


def each_in_threads(acts: list[Callable[[], object]]) -> float:
    """How many of these acts a second THREADS threads do, each with a connection of its own."""
    ready, following = threading.Barrier(THREADS + 1), iter(acts)

    def work(_: int) -> None:
        connection.ensure_connection()
        ready.wait()
        try:
            for act in iter(lambda: next(following, None), None):
                act()
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        workers = [pool.submit(work, number) for number in range(THREADS)]
        ready.wait()
        begun = time.perf_counter()
        for worker in workers:
            worker.result()
        return len(acts) / (time.perf_counter() - begun)


def payment(who: Payer, order: PaymentOrder) -> Callable[[], object]:
    intent = Intent(customer_id=who.customer.id, session_id=who.session.id, nonce=order.public_id)
    return lambda: paying.pay(intent=intent, order_id=order.id, picks=[Pick("balance")], at=clock.now())


def refund(order: PaymentOrder) -> Callable[[], object]:
    wanted = asking.by_app(amount_fen=AMOUNT, reason="bench", asker="bench", out_refund_no=new_id().hex)
    return lambda: asking.ask(order_id=order.id, wanted=wanted, at=clock.now())


def in_process(rounds: int, count: int, merchants: int) -> list[Row]:
    """One merchant against many, and the refunds of what was paid."""
    shops = many_shops(merchants)
    payers = with_balance(max(count // 5, THREADS))
    rates: dict[str, list[float]] = {"one": [], "spread": [], "refunds": []}

    def paid_at(apps: list[MerchantApp], name: str) -> list[PaymentOrder]:
        orders = [order_of(app) for app in itertools.islice(itertools.cycle(apps), count)]
        rates[name].append(each_in_threads([payment(who, order) for who, order in zip(itertools.cycle(payers), orders, strict=False)]))
        return orders

    for number in range(rounds):
        orders = []
        for name in ("one", "spread") if number % 2 else ("spread", "one"):
            orders += paid_at(shops[:1] if name == "one" else shops, name)
        rates["refunds"].append(each_in_threads([refund(order) for order in orders]))
        payers = with_balance(len(payers))
    return [
        against(f"all to one merchant / over {merchants:,} merchants", rates["one"], "payments/s", rates["spread"], (">=", SPREAD_GOAL)),
        against("a storm of refunds / the payments they undo", rates["refunds"], "refunds/s", rates["spread"]),
    ]


def reconciled(owner: object, size: int, ago: int) -> float:
    """Seconds to take, judge, book and conclude a day of so many lines."""
    at = clock.now()
    day = clock.local_day(at) - timedelta(days=ago)
    ids = paid(owner, [1_000 + place % 9_000 for place in range(size)], day=day, at=at)  # type: ignore[arg-type]
    lines = [line(place + 1, one, 1_000 + place % 9_000) for place, one in enumerate(ids)]
    file = statement(day, lines)
    begun = time.perf_counter()
    run = reconciliation.begin(channel=CHANNEL, day=day, at=at)
    reconciliation.take(run_id=run.id, got=[file], at=at)
    reconciliation.carry_on(run_id=run.id, at=at)
    return time.perf_counter() - begun


def of_statements(lines: int) -> list[Row]:
    owner = customer().id
    small_ones = [reconciled(owner, lines // PARTS, ago) * PARTS for ago in (9, 8, 7)]
    large = reconciled(owner, lines, 6)
    return [
        plain(f"{lines:,} lines reconciled", large, "s", RECONCILED_S),
        against("the same, against ten times a tenth of it", [large], "s", [statistics.median(small_ones)], ("<=", 1.5)),
    ]


def run(seconds: float, rounds: int, *, small: bool) -> list[Row]:
    """Every row of payments."""
    business_day.open_first_day(at=clock.now())
    return [
        *over_http(seconds, rounds, 8 if small else 400),
        *in_process(rounds, 8 if small else 400, 4 if small else MERCHANTS),
        *of_statements(100 if small else LINES),
    ]
