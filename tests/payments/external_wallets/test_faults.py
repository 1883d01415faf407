"""Every fault that the peers of external wallets can do, at giving up and at a refund as well: it ends, and both houses agree."""

from datetime import timedelta

import pytest

from core.clock import queries as clock
from payments.cashier import outbound, queries
from payments.cashier.services.funding import Pick
from payments.channels.models import Break
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import assert_settled, new_order, pay, pending, request_of, settle_cashier, shop
from tests.payments.external_wallets.test_to_the_end import paid
from tests.payments.external_wallets.world import (
    AlipayWallet,
    StripeWallet,
    Wallet,
    WechatWallet,
    asked,
    counted,
    deliver,
    number_of,
    read,
    waiting,
)
from tests.payments.refunds.world import assert_all_over, refund, settle_refunds
from tests.payments.wallet.world import holder, posted

pytestmark = pytest.mark.django_db(transaction=True)
FAULTS = ["timeout_before", "timeout_after", "error_before", "error_after", "forged_answer", "busy", "declined"]


@pytest.mark.parametrize("fault", FAULTS)
def test_giving_up_ends_it_whatever_goes_wrong_first(wallet: Wallet, fault: str) -> None:
    where, who = shop(), holder(3_000)
    attempt = waiting(wallet, who, where, 10_000, [Pick("balance", fen=3_000)])
    if isinstance(wallet, AlipayWallet):
        wallet.peer.scan(number_of(attempt))
    with wallet.fault(fault):
        first = outbound.cancel(attempt_id=attempt.id, at=clock.now())
    assert first.result in ("pending", "refused")
    assert (first.result == "refused") == (read(attempt.order_id).state == "created")
    assert outbound.cancel(attempt_id=attempt.id, at=clock.now()).result == "refused"
    assert (read(attempt.order_id).state, posted(who), counted(who)) == ("created", 3_000, 0)
    assert wallet.kept_fen(number_of(attempt)) == 0
    assert_settled(expected={who: 3_000})


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refund_is_done_once_whatever_goes_wrong_first(wallet: Wallet, fault: str) -> None:
    where, who = shop(), holder(3_000)
    attempt = paid(wallet, who, where, 10_000, [Pick("balance", fen=3_000)])
    with wallet.fault(fault):
        made = refund(read(attempt.order_id), 5_000)
    settle_refunds(clock.now())
    made.refresh_from_db()
    if isinstance(wallet, AlipayWallet) and fault == "declined":
        assert (made.state, wallet.kept_fen(number_of(attempt)), posted(who)) == ("to_manual", 7_000, 0)
        assert_books_balance(open_holds=1)
        return
    assert (made.state, read(attempt.order_id).refunded_fen) == ("succeeded", 5_000)
    assert (wallet.kept_fen(number_of(attempt)), posted(who), counted(who)) == (3_500, 1_500, 3_500)
    assert_all_over(expected={who: 1_500})


def test_a_refund_that_wechat_pay_takes_its_time_for_is_waited_for(wechat: WechatWallet) -> None:
    where, who = shop(), holder()
    attempt = paid(wechat, who, where, 10_000)
    wechat.peer.refunds_begin_as = "PROCESSING"
    made = refund(read(attempt.order_id), 4_000)
    assert (made.state, read(attempt.order_id).refunding_fen) == ("processing", 4_000)
    for told in wechat.peer.refunds.values():
        told |= {"status": "SUCCESS", "success_time": wechat.peer.now().isoformat()}
    settle_refunds(clock.now() + timedelta(seconds=10))
    made.refresh_from_db()
    assert (made.state, pending(where)) == ("succeeded", 5_964)
    assert_all_over()


def test_a_buyer_who_scanned_already_when_the_answer_comes_still_has_to_pay(alipay: AlipayWallet) -> None:
    where, who = shop(), holder()
    with alipay.fault("pending"):
        attempt = pay(who, new_order(where, 10_000), [alipay.pick()])
    action = queries.action_of(attempt, clock.now())
    assert action is not None
    assert (asked(attempt).state, queries.action_of(queries.attempt(attempt.id), clock.now())) == ("action_required", action)
    alipay.acts(number_of(attempt))
    settle_cashier(clock.now() + timedelta(seconds=10))
    assert read(attempt.order_id).state == "paid"
    assert_settled()


def test_a_payer_who_does_not_prove_themselves_to_their_cards_bank_has_paid_nothing(stripe: StripeWallet) -> None:
    where, who = shop(), holder(10_000)
    attempt = waiting(stripe, who, where, 10_000, [Pick("balance", fen=3_000)])
    intent = stripe.peer.intent(number_of(attempt))
    stripe.peer.made(f"/v1/payment_intents/{intent['id']}/_authenticate", client_secret=intent["client_secret"], success="false")
    settle_cashier(clock.now() + timedelta(seconds=10))
    assert (queries.attempt(attempt.id).state, read(attempt.order_id).state, request_of(attempt).state) == ("failed", "created", "failed")
    assert pay(who, read(attempt.order_id), [Pick("balance")]).result == "paid"
    assert_settled(expected={who: 0})


def test_another_amount_than_asked_for_is_a_break_and_pays_nothing(wechat: WechatWallet) -> None:
    where, who = shop(), holder(3_000)
    attempt = waiting(wechat, who, where, 10_000, [Pick("balance", fen=3_000)])
    number = number_of(attempt)
    wechat.peer.trades[number]["_as"]["amount"]["total"] = 1
    wechat.acts(number)
    assert deliver(wechat, wechat.letters()[0]) == 200
    assert asked(attempt).state == "unknown"
    assert (read(attempt.order_id).state, pending(where), Break.objects.filter(kind="amount").exists()) == ("paying", 0, True)
    wechat.peer.trades[number]["amount"]["total"] = 7_000
    wechat.peer.trades[number]["_left"] = 7_000
    assert asked(attempt).state == "success"
    assert (read(attempt.order_id).state, pending(where)) == ("paid", 9_940)
    assert_settled(expected={who: 0})


def test_a_notice_after_the_payer_gave_up_is_a_break_and_no_payment(wechat: WechatWallet) -> None:
    """WeChat Pay closes what is not paid; should it tell a success of a closed order all the same, people find out."""
    where, who = shop(), holder()
    attempt = waiting(wechat, who, where, 10_000)
    number = number_of(attempt)
    assert outbound.cancel(attempt_id=attempt.id, at=clock.now()).result == "refused"
    wechat.peer.trades[number]["trade_state"] = "NOTPAY"
    wechat.acts(number)
    assert deliver(wechat, wechat.letters()[0]) == 200
    assert (read(attempt.order_id).state, pending(where)) == ("created", 0)
    assert [found.kind for found in Break.objects.all()] == ["status"]
    assert_settled()


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after"])
def test_a_code_that_was_lost_and_could_not_be_given_up_comes_after_all(alipay: AlipayWallet, fault: str) -> None:
    """Nobody has it yet, so Alipay has nothing to close: it is asked for anew instead of being waited for."""
    where, who = shop(), holder()
    with alipay.fault(fault):
        attempt = pay(who, new_order(where, 10_000), [alipay.pick()])
    assert outbound.cancel(attempt_id=attempt.id, at=clock.now()).result == "pending"
    assert (asked(attempt).state, queries.action_of(queries.attempt(attempt.id), clock.now()) is not None) == ("action_required", True)
    alipay.acts(number_of(attempt))
    assert asked(attempt).state == "success"
    assert (read(attempt.order_id).state, pending(where)) == ("paid", 9_940)
    assert_settled()
