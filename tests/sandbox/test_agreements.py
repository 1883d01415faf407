"""Real names, card look-up, and binding a card by four elements and an SMS code."""

import pytest

from sandbox.identifiers import id_check_digit, luhn_digit
from tests.sandbox.conftest import Bound, magic_card, magic_person
from tests.sandbox_bank import BankClient, SandboxBank, fresh


def verify(client: BankClient, **changes: str) -> dict[str, str]:
    return client.post("/v1/identity/verify", {"request_no": fresh("VR"), **changes})


def confirm(client: BankClient, sign_id: str, code: str) -> dict[str, object]:
    return client.post("/v1/agreements/sign-confirm", {"request_no": fresh("SC"), "sign_id": sign_id, "code": code})


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_verifier_tells_match_mismatch_and_not_found(sandbox_bank: SandboxBank, client: BankClient) -> None:
    person = sandbox_bank.people(1)[0]
    true = {"name": person["name"], "id_number": person["id_number"]}
    assert verify(client, **true)["result"] == "match"
    assert verify(client, **true, mobile=person["mobile"])["result"] == "match"
    found = verify(client, **true | {"name": "别人"})
    assert (found["status"], found["result"], found["code"]) == ("SUCCESS", "mismatch", "NAME_MISMATCH")
    assert verify(client, **true, mobile="13800000000")["code"] == "MOBILE_MISMATCH"
    assert verify(client, name="别人", id_number="11000019500101001" + id_check_digit("11000019500101001"))["result"] == "not_found"


def test_the_documented_people_behave_as_documented(sandbox_bank: SandboxBank, client: BankClient) -> None:
    people = sandbox_bank.control("GET", "magic")["people"]
    assert [verify(client, name=person["name"], id_number=person["id_number"])["result"] for person in people] == [
        "match", "match", "match", "match", "mismatch", "not_found", "unavailable", "match",
    ]  # fmt: skip
    assert all(person["verify_result"] in ("match", "mismatch", "not_found", "unavailable") for person in people)


def test_an_unavailable_answer_does_not_use_the_number_up(sandbox_bank: SandboxBank, client: BankClient) -> None:
    absent, present = magic_person(sandbox_bank, 6), magic_person(sandbox_bank)
    number = fresh("VR")
    first = client.post("/v1/identity/verify", {"request_no": number, "name": absent["name"], "id_number": absent["id_number"]})
    assert (first["status"], first["code"]) == ("FAILED", "VERIFIER_UNAVAILABLE")
    second = client.post("/v1/identity/verify", {"request_no": number, "name": present["name"], "id_number": present["id_number"]})
    assert second["result"] == "match"


@pytest.mark.parametrize("id_number", ["110000199003070029", "11000019900307002", "110000199013070020", "abc"])
def test_a_malformed_identity_number_is_refused_by_name(client: BankClient, id_number: str) -> None:
    answer = client.call("POST", "/v1/identity/verify", {"request_no": fresh("VR"), "name": "林小满", "id_number": id_number})
    assert (answer.status_code, answer.json()["field"]) == (400, "id_number")


def test_lookup_knows_twelve_banks_and_refuses_the_rest(sandbox_bank: SandboxBank, client: BankClient) -> None:
    def look(number: str) -> dict[str, object]:
        return client.post("/v1/cards/lookup", {"card_number": number})

    works = look("9901100000000000017")
    assert works == {
        "status": "SUCCESS", "valid": True, "bin": "990110", "last4": "0017", "bank_code": "ICBC",
        "bank_name": "Industrial and Commercial Bank of China", "bank_name_zh": "中国工商银行", "kind": "debit", "supported": True,
        "code": "",
    }  # fmt: skip
    assert look("9901200000000023")["kind"] == "credit"
    assert look("9901100000000000018")["code"] == "CARD_NUMBER_INVALID"
    assert look("4111111111111111")["code"] == "CARD_UNSUPPORTED"
    far = look(magic_card(sandbox_bank, "binding: bank not supported"))
    assert (far["bank_code"], far["supported"], far["code"]) == ("FARB", False, "CARD_UNSUPPORTED")


