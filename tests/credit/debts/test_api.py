"""Borrowing and repaying over HTTP, and what is read of it."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.identity.models import Customer
from core.clock import queries as clock
from credit.debts.models import Draw
from tests import factories
from tests.credit.debts.world import AMOUNT, borrower, drawn
from tests.credit.lines.world import activated
from tests.credit.products.world import cash
from tests.payments.wallet.world import holder, posted
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db(transaction=True)
V1 = "/v1/credit"


def get(who: Customer, path: str) -> Any:
    return factories.api(who).get(f"{V1}/{path}")


def post(who: Customer, path: str, body: dict[str, Any], purpose: str, payee: str) -> Any:
    """With a proof of exactly this."""
    client = factories.api(who)
    proof = factories.proof(who, client.session, purpose=purpose, amount_fen=body["amount"], payee=payee, nonce="k1" + payee[-8:])
    return client.post(f"{V1}/{path}", body | {"proof": proof}, headers={"Idempotency-Key": "k1" + payee[-8:]})


def test_a_customer_borrows_at_what_they_were_shown_reads_what_they_owe_and_pays_it() -> None:
    who, line = borrower()
    quote = get(who, f"lines/{line.public_id}/quotes?amount={AMOUNT}&periods=6").json()
    assert quote["yearly_percent"] == "14.60"
    unproven = factories.api(who).post(
        f"{V1}/lines/{line.public_id}/draws",
        {"amount": AMOUNT, "periods": 6, "quote_sha256": quote["quote_sha256"]},
        headers={"Idempotency-Key": "k0"},
    )
    assert (unproven.status_code, unproven.json()["code"], unproven.json()["purpose"]) == (403, "step_up_needed", "credit_draw")
    body = {"amount": AMOUNT, "periods": 6, "quote_sha256": quote["quote_sha256"]}
    made = post(who, f"lines/{line.public_id}/draws", body, "credit_draw", line.public_id)
    assert made.status_code == 201, made.json()
    draw = made.json()
    booked = [{name: one[name] for name in ("number", "due_on", "principal", "interest", "fee")} for one in draw["schedule"]]
    assert booked == quote["payments"]
    assert (posted(who), draw["owed_principal"], draw["quote_sha256"]) == (AMOUNT, AMOUNT, quote["quote_sha256"])
    assert get(who, f"lines/{line.public_id}").json()["used"] == AMOUNT

    owed = get(who, "debts").json()
    assert (owed["principal"], owed["due_now"], owed["next_due"]) == (AMOUNT, 0, draw["schedule"][0]["owed"])
    later = (clock.local_day(clock.now()) + timedelta(days=10)).isoformat()
    if_paid = get(who, f"draws/{draw['id']}/settlement?on={later}&amount=200000&strategy=smaller").json()
    assert (if_paid["toward"]["principal"], len(if_paid["schedule"])) == (199_005, 6)
    assert get(who, f"draws/{draw['id']}/settlement?on=2020-01-01").json()["code"] == "credit_settlement_day"
    assert get(who, f"draws/{draw['id']}/settlement?strategy=skip").json()["code"] == "credit_strategy_not_offered"

    paid = post(who, f"draws/{draw['id']}/repayments", {"amount": 200_000, "strategy": "smaller"}, "credit_repay", draw["id"])
    assert (paid.status_code, paid.json()["parts"]) == (201, {"principal": 199_005, "fee": 995})
    assert [one["kind"] for one in get(who, f"draws/{draw['id']}").json()["payments"]] == ["repaid", "drawn"]
    kinds = [one["kind"] for one in factories.api(who).get("/v1/payments/wallet/movements").json()["items"]]
    assert kinds == ["credit_repaid", "credit_drawn"]
    assert get(holder(), f"draws/{draw['id']}").status_code == 404


def test_reading_what_is_owed_takes_as_many_queries_for_many_draws_as_for_one() -> None:
    who, line = borrower()
    few, many = who, holder(pin=True)
    drawn(few, line, 100_000)
    other = activated(many, cash(), grade="B")
    for _ in range(4):
        drawn(many, other, 100_000)
    assert Draw.objects.count() == 5
    assert_queries_do_not_grow(lambda one: get(one, "debts").content, few, many)
    assert_queries_do_not_grow(lambda one: get(one, "draws").content, few, many)
