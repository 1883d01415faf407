"""Signatures on requests and answers."""

import httpx
import pytest
from cryptography.exceptions import InvalidSignature

from tests.sandbox.conftest import Bound
from tests.sandbox_bank import BankClient, SandboxBank, fresh

LOOKUP = "/v1/cards/lookup"
BODY = b'{"card_number": "9901100000000000017"}'


def send(bank: SandboxBank, headers: dict[str, str], body: bytes = BODY, path: str = LOOKUP) -> httpx.Response:
    return httpx.post(bank.base_url + path, content=body, headers=headers, trust_env=False, timeout=30)


def test_a_rightly_signed_request_is_answered_with_a_rightly_signed_answer(sandbox_bank: SandboxBank, client: BankClient) -> None:
    headers = client.headers("POST", LOOKUP, BODY)
    answer = send(sandbox_bank, headers)
    assert answer.status_code == 200
    client.verify(answer, headers["Bank-Nonce"])
    assert answer.headers["Bank-Merchant"] == client.merchant
    assert len(answer.headers["Bank-Key-Id"]) == 16


def test_an_answer_belongs_to_its_request_alone(sandbox_bank: SandboxBank, client: BankClient) -> None:
    answer = send(sandbox_bank, client.headers("POST", LOOKUP, BODY))
    with pytest.raises(InvalidSignature):
        client.verify(answer, "another-request")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda h, c: h.pop("Bank-Signature"), id="missing"),
        pytest.param(lambda h, c: h.update({"Bank-Nonce": ""}), id="empty nonce"),
    ],
)
def test_a_request_without_all_headers_is_refused(sandbox_bank: SandboxBank, client: BankClient, change: object) -> None:
    headers = client.headers("POST", LOOKUP, BODY)
    change(headers, client)  # type: ignore[operator]
    answer = send(sandbox_bank, headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "SIGNATURE_MISSING")


def test_a_changed_body_path_method_or_key_is_refused(sandbox_bank: SandboxBank, client: BankClient) -> None:
    stranger = BankClient(sandbox_bank, client.merchant, sandbox_bank.client().key, client.bank_public_key)
    attempts = [
        send(sandbox_bank, client.headers("POST", LOOKUP, BODY), BODY + b" "),
        send(sandbox_bank, client.headers("POST", LOOKUP, BODY), path=LOOKUP + "?x=1"),
        send(sandbox_bank, client.headers("PUT", LOOKUP, BODY)),
        send(sandbox_bank, stranger.headers("POST", LOOKUP, BODY)),
        send(sandbox_bank, client.headers("POST", LOOKUP, BODY) | {"Bank-Signature": "not base64!"}),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in attempts] == [(401, "SIGNATURE_INVALID")] * 5


def test_a_refused_answer_is_signed_too(sandbox_bank: SandboxBank, client: BankClient) -> None:
    headers = client.headers("PUT", LOOKUP, BODY)
    answer = send(sandbox_bank, headers)
    assert answer.status_code == 401
    client.verify(answer, headers["Bank-Nonce"])


def test_the_timestamp_may_be_300_s_off_and_not_more(sandbox_bank: SandboxBank, client: BankClient) -> None:
    statuses = [send(sandbox_bank, client.headers("POST", LOOKUP, BODY, age_s=age)).status_code for age in (295, -295, 310, -310)]
    assert statuses == [200, 200, 401, 401]
    answer = send(sandbox_bank, client.headers("POST", LOOKUP, BODY, age_s=310))
    assert answer.json()["code"] == "TIMESTAMP_OUT_OF_RANGE"


def test_freshness_is_by_the_wall_clock_whatever_the_simulated_one_says(sandbox_bank: SandboxBank, client: BankClient) -> None:
    before = sandbox_bank.clock()["offset_seconds"]
    sandbox_bank.clock(offset_seconds=before + 86_400)
    assert send(sandbox_bank, client.headers("POST", LOOKUP, BODY)).status_code == 200


def test_a_nonce_works_once(sandbox_bank: SandboxBank, client: BankClient) -> None:
    headers = client.headers("POST", LOOKUP, BODY)
    first, second = send(sandbox_bank, headers), send(sandbox_bank, headers)
    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 401, "NONCE_REUSED")


def test_a_failed_signature_does_not_use_up_the_nonce(sandbox_bank: SandboxBank, client: BankClient) -> None:
    headers = client.headers("POST", LOOKUP, BODY)
    assert send(sandbox_bank, headers, BODY + b" ").status_code == 401
    assert send(sandbox_bank, headers).status_code == 200


def test_an_unregistered_merchant_is_refused(sandbox_bank: SandboxBank, client: BankClient) -> None:
    answer = send(sandbox_bank, client.headers("POST", LOOKUP, BODY) | {"Bank-Merchant": "nobody"})
    assert (answer.status_code, answer.json()["code"]) == (401, "MERCHANT_UNKNOWN")


def test_a_merchant_does_not_see_another_merchants_things(sandbox_bank: SandboxBank, bound: Bound) -> None:
    paid = bound.client.pay(bound.agreement_no, 100)
    other = sandbox_bank.client()
    assert other.call("GET", f"/v1/payments/{paid['request_no']}").status_code == 404
    assert other.call("GET", f"/v1/requests/{paid['request_no']}").status_code == 404
    assert other.call("GET", f"/v1/agreements/{bound.agreement_no}").status_code == 404
    assert other.pay(bound.agreement_no, 100)["code"] == "AGREEMENT_NOT_FOUND"
    assert (
        other.post("/v1/agreements/unsign", {"request_no": fresh("US"), "agreement_no": bound.agreement_no})["code"]
        == "AGREEMENT_NOT_FOUND"
    )
    assert bound.client.get(f"/v1/agreements/{bound.agreement_no}")["agreement_status"] == "ACTIVE"


def test_a_weak_or_broken_key_is_not_registered(sandbox_bank: SandboxBank) -> None:
    answer = sandbox_bank.http.put(f"{sandbox_bank.base_url}/control/merchants/weak", json={"public_key_pem": "nonsense"})
    assert (answer.status_code, answer.json()["field"]) == (400, "public_key_pem")


def test_the_control_plane_answers_no_foreign_host_and_no_form_post(sandbox_bank: SandboxBank) -> None:
    rebound = sandbox_bank.http.get(f"{sandbox_bank.base_url}/control/clock", headers={"Host": "evil.example"})
    assert (rebound.status_code, rebound.json()["code"]) == (403, "LOOPBACK_ONLY")
    form = sandbox_bank.http.post(f"{sandbox_bank.base_url}/control/reset", content=b"{}", headers={"Content-Type": "text/plain"})
    assert form.status_code == 400


def test_a_wrong_path_or_method_is_no_answer_about_an_order(client: BankClient) -> None:
    answers = [client.call("GET", "/v1/nothing"), client.call("PUT", "/v1/payments", {})]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "BAD_HTTP"), (405, "BAD_HTTP")]
