"""Top-ups and withdrawals against the real sandbox bank: journals by number, refusals, returns, late successes."""

from datetime import timedelta

import pytest

from accounts.ledger.accounts import platform_account
from accounts.ledger.models import Hold, Journal, LedgerAccount
from accounts.ledger.queries import balance
from accounts.ledger.refusals import InsufficientFunds
from accounts.security.services import StepUpNeeded
from core.clock import queries as clock
from core.outbox.models import OutboxEvent
from core.work.queries import waiting
from payments.cards.models import CardLimit
from payments.cards.services import CardInUse, OverSingleLimit, unbind
from payments.channels import services as channels
from payments.wallet import journals, outbound, sweeps
from payments.wallet.closing import Orders
from payments.wallet.models import TopUp, Withdrawal
from payments.wallet.services import top_ups, withdrawals
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
from tests.payments.wallet.world import available, freeze, intent, posted, terms
from tests.rules import newer
from tests.sandbox_bank import SandboxBank

CLEARING = platform_account("clearing:channel:sandbox_bank")


def amounts(event: str) -> dict[str, int]:
    """Account name to signed amount of the one journal of an event."""
    journal = Journal.objects.get(event=event)
    names = dict(LedgerAccount.objects.filter(id__in=journal.accounts).values_list("id", "name"))
    return {names[account]: amount for account, amount in zip(journal.accounts, journal.amounts, strict=True)}


def test_journal_1_a_top_up_of_100_yuan(connected: SandboxBank) -> None:
    who = card_holder(connected)
    done = top_up(who, 10_000)
    assert (done.state, done.result, done.code) == ("succeeded", "succeeded", "")
    assert amounts(journals.TOP_UP) == {"clearing:channel:sandbox_bank": -10_000, "user:balance": 10_000}
    assert done.journal_id == Journal.objects.get(event=journals.TOP_UP).id
    assert connected.card(who.number)["balance_fen"] == 100_000_00 - 10_000
    assert_settled(expected={who.customer: 10_000})


def test_a_top_up_the_bank_refuses_says_why_and_moves_nothing(connected: SandboxBank) -> None:
    who = card_holder(connected)
    refused = top_up(who, 66_601)
    assert (refused.state, refused.result, refused.code, refused.journal_id) == ("failed", "refused", "INSUFFICIENT_FUNDS", None)
    assert_settled(expected={who.customer: 0})


def test_a_top_up_the_bank_has_not_decided_is_processing_and_ends_by_the_jobs(connected: SandboxBank) -> None:
    who = card_holder(connected)
    connected.fault("processing_then_success", operations=["payment"], times=1, params={"after_ms": 0})
    waiting = top_up(who, 5_000)
    assert (waiting.state, waiting.result) == ("processing", "processing")
    request = request_of(waiting)
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    connected.resolve(merchant, request.request_no)
    settle_wallet(clock.now() + timedelta(seconds=10))
    assert TopUp.objects.get().state == "succeeded"
    assert_settled(expected={who.customer: 5_000})


def test_a_card_in_use_cannot_be_unbound(connected: SandboxBank) -> None:
    who = card_holder(connected)
    start_top_up(who, 5_000)
    with pytest.raises(CardInUse):
        unbind(customer_id=who.customer.id, card_id=who.card.id, at=clock.now())


def test_the_cards_single_limit_is_kept_to_the_fen(connected: SandboxBank) -> None:
    who = card_holder(connected)
    limit = CardLimit.objects.filter(bank_id=who.card.bank_id, kind=who.card.kind, scene="top_up").order_by("-effective_on").first()
    assert limit is not None
    newer(limit, single_fen=7_000)
    with pytest.raises(OverSingleLimit):
        top_up(who, 7_001)
    assert TopUp.objects.count() == 0
    assert top_up(who, 7_000).state == "succeeded"


def test_journal_5_a_success_after_the_order_was_given_up_goes_back_to_the_card(connected: SandboxBank) -> None:
    who = card_holder(connected)
    connected.fault("processing_then_success", operations=["payment"], times=1, params={"after_ms": 0})
    waiting = top_up(who, 10_000)
    connected.fault("http_500_burst", operations=["payment_close", "payment_query"], params={"n": 50})
    later = long_after(clock.now())
    assert sweeps.give_up_top_ups(shard=waiting.shard, at=later) == 1
    closed = TopUp.objects.get()
    assert (closed.state, closed.result, closed.code) == ("closed", "refused", "given_up")
    connected.clear_faults()
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    connected.resolve(merchant, request_of(waiting).request_no)
    channels.query(request_id=waiting.request_id, at=later)
    late = TopUp.objects.get()
    assert (late.state, posted(who.customer)) == ("refunding", 0)
    assert amounts(journals.TOP_UP_LATE) == {"clearing:channel:sandbox_bank": -10_000, "payable:unapplied": 10_000}
    settle_wallet(later)
    back = TopUp.objects.get()
    assert (back.state, back.result) == ("refunded", "refused")
    assert balance(CLEARING).posted == 0
    assert balance(platform_account("payable:unapplied")).posted == 0
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    assert_settled(expected={who.customer: 0})