def test_binding_by_the_right_four_elements_and_code_gives_an_agreement(sandbox_bank: SandboxBank, client: BankClient) -> None:
    person = sandbox_bank.people(1)[0]
    card = person["cards"][0]
    started = client.start_binding(person, card["card_number"])
    assert (started["status"], started["last4"], started["kind"]) == ("SUCCESS", card["last4"], "debit")
    assert started["mobile_masked"] == f"{person['mobile'][:3]}****{person['mobile'][-4:]}"
    message = sandbox_bank.messages(person["mobile"])[0]
    assert message["code"] in message["text"]
    confirmed = confirm(client, started["sign_id"], message["code"])
    assert (confirmed["status"], confirmed["bank_code"]) == ("SUCCESS", card["bank_code"])
    shown = client.get(f"/v1/agreements/{confirmed['agreement_no']}")
    assert (shown["agreement_status"], shown["last4"], shown["signed_at"]) == ("ACTIVE", card["last4"], confirmed["signed_at"])
    assert client.get(f"/v1/signings/{started['sign_id']}")["sign_status"] == "CONFIRMED"


def test_each_wrong_element_is_named_and_sends_no_message(sandbox_bank: SandboxBank, client: BankClient) -> None:
    person, other = sandbox_bank.people(2)
    card = person["cards"][0]["card_number"]
    before = len(sandbox_bank.messages(person["mobile"]))
    codes = [
        client.start_binding(person | {"name": "别人"}, card)["code"],
        client.start_binding(person | {"id_number": other["id_number"]}, card)["code"],
        client.start_binding(person | {"mobile": "13800000000"}, card)["code"],
        client.start_binding(person, card[:-1] + str((int(card[-1]) + 1) % 10))["code"],
        client.start_binding(person, "4111111111111111")["code"],
        client.start_binding(person, "990110999999999999" + luhn_digit("990110999999999999"))["code"],
    ]
    assert codes == ["NAME_MISMATCH", "ID_MISMATCH", "MOBILE_MISMATCH", "CARD_NUMBER_INVALID", "CARD_UNSUPPORTED", "CARD_NOT_FOUND"]
    assert len(sandbox_bank.messages(person["mobile"])) == before


@pytest.mark.parametrize(("status", "code"), [("frozen", "CARD_FROZEN"), ("expired", "CARD_EXPIRED"), ("closed", "CARD_CLOSED")])
def test_a_card_that_is_not_active_cannot_be_bound(sandbox_bank: SandboxBank, client: BankClient, status: str, code: str) -> None:
    person = sandbox_bank.people(1)[0]
    card = person["cards"][0]["card_number"]
    sandbox_bank.control("PATCH", f"cards/{card}", {"status": status})
    refused = client.start_binding(person, card)
    assert (refused["status"], refused["code"], refused["sign_id"]) == ("FAILED", code, "")


def test_three_wrong_codes_lock_the_signing_and_a_new_code_opens_it(sandbox_bank: SandboxBank, client: BankClient) -> None:
    person = sandbox_bank.people(1)[0]
    sign_id = client.start_binding(person, person["cards"][0]["card_number"])["sign_id"]
    code = sandbox_bank.last_code(person["mobile"])
    answers = [confirm(client, sign_id, wrong(code)) for _ in range(3)]
    assert [(answer["code"], answer["tries_left"]) for answer in answers] == [("WRONG_CODE", 2), ("WRONG_CODE", 1), ("WRONG_CODE", 0)]
    assert confirm(client, sign_id, code)["code"] == "TOO_MANY_TRIES"
    assert client.get(f"/v1/signings/{sign_id}")["sign_status"] == "LOCKED"
    sandbox_bank.clock(offset_seconds=sandbox_bank.clock()["offset_seconds"] + 60)
    client.post("/v1/agreements/resend", {"request_no": fresh("RS"), "sign_id": sign_id})
    assert confirm(client, sign_id, sandbox_bank.last_code(person["mobile"]))["status"] == "SUCCESS"


def test_a_code_expires_ten_minutes_after_it_was_sent(sandbox_bank: SandboxBank, client: BankClient) -> None:
    person = sandbox_bank.people(1)[0]
    sign_id = client.start_binding(person, person["cards"][0]["card_number"])["sign_id"]
    code = sandbox_bank.last_code(person["mobile"])
    sandbox_bank.clock(offset_seconds=sandbox_bank.clock()["offset_seconds"] + 602)
    assert confirm(client, sign_id, code)["code"] == "CODE_EXPIRED"
    assert client.get(f"/v1/signings/{sign_id}")["sign_status"] == "EXPIRED"


