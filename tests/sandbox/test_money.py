"""Payments, refunds, closing and payouts: what moves, by number, and that a refusal moves nothing."""

import pytest

from tests.sandbox.conftest import Bound
from tests.sandbox_bank import SandboxBank, fresh


def balance(bank: SandboxBank, bound: Bound) -> int:
    return int(bank.card(bound.card)["balance_fen"])


def account(bank: SandboxBank, bound: Bound) -> int:
    return int(bank.control("GET", f"merchants/{bound.client.merchant}")["balance_fen"])


def test_a_payment_takes_100_00_from_the_card_for_a_fee_of_0_20(sandbox_bank: SandboxBank, bound: Bound) -> None:
    paid = bound.client.pay(bound.agreement_no, 100_00)
    assert (paid["status"], paid["amount_fen"], paid["fee_fen"], paid["currency"]) == ("SUCCESS", 100_00, 20, "CNY")
    assert balance(sandbox_bank, bound) == 9_900_00
    moved = sandbox_bank.card(bound.card)["movements"][0]
    assert (moved["amount_fen"], moved["balance_fen"], moved["kind"], moved["request_no"]) == (
        -100_00,
        9_900_00,
        "payment",
        paid["request_no"],
    )
    assert bound.client.get(f"/v1/payments/{paid['request_no']}") == paid


@pytest.mark.parametrize(("amount_fen", "fee_fen"), [(1, 0), (249, 0), (250, 1), (749, 1), (750, 2), (40_00, 8)])
def test_the_fee_is_20_basis_points_with_half_a_fen_rounded_up(bound: Bound, amount_fen: int, fee_fen: int) -> None:
    assert bound.client.pay(bound.agreement_no, amount_fen)["fee_fen"] == fee_fen


def test_a_payment_over_the_balance_is_refused_and_moves_nothing(sandbox_bank: SandboxBank, bound: Bound) -> None:
    refused = bound.client.pay(bound.agreement_no, 10_000_01)
    assert (refused["status"], refused["code"], refused["booked_on"], refused["fee_fen"]) == ("FAILED", "INSUFFICIENT_FUNDS", "", 0)
    assert balance(sandbox_bank, bound) == 10_000_00
    assert bound.client.pay(bound.agreement_no, 10_000_00)["status"] == "SUCCESS"
    assert balance(sandbox_bank, bound) == 0


@pytest.mark.parametrize(("status", "pay_code", "payout_code"), [
    ("frozen", "CARD_FROZEN", "CARD_FROZEN"), ("expired", "CARD_EXPIRED", "CARD_EXPIRED"),
        ("closed", "CARD_CLOSED", "PAYEE_ACCOUNT_CLOSED"),
])  # fmt: skip
def test_a_card_that_is_not_active_moves_no_money(
    sandbox_bank: SandboxBank, bound: Bound, status: str, pay_code: str, payout_code: str
) -> None:
    sandbox_bank.control("PATCH", f"cards/{bound.card}", {"status": status})
    assert bound.client.pay(bound.agreement_no, 100)["code"] == pay_code
    assert bound.client.payout(bound.agreement_no, 100)["code"] == payout_code
    assert (balance(sandbox_bank, bound), account(sandbox_bank, bound)) == (10_000_00, 0)


def test_limits_hold_to_the_fen_and_the_day_turns_at_midnight_in_shanghai(sandbox_bank: SandboxBank, bound: Bound) -> None:
    sandbox_bank.control("PATCH", f"cards/{bound.card}", {"single_limit_fen": 500_00, "day_limit_fen": 800_00})
    assert bound.client.pay(bound.agreement_no, 500_01)["code"] == "LIMIT_EXCEEDED"
    assert bound.client.pay(bound.agreement_no, 500_00)["status"] == "SUCCESS"
    assert bound.client.pay(bound.agreement_no, 300_01)["code"] == "LIMIT_EXCEEDED"
    assert bound.client.pay(bound.agreement_no, 300_00)["status"] == "SUCCESS"
    assert bound.client.pay(bound.agreement_no, 1)["code"] == "LIMIT_EXCEEDED"
    sandbox_bank.next_day()
    assert bound.client.pay(bound.agreement_no, 500_00)["status"] == "SUCCESS"
    assert balance(sandbox_bank, bound) == 10_000_00 - 1_300_00


