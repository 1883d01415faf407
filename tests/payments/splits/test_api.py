"""Splits over the signed API: receivers, a split, what comes back, the end of it; and the desk's pages of them."""

from typing import Any

import pytest
from django.urls import reverse

from core.clock import queries as clock
from payments.cashier.story import STORY
from payments.merchants.models import MerchantTerms
from payments.splits import queries
from tests.desk.people import staff, verified
from tests.payments.cashier.world import Shop, shop
from tests.payments.merchants.world import Program, answer_is_signed, program
from tests.payments.settlement.world import dated
from tests.payments.splits.world import split, to_split
from tests.payments.wallet.world import open_day
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
ROOT = "/v1/payments/merchant"


@pytest.fixture
def caller() -> Program:
    open_day()
    made = program()
    dated(MerchantTerms, Shop(made.merchant, made.app), split_cap_bp=3_000)
    return made


def named(caller: Program, other: Shop) -> str:
    asked = {"kind": "merchant", "account": other.merchant.public_id, "name": other.merchant.name}
    answer = caller.post(f"{ROOT}/split-receivers", asked)
    assert (answer.status_code, answer.json()["account"], answer.json()["state"]) == (201, other.merchant.public_id, "active")
    found: str = answer.json()["id"]
    return found


def test_a_program_names_receivers_splits_takes_back_and_finishes(caller: Program) -> None:
    other, where = shop(), Shop(caller.merchant, caller.app)
    who = named(caller, other)
    made = caller.post(f"{ROOT}/orders", {"out_trade_no": "T1", "amount": 10_000, "subject": "Tea", "to_split": True})
    assert made.json()["to_split"] is True
    order = to_split(where, 10_000)
    asked = {"order_id": order.public_id, "out_split_no": "S1", "receivers": [{"receiver_id": who, "amount": 2_000}], "remark": "cups"}
    answer = caller.post(f"{ROOT}/splits", asked)
    assert (answer.status_code, answer_is_signed(answer)) == (201, True)
    found = answer.json()
    assert (found["amount"], found["returned"], found["receivers"]) == (2_000, 0, [{"receiver_id": who, "amount": 2_000, "returned": 0}])
    back = caller.post(f"{ROOT}/splits/{found['id']}/returns", {"receiver_id": who, "amount": 500, "out_return_no": "B1"})
    assert (back.status_code, back.json()["amount"], back.json()["cause"]) == (201, 500, "asked")
    read = caller.get(f"{ROOT}/splits/{found['id']}").json()
    assert (read["returned"], [one["id"] for one in read["returns"]]) == (500, [back.json()["id"]])
    ended = caller.post(f"{ROOT}/orders/{order.public_id}/finish-split")
    assert (ended.json()["state"], ended.json()["net"], ended.json()["split"]) == ("finished", 9_940, 1_500)
    refused = caller.post(f"{ROOT}/splits", asked | {"out_split_no": "S2"})
    assert (refused.status_code, refused.json()["code"]) == (409, "split_finished")
    gone = caller.post(f"{ROOT}/split-receivers/{who}/remove")
    assert gone.json()["state"] == "removed"
    assert [one["id"] for one in caller.get(f"{ROOT}/split-receivers").json()["items"]] == [who]


def test_another_merchants_split_order_and_receiver_are_not_found(caller: Program) -> None:
    other, where, stranger = shop(), Shop(caller.merchant, caller.app), program()
    who, order = named(caller, other), to_split(where, 10_000)
    asked = {"order_id": order.public_id, "out_split_no": "S1", "receivers": [{"receiver_id": who, "amount": 1}]}
    found = caller.post(f"{ROOT}/splits", asked).json()["id"]
    assert stranger.post(f"{ROOT}/splits", asked).status_code == 404
    assert stranger.get(f"{ROOT}/splits/{found}").status_code == 404
    assert stranger.post(f"{ROOT}/orders/{order.public_id}/finish-split").status_code == 404
    assert stranger.post(f"{ROOT}/split-receivers/{who}/remove").status_code == 404
    unknown = caller.post(f"{ROOT}/splits", asked | {"out_split_no": "S2", "receivers": [{"receiver_id": "rcv_x", "amount": 1}]})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "split_receiver_unknown")


def test_the_desk_shows_a_split_with_its_receivers_and_its_order_tells_of_it(caller: Program) -> None:
    other, where = shop(), Shop(caller.merchant, caller.app)
    named(caller, other)
    [who] = queries.receivers(caller.merchant.id)
    order = to_split(where, 10_000)
    made = split(where, order, (who, 2_000))
    client = verified(staff("mia", "finance_maker"))
    page = client.get(reverse("admin:payments_split_change", args=[made.pk])).content.decode()
    for text in (made.public_id, order.public_id, who.public_id, other.merchant.public_id, "20.00"):
        assert text in page, text
    assert who.public_id in client.get(reverse("admin:payments_splitreceiver_changelist")).content.decode()
    chapter = STORY.get("payments.splits").chapter(order_id=order.pk, at=clock.now())  # type: ignore[union-attr]
    assert made.public_id in str(chapter.rows[0][0])


def test_a_split_takes_as_many_queries_after_ten_as_after_none(caller: Program) -> None:
    other, where = shop(), Shop(caller.merchant, caller.app)
    named(caller, other)
    [who] = queries.receivers(caller.merchant.id)
    few, many = to_split(where, 10_000), to_split(where, 10_000)
    for _ in range(10):
        split(where, many, (who, 10))

    def again(order: Any) -> None:
        split(where, order, (who, 10))

    assert_queries_do_not_grow(again, few, many)
