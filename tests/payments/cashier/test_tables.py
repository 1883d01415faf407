"""What the database itself refuses, whoever asks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.identity.models import Customer
from core.clock import queries as clock
from core.ids import new_id
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from tests.payments.cashier.world import BALANCE, Shop, begin, holder, new_order, shop
from tests.payments.wallet.world import open_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def where() -> Shop:
    open_day()
    return shop()


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        act()
    assert name in str(raised.value)


def order_of(where: Shop, **changes: Any) -> PaymentOrder:
    at = clock.now()
    facts = {"merchant": where.merchant, "app": where.app, "shard": 1, "out_trade_no": new_id().hex, "scene": "in_app", "subject": "x",
             "amount_fen": 100, "expires_at": at + timedelta(hours=1), "created_at": at, "changed_at": at}  # fmt: skip
    return PaymentOrder.objects.create(**(facts | changes))


def test_an_order_has_an_amount_a_scene_a_life_and_a_number_of_its_own(where: Shop) -> None:
    refused("payments_order_amount", lambda: order_of(where, amount_fen=0))
    refused("payments_order_shard", lambda: order_of(where, shard=64))
    refused("payments_order_scene", lambda: order_of(where, scene="by_mail"))
    refused("payments_order_life", lambda: order_of(where, expires_at=clock.now() - timedelta(days=1)))
    refused("payments_order_moves", lambda: order_of(where, state="paying"))
    made = order_of(where)
    refused("payments_order_number", lambda: order_of(where, out_trade_no=made.out_trade_no))


def test_an_order_moves_as_its_table_says_and_is_paid_with_all_that_belongs_to_it(where: Shop) -> None:
    ann, at = holder(1_000), clock.now()
    rows = PaymentOrder.objects.filter(pk=order_of(where).pk)
    refused("payments_order_moves", lambda: rows.update(state="refunded"))
    refused("payments_order_paid", lambda: rows.update(state="paid"))
    refused("payments_order_paid", lambda: rows.update(fee_fen=1))
    refused("payments_order_late", lambda: rows.update(late_journal_id=new_id()))
    refused("payments_order_by_hand", lambda: rows.update(hand_reference="x"))
    refused("payments_order_refunds", lambda: rows.update(refunding_fen=1, refunds=1))
    paid = {"state": "paid", "journal_id": new_id(), "paid_at": at, "payer": ann}
    refused("payments_order_fee", lambda: rows.update(**paid, fee_fen=101))
    assert rows.update(**paid, fee_fen=1) == 1
    refused("payments_order_moves", lambda: rows.update(state="closed"))
    refused("payments_order_refunds", lambda: rows.update(refunding_fen=101, refunds=1))
    refused("payments_order_refunded", lambda: rows.update(refunded_fen=100))
    refused("payments_order_refunded", lambda: rows.update(state="partially_refunded", refunded_fen=100))
    assert rows.update(state="partially_refunded", refunded_fen=60, refunding_fen=40, refunds=2) == 1
    refused("payments_order_refunds", lambda: rows.update(refunded_fen=61))
    assert rows.update(state="refunded", refunded_fen=100, refunding_fen=0) == 1
    refused("payments_order_moves", lambda: rows.update(state="paid"))


def test_a_late_order_has_its_journal_and_what_gives_it_back(where: Shop) -> None:
    ann = holder(1_000)
    rows = PaymentOrder.objects.filter(pk=order_of(where).pk)
    rows.update(state="closed")
    refused("payments_order_late", lambda: rows.update(state="paid_late", payer=ann))
    assert rows.update(state="paid_late", payer=ann, late_journal_id=new_id()) == 1
    refused("payments_order_late_refund", lambda: rows.update(state="refunding"))
    assert rows.update(state="refunding", late_refund_id=new_id()) == 1
    assert rows.update(state="to_manual") == 1
    refused("payments_order_by_hand", lambda: rows.update(state="by_hand"))
    assert rows.update(state="by_hand", hand_journal_id=new_id(), hand_reference="BANK-1") == 1


def attempt_of(order: PaymentOrder, who: Customer, **changes: Any) -> PaymentAttempt:
    at = clock.now()
    facts = {
        "order": order,
        "customer": who,
        "shard": 1,
        "number": 1,
        "amount_fen": 100,
        "factors": 0,
        "created_at": at,
        "changed_at": at,
    }
    return PaymentAttempt.objects.create(**(facts | {"created_at": at, "changed_at": at} | changes))


def leg_of(attempt: PaymentAttempt, **changes: Any) -> FundingLeg:
    at = clock.now()
    facts = {"attempt": attempt, "order_id": attempt.order_id, "shard": 1, "position": 1, "source": "balance", "amount_fen": 100}
    return FundingLeg.objects.create(**(facts | {"created_at": at, "changed_at": at} | changes))


def test_an_order_has_one_open_attempt_and_attempts_end_as_their_table_says(where: Shop) -> None:
    order, who = order_of(where), holder()
    refused("payments_attempt_factors", lambda: attempt_of(order, who, factors=3))
    refused("payments_attempt_numbers", lambda: attempt_of(order, who, number=0))
    refused("payments_attempt_shard", lambda: attempt_of(order, who, shard=64))
    refused("payments_attempt_moves", lambda: attempt_of(order, who, state="failed", code="x"))
    first = attempt_of(order, who)
    refused("payments_attempt_one_open", lambda: attempt_of(order, who, number=2))
    rows = PaymentAttempt.objects.filter(pk=first.pk)
    refused("payments_attempt_failed", lambda: rows.update(state="failed"))
    assert rows.update(state="failed", code="x") == 1
    refused("payments_attempt_moves", lambda: rows.update(state="succeeded"))
    refused("payments_attempt_number", lambda: attempt_of(order, who))


def test_an_attempt_has_one_external_leg_and_legs_go_one_way(where: Shop) -> None:
    attempt = attempt_of(order_of(where), holder())
    refused("payments_leg_amount", lambda: leg_of(attempt, amount_fen=0))
    refused("payments_leg_position_from_1", lambda: leg_of(attempt, position=0))
    refused("payments_leg_shard", lambda: leg_of(attempt, shard=64))
    refused("payments_leg_external", lambda: leg_of(attempt, external=True))
    refused("payments_leg_external", lambda: leg_of(attempt, external=True, discount=True, request_id=new_id()))
    refused("payments_leg_external", lambda: leg_of(attempt, request_id=new_id()))
    refused("payments_leg_moves", lambda: leg_of(attempt, state="released"))
    inside = leg_of(attempt)
    refused("payments_leg_position", lambda: leg_of(attempt))
    leg_of(attempt, position=2, external=True, request_id=new_id(), source="card")
    refused("payments_leg_one_external", lambda: leg_of(attempt, position=3, external=True, request_id=new_id(), source="card"))
    rows = FundingLeg.objects.filter(pk=inside.pk)
    refused("payments_leg_unknown", lambda: rows.update(state="unknown"))
    refused("payments_leg_refunded", lambda: rows.update(refunded_fen=1))
    assert rows.update(state="committed", refunded_fen=100) == 1
    refused("payments_leg_refunded", lambda: rows.update(refunded_fen=101))
    refused("payments_leg_moves", lambda: rows.update(state="released", refunded_fen=0))


def test_of_what_was_released_an_external_leg_alone_may_be_committed_after_all(where: Shop) -> None:
    attempt = attempt_of(order_of(where), holder())
    inside, outside = leg_of(attempt), leg_of(attempt, position=2, external=True, request_id=new_id(), source="card")
    for leg in (inside, outside):
        assert FundingLeg.objects.filter(pk=leg.pk).update(state="released") == 1
    refused("payments_leg_moves", lambda: FundingLeg.objects.filter(pk=inside.pk).update(state="committed"))
    assert FundingLeg.objects.filter(pk=outside.pk).update(state="committed") == 1


def test_what_is_paid_stays_paid(where: Shop) -> None:
    order = new_order(where, 1_000)
    begin(holder(1_000), order, BALANCE)
    refused("payments_order_moves", lambda: PaymentOrder.objects.filter(pk=order.pk).update(state="created", journal_id=None, paid_at=None))
