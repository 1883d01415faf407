"""A bank that wants a stronger proof: the payer is told so, and the order's next payment is not taken with less."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from accounts.identity.models import Customer
from accounts.security import services as security
from accounts.security.services import StepUpNeeded
from core.clock import queries as clock
from payments.cashier import outbound, queries
from payments.cashier.models import PaymentAttempt, PaymentOrder
from payments.cashier.services import paying
from payments.channels import services as channels
from payments.risk.services.deciding import StrongerProofNeeded
from tests.factories import Client, api, proof
from tests.payments.cashier.test_api import url
from tests.payments.cashier.world import (
    BALANCE,
    approved,
    assert_settled,
    begin,
    card,
    card_holder,
    new_order,
    request_of,
    settle_cashier,
    shop,
)
from tests.payments.wallet.bank_world import Holder
from tests.sandbox_bank import SandboxBank


def refuse_next(bank: SandboxBank) -> None:
    bank.fault("decline", operations=["payment"], times=1, params={"code": "RISK_REFUSED"})


def by_card(who: Holder) -> dict[str, Any]:
    return {"methods": [{"method": "card", "ref": who.card.public_id}]}


def passkey_proof(who: Customer, client: Client, order: PaymentOrder, nonce: str) -> str:
    """Of two factors, as one by a passkey a day old is."""
    act = {"purpose": "payment", "amount_fen": order.amount_fen, "payee": order.public_id, "nonce": nonce}
    at = clock.now()
    return security.keep_proof(customer_id=who.id, session_id=client.session.id, method="passkey", factors=2, **act, at=at)[1]


def test_a_refusal_for_want_of_a_stronger_proof_says_so_and_the_next_payment_needs_a_proof_under_the_pin_free_amount(
    connected: SandboxBank,
) -> None:
    where, who = shop(), card_holder(connected)
    order, client = new_order(where, 1_000), api(who.customer)
    before = client.post(url(order, "quote"), by_card(who)).json()["step_up"]
    assert (before["needed"], before["factors"]) == (False, 0)
    refuse_next(connected)
    refused = client.post(url(order, "pay"), by_card(who)).json()
    wanted = {"needed": True, "factors": 1, "purpose": "payment", "amount": 1_000, "payee": order.public_id}
    assert (refused["result"], refused["code"], refused["step_up"]) == ("needs_step_up", "RISK_REFUSED", wanted)
    assert refused["message"].endswith("approve it with your payment PIN or a passkey.")
    polled = client.get(f"/v1/payments/cashier/attempts/{refused['id']}", headers={"Accept-Language": "zh-Hans"}).json()
    assert (polled["result"], polled["message"].endswith("请重新支付并使用支付密码或通行密钥验证。")) == ("needs_step_up", True)
    assert client.post(url(order, "quote"), by_card(who)).json()["step_up"] == wanted
    key = uuid.uuid4().hex
    without = client.post(url(order, "pay"), by_card(who), key=key)
    assert (without.status_code, without.json()["code"], without.json()["payee"]) == (403, "step_up_needed", order.public_id)
    assert (PaymentAttempt.objects.count(), client.get(url(order)).json()["status"]) == (1, "payable")
    given = proof(who.customer, client.session, purpose="payment", amount_fen=1_000, payee=order.public_id, nonce=key)
    paid = client.post(url(order, "pay"), by_card(who) | {"proof": given}, key=key).json()
    assert (paid["result"], paid["step_up"]["needed"]) == ("paid", False)
    assert_settled(expected={who.customer: 0})


def test_a_payment_that_had_a_pin_needs_two_factors_next(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order = new_order(where, 1_000)
    refuse_next(connected)
    attempt = begin(who.customer, order, [card(who)], pin=True)
    outbound.ask(attempt_id=attempt.id, at=clock.now())
    client = api(who.customer)
    refused = client.get(f"/v1/payments/cashier/attempts/{attempt.public_id}").json()
    assert (refused["result"], refused["step_up"]["factors"]) == ("needs_step_up", 2)
    assert refused["message"].endswith("approve it with a passkey that is at least a day old.")
    with pytest.raises(StepUpNeeded):
        begin(who.customer, order, [card(who)])
    with pytest.raises(StrongerProofNeeded):
        begin(who.customer, order, [card(who)], pin=True)
    assert [row.number for row in queries.attempts(order.id)] == [1]
    client = api(who.customer)
    token = passkey_proof(who.customer, client, order, "strong")
    paid = client.post(url(order, "pay"), by_card(who) | {"proof": token}, key="strong").json()
    assert paid["result"] == "paid"
    assert PaymentAttempt.objects.get(number=2).factors == 2
    assert_settled(expected={who.customer: 0})


def test_a_refusal_with_two_factors_asks_for_no_third_and_a_later_refusal_of_another_kind_for_no_less(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order, client = new_order(where, 1_000), api(who.customer)
    refuse_next(connected)
    token = passkey_proof(who.customer, client, order, "one")
    first = client.post(url(order, "pay"), by_card(who) | {"proof": token}, key="one").json()
    assert (first["result"], first["step_up"]["factors"]) == ("needs_step_up", 2)
    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    token = passkey_proof(who.customer, client, order, "two")
    second = client.post(url(order, "pay"), by_card(who) | {"proof": token}, key="two").json()
    assert (second["result"], second["step_up"]["needed"]) == ("refused", False)
    with pytest.raises(StrongerProofNeeded):
        paying.pay(intent=approved(who.customer, order, [card(who)]), order_id=order.id, picks=[card(who)], at=clock.now())
    assert_settled(expected={who.customer: 0})


def test_another_order_and_a_refusal_that_comes_late_are_told_apart(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order, other, client = new_order(where, 1_000), new_order(where, 1_000), api(who.customer)
    connected.fault("processing_then_failed", operations=["payment"], times=1, params={"after_ms": 0, "code": "RISK_REFUSED"})
    pending = client.post(url(order, "pay"), by_card(who)).json()
    assert (pending["result"], pending["step_up"]["needed"]) == ("pending", False)
    merchant = channels.ChannelCredential.objects.get(retired_at=None).merchant
    connected.resolve(merchant, request_of(PaymentAttempt.objects.get()).request_no, "FAILED", code="RISK_REFUSED")
    settle_cashier(clock.now() + timedelta(seconds=10))
    assert client.get(f"/v1/payments/cashier/attempts/{pending['id']}").json()["result"] == "needs_step_up"
    refused = client.post(url(order, "pay"), by_card(who)).json()
    assert refused["code"] == "step_up_needed"
    assert client.post(url(other, "pay"), by_card(who)).json()["result"] == "paid"
    assert_settled(expected={who.customer: 0})


def test_another_way_to_pay_asks_for_nothing_that_the_refused_card_asked_for(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=1_000)
    order = new_order(where, 1_000)
    refuse_next(connected)
    outbound.ask(attempt_id=begin(who.customer, order, [card(who)], pin=True).id, at=clock.now())
    quote = api(who.customer).post(url(order, "quote"), {"methods": [{"method": "balance"}]}).json()
    assert quote["step_up"]["factors"] == 0
    assert begin(who.customer, order, BALANCE).result == "paid"
    assert_settled(expected={who.customer: 0})