def test_giving_up_closes_at_the_bank_first_so_that_nothing_comes_late(connected: SandboxBank) -> None:
    who = card_holder(connected)
    connected.fault("processing_then_success", operations=["payment"], times=1, params={"after_ms": 0})
    waiting = top_up(who, 10_000)
    sweeps.give_up_top_ups(shard=waiting.shard, at=long_after(clock.now()))
    closed = TopUp.objects.get()
    assert (closed.state, closed.code) == ("failed", "ORDER_CLOSED")
    assert_settled(expected={who.customer: 0})


def test_journal_2_a_withdrawal_of_600_yuan_with_a_fee_of_2(connected: SandboxBank) -> None:
    terms(free_fen_per_month=0, fee_bp=10, fee_min_fen=200)
    who = card_holder(connected, fen=100_000)
    held = hold_withdrawal(who, 60_000)
    assert (held.state, held.fee_fen, posted(who.customer), available(who.customer)) == ("held", 200, 100_000, 39_800)
    paid = outbound.send_withdrawal(withdrawal_id=held.id, at=clock.now())
    assert (paid.state, paid.result) == ("paid", "succeeded")
    assert amounts(journals.WITHDRAWAL_SENT) == {"user:balance": -60_200, "transit:withdraw": 60_000, "income:fee": 200}
    assert amounts(journals.WITHDRAWAL_PAID) == {"transit:withdraw": -60_000, "clearing:channel:sandbox_bank": 60_000}
    assert connected.card(who.number)["balance_fen"] == 100_000_00 + 60_000
    assert_settled(expected={who.customer: 39_800})


def test_a_withdrawal_that_comes_back_is_mirrored_with_its_fee_once(connected: SandboxBank) -> None:
    terms(free_fen_per_month=0, fee_bp=10, fee_min_fen=200)
    who = card_holder(connected, fen=100_000)
    paid = withdraw(who, 60_000)
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    connected.return_payout(merchant, request_of(paid).request_no)
    for _ in range(2):
        channels.query(request_id=request_of(paid).id, at=clock.now())
    back = Withdrawal.objects.get()
    assert (back.state, back.result, back.code) == ("returned", "returned", "PAYEE_ACCOUNT_CLOSED")
    assert amounts(journals.WITHDRAWAL_BACK) == {"user:balance": 60_200, "transit:withdraw": -60_000, "income:fee": -200}
    assert amounts(journals.WITHDRAWAL_UNPAID) == {"transit:withdraw": 60_000, "clearing:channel:sandbox_bank": -60_000}
    assert (balance(platform_account("income:fee")).posted, balance(platform_account("transit:withdraw")).posted) == (0, 0)
    assert_settled(expected={who.customer: 100_000})


def test_a_withdrawal_the_bank_refuses_gives_back_amount_fee_and_allowance(connected: SandboxBank) -> None:
    terms(free_fen_per_month=10_000, fee_bp=10, fee_min_fen=200)
    who = card_holder(connected, fen=100_000)
    connected.fault("decline", operations=["payout"], times=1, params={"code": "RISK_REFUSED"})
    refused = withdraw(who, 60_000)
    assert (refused.state, refused.result, refused.code, refused.free_fen) == ("failed", "refused", "RISK_REFUSED", 10_000)
    quoted = withdrawals.quote(customer_id=who.customer.id, amount_fen=60_000, at=clock.now())
    assert (quoted.free_left_fen, quoted.fee.fee_fen) == (10_000, 200)
    assert_settled(expected={who.customer: 100_000})


def test_the_months_free_allowance_is_used_up_and_comes_anew_next_month(connected: SandboxBank) -> None:
    terms(free_fen_per_month=10_000, fee_bp=10, fee_min_fen=200)
    who = card_holder(connected, fen=100_000)
    assert (withdraw(who, 9_999).fee_fen, withdraw(who, 1).fee_fen, withdraw(who, 1).fee_fen) == (0, 0, 200)
    next_month = clock.now() + timedelta(days=32)
    assert withdrawals.quote(customer_id=who.customer.id, amount_fen=10_000, at=next_month).fee.fee_fen == 0
    assert_settled(expected={who.customer: 100_000 - 10_001 - 200})


