"""Every fault switch of requests and outcomes, by header, rule, next-N, magic card and magic amount."""

import time
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature

from tests.sandbox.conftest import Bound, magic_card, magic_person
from tests.sandbox_bank import BankClient, SandboxBank, fresh

CUT = httpx.RemoteProtocolError


def balance(bank: SandboxBank, bound: Bound) -> int:
    return int(bank.card(bound.card)["balance_fen"])


def test_delay_holds_the_request_and_then_does_it(bound: Bound) -> None:
    began = time.monotonic()
    assert bound.client.pay(bound.agreement_no, 100, faults="delay;ms=300")["status"] == "SUCCESS"
    assert time.monotonic() - began >= 0.3


def test_a_client_that_gives_up_during_a_delay_finds_the_payment_done_later(sandbox_bank: SandboxBank, bound: Bound) -> None:
    number = fresh("PY")
    with pytest.raises(httpx.ReadTimeout):
        bound.client.pay(bound.agreement_no, 1_00, number, faults="delay;ms=3000", timeout=0.2)
    assert bound.client.call("GET", f"/v1/payments/{number}").status_code == 404
    done = wait_until(lambda: bound.client.call("GET", f"/v1/payments/{number}"), lambda answer: answer.status_code == 200)
    assert done.json()["status"] == "SUCCESS"
    assert balance(sandbox_bank, bound) == 9_999_00


@pytest.mark.parametrize("send", ["pay", "payout"])
def test_timeout_before_effect_does_nothing_and_cuts_the_connection(sandbox_bank: SandboxBank, bound: Bound, send: str) -> None:
    number = fresh("T")
    began = time.monotonic()
    with pytest.raises(CUT):
        getattr(bound.client, send)(bound.agreement_no, 1_00, number, faults="timeout_before_effect;hold_ms=150")
    assert time.monotonic() - began >= 0.15
    noun = {"pay": "payments", "payout": "payouts"}[send]
    assert bound.client.call("GET", f"/v1/{noun}/{number}").status_code == 404
    assert balance(sandbox_bank, bound) == 10_000_00
    assert getattr(bound.client, send)(bound.agreement_no, 1_00, number)["status"] == "SUCCESS"


@pytest.mark.parametrize(("send", "noun", "change"), [("pay", "payments", -1_00), ("payout", "payouts", 1_00)])
def test_timeout_after_effect_does_everything_once_and_cuts_the_connection(
    sandbox_bank: SandboxBank, bound: Bound, send: str, noun: str, change: int
) -> None:
    number = fresh("T")
    with pytest.raises(CUT):
        getattr(bound.client, send)(bound.agreement_no, 1_00, number, faults="timeout_after_effect;hold_ms=0")
    assert bound.client.get(f"/v1/{noun}/{number}")["status"] == "SUCCESS"
    assert getattr(bound.client, send)(bound.agreement_no, 1_00, number)["status"] == "SUCCESS"
    assert balance(sandbox_bank, bound) == 10_000_00 + change


def test_a_lost_answer_of_a_refund_and_of_a_signing_is_found_again(sandbox_bank: SandboxBank, bound: Bound) -> None:
    paid = bound.client.pay(bound.agreement_no, 1_00)["request_no"]
    number = fresh("RF")
    with pytest.raises(CUT):
        bound.client.refund(paid, 40, number, faults="timeout_after_effect;hold_ms=0")
    assert bound.client.get(f"/v1/refunds/{number}")["status"] == "SUCCESS"
    body = {
        "request_no": fresh("SG"), "name": bound.person["name"], "id_number": bound.person["id_number"],
        "mobile": bound.person["mobile"], "card_number": bound.card,
    }  # fmt: skip
    before = len(sandbox_bank.messages(bound.person["mobile"]))
    with pytest.raises(CUT):
        bound.client.post("/v1/agreements/sign-start", body, faults="timeout_after_effect;hold_ms=0")
    found = bound.client.get(f"/v1/requests/{body['request_no']}")["result"]
    assert bound.client.post("/v1/agreements/sign-start", body) == found
    assert len(sandbox_bank.messages(bound.person["mobile"])) == before + 1


