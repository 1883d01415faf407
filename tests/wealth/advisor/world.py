"""A model portfolio over money funds, customers who have some of them, and the days on which regular investments are taken."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.identity.models import Customer
from core.business_day import queries as business_day
from core.clock import queries as clock
from core.clock.queries import SHANGHAI
from payments.wallet.services.authority import Intent
from tests.factories import proof
from tests.payments.wallet.world import intent, session_of
from tests.wealth.orders.world import confirm_all, go_on, ordered, paid
from wealth.advisor import queries, sweeps
from wealth.advisor.models import InvestingPlan, ModelPortfolio
from wealth.advisor.services import investing
from wealth.catalog.models import Product

DAY = timedelta(days=1)


def model(weights: dict[Product, int], *, level: str = "C3", starts_on: date | None = None, **facts: Any) -> ModelPortfolio:
    made = ModelPortfolio(
        level=level,
        starts_on=starts_on or clock.local_day(clock.now()) - DAY,
        weights={product.code: part for product, part in weights.items()},
        **({"mean_bp": 300, "deviation_bp": 200} | facts),
    )
    made.full_clean()
    made.save(force_insert=True)
    return made


def bought(who: Customer, *amounts: tuple[Product, int]) -> None:
    """Confirmed purchases, in units."""
    last = clock.now()
    for product, fen in amounts:
        last = paid(who, ordered(who, product, fen)).cut_at
    go_on(last)
    confirm_all(last)


def approval(who: Customer, product: Product, fen: int, at: datetime) -> Intent:
    """A PIN proof for one purchase."""
    session, nonce = session_of(who), uuid.uuid4().hex
    token = proof(who, session, purpose=investing.PURPOSE, amount_fen=fen, payee=product.public_id, nonce=nonce, at=at)
    return intent(who, session, token=token, nonce=nonce)


def regularly(who: Customer, product: Product, fen: int, *, every: str = "week", day: int = 3, at: datetime | None = None) -> InvestingPlan:
    at = at or clock.now()
    given = approval(who, product, fen, at)
    return investing.agree(intent=given, product_id=product.id, amount_fen=fen, every=every, day=day, at=at)


def sweeping(who: Customer, product: Product, fen: int, *, keep_fen: int) -> InvestingPlan:
    """At most `fen` a day of what lies idle beyond `keep_fen`."""
    at = clock.now()
    given = approval(who, product, fen, at)
    return investing.agree(intent=given, product_id=product.id, amount_fen=fen, every="idle", day=0, keep_fen=keep_fen, at=at)


def morning(row: InvestingPlan, hour: int = 10) -> datetime:
    """The morning on which the next date is taken."""
    row.refresh_from_db()
    assert row.next_on is not None
    return datetime.combine(business_day.trading_days_from(row.next_on, 1)[0], time(hour), tzinfo=SHANGHAI)


def sweep(at: datetime) -> int:
    return sum(sweeps.invest(shard=shard, at=at) for shard in queries.due_shards(at))
