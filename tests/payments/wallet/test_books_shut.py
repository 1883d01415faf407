"""While nothing can be booked no new money call leaves, and what the bank did already is kept apart and booked later, once."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.ledger import halt
from accounts.ledger.models import Journal
from accounts.ledger.refusals import LedgerHalted
from core.approvals.services import applying
from core.business_day.models import BusinessDay
from core.business_day.queries import NoOpenDay
from core.clock import queries as clock
from core.work.queries import waiting
from payments.channels import services as channels
from payments.channels import telling
from payments.channels.models import ChannelRequest
from payments.wallet import journals, outbound, sweeps
from payments.wallet.models import TopUp, Withdrawal
from payments.wallet.services import withdrawals
from tests.factories import api
from tests.payments.wallet.bank_world import (
    Holder,
    assert_settled,
    card_holder,
    hold_withdrawal,
    long_after,
    request_of,
    settle_wallet,
    start_top_up,
    top_up,
    withdraw,
)
from tests.payments.wallet.world import posted, terms
from tests.sandbox_bank import SandboxBank

START = 100_000_00


def shut() -> None:
    halt.halt(reason="a proof found something", at=clock.now())


def open_again() -> None:
    standing = halt.standing()
    assert standing is not None
    with applying("ledger.lift_halt", maker="staff:a", checker="staff:b"), transaction.atomic():
        halt.lift(halt_id=standing.pk, findings_hash=standing.findings_hash, at=clock.now())


def pending(bank: SandboxBank, operation: str) -> None:
    bank.fault("processing_then_success", operations=[operation], times=1, params={"after_ms": 0})


def resolved(bank: SandboxBank, order: TopUp | Withdrawal, at: datetime) -> ChannelRequest:
    """The bank decides for it, and is asked."""
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    bank.resolve(merchant, request_of(order).request_no)
    return channels.query(request_id=request_of(order).id, at=at)


def money(bank: SandboxBank, who: Holder) -> int:
    return int(bank.card(who.number)["balance_fen"])


def test_no_top_up_begins_while_the_ledger_is_halted(connected: SandboxBank) -> None:
    who = card_holder(connected)
    shut()
    client = api(who.customer)
    for _ in range(3):
        answer = client.post("/v1/payments/wallet/top-ups", {"card_id": who.card.public_id, "amount": 10_000})
        assert (answer.status_code, answer.json()["code"]) == (503, "ledger_halted")
    assert (money(connected, who), TopUp.objects.count(), ChannelRequest.objects.filter(operation="pay").count()) == (START, 0, 0)
    open_again()
    answer = client.post("/v1/payments/wallet/top-ups", {"card_id": who.card.public_id, "amount": 10_000})
    assert (answer.status_code, answer.json()["state"], money(connected, who)) == (201, "succeeded", START - 10_000)
    assert_settled(expected={who.customer: 10_000})


def test_no_card_money_moves_without_an_open_day(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=60_000)
    BusinessDay.objects.all().delete()
    with pytest.raises(NoOpenDay):
        start_top_up(who, 10_000)
    with pytest.raises(NoOpenDay):
        hold_withdrawal(who, 10_000)
    assert (money(connected, who), TopUp.objects.count(), Withdrawal.objects.count()) == (START, 0, 0)


def test_a_payment_that_has_not_left_when_the_ledger_is_halted_is_over_and_says_so(connected: SandboxBank) -> None:
    who = card_holder(connected)
    order = start_top_up(who, 10_000)
    shut()
    over = outbound.ask_top_up(top_up_id=order.id, at=clock.now())
    assert (over.state, over.code, request_of(order).state, request_of(order).sends) == ("failed", LedgerHalted.code, "failed", 0)
    assert money(connected, who) == START
    open_again()
    settle_wallet(clock.now() + timedelta(minutes=5))
    assert_settled(expected={who.customer: 0})


def test_a_success_that_cannot_be_booked_is_kept_and_booked_when_the_books_open(connected: SandboxBank) -> None:
    who = card_holder(connected)
    pending(connected, "payment")
    order = top_up(who, 10_000)
    shut()
    request = resolved(connected, order, clock.now())
    assert (request.state, request.owed, request.due_at) == ("success", "outcome", None)
    read = api(who.customer).get(f"/v1/payments/wallet/top-ups/{order.public_id}").json()
    assert (read["result"], posted(who.customer)) == ("processing", 0)
    later = long_after(clock.now())
    sweeps.give_up_top_ups(shard=order.shard, at=later)
    assert telling.tell_due(shard=order.shard, at=later) == 0
    assert (TopUp.objects.get().state, request_of(order).owed, waiting(kind=telling.WORK)) == ("processing", "outcome", [])
    open_again()
    assert [telling.tell_due(shard=order.shard, at=later) for _ in range(2)] == [1, 0]
    assert (TopUp.objects.get().state, request_of(order).owed, request_of(order).tell_at) == ("succeeded", "", None)
    assert (Journal.objects.filter(event=journals.TOP_UP).count(), money(connected, who)) == (1, START - 10_000)
    assert_settled(expected={who.customer: 10_000})


def test_a_withdrawal_held_when_the_ledger_is_halted_waits_and_is_sent_after(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=60_000)
    held = hold_withdrawal(who, 50_000)
    shut()
    still = outbound.send_withdrawal(withdrawal_id=held.id, at=clock.now())
    assert (still.state, still.result, ChannelRequest.objects.filter(operation="payout").count()) == ("held", "processing", 0)
    open_again()
    assert sweeps.send_held(shard=held.shard, at=clock.now() + timedelta(seconds=61)) == 1
    assert (Withdrawal.objects.get().state, money(connected, who)) == ("paid", START + 50_000)
    assert_settled(expected={who.customer: 10_000})


def test_a_payout_placed_when_the_ledger_is_halted_leaves_after(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=60_000)
    placed = Withdrawal.objects.get(pk=hold_withdrawal(who, 50_000).pk)
    withdrawals.dispatch(withdrawal_id=placed.id, at=clock.now())
    shut()
    channels.send(request_id=request_of(placed).id, at=clock.now())
    assert (request_of(placed).state, request_of(placed).sends, money(connected, who)) == ("new", 0, START)
    open_again()
    settle_wallet(clock.now() + timedelta(minutes=5))
    assert (Withdrawal.objects.get().state, money(connected, who)) == ("paid", START + 50_000)
    assert_settled(expected={who.customer: 10_000})


def test_a_payout_done_and_returned_while_nothing_can_be_booked_is_booked_as_both(connected: SandboxBank) -> None:
    terms(free_fen_per_month=1_000_000)
    who = card_holder(connected, fen=60_000)
    pending(connected, "payout")
    order = withdraw(who, 50_000)
    shut()
    assert resolved(connected, order, clock.now()).owed == "outcome"
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    connected.return_payout(merchant, request_of(order).request_no)
    back = channels.query(request_id=request_of(order).id, at=clock.now())
    assert (back.state, back.owed, Withdrawal.objects.get().state, posted(who.customer)) == ("returned", "both", "sent", 10_000)
    open_again()
    settle_wallet(clock.now() + timedelta(minutes=5))
    assert Withdrawal.objects.get().state == "returned"
    assert_settled(expected={who.customer: 60_000})


def test_a_payment_given_up_before_it_left_never_leaves(connected: SandboxBank) -> None:
    who = card_holder(connected)
    order = start_top_up(who, 10_000)
    sweeps.give_up_top_ups(shard=order.shard, at=long_after(clock.now()))
    assert (TopUp.objects.get().state, TopUp.objects.get().code, request_of(order).state) == ("failed", "not_sent", "failed")
    settle_wallet(long_after(clock.now()))
    assert money(connected, who) == START
    assert_settled(expected={who.customer: 0})


@pytest.mark.parametrize("owed", ["outcome", "return", "both"])
def test_the_database_refuses_a_word_that_is_owed_before_it_is_said(connected: SandboxBank, owed: str) -> None:
    order = start_top_up(card_holder(connected), 10_000)
    with pytest.raises(IntegrityError, match="payments_request_owed"), transaction.atomic():
        ChannelRequest.objects.filter(business_id=order.id).update(owed=owed, tell_at=clock.now())
    with pytest.raises(IntegrityError, match="payments_request_owed"), transaction.atomic():
        ChannelRequest.objects.filter(business_id=order.id).update(tell_at=clock.now())
