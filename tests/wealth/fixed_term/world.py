"""Fixed terms on sale, lots that were ordered, paid and confirmed, and their days."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.identity.models import Customer
from accounts.ledger.queries import balance
from core.business_day import queries as business_days
from core.business_day.end_of_day import Outcome, catch_up
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.ids import new_id
from tests.payments.cashier.world import assert_settled
from tests.wealth.catalog.products import on_sale
from tests.wealth.current.world import paid as put_in
from tests.wealth.orders.world import go_on, left, locked, paid, saver, waiting
from wealth.catalog import accounts
from wealth.catalog import queries as catalog
from wealth.catalog.models import Product
from wealth.fixed_term import maturing, queries, sweeps
from wealth.fixed_term.models import PARTS, FixedHolding
from wealth.fixed_term.services import lots
from wealth.fixed_term.states import OPEN
from wealth.issuers.services import concluding
from wealth.issuers.states import RequestState
from wealth.orders.services import buying

DAY = timedelta(days=1)
FEN = 100_000
TERMS: dict[str, Any] = {
    "tiers": [{"at_least": 0, "below": 100_000, "rate_bp": 250}, {"at_least": 100_000, "below": None, "rate_bp": 310}],
    "demand_rate_bp": 25,
    "minimum_rest_fen": 10_000,
    "early_exit": True,
    "instructions": ["pay_out", "roll_principal", "roll_all"],
}
VALUES: dict[str, Any] = {
    "name_en": "Steady",
    "name_zh": "稳盈定期",
    "risk": "R2",
    "yield_kind": "range",
    "yield_low_bp": 250,
    "yield_high_bp": 310,
    "carry": "",
    "t0_cap_fen": 0,
    "minimum_fen": 10_000,
    "term_days": 30,
    "terms": TERMS,
}


def deposits(terms: Mapping[str, Any] | None = None, **values: Any) -> Product:
    """A fixed term on sale."""
    return on_sale(kind="fixed_term", **VALUES | {"terms": TERMS | dict(terms or {})} | values)


def put_away(product: Product, fen: int = FEN, *, who: Customer | None = None, instruction: str = "pay_out") -> FixedHolding:
    """A lot ordered, paid from the balance and confirmed."""
    owner = who or saver(fen)
    order = buying.buy(customer_id=owner.id, product_id=product.id, amount_fen=fen, details={"instruction": instruction}, at=clock.now())
    paid(owner, order)
    go_on(order.cut_at)
    confirm_all(order.cut_at)
    return FixedHolding.objects.select_related("customer", "product__current", "version__product").get(order_id=order.id)


def brought(product: Product, who: Customer, fen: int = FEN, *, instruction: str = "pay_out") -> FixedHolding:
    """A lot confirmed today, as W1 left it, of an order that nobody made."""
    order_id = new_id()
    put_in(product, fen)
    lots.buy(
        order_id=order_id,
        customer_id=who.pk,
        version=catalog.current_version(product),
        amount_fen=fen,
        fee_fen=0,
        starts_on=business_days.current(),
        details={"instruction": instruction},
        at=clock.now(),
    )
    return FixedHolding.objects.get(order_id=order_id)


def confirm_all(at: datetime, *, fee_fen: int = 0) -> None:
    """The issuer's word on everything it was asked: done, exactly as asked."""
    for request in waiting(("buy", "redeem")):
        money = request.amount_fen or request.units_fen or 0
        units = money - fee_fen if request.units_fen is None else request.units_fen
        with transaction.atomic():
            facts = {"confirmed_fen": money, "confirmed_units_fen": units, "fee_fen": fee_fen, "nav": 1}
            concluding.finish(left(locked(request), at), RequestState.CONFIRMED, at, confirmed_on=clock.local_day(at), **facts)


def again(lot: FixedHolding) -> FixedHolding:
    return queries.lot(lot.pk)


def mature_on(day: date) -> int:
    """The end of the day before, of every part; how many lots moved."""
    at = start_of_day(day)
    return sum(maturing.mature(day=day - DAY, part=part, at=at) for part in range(PARTS))


def ask_issuer(day: date) -> int:
    at = start_of_day(day)
    return sum(sweeps.ask(shard=shard, at=at) for shard in queries.due_shards(at))


def days_until(day: date) -> Outcome:
    """Every business day closed up to `day`, which is open then."""
    done = catch_up(at=start_of_day(day))
    assert done.failed == []
    assert business_days.current() == day
    return done


def principal(product: Product) -> int:
    return sum(FixedHolding.objects.filter(product=product, state__in=OPEN).values_list("principal_fen", flat=True))


def assert_sound(*products: Product) -> None:
    """The books balance, every check agrees, and what products hold is what lots have."""
    assert_settled()
    for product in products:
        assert balance(accounts.holdings(product.id)).posted == principal(product)
        assert balance(accounts.payouts(product.id)).posted == 0
