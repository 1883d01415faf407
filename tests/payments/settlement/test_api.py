"""Settlements, their lines and files, and the daily bill, for a merchant's programs and its owner."""

import csv
import json
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from payments.cashier.models import PaymentOrder
from payments.merchants.api.signed import CONTENT_HASH
from tests.factories import login
from tests.payments.cashier.world import Shop
from tests.payments.merchants.world import Program, answer_is_signed, program
from tests.payments.refunds.world import refund
from tests.payments.settlement.world import adjust, end_day, sell, settled
from tests.payments.wallet.world import open_day
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
ROOT = "/v1/payments/merchant"


@pytest.fixture
def traded() -> tuple[Program, Shop, list[PaymentOrder], date]:
    """Two orders, a refund and a correction of one day."""
    open_day()
    caller = program()
    where = Shop(caller.merchant, caller.app)
    made = sell(where, 10_000, 500)
    refund(made[0], 5_000)
    adjust(where, 7, "a thank-you")
    return caller, where, made, end_day()


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def table(answer: Any) -> list[list[str]]:
    data = content(answer)
    assert answer.status_code == 200
    assert answer[CONTENT_HASH] == sha256(data).hexdigest()
    assert answer["Content-Length"] == str(len(data))
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(data.decode("utf-8-sig").splitlines()))


def test_a_program_reads_its_settlements_lines_and_statement(traded: Any) -> None:
    caller, where, made, day = traded
    answer = caller.get(f"{ROOT}/settlements")
    [item] = answer.json()["items"]
    row = settled(where, day)
    assert answer_is_signed(answer)
    assert (item["id"], item["state"], item["net"], item["payout"]) == (row.public_id, "closed", 5_474, 5_474)
    assert (item["paid_orders"], item["fees"], item["refunded"], item["fees_returned"], item["adjustments"]) == (10_500, 63, 5_000, 30, 7)
    assert caller.get(f"{ROOT}/settlements/{row.public_id}").json() == item | {"payouts": []}
    lines = caller.get(f"{ROOT}/settlements/{row.public_id}/lines").json()["items"]
    assert [(one["kind"], one["amount"], one["fee"], one["net"]) for one in lines] == [
        ("order", 10_000, 60, 9_940),
        ("order", 500, 3, 497),
        ("refund", -5_000, -30, -4_970),
        ("adjustment", 7, 0, 7),
    ]
    assert {one["order_id"] for one in lines} == {made[0].public_id, made[1].public_id, None}
    answer = caller.get(f"{ROOT}/settlements/{row.public_id}/file")
    assert answer_is_signed(answer)
    rows = table(answer)
    assert [line[8] for line in rows[1:5]] == ["99.40", "4.97", "-49.70", "0.07"]
    assert sum(float(line[8]) for line in rows[1:5]) == float(rows[5][8]) == 54.74
    assert rows[-1][8] == "54.74"


def test_the_bill_of_a_day_has_its_orders_and_refunds(traded: Any) -> None:
    caller, _, made, day = traded
    rows = table(caller.get(f"{ROOT}/bills?date={day}"))
    assert [line[1] for line in rows[1:]] == ["paid", "paid", "refund", "total"]
    assert [line[2] for line in rows[1:4]] == [made[0].public_id, made[1].public_id, made[0].public_id]
    assert rows[-1][-3:] == ["55.00", "0.33", "54.67"]
    assert [line[1] for line in table(caller.get(f"{ROOT}/bills?date={day}&kind=paid"))[1:]] == ["paid", "paid", "total"]
    assert [line[1] for line in table(caller.get(f"{ROOT}/bills?date={day}&kind=refunds"))[1:]] == ["refund", "total"]


def test_a_bill_is_there_when_its_day_is_over(traded: Any) -> None:
    caller, _, _, day = traded
    refused = caller.get(f"{ROOT}/bills?date={(day + timedelta(days=1))}")
    assert (refused.status_code, refused.json()["code"]) == (409, "bill_not_ready")
    assert caller.get(f"{ROOT}/bills?date=tomorrow").status_code == 422
    assert caller.get(f"{ROOT}/bills?date={day}&kind=everything").status_code == 422


def test_nobody_reads_anothers_settlement_and_one_that_is_not_proved_is_not_shown(traded: Any) -> None:
    caller, where, _, day = traded
    row, other = settled(where, day), program()
    for path in ("", "/lines", "/file"):
        answer = other.get(f"{ROOT}/settlements/{row.public_id}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert other.get(f"{ROOT}/settlements").json()["items"] == []
    owner = {"Authorization": f"Bearer {login(caller.merchant.owner)}"}
    base = f"/v1/payments/merchants/{caller.merchant.public_id}"
    client = Client()
    assert client.get(f"{base}/settlements", headers=owner).json()["items"][0]["id"] == row.public_id
    assert client.get(f"{base}/settlements/{row.public_id}", headers=owner).json()["payout"] == 5_474
    assert len(client.get(f"{base}/settlements/{row.public_id}/lines", headers=owner).json()["items"]) == 4
    assert len(table(client.get(f"{base}/settlements/{row.public_id}/file", headers=owner))) == 14
    assert len(table(client.get(f"{base}/bills?date={day}", headers=owner))) == 5
    stranger = {"Authorization": f"Bearer {login(other.merchant.owner)}"}
    assert client.get(f"{base}/settlements", headers=stranger).status_code == 404
    assert client.get(f"{base}/bills?date={day}", headers=stranger).status_code == 404


def test_a_cell_a_spreadsheet_would_run_is_quoted(traded: Any) -> None:
    caller, _, made, day = traded
    PaymentOrder.objects.filter(pk=made[0].pk).update(subject="=1+1")
    assert table(caller.get(f"{ROOT}/bills?date={day}"))[1][9] == "'=1+1"


def test_reading_a_page_takes_as_many_queries_with_one_settlement_as_with_three(traded: Any) -> None:
    caller, where, _, _ = traded
    for _ in range(2):
        sell(where, 1_000)
        end_day()
    assert_queries_do_not_grow(lambda limit: json.loads(caller.get(f"{ROOT}/settlements?limit={limit}").content)["items"], 1, 3)
