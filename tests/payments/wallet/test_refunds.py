"""A late success goes back to its card however long its channel is shut, once; and nothing moves money twice for one order."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.clock import queries as clock
from core.outbox import services as outbox
from core.outbox.models import OutboxEvent
from core.work.queries import waiting
from payments.channels import services as channels
from payments.channels.models import Break, Channel, ChannelRequest
from payments.wallet import queries, sweeps
from payments.wallet.models import TopUp, Withdrawal
from payments.wallet.services import top_ups
from tests.payments.wallet.bank_world import assert_settled, card_holder, request_of, settle_wallet, start_top_up, top_up, withdraw
from tests.payments.wallet.test_card_money import late_success
from tests.payments.wallet.world import posted, terms
from tests.sandbox_bank import SandboxBank

START = 100_000_00


def refunds(order: TopUp) -> list[str]:
    return sorted(ChannelRequest.objects.filter(business_id=order.id, operation="refund").values_list("state", flat=True))


def test_a_refund_outlives_a_channel_that_is_shut_for_three_days(connected: SandboxBank) -> None:
    who = card_holder(connected)
    late = late_success(connected, who)
    Channel.objects.update(enabled=False)
    at = clock.now()
    outbox.run_pending(at=at)
    assert OutboxEvent.objects.get(topic="top_up.refunding").state == "done"
    for hours in (1, 23, 49, 72):
        assert ("place_refunds", late.shard) in queries.due_shards(at + timedelta(hours=hours), held_for=sweeps.DISPATCH_AFTER)
        assert sweeps.place_refunds(shard=late.shard, at=at + timedelta(hours=hours)) == 0
        assert [item.target for item in waiting(kind=top_ups.REFUND_WAITING)] == ([late.public_id] if hours > 24 else [])
    assert (TopUp.objects.get().state, refunds(late)) == ("refunding", [])
    Channel.objects.update(enabled=True)
    assert [sweeps.place_refunds(shard=late.shard, at=at + timedelta(hours=73)) for _ in range(2)] == [1, 0]
    assert (refunds(late), waiting(kind=top_ups.REFUND_WAITING)) == (["new"], [])
    settle_wallet(at + timedelta(hours=74))
    assert (TopUp.objects.get().state, refunds(late), connected.card(who.number)["balance_fen"]) == ("refunded", ["success"], START)
    assert_settled(expected={who.customer: 0})


def test_handler_and_sweeper_together_place_one_refund(connected: SandboxBank) -> None:
    late = late_success(connected, card_holder(connected))
    later = clock.now() + timedelta(minutes=2)
    assert sweeps.place_refunds(shard=late.shard, at=later) == 1
    outbox.run_pending(at=later)
    assert top_ups.place_refund(top_up_id=late.id, at=later) is None
    assert refunds(late) == ["new"]


def test_the_refunds_that_wait_are_found_by_an_index_of_their_own(connected: SandboxBank) -> None:
    late = late_success(connected, card_holder(connected))
    with transaction.atomic():
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        assert "payments_topup_refunding" in queries.unplaced_refunds(late.shard, clock.now()).explain()


def test_a_second_payout_for_one_withdrawal_is_refused_by_the_database(connected: SandboxBank) -> None:
    terms(free_fen_per_month=1_000_000)
    who = card_holder(connected, fen=60_000)
    paid = withdraw(who, 60_000)
    with pytest.raises(IntegrityError, match="payments_request_once"), transaction.atomic():
        again(paid, "payout")
    assert connected.card(who.number)["balance_fen"] == START + 60_000
    assert ChannelRequest.objects.filter(operation="payout").count() == 1
    assert_settled(expected={who.customer: 0})


def test_a_second_charge_for_one_top_up_is_refused_by_the_database_unless_the_first_is_over(connected: SandboxBank) -> None:
    who = card_holder(connected)
    order = start_top_up(who, 10_000)
    with pytest.raises(IntegrityError, match="payments_request_once"), transaction.atomic():
        again(order, "pay")
    channels.close(request_id=order.request_id, at=clock.now())
    assert request_of(order).state == "failed"
    assert again(order, "pay").state == "new"


def test_a_success_for_an_order_that_is_over_is_late_and_goes_back_to_its_card(connected: SandboxBank) -> None:
    who = card_holder(connected)
    connected.fault("processing_then_success", operations=["payment"], times=1, params={"after_ms": 0})
    order = top_up(who, 10_000)
    with transaction.atomic():
        top_ups.fail(TopUp.objects.get(), "RISK_REFUSED", clock.now())
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    connected.resolve(merchant, request_of(order).request_no)
    stored = channels.query(request_id=order.request_id, at=clock.now())
    assert (stored.state, stored.owed, stored.due_at) == ("success", "", None)
    assert (TopUp.objects.get().state, posted(who.customer), Break.objects.count()) == ("refunding", 0, 0)
    settle_wallet(clock.now())
    assert TopUp.objects.get().state == "refunded"
    assert_settled(expected={who.customer: 0})


def test_the_database_refuses_a_refund_of_an_order_that_is_not_late(connected: SandboxBank) -> None:
    order = start_top_up(card_holder(connected), 10_000)
    with pytest.raises(IntegrityError, match="payments_topup_refund"), transaction.atomic():
        TopUp.objects.filter(pk=order.pk).update(refund_request_id=uuid.uuid4())


def again(order: TopUp | Withdrawal, operation: str) -> ChannelRequest:
    """One more call for an order, past every rule of the wallet."""
    return channels.place(
        channel="sandbox_bank",
        operation=operation,
        business="withdrawal" if operation == "payout" else "top_up",
        business_id=order.id,
        reference=order.public_id,
        customer_id=order.customer_id,
        card_id=order.card_id,
        amount_fen=order.amount_fen,
        at=clock.now(),
    )
