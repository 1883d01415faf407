"""Refunds over HTTP: a merchant's program, its owner, the payer, and what others see of them (nothing)."""

from typing import Any

import pytest

from payments.cashier.models import PaymentOrder
from payments.refunds.models import Refund
from tests.factories import api, proof
from tests.payments.cashier.world import Shop, card_holder, holder, shop
from tests.payments.merchants.world import ROOT, Program, answer_is_signed, program, suspend
from tests.payments.refunds.world import ask, assert_all_over, by_balance, by_card, read
from tests.payments.wallet.world import open_day, posted
from tests.sandbox_bank import SandboxBank

REFUNDS = f"{ROOT}/refunds"


def selling(caller: Program) -> Shop:
    return Shop(caller.merchant, caller.app)


def asked_for(order: PaymentOrder, fen: int, number: str = "R-1", **changes: Any) -> dict[str, Any]:
    return {"order_id": order.public_id, "amount": fen, "out_refund_no": number, "reason": "One cup was broken"} | changes


@pytest.mark.django_db
def test_a_program_refunds_an_order_reads_the_refund_and_lists_those_of_the_order() -> None:
    open_day()
    caller, ann = program(), holder(10_000)
    order = by_balance(selling(caller), ann, 10_000)
    made = caller.post(REFUNDS, asked_for(order, 5_000))
    assert (made.status_code, answer_is_signed(made)) == (201, True)
    body = made.json()
    assert body | {"created_at": "", "settled_at": ""} == {
        "id": Refund.objects.get().public_id, "order_id": order.public_id, "out_refund_no": "R-1", "amount": 5_000, "fee_back": 30,
        "currency": "CNY", "reason": "One cup was broken", "status": "succeeded", "asked_by": "app", "code": "", "created_at": "",
        "settled_at": "",
    }  # fmt: skip
    assert caller.post(REFUNDS, asked_for(order, 5_000)).json() == body
    assert caller.get(f"{REFUNDS}/{body['id']}").json() == body
    assert caller.get(f"{REFUNDS}/out-refund-no/R-1").json() == body
    assert caller.get(f"{ROOT}/orders/{order.public_id}/refunds").json()["items"] == [body]
    assert caller.get(f"{ROOT}/orders/{order.public_id}").json()["refunded"] == 5_000
    by_number = {"out_trade_no": order.out_trade_no, "amount": 100, "out_refund_no": "R-2"}
    assert caller.post(REFUNDS, by_number).json()["amount"] == 100
    assert posted(ann) == 5_100
    assert_all_over()