def test_refunds_never_exceed_the_payment_and_the_fee_is_kept(sandbox_bank: SandboxBank, bound: Bound) -> None:
    number = bound.client.pay(bound.agreement_no, 100_00)["request_no"]
    refunded = bound.client.refund(number, 25_00)
    assert (refunded["status"], refunded["original_request_no"], refunded["fee_fen"]) == ("SUCCESS", number, 0)
    assert bound.client.refund(number, 75_01)["code"] == "REFUND_EXCEEDS_PAYMENT"
    assert bound.client.refund(number, 75_00)["status"] == "SUCCESS"
    assert bound.client.refund(number, 1)["code"] == "REFUND_EXCEEDS_PAYMENT"
    payment = bound.client.get(f"/v1/payments/{number}")
    assert (payment["refunded_fen"], payment["fee_fen"]) == (100_00, 20)
    assert balance(sandbox_bank, bound) == 10_000_00


def test_a_refund_in_processing_reserves_its_part(sandbox_bank: SandboxBank, bound: Bound) -> None:
    number = bound.client.pay(bound.agreement_no, 100_00)["request_no"]
    waiting = bound.client.refund(number, 60_00, faults="processing_then_success;after_ms=0")
    assert waiting["status"] == "PROCESSING"
    assert bound.client.refund(number, 40_01)["code"] == "REFUND_EXCEEDS_PAYMENT"
    sandbox_bank.resolve(bound.client.merchant, waiting["request_no"], "FAILED", code="CARD_CLOSED")
    assert bound.client.refund(number, 100_00)["status"] == "SUCCESS"
    assert balance(sandbox_bank, bound) == 10_000_00


def test_what_cannot_be_refunded_is_refused(sandbox_bank: SandboxBank, bound: Bound) -> None:
    failed = bound.client.pay(bound.agreement_no, 10_000_01)["request_no"]
    payout = bound.client.payout(bound.agreement_no, 100)["request_no"]
    assert bound.client.refund("PYNONE", 1)["code"] == "PAYMENT_NOT_FOUND"
    assert bound.client.refund(payout, 1)["code"] == "PAYMENT_NOT_FOUND"
    assert bound.client.refund(failed, 1)["code"] == "PAYMENT_NOT_REFUNDABLE"
    old = bound.client.pay(bound.agreement_no, 100)["request_no"]
    sandbox_bank.clock(offset_seconds=sandbox_bank.clock()["offset_seconds"] + 366 * 86_400)
    assert bound.client.refund(old, 1)["code"] == "REFUND_WINDOW_CLOSED"
    new = bound.client.pay(bound.agreement_no, 100)["request_no"]
    sandbox_bank.control("PATCH", f"cards/{bound.card}", {"status": "closed"})
    assert bound.client.refund(new, 1)["code"] == "CARD_CLOSED"


def test_a_payout_moves_600_00_from_the_settlement_account_to_the_card(sandbox_bank: SandboxBank, bound: Bound) -> None:
    paid = bound.client.payout(bound.agreement_no, 600_00)
    assert (paid["kind"], paid["status"], paid["fee_fen"]) == ("payout", "SUCCESS", 0)
    assert (balance(sandbox_bank, bound), account(sandbox_bank, bound)) == (10_600_00, -600_00)


def test_a_payout_goes_to_the_overdraft_limit_and_not_one_fen_further(sandbox_bank: SandboxBank) -> None:
    client = sandbox_bank.client(overdraft_fen=500_00)
    agreement_no = client.bind(sandbox_bank.people(1)[0])
    assert client.payout(agreement_no, 500_01)["code"] == "MERCHANT_ACCOUNT_SHORT"
    assert client.payout(agreement_no, 500_00)["status"] == "SUCCESS"
    assert client.payout(agreement_no, 1)["code"] == "MERCHANT_ACCOUNT_SHORT"
    assert sandbox_bank.control("GET", f"merchants/{client.merchant}")["balance_fen"] == -500_00


def test_a_returned_payout_is_the_mirror(sandbox_bank: SandboxBank, bound: Bound) -> None:
    number = bound.client.payout(bound.agreement_no, 600_00)["request_no"]
    returned = sandbox_bank.return_payout(bound.client.merchant, number)
    assert (returned["status"], returned["code"]) == ("RETURNED", "PAYEE_ACCOUNT_CLOSED")
    assert returned["returned_on"] == sandbox_bank.clock()["business_date"]
    assert (balance(sandbox_bank, bound), account(sandbox_bank, bound)) == (10_000_00, 0)
    twice = sandbox_bank.http.post(f"{sandbox_bank.base_url}/control/orders/{number}/return?merchant={bound.client.merchant}", json={})
    assert (twice.status_code, twice.json()["code"]) == (409, "NOT_RETURNABLE")
    assert (balance(sandbox_bank, bound), account(sandbox_bank, bound)) == (10_000_00, 0)


