"""A thousand merchants are settled in as many statements as ten: the step is set-based, and its time linear."""

import uuid
from datetime import timedelta
from time import monotonic

import pytest
from django.db.models import F

from accounts.ledger import batch
from accounts.ledger.accounts import customer_account
from accounts.ledger.legs import Draft, debit
from core.business_day import queries as business_days
from core.clock import queries as clock
from core.ids import new_id, public_id, shard_of
from payments.cashier import journals
from payments.cashier.models import PaymentOrder
from payments.merchants.models import Merchant
from payments.settlement.models import Settlement, SettlementLine
from payments.settlement.services import closing
from tests.payments.cashier.world import Shop, shop
from tests.payments.wallet.world import fund, holder, open_day
from tests.query_counts import queries_of
from tests.rows_read import rows_read

FEN, FEE_FEN = 1_000, 6


def many(like: Shop, number: int, orders_each: int, *, shard: int | None = None) -> list[uuid.UUID]:
    """Active merchants like one, all of one shard where told, each with orders paid today: rows and journals as the cashier leaves them,
    made by the thousand."""
    at, payer = clock.now(), holder(verified_class=None)
    fund(payer, number * orders_each * FEN)
    kept = {field.attname: getattr(like.merchant, field.attname) for field in Merchant._meta.concrete_fields}
    merchants = [Merchant(**(kept | {"id": key, "shard": shard_of(key)})) for key in (key_in(shard) for _ in range(number))]
    Merchant.objects.bulk_create([born(one) for one in merchants], batch_size=500)
    made = [waiting(merchant, like, f"n{place}") for merchant in merchants for place in range(orders_each)]
    PaymentOrder.objects.bulk_create(made, batch_size=1000)
    done = batch.post_many([paid(order, payer.id) for order in made], at=at)
    assert all(one.posted for one in done)
    PaymentOrder.objects.filter(pk__in=[order.id for order in made]).update(
        state="paid", journal_id=F("id"), paid_at=at, fee_fen=FEE_FEN, payer=payer
    )
    return [merchant.id for merchant in merchants]


def key_in(shard: int | None) -> uuid.UUID:
    key = new_id()
    return key if shard is None else uuid.UUID(int=key.int - shard_of(key) + shard)


def waiting(merchant: Merchant, like: Shop, number: str) -> PaymentOrder:
    at = clock.now()
    return PaymentOrder(
        id=new_id(), merchant_id=merchant.id, app=like.app, shard=merchant.shard, out_trade_no=number, scene="in_app", subject="tea",
        amount_fen=FEN, expires_at=at + timedelta(hours=1), created_at=at, changed_at=at,
    )  # fmt: skip


def paid(order: PaymentOrder, payer_id: uuid.UUID) -> Draft:
    """The journal of an order, under the order's own id."""
    funding = [debit(customer_account(payer_id), FEN)]
    legs = journals.paid(merchant_id=order.merchant_id, amount_fen=FEN, fee_fen=FEE_FEN, funding=funding)
    return Draft(order.id, journals.PAID, legs, public_id("ord", order.id))


def born(merchant: Merchant) -> Merchant:
    """As an application is first written: the table lets nobody begin as active."""
    merchant.state, merchant.opened_at, merchant.reviewer_id = "applied", None, None
    return merchant


def close_day() -> list[str]:
    day = business_days.current()
    return queries_of(lambda: closing.close_shards(shards=range(64), business_on=day, at=clock.now()))


@pytest.mark.django_db
def test_one_merchants_movements_are_read_without_the_others_of_its_shard() -> None:
    open_day()
    like, day = shop(), business_days.current()
    (first,) = many(like, 1, 3, shard=7)
    alone = rows_read(lambda: closing.movements_of(first, day))
    many(like, 30, 3, shard=7)
    assert rows_read(lambda: closing.movements_of(first, day)) == alone
    assert closing.movements_of(first, day) == closing.movements(day, [7])[first]
    assert len(closing.movements_of(first, day)) == 3


@pytest.mark.django_db
def test_a_thousand_merchants_with_twenty_thousand_orders_are_settled_in_as_many_statements_as_ten() -> None:
    open_day()
    like = shop()
    few = many(like, 10, 20)
    small = close_day()
    assert Settlement.objects.filter(merchant_id__in=few, state="closed", net_fen=20 * (FEN - FEE_FEN)).count() == 10
    many_ids = many(like, 1_000, 20)
    begun = monotonic()
    large = close_day()
    taken = monotonic() - begun
    settled = Settlement.objects.filter(merchant_id__in=many_ids, state="closed", net_fen=20 * (FEN - FEE_FEN))
    assert settled.count() == 1_000
    assert SettlementLine.objects.count() == 20_200
    assert len(large) <= len(small) + 25, f"{len(small)} statements for ten merchants, {len(large)} for a thousand"
    assert taken < 60