def test_amount_and_fee_must_both_be_there(connected: SandboxBank) -> None:
    terms(free_fen_per_month=0, fee_bp=10, fee_min_fen=200)
    who = card_holder(connected, fen=60_199)
    with pytest.raises(InsufficientFunds):
        withdraw(who, 60_000)
    assert Withdrawal.objects.count() == Hold.objects.count() == 0
    assert withdraw(who, 59_999).state == "paid"


def test_over_the_pin_free_amount_a_withdrawal_needs_a_proof(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=60_000)
    with pytest.raises(StepUpNeeded):
        withdrawals.hold(intent=intent(who.customer), card_id=who.card.id, amount_fen=20_001, at=clock.now())
    assert Withdrawal.objects.count() == 0


def test_a_withdrawal_held_by_a_process_that_died_is_sent_by_the_sweeper(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=60_000)
    held = hold_withdrawal(who, 50_000)
    assert sweeps.send_held(shard=held.shard, at=clock.now()) == 0
    assert sweeps.send_held(shard=held.shard, at=clock.now() + timedelta(seconds=61)) == 1
    assert Withdrawal.objects.get().state == "paid"
    assert_settled(expected={who.customer: 10_000})


def test_a_customer_frozen_after_the_hold_sends_nothing_out(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=60_000)
    held = hold_withdrawal(who, 50_000)
    freeze(who.customer)
    freed = outbound.send_withdrawal(withdrawal_id=held.id, at=clock.now())
    assert (freed.state, freed.code, freed.sent_journal_id) == ("failed", "customer_not_active", None)
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    assert_settled(expected={who.customer: 60_000})


def test_a_withdrawal_whose_hold_ran_out_is_over(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=60_000)
    held = hold_withdrawal(who, 50_000)
    late = clock.now() + withdrawals.HOLD_LIFE + timedelta(seconds=1)
    assert sweeps.send_held(shard=held.shard, at=late) == 1
    over = Withdrawal.objects.get()
    assert (over.state, over.code, over.sent_journal_id) == ("failed", "hold_not_open", None)
    assert_settled(expected={who.customer: 60_000})


def test_a_withdrawal_paid_within_seven_days_keeps_the_account_open(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=60_000)
    paid = withdraw(who, 50_000)
    soon, later = (paid.changed_at + timedelta(days=7, seconds=seconds) for seconds in (0, 1))
    assert [found.code for found in Orders().obstacles(customer_id=who.customer.id, at=soon)] == ["withdrawals_recent"]
    assert Orders().obstacles(customer_id=who.customer.id, at=later) == []


def test_a_late_refund_the_bank_refuses_becomes_an_operators_work(connected: SandboxBank) -> None:
    who = card_holder(connected)
    late = late_success(connected, who)
    connected.fault("decline", operations=["refund"], times=1, params={"code": "RISK_REFUSED"})
    settle_wallet(clock.now() + timedelta(minutes=2))
    assert TopUp.objects.get().state == "to_manual"
    assert [item.target for item in waiting(kind="top_up.refund_refused")] == [late.public_id]
    event = OutboxEvent.objects.get(topic="top_up.refunding")
    assert event.key == late.public_id


def test_a_channel_shut_after_the_hold_frees_it(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=60_000)
    held = hold_withdrawal(who, 50_000)
    channels.Channel.objects.update(enabled=False)
    freed = outbound.send_withdrawal(withdrawal_id=held.id, at=clock.now())
    assert (freed.state, freed.code, freed.sent_journal_id) == ("failed", "channel_off", None)
    assert_settled(expected={who.customer: 60_000})


def test_a_late_refund_waits_for_a_channel_that_is_shut(connected: SandboxBank) -> None:
    who = card_holder(connected)
    late = late_success(connected, who)
    channels.Channel.objects.update(enabled=False)
    with pytest.raises(channels.ChannelOff):
        top_ups.place_refund(top_up_id=late.id, at=clock.now())
    assert TopUp.objects.get().state == "refunding"
    channels.Channel.objects.update(enabled=True)
    settle_wallet(long_after(clock.now()))
    assert TopUp.objects.get().state == "refunded"
    assert_settled(expected={who.customer: 0})


def late_success(bank: SandboxBank, who: Holder) -> TopUp:
    """A top-up given up locally whose payment succeeded after."""
    bank.fault("processing_then_success", operations=["payment"], times=1, params={"after_ms": 0})
    waiting = top_up(who, 10_000)
    top_ups.give_up(top_up_id=waiting.id, closed_id=waiting.request_id, at=clock.now())
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    bank.resolve(merchant, request_of(waiting).request_no)
    channels.query(request_id=waiting.request_id, at=clock.now())
    return TopUp.objects.get(pk=waiting.pk)
