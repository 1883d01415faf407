"""The merchants' sandbox: every result through the real cashier, the guide's examples against it, and nothing of it in production."""

import json
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.outbox import services as outbox
from payments.merchants import accounts
from payments.trial import payers
from payments.trial.results import RESULTS
from tests.payments.cashier.world import assert_settled, settle_cashier
from tests.payments.merchants.test_guide import GUIDE, example, run
from tests.payments.merchants.world import ROOT, answer_is_signed, program
from tests.payments.notices.world import deliver
from tests.payments.trial.world import new_order, pay, state
from tests.sandbox_bank import SandboxBank

pytestmark = pytest.mark.django_db(transaction=True)
SAID = {
    "paid": "paid",
    "pending_then_paid": "pending",
    "pending_then_failed": "pending",
    "unknown_then_paid": "pending",
    "refused:RISK_REFUSED": "needs_step_up",
}
FINALS = {"paid": "paid", "pending_then_paid": "paid", "unknown_then_paid": "paid", "late": "closed"}


def test_every_result_can_be_driven_and_ends_clean(bank: SandboxBank) -> None:
    caller = program()
    orders = {}
    for result in RESULTS:
        orders[result] = new_order(caller)
        answer = pay(caller, orders[result], result)
        assert (answer.status_code, answer_is_signed(answer)) == (201, True), answer.content
        said = answer.json()
        expected = SAID.get(result, "refused")
        assert (said["result"], said["order"]["id"]) == (expected, orders[result]), result
        if result.startswith("refused:"):
            assert (said["code"], said["order"]["state"]) == (result.removeprefix("refused:"), "created")
    settle_cashier(clock.now(), pause_s=0.5)
    assert {result: state(caller, order) for result, order in orders.items()} == {
        result: FINALS.get(result, "created") for result in RESULTS
    }
    assert_settled()
    assert balance(accounts.pending(caller.merchant.id)).posted == 3 * (1000 - 6)


def test_a_refused_order_is_paid_by_the_next_try_of_the_same_payer_and_a_repeat_pays_nothing(bank: SandboxBank) -> None:
    caller = program()
    order = new_order(caller)
    assert pay(caller, order, "refused:CARD_FROZEN").json()["result"] == "refused"
    first, again = (pay(caller, order, key="once") for _ in range(2))
    assert (first.json()["result"], again.content, again["Idempotent-Replayed"]) == ("paid", first.content, "true")
    refused = pay(caller, order)
    assert (refused.status_code, refused.json()["code"]) == (409, "order_paid")
    one, two = (payers.ready(merchant_id=caller.merchant.id, at=clock.now()) for _ in range(2))
    assert (one.customer_id, one.card) == (two.customer_id, two.card)


def test_a_bank_that_wants_a_stronger_proof_gets_it_with_the_next_payment(bank: SandboxBank) -> None:
    caller = program()
    order = new_order(caller)
    assert pay(caller, order, "refused:RISK_REFUSED").json()["result"] == "needs_step_up"
    assert pay(caller, order).json()["result"] == "paid"
    twice = new_order(caller)
    assert [pay(caller, twice, "refused:RISK_REFUSED").json()["result"] for _ in range(2)] == ["needs_step_up"] * 2
    stronger = pay(caller, twice)
    assert (stronger.status_code, stronger.json()["code"], state(caller, twice)) == (403, "stronger_proof_needed", "created")
    assert_settled()


def test_only_ones_own_orders_are_paid_and_nothing_in_production(bank: SandboxBank, settings: Any) -> None:
    caller, other = program(), program()
    order = new_order(caller)
    assert pay(other, order).status_code == 404
    assert pay(caller, order, "won").status_code == 422
    settings.PRODUCTION = True
    assert pay(caller, order).status_code == 404
    assert [found.id for found in run_checks() if found.id == "payments.E001"] == ["payments.E001"]
    settings.SANDBOX_BANK_URL = ""
    assert [found for found in run_checks() if found.id == "payments.E001"] == []
    settings.PRODUCTION = False
    assert pay(caller, order).status_code == 404
    assert state(caller, order) == "created"


def test_the_banks_receiver_answers_as_it_was_told_and_keeps_what_it_got(bank: SandboxBank) -> None:
    caller = program()
    bank.control("PUT", "receivers/shop", {"answers": [500, 500, 500]})
    order = new_order(caller, notify_url=f"{bank.base_url}/receivers/shop")
    caller.post(f"{ROOT}/orders/{order}/close")
    at = clock.now()
    outbox.run_pending(at=at)
    for seconds in (0, 16, 32, 64, 128):
        deliver(at + timedelta(seconds=seconds))
    kept = bank.control("GET", "receivers/shop")
    assert [one["answered"] for one in kept["deliveries"]] == [200, 500, 500, 500]
    assert {json.loads(one["body"])["type"] for one in kept["deliveries"]} == {"order.closed"}
    assert "Banyan-Signature" in kept["deliveries"][0]["headers"]
    page = bank.http.get(f"{bank.base_url}/receivers/shop").text
    assert order in page
    assert bank.http.put(f"{bank.base_url}/control/receivers/shop", json={"answers": [99]}).status_code == 400
    bank.control("DELETE", "receivers/shop")
    assert bank.control("GET", "receivers/shop") == {"answers": [], "deliveries": []}


def test_the_guides_python_drives_every_result_and_verifies_every_notice(
    workers: None, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "banyan.py").write_text(example("python", "def verify("))
    (tmp_path / "sandbox.py").write_text(example("python", "RECEIVER"))
    printed = run([sys.executable, "sandbox.py"], environment, tmp_path)
    promised = re.search(r"The sandbox prints:\n\n```\n(.*?)```", GUIDE, re.DOTALL)
    assert promised is not None
    assert printed == promised[1]


def test_the_guides_curl_makes_an_order_and_pays_it(workers: None, environment: dict[str, str], tmp_path: Path) -> None:
    function = example("bash", "banyan()").split("banyan GET /v1/payments/merchant/self")[0]
    (tmp_path / "example.sh").write_text(function + example("bash", "id=$(printf"))
    printed = run(["bash", "example.sh"], environment, tmp_path)
    assert printed.count("Verified OK") == 2
    assert '"result":"paid"' in printed
    assert printed.rstrip().endswith("}")
    assert '"state":"paid"' in printed.splitlines()[-1]
