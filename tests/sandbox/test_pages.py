"""The pages for people."""

from tests.sandbox.conftest import Bound
from tests.sandbox_bank import BankClient, SandboxBank, fresh


def page(bank: SandboxBank, path: str) -> str:
    answer = bank.http.get(bank.base_url + path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return answer.text


def test_the_inbox_shows_the_latest_first_and_filters_by_mobile(sandbox_bank: SandboxBank, client: BankClient) -> None:
    one, two = (person["mobile"] for person in sandbox_bank.people(2))
    for mobile, text in ((one, "first 111111"), (two, "second 222222"), (one, "third <b>333333</b>")):
        client.post("/v1/sms", {"request_no": fresh("SM"), "mobile": mobile, "text": text})
    everything, filtered = page(sandbox_bank, "/inbox"), page(sandbox_bank, f"/inbox?mobile={one}")
    assert everything.index("third &lt;b") < everything.index("second 222222") < everything.index("first 111111")
    assert ("second" in filtered, "first 111111" in filtered) == (False, True)
    assert "third &lt;b&gt;333333&lt;/b&gt;" in filtered


def test_the_activity_masks_numbers_and_shows_faults_and_cut_connections(sandbox_bank: SandboxBank, bound: Bound) -> None:
    bound.client.start_binding(bound.person, bound.card)
    bound.client.pay(bound.agreement_no, 100, faults="lost_notice")
    shown = page(sandbox_bank, "/activity")
    assert bound.card not in shown
    assert bound.person["id_number"] not in shown
    assert f"{bound.card[:6]}******{bound.card[-4:]}" in shown
    assert "lost_notice" in shown


def test_the_product_page_shows_the_rules_that_are_on(sandbox_bank: SandboxBank, client: BankClient) -> None:
    assert "On now" not in page(sandbox_bank, "/")
    sandbox_bank.fault("delay", card_last4="4242")
    assert "card_last4=4242" in page(sandbox_bank, "/")
