"""Many at once at an external wallet: a notice against a poll, a payer who pays while they give up, an order that ends meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.ledger.models import Journal
from core.clock import queries as clock
from payments.cashier import journals, outbound, sweeps
from payments.cashier.models import PaymentAttempt
from payments.cashier.services.funding import Pick
from payments.external_wallets.wallets import DAY, NAME, DayUsedUp
from tests.factories import Client, api
from tests.payments.cashier.world import assert_settled, new_order, pay, pending, request_of, settle_cashier, shop
from tests.payments.external_wallets.world import Wallet, WechatWallet, asked, counted, deliver, number_of, read, waiting
from tests.payments.wallet.world import holder
from tests.rules import capped
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def paid_once(attempt: Any) -> None:
    assert Journal.objects.filter(event__in=[journals.PAID, journals.LATE]).count() == 1
    assert read(attempt.order_id).state == "paid"


def test_notices_and_polls_at_once_pay_the_order_once(wallet: Wallet) -> None:
    where, who = shop(), holder(3_000)
    attempt = waiting(wallet, who, where, 10_000, [Pick("balance", fen=3_000)])
    wallet.acts(number_of(attempt))
    letter = wallet.letters()[0]

    def act(number: int) -> Any:
        return deliver(wallet, letter) if number % 2 else asked(attempt).state

    assert set(together(act, 6)) <= {200, "success"}
    asked(attempt)
    paid_once(attempt)
    assert (pending(where), counted(who)) == (9_940, 7_000)
    assert_settled(expected={who: 0})


@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_a_payer_who_pays_while_it_is_ended_has_paid_once_or_not_at_all(wallet: Wallet, end: str) -> None:
    where, who = shop(), holder(3_000)
    attempt = waiting(wallet, who, where, 10_000, [Pick("balance", fen=3_000)])
    order, number = read(attempt.order_id), number_of(attempt)

    def act(place: int) -> Any:
        if place == 0:  # refused by the peer where it was ended before
            return wallet.acts(number)
        if end == "cancel":
            return outbound.cancel(attempt_id=attempt.id, at=clock.now()).result
        return sweeps.expire_orders(shard=order.shard, at=order.expires_at)

    together(act, 3)
    settle_cashier(order.expires_at + timedelta(minutes=31))
    order = read(order.id)
    kept = wallet.kept_fen(number)
    if order.state == "paid":
        assert (kept, pending(where), counted(who)) == (7_000, 9_940, 7_000)
        assert_settled(expected={who: 0})
    else:
        assert (kept, pending(where), counted(who)) == (0, 0, 0)
        assert order.state in ("created", "closed", "late_refunded")
        assert_settled(expected={who: 3_000})


def test_giving_up_many_times_at_once_ends_it_once(wechat: WechatWallet) -> None:
    who = holder()
    attempt = waiting(wechat, who, shop(), 10_000)
    results = together(lambda _: outbound.cancel(attempt_id=attempt.id, at=clock.now()).result, 4)
    assert set(results) <= {"refused", "pending"}
    outbound.cancel(attempt_id=attempt.id, at=clock.now())
    assert (read(attempt.order_id).state, counted(who)) == ("created", 0)
    assert_settled()


def test_two_orders_at_once_do_not_pass_the_day(wechat: WechatWallet) -> None:
    capped(DAY, 10_000)
    where, who = shop(), holder()
    rows = [new_order(where, 6_000) for _ in range(3)]
    results = together(lambda place: pay(who, rows[place], [wechat.pick()]), 3)
    refused = [found for found in results if isinstance(found, Exception)]
    assert len(refused) == 2
    assert all(isinstance(found, DayUsedUp) or getattr(found, "code", "") == "funding_not_covered" for found in refused), refused
    assert counted(who) == 6_000
    outbound.cancel(attempt_id=next(found.id for found in results if not isinstance(found, Exception)), at=clock.now())
    assert counted(who) == 0
    assert_settled()


def test_twelve_pays_with_one_key_make_one_request_and_equal_answers(wechat: WechatWallet) -> None:
    who, order = holder(), new_order(shop(), 10_000)
    token = api(who)._credentials["HTTP_AUTHORIZATION"]

    def call(_: int) -> Any:
        own = Client()
        own.credentials(HTTP_AUTHORIZATION=token)
        for _try in range(60):
            answer: Any = own.post(
                f"/v1/payments/cashier/orders/{order.public_id}/pay", {"methods": [{"method": NAME, "ref": "wechat_v3"}]}, key="one-key"
            )
            if answer.status_code != 409 or answer.json()["code"] != "idempotency_key_running":
                break
        return answer.status_code, answer.content

    answers = together(call, 12)
    assert len(set(answers)) == 1
    assert (answers[0][0], len(wechat.peer.trades)) == (201, 1)
    attempt = PaymentAttempt.objects.get(order=order)
    assert request_of(attempt).sends == 1
    assert outbound.cancel(attempt_id=attempt.id, at=clock.now()).result == "refused"
    assert_settled()
