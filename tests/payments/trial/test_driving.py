"""Every other result a merchant drives alone: expiry, codes, mixed funding, disputes, agreements, splits, keys."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.ledger.queries import balance
from core.audit.models import AuditRecord
from core.clock import queries as clock
from core.errors import NotFound
from core.idempotency.models import IdempotencyRecord
from core.outbox.models import OutboxEvent
from payments.agreements.models import Deduction
from payments.agreements.services import deducting
from payments.cashier.models import FundingLeg, PaymentOrder
from payments.merchants import accounts
from payments.trial.api.server_urls import urlpatterns
from payments.trial.services import acting
from payments.wallet.models import TopUp
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import assert_settled, settle_cashier
from tests.payments.merchants.world import ROOT, program
from tests.payments.trial.world import TRIAL, agreement, deduction, new_order, paid, pay, state
from tests.sandbox_bank import SandboxBank
from tests.together import behind, together

pytestmark = pytest.mark.django_db(transaction=True)


def published(*prefixes: str) -> list[str]:
    topics = OutboxEvent.objects.order_by("id").values_list("topic", flat=True)
    return [topic for topic in topics if topic.startswith(prefixes)]


def test_an_order_expires_now_and_a_paid_one_does_not(bank: SandboxBank) -> None:
    caller = program()
    order = new_order(caller)
    first, again = (caller.post(f"{TRIAL}/orders/{order}/expire", key="once") for _ in range(2))
    assert (first.status_code, first.json()["state"], again.content) == (201, "closed", first.content)
    [news] = OutboxEvent.objects.filter(topic="order.closed")
    assert news.payload["code"] == "expired"
    done = paid(caller)
    refused = caller.post(f"{TRIAL}/orders/{done}/expire")
    assert (refused.status_code, refused.json()["code"], state(caller, done)) == (409, "order_paid", "paid")


def test_a_payers_code_is_charged_or_left_to_be_confirmed_and_paid_by_the_payer(bank: SandboxBank) -> None:
    caller = program()

    def charged(amount: int) -> Any:
        shown = caller.post(f"{TRIAL}/payer-codes")
        assert shown.status_code == 201, shown.content
        wanted = {"auth_code": shown.json()["auth_code"], "out_trade_no": f"C{uuid.uuid4().hex}", "amount": amount, "subject": "Coffee"}
        return caller.post(f"{ROOT}/codepay", wanted).json()

    assert charged(1_000)["result"] == "paid"
    asked = charged(20_001)
    assert asked["result"] == "user_confirming"
    assert pay(caller, asked["order"]["id"]).json()["result"] == "paid"
    read = caller.get(f"{ROOT}/codepay/{asked['order']['out_trade_no']}").json()
    assert read["result"] == "paid"
    assert_settled()


def test_an_order_is_paid_half_from_the_balance_and_refunded_in_proportion(bank: SandboxBank) -> None:
    caller = program()
    order = new_order(caller, 1_001)
    assert pay(caller, order, "refused:INSUFFICIENT_FUNDS", funding="mixed").json()["result"] == "refused"
    assert pay(caller, order, funding="mixed").json()["result"] == "paid"
    legs = FundingLeg.objects.filter(state="committed").order_by("position")
    assert list(legs.values_list("source", "amount_fen")) == [("balance", 500), ("card", 501)]
    refund = {"order_id": order, "out_refund_no": "R1", "amount": 1_001, "reason": "Broken"}
    assert caller.post(f"{ROOT}/refunds", refund).json()["status"] == "succeeded"
    assert_settled()


def test_nothing_is_made_ready_without_a_good_key_and_once_for_two_at_once(bank: SandboxBank) -> None:
    caller = program()
    order = new_order(caller, 1_001)
    wanted = {"order_id": order, "as": "paid", "funding": "mixed"}
    path, body = f"{TRIAL}/pay", json.dumps(wanted).encode()
    for keyed, code in (({}, "idempotency_key_missing"), ({"Idempotency-Key": "k" * 300}, "idempotency_key_malformed")):
        headers = {"Authorization": caller.signed("POST", path, body), **keyed}
        refused: Any = Client().post(path, body, content_type="application/json", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert not TopUp.objects.exists()
    answers = together(lambda _: pay(caller, order, funding="mixed", key="once"), 2)
    assert {(one.status_code, one.json().get("code", "")) for one in answers} <= {(201, ""), (409, "idempotency_key_running")}
    assert pay(caller, order, funding="mixed", key="once").json()["result"] == "paid"
    assert (TopUp.objects.count(), IdempotencyRecord.objects.filter(owner__startswith="prepare:").count()) == (1, 0)
    assert_settled()


def test_what_was_paid_across_midnight_is_driven_all_the_same(bank: SandboxBank) -> None:
    caller = program()
    order = paid(caller)
    row = PaymentOrder.objects.get()
    PaymentOrder.objects.update(paid_at=clock.start_of_day(clock.local_day(row.paid_at) + timedelta(days=1)))
    claim = {"order_id": order, "kind": "not_received", "words": "Nothing has arrived."}
    assert caller.post(f"{TRIAL}/disputes", claim).status_code == 201


@pytest.mark.parametrize(("verdict", "mine"), [("won", 994), ("lost", 0), ("withdrawn", 994)])
def test_a_dispute_is_opened_and_ends_as_the_merchant_says(bank: SandboxBank, verdict: str, mine: int) -> None:
    caller = program()
    order = paid(caller)
    claim = {"order_id": order, "kind": "not_received", "words": "Nothing has arrived."}
    first, again = (caller.post(f"{TRIAL}/disputes", claim, key="once") for _ in range(2))
    assert (first.status_code, first.json()["state"], first.json()["frozen"], again.content) == (201, "opened", 994, first.content)
    ended, repeated = (caller.post(f"{TRIAL}/disputes/{first.json()['id']}/decide", {"as": verdict}, key="end") for _ in range(2))
    assert (ended.status_code, ended.json()["state"], repeated.content) == (201, verdict, ended.content)
    assert published("dispute.") == ["dispute.opened", f"dispute.{verdict}"]
    settle_cashier(clock.now())
    assert (state(caller, order), balance(accounts.pending(caller.merchant.id)).posted) == (
        "refunded" if verdict == "lost" else "paid",
        mine,
    )
    assert AuditRecord.objects.filter(act="trial.dispute", target=first.json()["id"]).count() == 1
    over = caller.post(f"{TRIAL}/disputes/{first.json()['id']}/decide", {"as": "won"})
    assert (over.status_code, over.json()["code"]) == (409, "wrong_state")
    assert_settled()


def test_an_agreement_is_signed_and_its_deductions_are_paid_missed_and_failed(bank: SandboxBank) -> None:
    caller = program()
    ended = {}
    for result in ("paid", "missed", "failed"):
        agreed = agreement(caller)
        first, again = (caller.post(f"{TRIAL}/agreements/{agreed}/sign", key=agreed) for _ in range(2))
        assert (first.status_code, first.json()["state"], again.content) == (201, "signed", first.content), first.content
        asked = deduction(caller, agreed)
        tried, repeated = (caller.post(f"{TRIAL}/deductions/{asked}/try", {"as": result}, key=asked) for _ in range(2))
        assert (tried.status_code, repeated.content) == (201, tried.content), tried.content
        ended[result] = (tried.json()["state"], tried.json()["tries"], tried.json()["code"])
        if result == "missed":
            assert caller.post(f"{TRIAL}/deductions/{asked}/try").json()["state"] == "paid"
    tries = Deduction.objects.get(state="failed").tries
    assert ended == {
        "paid": ("paid", 0, ""),
        "missed": ("waiting", 1, "INSUFFICIENT_FUNDS"),
        "failed": ("failed", tries, "INSUFFICIENT_FUNDS"),
    }
    assert tries > 1
    assert published("deduction.paid", "deduction.failed") == ["deduction.paid", "deduction.paid", "deduction.failed"]
    over = caller.post(f"{TRIAL}/deductions/{asked}/try")
    assert (over.status_code, over.json()["code"]) == (409, "wrong_state")
    assert_settled()


def test_a_deduction_that_is_put_off_answers_instead_of_being_tried_for_ever(bank: SandboxBank) -> None:
    caller = program()
    agreed = agreement(caller)
    caller.post(f"{TRIAL}/agreements/{agreed}/sign")
    asked = deduction(caller, agreed)
    order = caller.get(f"{ROOT}/deductions/{asked}").json()["order_id"]
    assert caller.post(f"{ROOT}/orders/{order}/close").status_code in (200, 201)
    tried = caller.post(f"{TRIAL}/deductions/{asked}/try", {"as": "failed"})
    assert (tried.status_code, tried.json()["state"], tried.json()["tries"]) == (201, "waiting", 0), tried.content
    row = Deduction.objects.get()
    _, ended = behind(
        lambda: deducting.follow(order_id=row.order_id, code="", at=clock.now()),
        lambda: acting.go_on(deduction=row, result="failed", at=clock.now()),
    )
    assert (ended.state, ended.tries, published("deduction.failed")) == ("failed", 0, ["deduction.failed"])
    assert_books_balance()


def test_a_deduction_waits_for_its_bank_and_is_paid(bank: SandboxBank) -> None:
    caller = program()
    agreed = agreement(caller)
    caller.post(f"{TRIAL}/agreements/{agreed}/sign")
    asked = deduction(caller, agreed)
    tried = caller.post(f"{TRIAL}/deductions/{asked}/try", {"as": "pending_then_paid"})
    assert tried.json()["state"] == "debiting"
    settle_cashier(clock.now(), pause_s=0.5)
    assert caller.get(f"{ROOT}/deductions/{asked}").json()["state"] == "paid"
    assert_settled()


def test_a_receiver_that_has_spent_its_part_is_short_when_it_is_to_give_it_back(bank: SandboxBank) -> None:
    caller = program()
    made = caller.post(f"{TRIAL}/split-receivers").json()
    named = {name: made[name] for name in ("kind", "account", "name")}
    receiver = caller.post(f"{ROOT}/split-receivers", named).json()["id"]
    order = paid(caller, to_split=True)
    parts = [{"receiver_id": receiver, "amount": 200}]
    split = caller.post(f"{ROOT}/splits", {"order_id": order, "out_split_no": "S1", "receivers": parts}).json()
    spent, again = (caller.post(f"{TRIAL}/split-receivers", {"as": "spends"}, key="once") for _ in range(2))
    assert (made["balance"], spent.json()["balance"], again.content) == (0, 0, spent.content)
    back = {"receiver_id": receiver, "amount": 200, "out_return_no": "B1"}
    refused = caller.post(f"{ROOT}/splits/{split['id']}/returns", back)
    assert (refused.status_code, refused.json()["code"]) == (422, "split_receiver_short")
    refund = caller.post(f"{ROOT}/refunds", {"order_id": order, "out_refund_no": "R1", "amount": 1_000, "reason": "All of it"})
    assert refund.json()["code"] == "split_receiver_short"
    assert_books_balance()


def test_the_end_of_a_key_is_told_now_and_the_key_lives_on(bank: SandboxBank) -> None:
    caller = program()
    told = caller.post(f"{TRIAL}/key-expiring")
    assert (told.status_code, told.json()["serial_no"], told.json()["state"]) == (201, caller.key.serial_no, "active")
    assert published("merchant.key_expiring") == ["merchant.key_expiring"]


def test_anothers_and_what_no_test_payer_paid_are_not_driven(bank: SandboxBank) -> None:
    caller, other = program(), program()
    agreed, order = agreement(caller), paid(caller)
    claim = {"order_id": order, "kind": "other", "words": "It is another's."}
    dispute = caller.post(f"{TRIAL}/disputes", claim).json()["id"]
    for path, body in {
        f"orders/{new_order(caller)}/expire": {},
        "disputes": claim,
        f"disputes/{dispute}/decide": {"as": "lost"},
        f"agreements/{agreed}/sign": {},
        f"deductions/{uuid.uuid4()}/try": {},
    }.items():
        assert other.post(f"{TRIAL}/{path}", body).status_code == 404, path
    assert caller.get(f"{ROOT}/disputes/{dispute}").json()["state"] == "opened"


def test_nothing_of_the_sandbox_is_there_in_production(bank: SandboxBank, settings: Any) -> None:
    caller = program()
    settings.PRODUCTION = True
    for pattern in urlpatterns:
        path = str(pattern.pattern)
        for name, value in {"<str:order_id>": "ord_x", "<str:dispute_id>": "dsp_x", "<str:agreement_id>": "agr_x"}.items():
            path = path.replace(name, value)
        answer = caller.post(f"{TRIAL}/{path.replace('<str:deduction_id>', 'ded_x')}")
        assert (answer.status_code, answer.json()["code"]) == (404, NotFound.code), path
