"""Paying by an external wallet, at each of them: the action shown, paid once, refunded in parts, given up, refused, late, lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from core.clock import queries as clock
from payments.cashier import outbound, queries, sweeps
from payments.cashier.models import FundingLeg, PaymentAttempt
from payments.cashier.services import closing, paying
from payments.cashier.services.funding import Pick
from payments.channels import services as channels
from tests.payments.cashier.world import (
    assert_settled,
    booked,
    new_order,
    pay,
    pending,
    request_of,
    settle_cashier,
    shop,
)
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
from tests.payments.refunds.world import assert_all_over, refund
from tests.payments.wallet.world import holder, posted

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_payer_is_told_what_to_do_until_it_is_done_and_the_order_is_paid_once(wallet: Wallet) -> None:
    where, who = shop(), holder()
    attempt = waiting(wallet, who, where, 10_000)
    action = queries.action_of(attempt, clock.now())
    assert action is not None
    assert (action.kind, bool(action.value)) == (wallet.kind, True)
    assert queries.action_of(asked_again(attempt), clock.now()) == action
    wallet.acts(number_of(attempt))
    assert asked(attempt).state == "success"
    order = read(attempt.order_id)
    assert (order.state, pending(where), counted(who)) == ("paid", 9_940, 10_000)
    assert booked(order.journal_id)[f"clearing:channel:{wallet.channel}"] == -10_000
    assert queries.action_of(queries.attempt(attempt.id), clock.now()) is None
    assert wallet.kept_fen(number_of(attempt)) == 10_000
    assert_settled()


def asked_again(attempt: PaymentAttempt) -> PaymentAttempt:
    asked(attempt)
    return queries.attempt(attempt.id)


def test_the_other_house_reads_what_the_order_is_for(wallet: Wallet) -> None:
    attempt = waiting(wallet, holder(), shop(), 10_000, subject="一壶龙井 for two")
    assert wallet.named(number_of(attempt)) == "一壶龙井 for two"


def test_words_that_a_wallet_cannot_take_are_made_to_fit(wechat: WechatWallet, alipay: AlipayWallet) -> None:
    where, who = shop(), holder()
    assert wechat.named(number_of(waiting(wechat, who, where, 100, subject="茶" * 128))) == "茶" * 127
    assert alipay.named(number_of(waiting(alipay, who, where, 100, subject="Tea/cake & milk=2"))) == "Tea cake   milk 2"


def test_balance_and_wallet_pay_together_and_every_part_of_a_refund_goes_back_where_it_came_from(wallet: Wallet) -> None:
    where, who = shop(), holder(3_000)
    attempt = waiting(wallet, who, where, 10_000, [Pick("balance", fen=3_000)])
    assert FundingLeg.objects.get(source="balance").hold_id is not None
    wallet.acts(number_of(attempt))
    assert asked(attempt).state == "success"
    order = read(attempt.order_id)
    assert (posted(who), pending(where)) == (0, 9_940)
    assert refund(order, 5_000).state == "succeeded"
    assert (posted(who), wallet.kept_fen(number_of(attempt)), counted(who)) == (1_500, 3_500, 3_500)
    assert refund(read(order.id), 5_000).state == "succeeded"
    assert (posted(who), wallet.kept_fen(number_of(attempt)), counted(who)) == (3_000, 0, 0)
    assert read(order.id).state == "refunded"
    assert_all_over(expected={who: 3_000})


def test_a_payment_that_needs_no_act_is_paid_at_once(stripe: StripeWallet) -> None:
    stripe.number = "4242424242424242"
    where, who = shop(), holder()
    attempt = pay(who, new_order(where, 10_000), [stripe.pick()])
    assert (attempt.result, pending(where)) == ("paid", 9_940)
    assert queries.action_of(attempt, clock.now()) is None
    assert_settled()


def test_what_the_payer_gives_up_is_closed_there_and_the_order_is_paid_another_way(wallet: Wallet) -> None:
    where, who = shop(), holder(10_000)
    attempt = waiting(wallet, who, where, 10_000, [Pick("balance", fen=3_000)])
    with pytest.raises(paying.OrderBeingPaid):
        pay(who, read(attempt.order_id), [Pick("balance")])
    if isinstance(wallet, AlipayWallet):
        wallet.peer.scan(number_of(attempt))
    assert closing.cancellable(customer_id=who.id, attempt_id=attempt.id).pk == attempt.pk
    over = outbound.cancel(attempt_id=attempt.id, at=clock.now())
    assert (over.result, read(attempt.order_id).state, counted(who)) == ("refused", "created", 0)
    assert outbound.cancel(attempt_id=attempt.id, at=clock.now()).result == "refused"
    assert pay(who, read(attempt.order_id), [Pick("balance")]).result == "paid"
    assert wallet.kept_fen(number_of(attempt)) == 0
    assert_settled(expected={who: 0})


def test_what_is_given_up_after_it_was_paid_is_paid(wallet: Wallet) -> None:
    where, who = shop(), holder()
    attempt = waiting(wallet, who, where, 10_000)
    wallet.acts(number_of(attempt))
    assert outbound.cancel(attempt_id=attempt.id, at=clock.now()).result == "paid"
    assert (read(attempt.order_id).state, pending(where)) == ("paid", 9_940)
    assert_settled()


def test_a_code_of_alipay_that_nobody_scanned_cannot_be_given_up_and_still_pays(alipay: AlipayWallet) -> None:
    where, who = shop(), holder(3_000)
    attempt = waiting(alipay, who, where, 10_000, [Pick("balance", fen=3_000)])
    still = outbound.cancel(attempt_id=attempt.id, at=clock.now())
    shown = queries.action_of(still, clock.now())
    assert (still.result, shown is not None, read(attempt.order_id).state) == ("pending", True, "paying")
    alipay.acts(number_of(attempt))
    settle_cashier(clock.now() + timedelta(seconds=10))
    assert read(attempt.order_id).state == "paid"
    assert_settled(expected={who: 0})


def test_an_order_nobody_paid_in_time_is_closed_there_first(wallet: Wallet) -> None:
    where, who = shop(), holder(3_000)
    attempt = waiting(wallet, who, where, 10_000, [Pick("balance", fen=3_000)])
    order = read(attempt.order_id)
    assert queries.action_of(queries.attempt(attempt.id), order.expires_at) is None
    assert sweeps.expire_orders(shard=order.shard, at=order.expires_at) == 1
    order = read(order.id)
    assert (order.state, order.code, posted(who)) == ("closed", "expired", 3_000)
    if isinstance(wallet, AlipayWallet):
        assert queries.attempt(attempt.id).state == "given_up", "nobody has scanned its code, so Alipay has nothing to close"
        wallet.acts(number_of(attempt))
        settle_cashier(order.expires_at + timedelta(seconds=10))
        assert read(order.id).state == "late_refunded"
    else:
        assert queries.attempt(attempt.id).state == "failed"
    assert (wallet.kept_fen(number_of(attempt)), pending(where), counted(who)) == (0, 0, 0)
    assert_settled(expected={who: 3_000})


def test_a_success_after_the_order_was_closed_is_never_told_as_paid_and_goes_back(wallet: Wallet) -> None:
    where, who = shop(), holder(3_000)
    attempt = waiting(wallet, who, where, 10_000, [Pick("balance", fen=3_000)])
    order, request = read(attempt.order_id), request_of(attempt)
    heard = wallet_is_deaf(wallet)
    assert sweeps.expire_orders(shard=order.shard, at=order.expires_at) == 1
    assert (read(order.id).state, queries.attempt(attempt.id).state) == ("closed", "given_up")
    heard()
    wallet.acts(request.request_no)
    settle_cashier(order.expires_at + timedelta(seconds=10))
    assert read(order.id).state == "late_refunded"
    assert (wallet.kept_fen(request.request_no), pending(where), counted(who)) == (0, 0, 0)
    assert_settled(expected={who: 3_000})


def wallet_is_deaf(wallet: Wallet) -> Callable[[], None]:
    """From now on no call is answered, until what is given back is called."""
    peer = wallet.peer
    if not isinstance(wallet, StripeWallet):
        peer.faults = ["timeout_before"] * 50
        return lambda: setattr(peer, "faults", [])
    through, peer.through = peer.through, lambda *_: None
    return lambda: setattr(peer, "through", through)


def test_a_refusal_gives_everything_back_and_the_order_can_be_paid_again(wallet: Wallet) -> None:
    where, who = shop(), holder(10_000)
    order = new_order(where, 10_000)
    if isinstance(wallet, StripeWallet):
        wallet.number = "4242424242424242"
    with wallet.fault("declined"):
        attempt = pay(who, order, [Pick("balance", fen=3_000), wallet.pick()])
    assert (attempt.result, read(order.id).state, posted(who), counted(who)) == ("refused", "created", 10_000, 0)
    assert pay(who, read(order.id), [Pick("balance")]).result == "paid"
    assert_settled(expected={who: 0})


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after", "error_before", "error_after", "forged_answer"])
def test_an_answer_that_was_lost_keeps_all_until_it_is_known_and_the_payer_is_told_what_to_do_after_all(wallet: Wallet, fault: str) -> None:
    where, who = shop(), holder(3_000)
    order = new_order(where, 10_000)
    with wallet.fault(fault):
        attempt = pay(who, order, [Pick("balance", fen=3_000), wallet.pick()])
        assert (attempt.result, request_of(attempt).state) == ("pending", "unknown")
        assert queries.action_of(attempt, clock.now()) is None
    found = asked(attempt)
    action = queries.action_of(queries.attempt(attempt.id), clock.now())
    assert (found.state, action and action.kind) == ("action_required", wallet.kind)
    wallet.acts(number_of(attempt))
    assert asked(attempt).state == "success"
    assert (read(order.id).state, pending(where), wallet.kept_fen(number_of(attempt))) == ("paid", 9_940, 7_000)
    assert_settled(expected={who: 0})


def test_a_wallet_that_is_busy_is_sent_again_under_its_number(wallet: Wallet) -> None:
    where, who = shop(), holder()
    with wallet.fault("busy"):
        attempt = pay(who, new_order(where, 10_000), [wallet.pick()])
    assert (attempt.result, request_of(attempt).state) == ("pending", "new")
    channels.send(request_id=request_of(attempt).id, at=clock.now())
    assert queries.action_of(queries.attempt(attempt.id), clock.now()) is not None
    wallet.acts(number_of(attempt))
    settle_cashier(clock.now() + timedelta(seconds=10))
    assert read(attempt.order_id).state == "paid"
    assert_settled()


def test_what_nobody_takes_up_for_half_an_hour_is_ended_there_and_the_order_waits_for_another_way(wallet: Wallet) -> None:
    where, who = shop(), holder(10_000)
    attempt = waiting(wallet, who, where, 10_000, [Pick("balance", fen=3_000)], life=timedelta(hours=5))
    assert asked(attempt, after=timedelta(minutes=29)).state == "action_required"
    with time_machine.travel(clock.wall() + timedelta(minutes=31)):
        assert asked(attempt, after=timedelta(0)).state == "failed"
    assert (read(attempt.order_id).state, posted(who), counted(who)) == ("created", 10_000, 0)
    assert pay(who, read(attempt.order_id), [Pick("balance")]).result == "paid"
    assert_settled(expected={who: 0})


def test_a_question_that_meets_silence_hides_nothing_from_the_payer(wallet: Wallet) -> None:
    attempt = waiting(wallet, holder(), shop(), 10_000)
    action = queries.action_of(attempt, clock.now())
    heard = wallet_is_deaf(wallet)
    assert asked(attempt).state == "unknown"
    assert queries.action_of(queries.attempt(attempt.id), clock.now()) == action
    heard()
    assert asked(attempt).state == "action_required"
    assert queries.action_of(queries.attempt(attempt.id), clock.now()) == action


def test_a_notice_pays_at_once_and_repeats_or_a_poll_after_it_change_nothing(wallet: Wallet) -> None:
    where, who = shop(), holder()
    attempt = waiting(wallet, who, where, 10_000)
    wallet.acts(number_of(attempt))
    letter = wallet.letters()[0]
    assert [deliver(wallet, letter), deliver(wallet, letter)] == [200, 200]
    assert (read(attempt.order_id).state, pending(where)) == ("paid", 9_940)
    asked(attempt)
    assert (pending(where), counted(who)) == (9_940, 10_000)
    assert_settled()