@pytest.mark.parametrize(("noun", "kind"), [("payments", "payment"), ("payouts", "payout")])
def test_a_number_closed_before_it_arrives_never_moves_money(sandbox_bank: SandboxBank, bound: Bound, noun: str, kind: str) -> None:
    number = fresh("CL")
    closed = bound.client.post(f"/v1/{noun}/{number}/close", {})
    assert (closed["kind"], closed["status"], closed["code"]) == (kind, "FAILED", "ORDER_CLOSED")
    send = bound.client.pay if kind == "payment" else bound.client.payout
    late = send(bound.agreement_no, 100_00, number)
    assert (late["status"], late["code"], late["amount_fen"], late["agreement_no"]) == (
        "FAILED",
        "ORDER_CLOSED",
        100_00,
        bound.agreement_no,
    )
    assert send(bound.agreement_no, 100_00, number) == late
    assert bound.client.post(f"/v1/{noun}/{number}/close", {}) == late
    assert (balance(sandbox_bank, bound), account(sandbox_bank, bound)) == (10_000_00, 0)
    assert sandbox_bank.notices(number) == []


def test_closing_ends_a_processing_payment_and_refuses_a_successful_one(sandbox_bank: SandboxBank, bound: Bound) -> None:
    waiting = bound.client.pay(bound.agreement_no, 100_00, faults="processing_then_success;after_ms=0")["request_no"]
    assert bound.client.post(f"/v1/payments/{waiting}/close", {})["code"] == "ORDER_CLOSED"
    late = sandbox_bank.http.post(
        f"{sandbox_bank.base_url}/control/orders/{waiting}/resolve?merchant={bound.client.merchant}", json={"status": "SUCCESS"}
    )
    assert late.json()["code"] == "NOT_PROCESSING"
    paid = bound.client.pay(bound.agreement_no, 100_00)["request_no"]
    refused = bound.client.call("POST", f"/v1/payments/{paid}/close", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "ORDER_ALREADY_SUCCEEDED")
    assert balance(sandbox_bank, bound) == 9_900_00


def test_closing_a_number_of_another_operation_is_refused(bound: Bound) -> None:
    number = bound.client.pay(bound.agreement_no, 100)["request_no"]
    assert bound.client.call("POST", f"/v1/payouts/{number}/close", {}).json()["code"] == "REQUEST_NO_REUSED"


@pytest.mark.parametrize(("change", "field"), [
    ({"amount_fen": 0}, "amount_fen"), ({"amount_fen": -1}, "amount_fen"), ({"amount_fen": 1.5}, "amount_fen"),
    ({"amount_fen": "100"}, "amount_fen"), ({"amount_fen": True}, "amount_fen"), ({"amount_fen": 100_000_000_01}, "amount_fen"),
    ({"currency": "USD"}, "currency"), ({"request_no": ""}, "request_no"), ({"request_no": "a b"}, "request_no"),
    ({"request_no": "x" * 65}, "request_no"), ({"agreement_no": ""}, "agreement_no"), ({"tip": 1}, "tip"),
        ({"subject": "x" * 129}, "subject"),
])  # fmt: skip
def test_a_malformed_payment_is_refused_by_field_and_leaves_no_trace(
    sandbox_bank: SandboxBank, bound: Bound, change: dict[str, object], field: str
) -> None:
    body = {"request_no": fresh("PY"), "agreement_no": bound.agreement_no, "amount_fen": 100, "currency": "CNY"}
    answer = bound.client.call("POST", "/v1/payments", body | change)
    assert (answer.status_code, answer.json()["field"], answer.json()["definite"]) == (400, field, True)
    assert bound.client.call("GET", f"/v1/payments/{body['request_no']}").status_code == 404
    assert balance(sandbox_bank, bound) == 10_000_00


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff", b"nul"])
def test_a_body_that_is_no_json_object_is_refused(sandbox_bank: SandboxBank, bound: Bound, raw: bytes) -> None:
    answer = sandbox_bank.http.post(
        f"{sandbox_bank.base_url}/v1/payments", content=raw, headers=bound.client.headers("POST", "/v1/payments", raw)
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")


def test_an_unknown_number_is_not_seen_so_far(bound: Bound) -> None:
    answer = bound.client.call("GET", "/v1/payments/NEVER")
    assert (answer.status_code, answer.json()["code"], answer.json()["definite"]) == (404, "NOT_FOUND", False)
