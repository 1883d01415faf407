"""kill -9 of whoever charges a shown code or undoes that: paid once, given back once, and the same request finds it again."""

from datetime import timedelta

import pytest

from core.clock import queries as clock
from payments.cashier.models import PaymentOrder
from payments.channels.models import ChannelRequest
from payments.qr import outbound, queries
from payments.qr.models import PayerCode
from payments.qr.services import charging
from payments.refunds.models import Refund
from tests.payments.cashier.world import assert_settled, card_holder, holder, pending, settle_cashier, shop
from tests.payments.killing import AFTER, BEFORE, killed
from tests.payments.qr.world import hear, read, show, wanted
from tests.payments.refunds.test_card import FULL
from tests.payments.refunds.world import assert_all_over, settle_refunds
from tests.payments.wallet.world import open_day, posted
from tests.sandbox_bank import SandboxBank

PLACED = "payments.cashier.outbound.ask"
"""The attempt is committed, its request not yet sent."""
PAID = "+payments.cashier.services.paying.commit"
CLOSING = "payments.cashier.outbound.close_seated"
"""The order is `closing`, and its channel not asked yet."""
ASKED = "+payments.refunds.services.asking.ask"


@pytest.mark.django_db(transaction=True)
def test_a_charge_killed_before_its_commit_took_nothing_and_the_same_request_pays_once() -> None:
    open_day()
    where, ann = shop(), holder(12_000)
    code, order = show(ann), wanted(10_000)
    killed("charge", PAID, app=where.app.id, auth_code=code, number=order.out_trade_no, fen=10_000)
    assert (PaymentOrder.objects.count(), PayerCode.objects.get().state, posted(ann)) == (0, "shown", 12_000)
    first, again = read(where.app, code, order), read(where.app, code, order)
    assert (first.id, queries.result(first), PaymentOrder.objects.count()) == (again.id, "paid", 1)
    assert pending(where) == 9_940
    assert_settled(expected={ann: 2_000})


@pytest.mark.parametrize("stop", [PLACED, BEFORE, AFTER])
def test_a_charge_of_a_card_killed_on_the_way_to_the_bank_or_back_is_paid_once(connected: SandboxBank, stop: str) -> None:
    where, who = shop(), card_holder(connected)
    code, order = show(who.customer), wanted(10_000)
    killed("charge", stop, app=where.app.id, auth_code=code, number=order.out_trade_no, fen=10_000)
    row = queries.with_order(PayerCode.objects.get().id)
    assert (row.state, queries.result(row)) == ("taken", "processing")
    assert ChannelRequest.objects.get(operation="pay").state == ("new" if stop == PLACED else "sent")
    assert connected.card(who.number)["balance_fen"] == FULL - (10_000 if stop == AFTER else 0)
    settle_cashier(clock.now() + timedelta(seconds=61))
    hear()
    again = read(where.app, code, order)
    assert (again.id, queries.result(again), pending(where)) == (row.id, "paid", 9_940)
    assert connected.card(who.number)["balance_fen"] == FULL - 10_000
    assert_settled(expected={who.customer: 0})


def test_a_charge_killed_with_the_banks_no_unheard_is_closed_and_the_code_used(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    code, order = show(who.customer), wanted(10_000)
    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    killed("charge", AFTER, app=where.app.id, auth_code=code, number=order.out_trade_no, fen=10_000)
    settle_cashier(clock.now() + timedelta(seconds=61))
    hear()
    row = read(where.app, code, order)
    assert (queries.result(row), PaymentOrder.objects.get().code) == ("refused", "payer_declined")
    assert connected.card(who.number)["balance_fen"] == FULL
    assert_settled(expected={who.customer: 0})


@pytest.mark.parametrize("stop", [ASKED, BEFORE, AFTER])
def test_a_reversal_of_what_was_paid_by_card_killed_anywhere_gives_it_back_once(connected: SandboxBank, stop: str) -> None:
    where, who = shop(), card_holder(connected)
    order = wanted(10_000)
    code = read(where.app, show(who.customer), order)
    killed("reverse", stop, app=where.app.id, number=order.out_trade_no)
    assert list(Refund.objects.values_list("state", flat=True)) == ([] if stop == ASKED else ["processing"])
    assert connected.card(who.number)["balance_fen"] == FULL - (0 if stop == AFTER else 10_000)
    for _ in range(2):
        charging.reverse(app=where.app, out_trade_no=order.out_trade_no, at=clock.now())
        outbound.undo(code_id=code.id, at=clock.now())
        settle_refunds(clock.now() + timedelta(seconds=61))
    assert (Refund.objects.get().state, queries.result(queries.with_order(code.id)), pending(where)) == ("succeeded", "refunded", 0)
    assert connected.card(who.number)["balance_fen"] == FULL
    assert_all_over(expected={who.customer: 0})


@pytest.mark.parametrize("stop", [CLOSING, BEFORE, AFTER])
def test_a_reversal_of_what_waits_for_its_bank_killed_anywhere_closes_it_and_it_is_not_sent_again(
    connected: SandboxBank, stop: str
) -> None:
    where, who = shop(), card_holder(connected)
    order = wanted(10_000)
    connected.fault("timeout_before_effect", operations=["payment"], times=1, params={"hold_ms": 10})
    code = read(where.app, show(who.customer), order)
    assert queries.result(code) == "processing"
    killed("reverse", stop, app=where.app.id, number=order.out_trade_no)
    assert PaymentOrder.objects.get().state == "closing"
    settle_cashier(clock.now() + timedelta(seconds=61))
    hear()
    found = PaymentOrder.objects.get()
    assert (queries.result(queries.with_order(code.id)), found.state, found.code) == ("closed", "closed", "reversed")
    assert (ChannelRequest.objects.get(operation="pay").sends, connected.card(who.number)["balance_fen"]) == (1, FULL)
    assert_settled(expected={who.customer: 0})


def test_a_reversal_whose_process_died_before_the_payment_ever_left_is_never_sent(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order = wanted(10_000)
    code = charging.charge(app=where.app, auth_code=show(who.customer), wanted=order, at=clock.now())
    charging.reverse(app=where.app, out_trade_no=order.out_trade_no, at=clock.now())
    settle_cashier(clock.now() + timedelta(seconds=61))
    assert (queries.result(queries.with_order(code.id)), PaymentOrder.objects.get().code) == ("closed", "reversed")
    request = ChannelRequest.objects.get(operation="pay")
    assert (request.state, request.code, request.sends) == ("failed", "not_sent", 0)
    assert connected.card(who.number)["balance_fen"] == FULL
    assert_settled(expected={who.customer: 0})
