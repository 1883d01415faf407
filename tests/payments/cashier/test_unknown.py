"""What the bank has not said: everything stays held until it has, a closed order is never paid, a late success goes back."""

from datetime import timedelta

import pytest

from accounts.ledger import states
from accounts.ledger.accounts import customer_account, platform_account
from accounts.ledger.models import AccountState, Hold
from accounts.ledger.queries import balance
from core.approvals.services import ApprovalNeeded, applying
from core.clock import queries as clock
from core.outbox.models import OutboxEvent
from core.work.queries import waiting as waiting_work
from payments.cashier import outbound, sweeps
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from payments.cashier.obligations import Orders, Payments
from payments.cashier.services import closing, late
from payments.cashier.services.funding import Pick
from payments.cashier.services.paying import OrderClosed, OrderPaid
from payments.channels import services as channels
from payments.channels.models import Channel
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.plugs import receivable, strange_sources
from tests.payments.cashier.world import (
    BALANCE,
    Holder,
    Shop,
    assert_settled,
    begin,
    booked,
    card,
    card_holder,
    new_order,
    pay,
    pending,
    request_of,
    settle_cashier,
    shop,
)
from tests.payments.merchants.world import PEOPLE
from tests.payments.wallet.world import available, freeze, posted
from tests.sandbox_bank import SandboxBank

MIXED = [Pick("balance"), Pick("line")]
UNDECIDED = {"operations": ["payment"], "times": 1, "params": {"after_ms": 0}}


def undecided(bank: SandboxBank, who: Holder, where: Shop, fen: int = 10_000, *, mixed: bool = False) -> PaymentAttempt:
    """An attempt the bank has taken in and not decided."""
    bank.fault("processing_then_success", **UNDECIDED)
    return pay(who.customer, new_order(where, fen), [*(MIXED if mixed else []), card(who)])


def decide(bank: SandboxBank, attempt: PaymentAttempt) -> None:
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    bank.resolve(merchant, request_of(attempt).request_no)


def deaf(bank: SandboxBank) -> None:
    """The bank answers neither questions nor closings."""
    bank.fault("http_500_burst", operations=["payment_close", "payment_query"], params={"n": 50})


