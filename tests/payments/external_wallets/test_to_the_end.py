"""From a payer's phone to a closed day: paid and refunded at an external wallet, on its statement, disputed, and seen at the desk."""

import time
from typing import Any

import pytest
from django.urls import reverse

from accounts.ledger import queries as ledger
from core.clock import queries as clock
from payments.cashier.services.funding import Pick
from payments.channels.models import ChannelRequest
from payments.external_wallets.wallets import NAME
from payments.reconciliation import journals, services
from payments.reconciliation.models import ReconLine
from tests.desk.people import staff, verified
from tests.factories import api
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import assert_settled, card, card_holder, new_order, pay, pending, shop
from tests.payments.disputes.world import chargeback, dispute, lost, won
from tests.payments.external_wallets.world import Wallet, WechatWallet, asked, number_of, read, waiting
from tests.payments.reconciliation.sides import tomorrow
from tests.payments.reconciliation.test_days import breaks
from tests.payments.refunds.world import assert_all_over, refund, settle_refunds
from tests.payments.wallet.world import holder, posted

pytestmark = pytest.mark.django_db(transaction=True)


def paid(wallet: Wallet, who: Any, where: Any, fen: int, picks: list[Pick] | None = None) -> Any:
    attempt = waiting(wallet, who, where, fen, picks)
    wallet.acts(number_of(attempt))
    assert asked(attempt).state == "success"
    return attempt


def test_what_was_paid_and_refunded_is_on_the_statement_and_the_day_closes(wallet: Wallet, time_machine: Any) -> None:
    where, who = shop(), holder(3_000)
    attempt = paid(wallet, who, where, 10_000, [Pick("balance", fen=3_000)])
    assert refund(read(attempt.order_id), 5_000).state == "succeeded"
    run = services.reconcile(channel=wallet.channel, day=tomorrow(time_machine), at=clock.now())
    assert (run.state, breaks()) == ("closed", [])
    lines = ReconLine.objects.filter(run=run, state="booked").order_by("kind").values_list("kind", "amount_fen", "request_no")
    numbers = {row.operation: row.request_no for row in ChannelRequest.objects.all()}
    assert list(lines) == [("payment", 7_000, numbers["pay"]), ("refund", 3_500, numbers["refund"])]
    assert ledger.balance(journals.clearing(wallet.channel)).posted == 0
    assert_books_balance()


def test_a_dispute_of_it_is_won_or_lost_like_any_other(wallet: Wallet) -> None:
    where, who = shop(), holder(3_000)
    attempt = paid(wallet, who, where, 10_000, [Pick("balance", fen=3_000)])
    assert won(dispute(read(attempt.order_id))).state == "won"
    assert pending(where) == 9_940
    other = paid(wallet, who, where, 4_000)
    lost(dispute(read(other.order_id)))
    settle_refunds(clock.now())
    assert (read(other.order_id).state, wallet.kept_fen(number_of(other)), pending(where)) == ("refunded", 0, 9_940)
    assert_all_over(expected={who: 0})


def test_the_order_and_the_call_are_told_at_the_desk(wechat: WechatWallet) -> None:
    attempt = waiting(wechat, holder(), shop(), 10_000)
    client = verified(staff("sam", "support"))
    page = client.get(reverse("admin:payments_paymentorder_change", args=[attempt.order_id])).content.decode()
    request = ChannelRequest.objects.get()
    for text in (NAME, "wechat_v3", request.public_id, "wechat_v3 pay"):
        assert text in page, text
    call = client.get(reverse("admin:payments_channelrequest_change", args=[request.pk])).content.decode()
    assert "scan" in call
    assert request.action_url not in call
    assert request.action_url not in page


ATTEMPTS = "/v1/payments/cashier/attempts"


def test_over_http_the_action_is_shown_by_the_payment_and_every_poll_and_giving_up_ends_it(wechat: WechatWallet) -> None:
    who, order = holder(3_000), new_order(shop(), 10_000)
    client = api(who)
    body = {"methods": [{"method": "balance", "amount": 3_000}, wechat.chosen()]}
    answer = client.post(f"/v1/payments/cashier/orders/{order.public_id}/pay", body, key="one")
    shown = answer.json()
    assert (answer.status_code, shown["result"], shown["action"]["kind"]) == (201, "pending", "scan")
    assert shown["action"]["value"].startswith("weixin://wxpay/bizpayurl")
    assert client.get(f"{ATTEMPTS}/{shown['id']}").json()["action"] == shown["action"]
    assert [(leg["method"], leg["ref"], leg["state"]) for leg in shown["legs"]] == [
        ("balance", "", "held"),
        (NAME, "wechat_v3", "unknown"),
    ]
    assert client.post(f"/v1/payments/cashier/orders/{order.public_id}/pay", body, key="one").content == answer.content
    over = client.post(f"{ATTEMPTS}/{shown['id']}/cancel", {}, key="two")
    assert (over.status_code, over.json()["result"], over.json()["action"], over.json()["code"]) == (200, "refused", None, "CLOSED")
    assert client.post(f"{ATTEMPTS}/{shown['id']}/cancel", {}, key="two").content == over.content
    assert client.get(f"/v1/payments/cashier/orders/{order.public_id}").json()["status"] == "payable"
    assert_settled(expected={who: 3_000})


def test_a_card_that_its_bank_decides_on_cannot_be_given_up(connected: Any) -> None:
    who, order = card_holder(connected), new_order(shop(), 10_000)
    connected.fault("processing_then_success", operations=["payment"], times=1, params={"after_ms": 0})
    attempt = pay(who.customer, order, [card(who)])
    assert attempt.result == "pending"
    refused = api(who.customer).post(f"{ATTEMPTS}/{attempt.public_id}/cancel", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "attempt_not_cancellable")


@pytest.mark.parametrize("hangs", [1, 2])
def test_the_payer_has_an_answer_within_ten_seconds_however_long_it_takes(wechat: WechatWallet, hangs: int) -> None:
    """Giving up is two exchanges at WeChat Pay: the first hangs for long, or both do."""
    attempt = waiting(wechat, holder(), shop(), 10_000)
    client, answered, times = api(attempt.customer), wechat.peer.answered, iter([6.0, 6.0][:hangs])

    def slowly(*given: Any) -> Any:
        time.sleep(next(times, 0.0))
        return answered(*given)

    wechat.peer.answered = slowly  # type: ignore[method-assign]
    begun = time.monotonic()
    shown = client.post(f"{ATTEMPTS}/{attempt.public_id}/cancel", {}).json()
    took = time.monotonic() - begun
    assert (took < 10, shown["result"]) == (True, "refused" if hangs == 1 else "pending"), took
    wechat.peer.answered = answered  # type: ignore[method-assign]
    assert asked(attempt).state == "failed"
    assert read(attempt.order_id).state == "created"
    assert_settled()


def test_a_chargeback_takes_the_wallets_part_alone(wechat: WechatWallet) -> None:
    where, who = shop(), holder(3_000)
    attempt = paid(wechat, who, where, 10_000, [Pick("balance", fen=3_000)])
    lost(chargeback(read(attempt.order_id), 7_000))
    settle_refunds(clock.now())
    assert (read(attempt.order_id).state, read(attempt.order_id).refunded_fen, posted(who)) == ("partially_refunded", 7_000, 0)
    assert wechat.kept_fen(number_of(attempt)) == 7_000, "the channel took it by itself: it is asked for nothing"
    assert_all_over(expected={who: 0})
