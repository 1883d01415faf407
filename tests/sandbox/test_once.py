"""Every effect once: the same number again, other content, and fifty at the same time."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.sandbox.conftest import Bound
from tests.sandbox_bank import SandboxBank, fresh

THREADS = 50


def payment(bound: Bound, number: str, amount_fen: int) -> dict[str, object]:
    return {"request_no": number, "agreement_no": bound.agreement_no, "amount_fen": amount_fen, "currency": "CNY"}


def test_the_same_request_again_is_answered_alike_and_marked(sandbox_bank: SandboxBank, bound: Bound) -> None:
    body = payment(bound, fresh("PY"), 10_00)
    first, second = (bound.client.call("POST", "/v1/payments", body) for _ in range(2))
    assert first.content == second.content
    assert ("Bank-Replayed" in first.headers, second.headers["Bank-Replayed"]) == (False, "true")
    assert sandbox_bank.card(bound.card)["balance_fen"] == 9_990_00


def test_the_order_of_the_fields_does_not_matter_but_their_values_do(sandbox_bank: SandboxBank, bound: Bound) -> None:
    body = payment(bound, fresh("PY"), 10_00)
    bound.client.post("/v1/payments", body)
    assert bound.client.call("POST", "/v1/payments", dict(reversed(body.items()))).headers["Bank-Replayed"] == "true"
    for change in ({"amount_fen": 10_01}, {"subject": "x"}, {"agreement_no": "AGOTHER"}):
        refused = bound.client.call("POST", "/v1/payments", body | change)
        assert (refused.status_code, refused.json()["code"]) == (409, "REQUEST_NO_REUSED")
    assert sandbox_bank.card(bound.card)["balance_fen"] == 9_990_00


def test_a_number_belongs_to_one_operation(bound: Bound) -> None:
    number = fresh("NO")
    bound.client.pay(bound.agreement_no, 100, number)
    assert bound.client.call("POST", "/v1/payouts", payment(bound, number, 100)).json()["code"] == "REQUEST_NO_REUSED"
    sms = bound.client.call("POST", "/v1/sms", {"request_no": number, "mobile": "13800000000", "text": "hello"})
    assert sms.json()["code"] == "REQUEST_NO_REUSED"


def test_a_decline_is_replayed_as_the_same_decline(sandbox_bank: SandboxBank, bound: Bound) -> None:
    number = fresh("PY")
    refused = bound.client.pay(bound.agreement_no, 10_000_01, number)
    sandbox_bank.control("PATCH", f"cards/{bound.card}", {"balance_fen": 20_000_00})
    assert bound.client.pay(bound.agreement_no, 10_000_01, number) == refused
    assert sandbox_bank.card(bound.card)["balance_fen"] == 20_000_00


def test_a_malformed_request_does_not_use_its_number_up(bound: Bound) -> None:
    number = fresh("PY")
    assert bound.client.call("POST", "/v1/payments", payment(bound, number, 0)).status_code == 400
    assert bound.client.pay(bound.agreement_no, 100, number)["status"] == "SUCCESS"


def test_fifty_threads_with_one_number_make_one_payment(sandbox_bank: SandboxBank, bound: Bound) -> None:
    body = payment(bound, fresh("PY"), 1_00)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: bound.client.call("POST", "/v1/payments", body), range(THREADS)))
    assert Counter(answer.status_code for answer in answers) == {200: THREADS}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Bank-Replayed" not in answer.headers for answer in answers) == 1
    assert sandbox_bank.card(bound.card)["balance_fen"] == 9_999_00
    assert len(sandbox_bank.notices(str(body["request_no"]))) == 1


def test_fifty_threads_cannot_overdraw_a_card(sandbox_bank: SandboxBank, bound: Bound) -> None:
    sandbox_bank.control("PATCH", f"cards/{bound.card}", {"balance_fen": 20_00})
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: bound.client.pay(bound.agreement_no, 1_00), range(THREADS)))
    assert Counter((answer["status"], answer["code"]) for answer in answers) == {("SUCCESS", ""): 20, ("FAILED", "INSUFFICIENT_FUNDS"): 30}
    assert sandbox_bank.card(bound.card)["balance_fen"] == 0


def test_fifty_threads_cannot_refund_more_than_was_paid(sandbox_bank: SandboxBank, bound: Bound) -> None:
    number = bound.client.pay(bound.agreement_no, 10_00)["request_no"]
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: bound.client.refund(number, 1_00), range(THREADS)))
    assert Counter((answer["status"], answer["code"]) for answer in answers) == {
        ("SUCCESS", ""): 10, ("FAILED", "REFUND_EXCEEDS_PAYMENT"): 40,
    }  # fmt: skip
    assert sandbox_bank.card(bound.card)["balance_fen"] == 10_000_00


def test_paying_and_closing_at_once_ends_in_one_of_the_two(sandbox_bank: SandboxBank, bound: Bound) -> None:
    spent = 0
    for _ in range(10):
        number = fresh("PY")
        with ThreadPoolExecutor(2) as pool:
            paying = pool.submit(bound.client.pay, bound.agreement_no, 1_00, number)
            closing = pool.submit(bound.client.call, "POST", f"/v1/payments/{number}/close", {})
        paid, closed = paying.result(), closing.result()
        assert (paid["status"], closed.status_code) in (("SUCCESS", 409), ("FAILED", 200))
        spent += 1_00 if paid["status"] == "SUCCESS" else 0
    assert sandbox_bank.card(bound.card)["balance_fen"] == 10_000_00 - spent


def test_one_hundred_guesses_at_once_get_three_tries(sandbox_bank: SandboxBank, bound: Bound) -> None:
    started = bound.client.start_binding(bound.person, bound.card)
    code = int(sandbox_bank.last_code(bound.person["mobile"]))
    guesses = [f"{(code + step) % 1_000_000:06d}" for step in range(1, 101)]

    def guess(text: str) -> str:
        body = {"request_no": fresh("SC"), "sign_id": started["sign_id"], "code": text}
        return str(bound.client.post("/v1/agreements/sign-confirm", body)["code"])

    with ThreadPoolExecutor(20) as pool:
        assert Counter(pool.map(guess, guesses)) == {"WRONG_CODE": 3, "TOO_MANY_TRIES": 97}