def test_an_unknown_answer_keeps_everything_held_until_the_bank_has_said(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        attempt = undecided(connected, who, where, mixed=True)
        states = {leg.source: leg.state for leg in FundingLeg.objects.all()}
        assert (attempt.state, states) == ("open", {"balance": "held", "line": "held", "card": "unknown"})
        assert (posted(who.customer), available(who.customer)) == (3_000, 0)
        assert_books_balance(open_holds=2)
        assert [found.code for found in Payments().obstacles(customer_id=who.customer.id, at=clock.now())] == ["payments_open"]
        assert [found.code for found in Orders().obstacles(merchant_id=where.merchant.id, at=clock.now())] == ["orders_under_way"]
        decide(connected, attempt)
        settle_cashier(clock.now() + timedelta(seconds=10))
    order = PaymentOrder.objects.get()
    assert (order.state, pending(where)) == ("paid", 9_940)
    assert Payments().obstacles(customer_id=who.customer.id, at=clock.now()) == []
    assert Orders().obstacles(merchant_id=where.merchant.id, at=clock.now()) == []
    assert_settled(expected={who.customer: 0})


def test_an_order_nobody_pays_closes_when_its_time_is_over(connected: SandboxBank) -> None:
    order = new_order(shop(), 10_000)
    assert sweeps.expire_orders(shard=order.shard, at=order.expires_at - timedelta(seconds=1)) == 0
    assert sweeps.expire_orders(shard=order.shard, at=order.expires_at) == 1
    order.refresh_from_db()
    assert (order.state, order.code) == ("closed", "expired")
    assert list(OutboxEvent.objects.filter(key=order.public_id).order_by("id").values_list("topic", flat=True)) == [
        "order.created",
        "order.closed",
    ]
    assert_settled()


def test_expiry_closes_at_the_bank_first_so_that_nothing_comes_late(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        attempt = undecided(connected, who, where, mixed=True)
        order = PaymentOrder.objects.get()
        assert sweeps.expire_orders(shard=order.shard, at=order.expires_at) == 1
    order.refresh_from_db()
    attempt.refresh_from_db()
    assert (order.state, order.code, attempt.state, attempt.code) == ("closed", "expired", "failed", "ORDER_CLOSED")
    assert set(FundingLeg.objects.values_list("state", flat=True)) == {"released"}
    assert_settled(expected={who.customer: 3_000})


def late_success(bank: SandboxBank, who: Holder, where: Shop) -> PaymentOrder:
    """An order of 100.00 (balance 30, line 20, card 50) that expired while the bank was deaf, and was charged after."""
    attempt = undecided(bank, who, where, mixed=True)
    order = PaymentOrder.objects.get(pk=attempt.order_id)
    deaf(bank)
    assert sweeps.expire_orders(shard=order.shard, at=order.expires_at) == 1
    order.refresh_from_db()
    assert (order.state, order.code) == ("closed", "expired")
    bank.clear_faults()
    decide(bank, attempt)
    assert attempt.request_id is not None
    channels.query(request_id=attempt.request_id, at=order.expires_at + timedelta(seconds=1))
    order.refresh_from_db()
    return order


def test_case_late_success_is_booked_once_stays_closed_to_the_merchant_and_goes_back_in_full(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        order = late_success(connected, who, where)
        assert (order.state, order.journal_id, order.paid_at) == ("paid_late", None, None)
        assert booked(order.late_journal_id) == {"clearing:channel:sandbox_bank": -5_000, "payable:unapplied": 5_000}
        assert (posted(who.customer), available(who.customer), balance(receivable(who.customer.id)).held) == (3_000, 3_000, 0)
        settle_cashier(order.expires_at + timedelta(seconds=2))
    order.refresh_from_db()
    assert (order.state, pending(where)) == ("late_refunded", 0)
    assert balance(platform_account("payable:unapplied")).posted == balance(platform_account("clearing:channel:sandbox_bank")).posted == 0
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    topics = list(OutboxEvent.objects.filter(key=order.public_id).order_by("id").values_list("topic", flat=True))
    assert topics == ["order.created", "order.closed", "order.paid_late", "order.late_refunded"]
    assert FundingLeg.objects.get(external=True).refunded_fen == 5_000
    assert_settled(expected={who.customer: 3_000})


def test_an_order_closed_while_the_bank_is_deaf_frees_what_is_ours_at_once(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        attempt = undecided(connected, who, where, mixed=True)
        deaf(connected)
        order = closing.begin(order_id=attempt.order_id, code=closing.BY_MERCHANT, at=clock.now())
        assert order.state == "closing"
        with pytest.raises(OrderClosed):
            begin(who.customer, order, BALANCE)
        order = outbound.close(order_id=order.id, at=clock.now())
    assert (order.state, order.code) == ("closed", "closed_by_merchant")
    assert {leg.source: leg.state for leg in FundingLeg.objects.all()} == {"balance": "released", "line": "released", "card": "unknown"}
    assert PaymentAttempt.objects.get().state == "given_up"
    assert (available(who.customer), Hold.objects.filter(state="open").count()) == (3_000, 0)
    connected.clear_faults()
    decide(connected, attempt)
    settle_cashier(clock.now() + timedelta(hours=1))
    assert PaymentOrder.objects.get().state == "late_refunded"
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    assert_settled(expected={who.customer: 3_000})


def test_a_closing_whose_process_died_is_ended_by_the_sweeper(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    attempt = undecided(connected, who, where)
    order = closing.begin(order_id=attempt.order_id, code=closing.EXPIRED, at=clock.now())
    assert sweeps.close_orders(shard=order.shard, at=clock.now()) == 0
    assert sweeps.close_orders(shard=order.shard, at=clock.now() + timedelta(seconds=61)) == 1
    order.refresh_from_db()
    assert order.state == "closed"
    assert_settled(expected={who.customer: 0})


def test_a_paid_order_is_not_closed(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=10_000)
    order = new_order(where, 10_000)
    begin(who.customer, order, BALANCE)
    with pytest.raises(OrderPaid):
        closing.begin(order_id=order.id, code=closing.BY_MERCHANT, at=clock.now())
    assert sweeps.expire_orders(shard=order.shard, at=order.expires_at) == 0
    assert_settled(expected={who.customer: 0})


def test_a_payer_frozen_while_the_bank_decided_pays_nothing_and_gets_the_card_money_back(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        attempt = undecided(connected, who, where, mixed=True)
        block(who)
        decide(connected, attempt)
        settle_cashier(clock.now() + timedelta(seconds=10))
    order = PaymentOrder.objects.get()
    assert (order.state, order.code, pending(where)) == ("late_refunded", "ledger_account_frozen", 0)
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    assert "order.paid" not in set(OutboxEvent.objects.values_list("topic", flat=True))
    assert_settled(expected={who.customer: 3_000})


def block(who: Holder) -> None:
    freeze(who.customer)
    with applying("ledger.account_state", **PEOPLE):
        states.set_state(account_id=customer_account(who.customer.id).id, to=AccountState.FROZEN, at=clock.now())


def test_a_source_that_refuses_the_commit_after_the_card_was_charged_undoes_it_all(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources() as sources:
        sources.line.refuse_commit = True
        attempt = pay(who.customer, new_order(where, 10_000), [*MIXED, card(who)])
        assert attempt.state == "late"
        settle_cashier(clock.now() + timedelta(seconds=10))
    order = PaymentOrder.objects.get()
    assert (order.state, order.code, order.journal_id) == ("late_refunded", "test_line_used_up", None)
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    assert_settled(expected={who.customer: 3_000})


def test_a_late_refund_waits_for_a_channel_that_is_shut(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        order = late_success(connected, who, where)
        Channel.objects.update(enabled=False)
        assert not sweeps.refund_or_wait(order_id=order.id, at=order.changed_at + timedelta(days=2))
        assert [item.target for item in waiting_work(kind=late.REFUND_WAITING)] == [order.public_id]
        Channel.objects.update(enabled=True)
        settle_cashier(order.expires_at + timedelta(minutes=2))
        order.refresh_from_db()
        assert (order.state, waiting_work(kind=late.REFUND_WAITING)) == ("late_refunded", [])
    assert_settled(expected={who.customer: 3_000})


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_late_refund_the_bank_refuses_is_asked_again_or_paid_by_hand_by_two_people(connected: SandboxBank, by_hand: bool) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        order = late_success(connected, who, where)
        connected.fault("decline", operations=["refund"], times=1, params={"code": "RISK_REFUSED"})
        at = settle_cashier(order.expires_at + timedelta(seconds=2))
        order.refresh_from_db()
        assert (order.state, order.code) == ("to_manual", "RISK_REFUSED")
        assert [item.target for item in waiting_work(kind=late.REFUND_REFUSED)] == [order.public_id]
        with pytest.raises(ApprovalNeeded):
            late.refund_again(order_id=order.id, at=at)
        if by_hand:
            with applying(late.PAID_BY_HAND, **PEOPLE):
                late.pay_by_hand(order_id=order.id, reference="BANK-1", at=at)
        else:
            with applying(late.REFUND_AGAIN, **PEOPLE):
                late.refund_again(order_id=order.id, at=at)
            settle_cashier(at)
    order.refresh_from_db()
    assert (order.state, waiting_work(kind=late.REFUND_REFUSED)) == ("by_hand" if by_hand else "late_refunded", [])
    assert balance(platform_account("payable:unapplied")).posted == 0
    assert_settled(expected={who.customer: 3_000})