def test_a_burst_of_http_500_ends_after_n_requests(sandbox_bank: SandboxBank, bound: Bound) -> None:
    sandbox_bank.fault("http_500_burst", request_no="BURST", params={"n": 3})
    body = {"request_no": "BURST", "agreement_no": bound.agreement_no, "amount_fen": 100, "currency": "CNY"}
    answers = [bound.client.call("POST", "/v1/payments", body) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [500, 500, 500, 200]
    assert (answers[0].json()["code"], answers[0].json()["definite"]) == ("SYSTEM_ERROR", False)
    assert balance(sandbox_bank, bound) == 9_999_00
    assert sandbox_bank.control("GET", "faults") == {"faults": []}


def test_a_500_may_hide_a_success(sandbox_bank: SandboxBank, bound: Bound) -> None:
    number = fresh("PY")
    body = {"request_no": number, "agreement_no": bound.agreement_no, "amount_fen": 100, "currency": "CNY"}
    assert bound.client.call("POST", "/v1/payments", body, faults="http_500_burst;after_effect=true").status_code == 500
    assert bound.client.get(f"/v1/payments/{number}")["status"] == "SUCCESS"
    assert bound.client.call("POST", "/v1/payments", body).headers["Bank-Replayed"] == "true"
    assert balance(sandbox_bank, bound) == 9_999_00


@pytest.mark.parametrize(("fault", "code"), [("maintenance;retry_after_s=7", "MAINTENANCE"), ("system_busy", "SYSTEM_BUSY")])
def test_503_is_a_definite_not_done_and_leaves_the_number_free(sandbox_bank: SandboxBank, bound: Bound, fault: str, code: str) -> None:
    body = {"request_no": fresh("PY"), "agreement_no": bound.agreement_no, "amount_fen": 100, "currency": "CNY"}
    answer = bound.client.call("POST", "/v1/payments", body, faults=fault)
    assert (answer.status_code, answer.json()["code"], answer.json()["definite"]) == (503, code, True)
    assert answer.headers.get("Retry-After") == ("7" if code == "MAINTENANCE" else None)
    assert balance(sandbox_bank, bound) == 10_000_00
    assert bound.client.post("/v1/payments", body)["status"] == "SUCCESS"


def test_decline_refuses_by_any_published_code(sandbox_bank: SandboxBank, bound: Bound) -> None:
    assert bound.client.pay(bound.agreement_no, 100, faults="decline;code=LIMIT_EXCEEDED")["code"] == "LIMIT_EXCEEDED"
    assert bound.client.payout(bound.agreement_no, 100, faults="decline")["code"] == "RISK_REFUSED"
    started = bound.client.start_binding(bound.person, bound.card, faults="decline;code=NAME_MISMATCH")
    assert (started["status"], started["code"]) == ("FAILED", "NAME_MISMATCH")
    assert balance(sandbox_bank, bound) == 10_000_00


@pytest.mark.parametrize(("fault", "status", "code", "left"), [
    ("processing_then_success;after_ms=2000", "SUCCESS", "", 9_999_00),
    ("processing_then_failed;after_ms=2000;code=INSUFFICIENT_FUNDS", "FAILED", "INSUFFICIENT_FUNDS", 10_000_00),
])  # fmt: skip
def test_processing_is_decided_after_a_while_and_told(
    sandbox_bank: SandboxBank, bound: Bound, fault: str, status: str, code: str, left: int
) -> None:
    paid = bound.client.pay(bound.agreement_no, 1_00, faults=fault)
    assert (paid["status"], paid["finished_at"], paid["booked_on"]) == ("PROCESSING", "", "")
    assert balance(sandbox_bank, bound) == 10_000_00
    assert sandbox_bank.notices(paid["request_no"]) == []
    decided = wait_until(lambda: bound.client.get(f"/v1/payments/{paid['request_no']}"), lambda order: order["status"] != "PROCESSING")
    assert (decided["status"], decided["code"]) == (status, code)
    assert balance(sandbox_bank, bound) == left
    assert len(sandbox_bank.notices(paid["request_no"])) == 1


def test_processing_by_hand_waits_for_the_hand(sandbox_bank: SandboxBank, bound: Bound) -> None:
    number = bound.client.payout(bound.agreement_no, 1_00, faults="processing_then_success;after_ms=0")["request_no"]
    assert bound.client.payout(bound.agreement_no, 1_00, number)["status"] == "PROCESSING"
    decided = sandbox_bank.resolve(bound.client.merchant, number)
    assert decided["status"] == "SUCCESS"
    assert bound.client.payout(bound.agreement_no, 1_00, number) == decided
    assert balance(sandbox_bank, bound) == 10_001_00


def test_a_success_planned_for_later_is_refused_if_the_money_is_gone_by_then(sandbox_bank: SandboxBank, bound: Bound) -> None:
    number = bound.client.pay(bound.agreement_no, 1_00, faults="processing_then_success;after_ms=0")["request_no"]
    sandbox_bank.control("PATCH", f"cards/{bound.card}", {"balance_fen": 99})
    assert sandbox_bank.resolve(bound.client.merchant, number)["code"] == "INSUFFICIENT_FUNDS"
    assert balance(sandbox_bank, bound) == 99


def test_a_payout_comes_back_after_a_while(sandbox_bank: SandboxBank, bound: Bound) -> None:
    paid = bound.client.payout(bound.agreement_no, 1_00, faults="payout_returned;after_ms=200")
    assert paid["status"] == "SUCCESS"
    returned = wait_until(lambda: bound.client.get(f"/v1/payouts/{paid['request_no']}"), lambda order: order["status"] == "RETURNED")
    assert (returned["code"], returned["amount_fen"]) == ("PAYEE_ACCOUNT_CLOSED", 1_00)
    assert balance(sandbox_bank, bound) == 10_000_00
    events = [notice["event"] for notice in sandbox_bank.notices(paid["request_no"])]
    assert events == ["payout.returned", "payout.succeeded"]


def test_the_bank_cancels_an_agreement_after_binding(sandbox_bank: SandboxBank, client: BankClient) -> None:
    person = sandbox_bank.people(1)[0]
    started = client.start_binding(person, person["cards"][0]["card_number"])
    body = {"request_no": fresh("SC"), "sign_id": started["sign_id"], "code": sandbox_bank.last_code(person["mobile"])}
    agreement_no = client.post("/v1/agreements/sign-confirm", body, faults="bank_cancels_agreement;after_ms=100")["agreement_no"]
    shown = wait_until(lambda: client.get(f"/v1/agreements/{agreement_no}"), lambda found: found["agreement_status"] == "CANCELLED")
    assert shown["cancelled_by"] == "bank"
    assert [notice["event"] for notice in sandbox_bank.notices(agreement_no)] == ["agreement.cancelled"]
    assert client.pay(agreement_no, 100)["code"] == "AGREEMENT_CANCELLED"


def test_a_lost_sms_does_not_arrive_and_a_resend_helps(sandbox_bank: SandboxBank, client: BankClient) -> None:
    person = sandbox_bank.people(1)[0]
    started = client.start_binding(person, person["cards"][0]["card_number"], faults="lost_sms")
    assert (started["status"], sandbox_bank.messages(person["mobile"])) == ("SUCCESS", [])
    sandbox_bank.clock(offset_seconds=sandbox_bank.clock()["offset_seconds"] + 56)
    client.post("/v1/agreements/resend", {"request_no": fresh("RS"), "sign_id": started["sign_id"]})
    assert len(sandbox_bank.messages(person["mobile"])) == 1


def test_a_forged_response_does_not_verify(bound: Bound) -> None:
    with pytest.raises(InvalidSignature):
        bound.client.pay(bound.agreement_no, 100, faults="forged_response")


def test_a_rule_hits_its_card_only_and_until_deleted(sandbox_bank: SandboxBank, bound: Bound) -> None:
    other = sandbox_bank.people(1)[0]
    other_agreement = bound.client.bind(other)
    rule = sandbox_bank.fault("decline", card_number=bound.card, operations=["payment"], params={"code": "CARD_FROZEN"})
    codes = [bound.client.pay(bound.agreement_no, 100)["code"] for _ in range(3)]
    assert (codes, bound.client.pay(other_agreement, 100)["code"]) == (["CARD_FROZEN"] * 3, "")
    assert bound.client.payout(bound.agreement_no, 100)["code"] == ""
    assert sandbox_bank.control("DELETE", f"faults/{rule}") == {"deleted": 1}
    assert bound.client.pay(bound.agreement_no, 100)["code"] == ""


@pytest.mark.parametrize("match", ["card_last4", "agreement_no", "request_no"])
def test_a_rule_matches_by_last_four_token_and_number(sandbox_bank: SandboxBank, bound: Bound, match: str) -> None:
    number = fresh("PY")
    wanted = {"card_last4": bound.card[-4:], "agreement_no": bound.agreement_no, "request_no": number}[match]
    sandbox_bank.fault("decline", operations=["payment"], **{match: wanted})
    assert bound.client.pay(bound.agreement_no, 100, number)["code"] == "RISK_REFUSED"


def test_a_rule_without_a_match_hits_the_next_n_of_its_operations(sandbox_bank: SandboxBank, bound: Bound) -> None:
    sandbox_bank.fault("decline", operations=["payment"], times=2)
    assert bound.client.payout(bound.agreement_no, 100)["code"] == ""
    assert [bound.client.pay(bound.agreement_no, 100)["code"] for _ in range(3)] == ["RISK_REFUSED", "RISK_REFUSED", ""]


def test_first_tries_counts_for_each_number(sandbox_bank: SandboxBank, bound: Bound) -> None:
    sandbox_bank.fault("system_busy", agreement_no=bound.agreement_no, params={"first_tries": 2})
    for _ in range(2):
        body = {"request_no": fresh("PY"), "agreement_no": bound.agreement_no, "amount_fen": 100, "currency": "CNY"}
        assert [bound.client.call("POST", "/v1/payments", body).status_code for _ in range(3)] == [503, 503, 200]


def test_several_faults_hit_one_request_together(sandbox_bank: SandboxBank, bound: Bound) -> None:
    number = fresh("PY")
    with pytest.raises(CUT):
        bound.client.pay(bound.agreement_no, 100, number, faults="timeout_after_effect;hold_ms=0, lost_notice")
    assert [notice["state"] for notice in sandbox_bank.notices(number)] == ["lost"]


@pytest.mark.parametrize("header", ["nonsense", "delay;speed=1", "delay;ms=soon", "decline;code=NONSENSE", "decline;code=MAINTENANCE"])
def test_an_unknown_fault_is_refused_and_nothing_is_done(sandbox_bank: SandboxBank, bound: Bound, header: str) -> None:
    body = {"request_no": fresh("PY"), "agreement_no": bound.agreement_no, "amount_fen": 100, "currency": "CNY"}
    answer = bound.client.call("POST", "/v1/payments", body, faults=header)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")
    assert balance(sandbox_bank, bound) == 10_000_00


@pytest.mark.parametrize("rule", [
    {"name": "nonsense"}, {"name": "delay", "operations": ["fly"]}, {"name": "delay", "params": {"ms": "soon"}},
    {"name": "missing_line", "card_last4": "0017"}, {"name": "delay", "times": 0}, {"name": "changed_line", "params": {"field": "x"}},
    {"name": "missing_line", "params": {"date": "soon"}}, {"name": "missing_line", "params": {"kind": "x"}}, {"name": "delay", "who": "me"},
])  # fmt: skip
def test_a_malformed_rule_is_refused(sandbox_bank: SandboxBank, rule: dict[str, Any]) -> None:
    answer = sandbox_bank.http.post(f"{sandbox_bank.base_url}/control/faults", json=rule)
    assert answer.status_code == 400
    assert sandbox_bank.control("GET", "faults") == {"faults": []}


@pytest.mark.parametrize(("note", "code"), [
    ("payment: insufficient funds", "INSUFFICIENT_FUNDS"), ("payment: card expired", "CARD_EXPIRED"),
    ("payment and payout: card frozen", "CARD_FROZEN"), ("payment: limit exceeded", "LIMIT_EXCEEDED"),
    ("payment: refused by risk control", "RISK_REFUSED"), ("payment: agreement cancelled", "AGREEMENT_CANCELLED"),
    ("payment: bank busy (503)", "SYSTEM_BUSY"), ("every money move: bank under maintenance (503)", "MAINTENANCE"),
])  # fmt: skip
def test_magic_cards_that_refuse_payments(sandbox_bank: SandboxBank, client: BankClient, note: str, code: str) -> None:
    agreement_no = client.bind(magic_person(sandbox_bank), magic_card(sandbox_bank, note))
    body = {"request_no": fresh("PY"), "agreement_no": agreement_no, "amount_fen": 100, "currency": "CNY"}
    assert client.call("POST", "/v1/payments", body).json()["code"] == code


@pytest.mark.parametrize(("note", "code"), [
    ("binding: name mismatch", "NAME_MISMATCH"), ("binding: mobile mismatch", "MOBILE_MISMATCH"), ("binding: card expired", "CARD_EXPIRED"),
    ("binding: card frozen", "CARD_FROZEN"), ("binding: bank not supported", "CARD_UNSUPPORTED"),
])  # fmt: skip
def test_magic_cards_that_refuse_binding(sandbox_bank: SandboxBank, client: BankClient, note: str, code: str) -> None:
    assert client.start_binding(magic_person(sandbox_bank), magic_card(sandbox_bank, note))["code"] == code


def test_magic_cards_of_lost_answers_work_at_the_second_try(sandbox_bank: SandboxBank, client: BankClient) -> None:
    for note in ("money moves: first try of each number lost before the effect", "money moves: done, but the first answer is lost"):
        agreement_no = client.bind(magic_person(sandbox_bank), magic_card(sandbox_bank, note))
        number = fresh("PY")
        with pytest.raises(CUT):
            client.pay(agreement_no, 100, number)
        assert client.pay(agreement_no, 100, number)["status"] == "SUCCESS"
    burst = client.bind(magic_person(sandbox_bank), magic_card(sandbox_bank, "money moves: HTTP 500 twice for each number, then fine"))
    body = {"request_no": fresh("PY"), "agreement_no": burst, "amount_fen": 100, "currency": "CNY"}
    assert [client.call("POST", "/v1/payments", body).status_code for _ in range(3)] == [500, 500, 200]


def test_magic_cards_for_payouts_and_refunds(sandbox_bank: SandboxBank, client: BankClient) -> None:
    person = magic_person(sandbox_bank)
    closed = client.bind(person, magic_card(sandbox_bank, "payout: account closed"))
    assert client.payout(closed, 100)["code"] == "PAYEE_ACCOUNT_CLOSED"
    refused = client.bind(person, magic_card(sandbox_bank, "refund: card account closed"))
    assert client.refund(client.pay(refused, 100)["request_no"], 100)["code"] == "CARD_CLOSED"
    slow = client.bind(person, magic_card(sandbox_bank, "payout: processing, then success"))
    assert (client.payout(slow, 100)["status"], client.pay(slow, 100)["status"]) == ("PROCESSING", "SUCCESS")


def test_magic_amounts_work_on_any_card_and_can_be_switched_off(sandbox_bank: SandboxBank, bound: Bound) -> None:
    assert bound.client.pay(bound.agreement_no, 666_01)["code"] == "INSUFFICIENT_FUNDS"
    assert bound.client.pay(bound.agreement_no, 666_05)["status"] == "PROCESSING"
    sandbox_bank.settings(magic_amounts=False)
    try:
        assert bound.client.pay(bound.agreement_no, 666_01)["status"] == "SUCCESS"
    finally:
        sandbox_bank.settings(magic_amounts=True)


def wait_until(look: Any, good: Any, timeout: float = 60) -> Any:
    deadline = time.monotonic() + timeout
    while not good(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found
