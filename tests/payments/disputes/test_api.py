"""Disputes over HTTP: the payer opens and withdraws, the merchant's program and its owner answer, others see nothing."""

import base64

import pytest

from payments.disputes.models import Dispute
from tests.factories import api
from tests.payments.cashier.world import Shop, holder
from tests.payments.disputes.world import PDF, dispute
from tests.payments.merchants.world import ROOT, program
from tests.payments.refunds.world import assert_all_over, by_balance, has
from tests.payments.wallet.world import open_day
from tests.query_counts import queries_of

pytestmark = pytest.mark.django_db
CLAIM = {"kind": "not_received", "words": "Nothing has arrived."}
ANSWER = {"text": "It was delivered on Monday."}
FILE = {"name": "receipt.pdf", "content": base64.b64encode(PDF).decode()}


def test_a_payer_disputes_the_merchant_answers_and_the_payer_withdraws() -> None:
    open_day()
    caller, ann = program(), holder(1_000)
    where = Shop(caller.merchant, caller.app)
    order = by_balance(where, ann, 1_000)
    mine, address = api(ann), f"/v1/payments/cashier/orders/{order.public_id}/disputes"
    made = mine.post(address, CLAIM | {"amount": 600})
    assert (made.status_code, made.json()["state"], made.json()["amount"], has(where)) == (
        201,
        "opened",
        600,
        {"pending": (398, 0), "frozen": (596, 0)},
    )
    dispute_id = made.json()["id"]
    refused = caller.post(f"{ROOT}/refunds", {"order_id": order.public_id, "amount": 1, "out_refund_no": "R-1"})
    assert (refused.status_code, refused.json()["code"]) == (409, "dispute_open")
    theirs = f"{ROOT}/disputes/{dispute_id}"
    kept = caller.post(f"{theirs}/files", FILE)
    assert (kept.status_code, kept.json()["content_type"], kept.json()["number"]) == (201, "application/pdf", 1)
    assert caller.post(f"{theirs}/files", FILE | {"content": "no base64!"}).status_code in (400, 422)
    page = base64.b64encode(b"<p>").decode()
    assert caller.post(f"{theirs}/files", FILE | {"content": page}).json()["code"] == "dispute_file_not_taken"
    answered = caller.post(f"{theirs}/answer", ANSWER).json()
    assert (answered["state"], answered["answer"], answered["words"], len(answered["files"]), answered["frozen"]) == (
        "evidence",
        ANSWER["text"],
        CLAIM["words"],
        1,
        596,
    )
    assert caller.get(theirs).json() == answered
    assert caller.get(f"{ROOT}/disputes").json()["items"] == [answered]
    read = mine.get(f"/v1/payments/disputes/{dispute_id}").json()
    assert read["state"] == "evidence"
    assert "answer" not in read
    assert mine.post(f"/v1/payments/disputes/{dispute_id}/withdraw").json()["state"] == "withdrawn"
    assert mine.post(address, CLAIM).json()["code"] == "dispute_had"
    assert mine.get(address).json()["items"][0]["id"] == dispute_id
    assert has(where) == {"pending": (994, 0)}
    assert_all_over()


def test_others_find_nothing() -> None:
    open_day()
    caller, other, ann, ben = program(), program(), holder(1_000), holder()
    order = by_balance(Shop(caller.merchant, caller.app), ann, 1_000)
    address = f"/v1/payments/cashier/orders/{order.public_id}/disputes"
    assert api(ben).post(address, CLAIM).status_code == 404
    made = dispute(order)
    assert api(ben).get(address).status_code == 404
    assert api(ben).get(f"/v1/payments/disputes/{made.public_id}").status_code == 404
    assert api(ben).post(f"/v1/payments/disputes/{made.public_id}/withdraw").status_code == 404
    for program_path in (f"disputes/{made.public_id}", f"disputes/{made.public_id}/answer", f"disputes/{made.public_id}/files"):
        body = ANSWER if program_path.endswith("answer") else FILE
        call = other.get if program_path.endswith(made.public_id) else lambda path, body=body: other.post(path, body)
        assert call(f"{ROOT}/{program_path}").status_code == 404
    assert other.get(f"{ROOT}/disputes").json()["items"] == []
    assert Dispute.objects.get().state == "opened"


def test_the_owner_reads_and_answers_too_and_a_page_costs_the_same_for_many() -> None:
    open_day()
    caller, ann = program(), holder(5_000)
    where, owner = Shop(caller.merchant, caller.app), caller.merchant.owner
    made = dispute(by_balance(where, ann, 500))
    mine, address = api(owner), f"/v1/payments/merchants/{caller.merchant.public_id}/disputes"
    assert mine.get(f"{address}/{made.public_id}").json()["state"] == "opened"
    one = queries_of(lambda: mine.get(address))
    for _ in range(4):
        dispute(by_balance(where, ann, 500))
    assert len(queries_of(lambda: mine.get(address))) <= len(one)
    assert mine.post(f"{address}/{made.public_id}/files", FILE).status_code == 201
    assert mine.post(f"{address}/{made.public_id}/answer", ANSWER).json()["state"] == "evidence"
    assert api(ann).get(f"{address}/{made.public_id}").status_code == 404
    assert_all_over()
