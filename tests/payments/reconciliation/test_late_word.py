"""A payment the bank refused and took all the same: its statement shows it, it is asked, two people take it in, the money goes back."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from accounts.ledger import queries as ledger
from accounts.ledger.accounts import platform_account
from core.approvals.services import ApprovalNeeded, applying
from core.clock import queries as clock
from core.limits import queries as limits
from core.outbox.models import OutboxEvent
from payments.cashier import sweeps
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from payments.channels import closing_breaks, late_word, outcomes, services
from payments.channels.models import Break, ChannelRequest
from payments.channels.port import Failed
from payments.reconciliation.models import ReconLine
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.test_unknown import deaf
from tests.payments.cashier.world import BALANCE, Holder, assert_settled, card, card_holder, fund, new_order, pay, pending, request_of, shop
from tests.payments.reconciliation.test_days import breaks
from tests.payments.reconciliation.test_fixing import fixed, offered
from tests.payments.reconciliation.world import clearing, end_of, reconciled
from tests.payments.refunds.world import settle_refunds
from tests.payments.wallet.bank_world import settle_wallet, top_up
from tests.payments.wallet.world import posted
from tests.sandbox_bank import SandboxBank

WRONG = Failed("CARD_FROZEN", decided=True)


def refused(bank: SandboxBank, who: Holder, order: PaymentOrder) -> tuple[PaymentAttempt, ChannelRequest]:
    """An attempt whose card was charged, and whose answer said that it was refused."""
    bank.fault("timeout_after_effect", operations=["payment"], times=1, params={"hold_ms": 5})
    attempt = pay(who.customer, order, [card(who)])
    request = outcomes.conclude(request_id=request_of(attempt).id, result=WRONG, source="answer", at=clock.now())
    bank.clear_faults()
    attempt.refresh_from_db()
    assert (request.state, attempt.state) == ("failed", "failed")
    return attempt, request


def expired(order: PaymentOrder) -> PaymentOrder:
    order.refresh_from_db()
    sweeps.expire_orders(shard=order.shard, at=order.expires_at)
    order.refresh_from_db()
    assert order.state == "closed"
    return order


def used(card_id: UUID, scene: str, day: date) -> int:
    return limits.used(counter=f"card:{scene}:day", owner=card_id, period=day.isoformat())


def the_break() -> Break:
    return Break.objects.get(state="open", source__startswith="statement")


def test_a_closed_orders_payment_is_taken_in_by_two_people_and_given_back(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order = new_order(where, 10_000)
    attempt, request = refused(connected, who, order)
    expired(order)
    day = end_of(connected)
    run = reconciled(day)
    request.refresh_from_db()
    order.refresh_from_db()
    assert (run.state, request.state, order.state, clearing()) == ("matched", "failed", "closed", 0), "nothing by itself"
    assert sorted(kind for kind, _ in breaks()) == ["status", "status"], "the statement's, and the bank's own word"
    assert reconciled(day).state == "matched"
    assert len(breaks()) == 2, "it is asked once"
    found = the_break()
    assert (offered(found).code, offered(found).legs) == ("late_success", ())
    assert used(who.card.id, "pay", day) == 0
    fixed(found)
    for row in (request, order, attempt):
        row.refresh_from_db()
    assert (request.state, request.verdict, request.booked_on) == ("success", "", day)
    assert (order.state, attempt.state, FundingLeg.objects.get().state) == ("paid_late", "late", "committed")
    assert (ledger.balance(platform_account("payable:unapplied")).posted, clearing()) == (10_000, 10_000)
    assert used(who.card.id, "pay", day) == 10_000
    assert breaks() == []
    run = reconciled(day)
    assert (run.state, clearing(), ReconLine.objects.get(run=run).state) == ("closed", 0, "booked")
    settle_refunds(clock.now())
    order.refresh_from_db()
    assert (order.state, connected.card(who.number)["balance_fen"], used(who.card.id, "pay", day)) == ("late_refunded", 100_000_00, 0)
    second = reconciled(end_of(connected))
    assert (second.state, clearing(), breaks()) == ("closed", 0, [])
    assert (pending(where), posted(who.customer), ledger.balance(platform_account("payable:unapplied")).posted) == (0, 0, 0)
    assert not OutboxEvent.objects.filter(topic="order.paid").exists()
    assert_settled()


def test_a_line_whose_fee_is_wrong_too_has_a_break_for_that_when_its_payment_is_taken_in(connected: SandboxBank) -> None:
    who = card_holder(connected)
    order = new_order(shop(), 10_000)
    refused(connected, who, order)
    expired(order)
    connected.fault("changed_line", params={"field": "fee_fen", "delta_fen": 30})
    day = end_of(connected)
    reconciled(day)
    fixed(the_break())
    assert (reconciled(day).state, the_break().kind, clearing()) == ("matched", "fee", 10_000), "nothing is booked that people have to see"
    assert ReconLine.objects.get().disagreement_id == the_break().id
    assert_books_balance()


def test_a_failed_top_ups_payment_is_taken_in_and_goes_back_to_its_card(connected: SandboxBank) -> None:
    who = card_holder(connected)
    connected.fault("timeout_after_effect", operations=["payment"], times=1, params={"hold_ms": 5})
    order = top_up(who, 10_000)
    outcomes.conclude(request_id=order.request_id, result=WRONG, source="answer", at=clock.now())
    connected.clear_faults()
    run = reconciled(end_of(connected))
    fixed(the_break())
    order.refresh_from_db()
    assert (order.state, order.code) == ("refunding", "late_success")
    assert reconciled(run.day).state == "closed"
    settle_wallet(clock.now())
    order.refresh_from_db()
    assert (order.state, posted(who.customer), connected.card(who.number)["balance_fen"]) == ("refunded", 0, 100_000_00)
    assert reconciled(end_of(connected)).state == "closed"
    assert (clearing(), breaks()) == (0, [])
    assert_books_balance()


def test_where_the_order_was_paid_another_way_the_money_is_owed_and_nothing_is_told_to_the_order(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    fund(who.customer, 10_000)
    order = new_order(where, 10_000)
    _, request = refused(connected, who, order)
    pay(who.customer, order, BALANCE)
    run = reconciled(end_of(connected))
    assert offered(the_break()).code == "unapplied"
    with applying(closing_breaks.ACT, maker="staff:mia", checker="staff:cara"), pytest.raises(late_word.NotTaken):
        late_word.accept(request_id=request.id, channel_no="P1", fee_fen=20, booked_on=run.day, at=clock.now())
    fixed(the_break())
    request.refresh_from_db()
    order.refresh_from_db()
    assert (request.state, order.state, ledger.balance(platform_account("payable:unapplied")).posted) == ("failed", "paid", 10_000)
    assert reconciled(run.day).state == "closed"
    assert_books_balance()


def test_nothing_is_offered_until_the_bank_says_so_itself_and_nothing_is_taken_in_by_one_person(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order = new_order(where, 10_000)
    _, request = refused(connected, who, order)
    expired(order)
    day = end_of(connected)
    deaf(connected)
    assert reconciled(day).state == "matched"
    assert [kind for kind, _ in breaks()] == ["status"]
    assert offered(the_break()) is None
    connected.clear_faults()
    services.query(request_id=request.id, at=clock.now())
    assert offered(the_break()) is None, "a failed request is not asked about by its own schedule"
    late_word.hear(request_id=request.id, at=clock.now() + timedelta(hours=1))
    assert offered(the_break()).code == "late_success"
    with pytest.raises(ApprovalNeeded):
        late_word.accept(request_id=request.id, channel_no="P1", fee_fen=20, booked_on=day, at=clock.now())
    request.refresh_from_db()
    assert (request.state, clearing()) == ("failed", 0)
    assert_books_balance()