def test_a_resent_code_replaces_the_old_one_and_waits_55_seconds(sandbox_bank: SandboxBank, client: BankClient) -> None:
    person = sandbox_bank.people(1)[0]
    sign_id = client.start_binding(person, person["cards"][0]["card_number"])["sign_id"]
    old = sandbox_bank.last_code(person["mobile"])
    early = client.post("/v1/agreements/resend", {"request_no": fresh("RS"), "sign_id": sign_id})
    assert (early["status"], early["code"]) == ("FAILED", "SMS_TOO_OFTEN")
    sandbox_bank.clock(offset_seconds=sandbox_bank.clock()["offset_seconds"] + 56)
    assert client.post("/v1/agreements/resend", {"request_no": fresh("RS"), "sign_id": sign_id})["status"] == "SUCCESS"
    new = sandbox_bank.last_code(person["mobile"])
    if old != new:
        assert confirm(client, sign_id, old)["code"] == "WRONG_CODE"
    assert confirm(client, sign_id, new)["status"] == "SUCCESS"


def test_a_signing_is_confirmed_once(sandbox_bank: SandboxBank, client: BankClient) -> None:
    person = sandbox_bank.people(1)[0]
    sign_id = client.start_binding(person, person["cards"][0]["card_number"])["sign_id"]
    code = sandbox_bank.last_code(person["mobile"])
    assert confirm(client, sign_id, code)["status"] == "SUCCESS"
    again = confirm(client, sign_id, code)
    assert (again["code"], again["agreement_no"]) == ("SIGN_ALREADY_CONFIRMED", "")
    assert confirm(client, "SGNONE", code)["code"] == "SIGN_NOT_FOUND"


def test_an_unsigned_agreement_moves_no_money(sandbox_bank: SandboxBank, bound: Bound) -> None:
    unsigned = bound.client.post("/v1/agreements/unsign", {"request_no": fresh("US"), "agreement_no": bound.agreement_no})
    assert (unsigned["agreement_status"], unsigned["cancelled_by"]) == ("CANCELLED", "merchant")
    again = bound.client.post("/v1/agreements/unsign", {"request_no": fresh("US"), "agreement_no": bound.agreement_no})
    assert again["status"] == "SUCCESS"
    assert bound.client.pay(bound.agreement_no, 100)["code"] == "AGREEMENT_CANCELLED"
    assert bound.client.payout(bound.agreement_no, 100)["code"] == "AGREEMENT_CANCELLED"
    assert sandbox_bank.card(bound.card)["balance_fen"] == 10_000_00
    assert sandbox_bank.notices(bound.agreement_no) == []


def test_a_lost_answer_of_a_confirmation_is_found_by_its_number(sandbox_bank: SandboxBank, client: BankClient) -> None:
    person = sandbox_bank.people(1)[0]
    sign_id = client.start_binding(person, person["cards"][0]["card_number"])["sign_id"]
    body = {"request_no": fresh("SC"), "sign_id": sign_id, "code": sandbox_bank.last_code(person["mobile"])}
    confirmed = client.post("/v1/agreements/sign-confirm", body)
    found = client.get(f"/v1/requests/{body['request_no']}")
    assert found == {"request_no": body["request_no"], "operation": "sign_confirm", "result": confirmed}
    assert client.post("/v1/agreements/sign-confirm", body) == confirmed


def test_any_documented_person_binds_a_magic_card(sandbox_bank: SandboxBank, client: BankClient) -> None:
    card = magic_card(sandbox_bank, "debit card, works")
    agreements = [client.bind(magic_person(sandbox_bank, place), card) for place in (0, 1)]
    assert len(set(agreements)) == 2
    assert client.pay(agreements[1], 100)["status"] == "SUCCESS"


def test_the_platforms_own_messages_share_the_inbox(sandbox_bank: SandboxBank, client: BankClient) -> None:
    mobile = sandbox_bank.people(1)[0]["mobile"]
    body = {"request_no": fresh("SM"), "mobile": f"+86{mobile}", "text": "[Banyan] Your login code is 381902."}
    assert client.post("/v1/sms", body)["status"] == "SUCCESS"
    assert client.call("POST", "/v1/sms", body).headers["Bank-Replayed"] == "true"
    messages = sandbox_bank.messages(mobile)
    assert [(message["code"], message["source"], message["mobile"]) for message in messages] == [("381902", client.merchant, mobile)]
