"""What the database itself refuses, whoever asks."""

from typing import Any

import pytest

from core.clock import queries as clock
from core.ids import new_id
from payments.cashier.models import FundingLeg, PaymentOrder
from payments.refunds.models import Refund, RefundPart
from tests.payments.cashier.test_tables import refused
from tests.payments.cashier.world import holder, shop
from tests.payments.refunds.world import by_balance
from tests.payments.wallet.world import open_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> PaymentOrder:
    open_day()
    return by_balance(shop(), holder(1_000), 1_000)


def refund_of(order: PaymentOrder, **changes: Any) -> Refund:
    at = clock.now()
    facts = {"order": order, "merchant_id": order.merchant_id, "app_id": order.app_id, "payer_id": order.payer_id, "shard": 1,
             "asked_by": "app", "asker": "app_x", "amount_fen": 100, "fee_back_fen": 10, "fee_returned": True, "from_pending_fen": 90,
             "created_at": at, "changed_at": at}  # fmt: skip
    return Refund.objects.create(**(facts | changes))


def test_a_refund_adds_up_and_says_who_asked(order: PaymentOrder) -> None:
    refused("payments_refund_from", lambda: refund_of(order, from_pending_fen=89))
    refused("payments_refund_from", lambda: refund_of(order, from_pending_fen=91, from_reserve_fen=-1))
    refused("payments_refund_amount", lambda: refund_of(order, amount_fen=0, fee_back_fen=0, from_pending_fen=0))
    refused("payments_refund_fee", lambda: refund_of(order, fee_returned=False))
    refused("payments_refund_fee", lambda: refund_of(order, fee_back_fen=101, from_pending_fen=0, from_reserve_fen=-1))
    refused("payments_refund_asked_by", lambda: refund_of(order, asker=""))
    refused("payments_refund_shard", lambda: refund_of(order, shard=64))
    refused("payments_refund_moves", lambda: refund_of(order, state="processing"))
    refund_of(order, out_refund_no="R-1")
    refused("payments_refund_number", lambda: refund_of(order, out_refund_no="R-1"))
    assert refund_of(order).out_refund_no == refund_of(order).out_refund_no == ""


def test_a_refund_ends_with_all_that_belongs_to_its_end(order: PaymentOrder) -> None:
    at = clock.now()
    rows = Refund.objects.filter(pk=refund_of(order).pk)
    refused("payments_refund_moves", lambda: rows.update(state="to_manual", code="x"))
    refused("payments_refund_booked", lambda: rows.update(journal_id=new_id()))
    refused("payments_refund_over", lambda: rows.update(settled_at=at))
    refused("payments_refund_booked", lambda: rows.update(state="succeeded", settled_at=at))
    rows.update(state="processing")
    refused("payments_refund_code", lambda: rows.update(state="to_manual"))
    rows.update(state="to_manual", code="x")
    booked = {"journal_id": new_id(), "booked_on": at.date(), "settled_at": at}
    refused("payments_refund_by_hand", lambda: rows.update(state="succeeded_by_hand", **booked))
    refused("payments_refund_over", lambda: rows.update(state="failed"))
    assert rows.update(state="succeeded_by_hand", hand_reference="B-1", **booked) == 1
    refused("payments_refund_moves", lambda: rows.update(state="created"))


def test_a_leg_is_once_in_a_refund_and_one_part_is_asked_of_a_channel(order: PaymentOrder) -> None:
    refund, leg = refund_of(order), FundingLeg.objects.get(order=order)
    facts: dict[str, Any] = {"refund": refund, "leg": leg, "shard": 1, "amount_fen": 100}
    refused("payments_refundpart_request", lambda: RefundPart.objects.create(**facts, request_id=new_id()))
    refused("payments_refundpart_amount", lambda: RefundPart.objects.create(**facts | {"amount_fen": 0}))
    refused("payments_refundpart_shard", lambda: RefundPart.objects.create(**facts | {"shard": -1}))
    RefundPart.objects.create(**facts, asked=True)
    refused("payments_refundpart_leg", lambda: RefundPart.objects.create(**facts))
    other = FundingLeg.objects.exclude(pk=leg.pk).first() or (
        by_balance(shop(), holder(500), 500) and FundingLeg.objects.latest("created_at")
    )
    refused("payments_refundpart_one_asked", lambda: RefundPart.objects.create(**facts | {"leg": other}, asked=True))