@pytest.mark.django_db
def test_refusals_say_what_to_do_and_nothing_moves() -> None:
    open_day()
    caller, ann = program(), holder(10_000)
    order = by_balance(selling(caller), ann, 10_000)
    caller.post(REFUNDS, asked_for(order, 4_000))
    refused = {
        "refund_exceeds_order": (422, asked_for(order, 6_001, "R-2")),
        "out_refund_no_used": (409, asked_for(order, 4_001)),
        "not_found": (404, asked_for(PaymentOrder(), 1, "R-2")),
    }
    for code, (status, body) in refused.items():
        answer = caller.post(REFUNDS, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    for wrong in ({"order_id": None}, {"amount": 0}, {"out_refund_no": "no spaces"}, {"out_trade_no": order.out_trade_no}):
        body = {name: value for name, value in (asked_for(order, 1, "R-2") | wrong).items() if value is not None}
        assert caller.post(REFUNDS, body).status_code in (400, 422), wrong
    assert (Refund.objects.count(), posted(ann)) == (1, 4_000)
    suspend(caller.merchant)
    assert caller.post(REFUNDS, asked_for(order, 1, "R-3")).json()["code"] == "merchant_suspended"
    assert caller.get(f"{REFUNDS}/out-refund-no/R-1").status_code == 200
    assert_all_over()


@pytest.mark.django_db
def test_another_merchants_order_and_refund_are_not_found() -> None:
    open_day()
    caller, other, ann = program(), program(), holder(1_000)
    order = by_balance(selling(caller), ann, 1_000)
    made = ask(order, 100, "R-1")
    assert other.post(REFUNDS, asked_for(order, 1)).status_code == 404
    assert other.post(REFUNDS, {"out_trade_no": order.out_trade_no, "amount": 1, "out_refund_no": "R-1"}).status_code == 404
    for path in (f"refunds/{made.public_id}", "refunds/out-refund-no/R-1", f"orders/{order.public_id}/refunds"):
        assert other.get(f"{ROOT}/{path}").status_code == 404, path
        assert caller.get(f"{ROOT}/{path}").status_code == 200, path


def test_a_program_hears_within_its_call_what_the_bank_says(connected: SandboxBank) -> None:
    caller, who = program(), card_holder(connected)
    order = by_card(selling(caller), who, 1_000)
    assert caller.post(REFUNDS, asked_for(order, 400)).json()["status"] == "succeeded"
    connected.fault("processing_then_success", operations=["refund"], times=1, params={"after_ms": 0})
    pending = caller.post(REFUNDS, asked_for(order, 100, "R-2")).json()
    assert (pending["status"], pending["settled_at"]) == ("processing", None)
    connected.fault("decline", operations=["refund"], times=1, params={"code": "RISK_REFUSED"})
    refused = caller.post(REFUNDS, asked_for(order, 200, "R-3")).json()
    assert (refused["status"], refused["code"]) == ("processing", "")


@pytest.mark.django_db
def test_the_payer_sees_what_comes_back_and_reads_it_on_the_statement() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    order = by_balance(where, ann, 1_000)
    made = ask(order, 300)
    address = f"/v1/payments/cashier/orders/{order.public_id}/refunds"
    (shown,) = api(ann).get(address).json()["items"]
    assert (shown["id"], shown["amount"], shown["status"], shown["reason"]) == (made.public_id, 300, "succeeded", "broken")
    assert set(shown) == {"id", "order_id", "amount", "currency", "reason", "status", "created_at", "settled_at"}
    assert api(holder()).get(address).status_code == 404
    assert api(ann).get(f"/v1/payments/cashier/orders/{order.public_id}").json()["refunded"] == 300
    lines = api(ann).get("/v1/payments/wallet/movements").json()["items"]
    line = next(line for line in lines if line["kind"] == "refund")
    assert (line["amount"], line["party"], line["remark"]) == (300, "Hangzhou Tea", "A pot of tea")
    for text in ("pot of", made.public_id, order.public_id):
        found = api(ann).get("/v1/payments/wallet/movements", {"q": text}).json()["items"]
        assert "refund" in [line["kind"] for line in found], text


@pytest.mark.django_db
def test_the_owner_refunds_with_a_proof_bound_to_amount_and_order() -> None:
    open_day()
    caller, ann = program(), holder(1_000)
    order = by_balance(selling(caller), ann, 1_000)
    owner = caller.merchant.owner
    address = f"/v1/payments/merchants/{caller.merchant.public_id}/orders/{order.public_id}/refunds"
    mine, body = api(owner), {"amount": 300, "reason": "sorry"}
    needed = mine.post(address, body, key="k-1")
    assert (needed.json()["code"], needed.json()["purpose"], needed.json()["payee"]) == (
        "step_up_needed",
        "merchant_refund",
        order.public_id,
    )
    facts = {"purpose": "merchant_refund", "payee": order.public_id, "nonce": "k-1"}
    wrong = proof(owner, mine.session, amount_fen=301, **facts)
    assert mine.post(address, body | {"proof": wrong}, key="k-1").json()["code"] == "proof_mismatch"
    good = proof(owner, mine.session, amount_fen=300, **facts)
    made = mine.post(address, body | {"proof": good}, key="k-1")
    assert (made.status_code, made.json()["asked_by"], made.json()["out_refund_no"]) == (201, "owner", "")
    assert [row["id"] for row in mine.get(address).json()["items"]] == [made.json()["id"]]
    assert api(ann).post(address, body).status_code == 404
    assert (posted(ann), read(order).refunds, Refund.objects.get().asker) == (300, 1, owner.public_id)
    assert_all_over()
