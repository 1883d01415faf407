"""Notices: signed, retried, and broken in every documented way."""

import time
from typing import Any

from tests.sandbox.conftest import Bound
from tests.sandbox.test_faults import wait_until
from tests.sandbox_bank import NoticeBox, SandboxBank


def told(bank: SandboxBank, number: str, state: str) -> dict[str, Any]:
    """The notice of an order once it is in this state: what the receiver said is written down a moment after it said it."""
    return wait_until(lambda: bank.notices(number)[0], lambda notice: notice["state"] == state)


def test_a_payment_is_told_with_a_signed_notice(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    paid = notified.client.pay(notified.agreement_no, 1_00)
    received = box.wait(1)[0]
    assert received.genuine
    assert received.headers["Bank-Merchant"] == notified.client.merchant
    assert (received.body["event"], received.body["resource_type"]) == ("payment.succeeded", "payment")
    assert received.body["resource"] == paid
    assert received.body["merchant"] == notified.client.merchant
    notice = told(sandbox_bank, paid["request_no"], "delivered")
    assert (notice["attempts"], notice["last_result"], len(sandbox_bank.notices(paid["request_no"]))) == (1, "HTTP 200", 1)


def test_every_decided_order_is_told_by_its_event(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    client, agreement_no = notified.client, notified.agreement_no
    paid = client.pay(agreement_no, 1_00)["request_no"]
    client.pay(agreement_no, 10_000_01)
    client.refund(paid, 40)
    client.refund(paid, 61)
    returned = client.payout(agreement_no, 2_00)["request_no"]
    client.payout(agreement_no, 3_00, faults="decline")
    sandbox_bank.return_payout(client.merchant, returned)
    sandbox_bank.control("POST", f"agreements/{agreement_no}/cancel", {})
    received = box.wait(8)
    assert [delivery.body["event"] for delivery in received] == [
        "payment.succeeded", "payment.failed", "refund.succeeded", "refund.failed", "payout.succeeded", "payout.failed", "payout.returned",
        "agreement.cancelled",
    ]  # fmt: skip
    assert all(delivery.genuine for delivery in received)
    assert received[4].body["resource"]["status"] == "SUCCESS"
    assert received[7].body["resource"]["cancelled_by"] == "bank"
    assert len({delivery.body["event_id"] for delivery in received}) == 8


def test_a_receiver_that_answers_500_three_times_gets_four_deliveries(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    box.statuses = [500, 500, 500]
    number = notified.client.pay(notified.agreement_no, 1_00)["request_no"]
    received = box.wait(4)
    assert len({delivery.body["event_id"] for delivery in received}) == 1
    assert len({delivery.headers["Bank-Nonce"] for delivery in received}) == 4
    assert told(sandbox_bank, number, "delivered")["attempts"] == 4
    assert len(box.received) == 4


def test_a_notice_nobody_takes_is_dead_and_can_be_resent(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    box.statuses = [500] * 5
    number = notified.client.pay(notified.agreement_no, 1_00)["request_no"]
    dead = told(sandbox_bank, number, "dead")
    assert (len(box.received), dead["attempts"], dead["last_result"]) == (5, 5, "HTTP 500")
    again = sandbox_bank.control("POST", f"notices/{dead['event_id']}/resend", {})
    assert (again["state"], len(box.received)) == ("delivered", 6)


def test_a_redirect_is_not_followed(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    box.statuses = [302]
    notified.client.pay(notified.agreement_no, 1_00)
    assert len(box.wait(2)) == 2


def test_manual_mode_sends_nothing_before_a_flush(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    sandbox_bank.settings(notice_mode="manual")
    for _ in range(3):
        notified.client.pay(notified.agreement_no, 1_00)
    time.sleep(0.3)
    assert box.received == []
    assert sandbox_bank.flush() == {"sent": 3, "delivered": 3, "left": 0}
    assert box.events() == ["payment.succeeded"] * 3


def test_duplicate_notices_are_equal_in_all_but_the_signature(notified: Bound, box: NoticeBox) -> None:
    notified.client.pay(notified.agreement_no, 1_00, faults="duplicate_notice;copies=2")
    received = box.wait(3)
    assert all(delivery.genuine for delivery in received)
    assert len({str(delivery.body) for delivery in received}) == 1


def test_a_late_notice_waits(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    began = time.monotonic()
    notified.client.pay(notified.agreement_no, 1_00, faults="late_notice;delay_ms=700")
    assert len(box.wait(1)) == 1
    assert time.monotonic() - began >= 0.7


def test_a_flush_sends_a_late_notice_now(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    notified.client.pay(notified.agreement_no, 1_00, faults="late_notice;delay_ms=60000")
    assert sandbox_bank.flush()["delivered"] == 1
    assert len(box.received) == 1


def test_a_lost_notice_never_comes_and_can_be_resent(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    number = notified.client.pay(notified.agreement_no, 1_00, faults="lost_notice")["request_no"]
    sandbox_bank.flush()
    assert (box.received, sandbox_bank.notices(number)[0]["state"]) == ([], "lost")
    sandbox_bank.control("POST", f"notices/{sandbox_bank.notices(number)[0]['event_id']}/resend", {})
    assert len(box.received) == 1


def test_a_reordered_notice_comes_after_the_next_one(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    held = notified.client.payout(notified.agreement_no, 1_00, faults="reordered_notices")["request_no"]
    time.sleep(0.2)
    assert (box.received, sandbox_bank.notices(held)[0]["state"]) == ([], "held")
    following = notified.client.pay(notified.agreement_no, 1_00)["request_no"]
    received = box.wait(2)
    assert [delivery.body["resource"]["request_no"] for delivery in received] == [following, held]


def test_a_flush_releases_reordered_notices_last_and_latest_first(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    sandbox_bank.settings(notice_mode="manual")
    number = notified.client.payout(notified.agreement_no, 1_00, faults="reordered_notices")["request_no"]
    sandbox_bank.return_payout(notified.client.merchant, number)
    sandbox_bank.flush()
    assert box.events() == ["payout.returned", "payout.succeeded"]


def test_a_forged_notice_comes_first_with_the_same_event_and_another_amount(notified: Bound, box: NoticeBox) -> None:
    notified.client.pay(notified.agreement_no, 1_00, faults="forged_notice")
    forged, genuine = box.wait(2)
    assert (forged.signed, genuine.signed) == (False, True)
    assert forged.body["event_id"] == genuine.body["event_id"]
    assert (forged.body["resource"]["amount_fen"], genuine.body["resource"]["amount_fen"]) == (1_01, 1_00)


def test_a_forged_notice_may_come_alone(notified: Bound, box: NoticeBox) -> None:
    notified.client.pay(notified.agreement_no, 1_00, faults="forged_notice;only=true")
    box.wait(1)
    time.sleep(0.3)
    assert [delivery.signed for delivery in box.received] == [False]


def test_a_wrong_amount_is_rightly_signed_and_the_query_tells_the_truth(notified: Bound, box: NoticeBox) -> None:
    number = notified.client.pay(notified.agreement_no, 1_00, faults="wrong_amount_notice;delta_fen=-1")["request_no"]
    received = box.wait(1)[0]
    assert (received.genuine, received.body["resource"]["amount_fen"]) == (True, 99)
    assert notified.client.get(f"/v1/payments/{number}")["amount_fen"] == 1_00


def test_a_stale_notice_is_rightly_signed_but_old_and_its_retry_is_fresh(notified: Bound, box: NoticeBox) -> None:
    box.statuses = [401]
    notified.client.pay(notified.agreement_no, 1_00, faults="stale_notice;age_s=301")
    stale, fresh = box.wait(2)
    assert (stale.signed, stale.genuine, fresh.genuine) == (True, False, True)
    assert 300 < stale.age_s < 360


def test_notice_faults_follow_an_order_that_is_decided_later(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    faults = "processing_then_success;after_ms=0, duplicate_notice"
    number = notified.client.pay(notified.agreement_no, 1_00, faults=faults)["request_no"]
    sandbox_bank.resolve(notified.client.merchant, number)
    assert len(box.wait(2)) == 2


def test_a_cancellation_by_the_bank_can_be_lost(sandbox_bank: SandboxBank, notified: Bound, box: NoticeBox) -> None:
    sandbox_bank.fault("lost_notice", operations=["bank_cancel"], agreement_no=notified.agreement_no)
    sandbox_bank.control("POST", f"agreements/{notified.agreement_no}/cancel", {})
    assert [notice["state"] for notice in sandbox_bank.notices(notified.agreement_no)] == ["lost"]
    sandbox_bank.control("POST", f"agreements/{notified.agreement_no}/cancel", {})
    assert len(sandbox_bank.notices(notified.agreement_no)) == 1


def test_notices_go_to_loopback_only(sandbox_bank: SandboxBank, notified: Bound) -> None:
    for url in ("http://example.com/x", "https://127.0.0.1/x", "http://10.0.0.1/", "http://127.0.0.1@example.com/", "nonsense"):
        merchant = notified.client.merchant
        shown = sandbox_bank.control("GET", f"merchants/{merchant}")
        answer = sandbox_bank.http.put(
            f"{sandbox_bank.base_url}/control/merchants/{merchant}",
            json={"public_key_pem": shown["bank_public_key_pem"], "notify_url": url},
        )
        assert (answer.status_code, answer.json()["field"]) == (400, "notify_url")


def test_without_a_notify_url_notices_are_kept_and_not_sent(sandbox_bank: SandboxBank, bound: Bound) -> None:
    number = bound.client.pay(bound.agreement_no, 1_00)["request_no"]
    sandbox_bank.flush()
    assert [notice["state"] for notice in sandbox_bank.notices(number)] == ["not_sent"]
