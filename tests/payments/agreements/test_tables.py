"""What the database itself refuses, whoever asks; and the agreement at the desk and over HTTP."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from core.clock import queries as clock
from payments.agreements.models import Agreement, AgreementTerms, Deduction
from payments.merchants import queries as merchants
from tests.desk.people import staff, verified
from tests.factories import api, proof
from tests.payments.agreements.world import ask, debit, proposed, signed, terms, today
from tests.payments.cashier.world import Shop, assert_settled, holder, shop
from tests.payments.merchants.world import ROOT, program
from tests.payments.wallet.world import open_day
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
MINE = "/v1/payments/agreements"


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        act()
    assert name in str(raised.value)


def test_an_agreement_is_whole_and_moves_as_its_table_says() -> None:
    open_day()
    where, ann = shop(), holder(0, pin=True)
    asked, agreed = Agreement.objects.filter(pk=proposed(where).pk), Agreement.objects.filter(pk=signed(where, ann, total=9_000).pk)
    refused("payments_agreement_signed", lambda: asked.update(state="signed"))
    refused("payments_agreement_moves", lambda: asked.update(state="suspended", customer=ann, factors=1, signed_at=clock.now()))
    refused("payments_agreement_end", lambda: asked.update(state="ended"))
    refused("payments_agreement_period", lambda: asked.update(period_days=6))
    refused("payments_agreement_period", lambda: asked.update(period="month"))
    refused("payments_agreement_period", lambda: asked.update(period="month", period_days=None, first_on="2026-01-29"))
    refused("payments_agreement_caps", lambda: agreed.update(taken_fen=9_001))
    refused("payments_agreement_caps", lambda: agreed.update(taken_fen=-1))
    refused("payments_agreement_caps", lambda: agreed.update(total_cap_fen=4_999))
    refused("payments_agreement_titled", lambda: agreed.update(title=""))
    assert agreed.update(state="ended", end="customer") == 1
    refused("payments_agreement_moves", lambda: agreed.update(state="signed", end=""))


def test_a_period_has_one_deduction_and_terms_stay_in_bounds() -> None:
    open_day()
    where, ann = shop(), holder(0, pin=True)
    row = signed(where, ann)
    first = ask(where, row, 100)
    second = signed(where, ann)
    other = ask(where, second, 100)
    rows = Deduction.objects.filter(pk=other.pk)
    refused("payments_deduction_one", lambda: rows.update(agreement=row))
    refused("payments_deduction_order", lambda: rows.update(order_id=first.order_id))
    refused("payments_deduction_failed", lambda: rows.update(state="failed"))
    refused("payments_deduction_numbers", lambda: rows.update(number=0))
    assert rows.update(state="failed", code="x") == 1
    refused("payments_deduction_moves", lambda: rows.update(state="waiting"))
    refused("payments_agreementterms_bounds", lambda: terms(tries_most=6))
    refused("payments_agreementterms_stays", lambda: AgreementTerms.objects.update(sign_days=1))


def test_an_agreement_is_proposed_signed_and_taken_over_http() -> None:
    open_day()
    till, ann = program(number=0), holder(10_000, pin=True)
    body = {"out_agreement_no": "A-1", "title": "Tea", "cap": 5_000, "period": "day", "period_days": 7, "first_on": today().isoformat()}
    made = till.post(f"{ROOT}/agreements", body).json()
    for change, code in (({"period_days": 6}, "agreement_period_invalid"), ({"period": "month"}, "agreement_period_invalid")):
        answer = till.post(f"{ROOT}/agreements", body | {"out_agreement_no": "A-2"} | change)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (made["state"], made["next_window"]["due_on"], "methods" in made) == ("asked", today().isoformat(), False)
    client, path = api(ann), f"{MINE}/{made['id']}"
    given = proof(ann, client.session, purpose="agreement", amount_fen=5_000, payee=made["id"], nonce="k")
    mine = client.post(f"{path}/sign", {"methods": [{"method": "balance"}], "proof": given}, key="k").json()
    assert (mine["state"], mine["methods"], mine["merchant"]) == ("signed", [{"method": "balance", "ref": ""}], "Hangzhou Tea")
    assert api(holder()).get(path).status_code == 404
    asked = {"agreement_id": made["id"], "out_trade_no": "T-1", "amount": 4_900, "subject": "Tea of the week"}
    taken = till.post(f"{ROOT}/deductions", asked).json()
    assert (taken["state"], taken["out_trade_no"]) == ("waiting", "T-1")
    assert [row["id"] for row in client.get(f"{path}/deductions").json()["items"]] == [taken["id"]]
    assert debit(Deduction.objects.get()).state == "paid"
    assert till.get(f"{ROOT}/deductions/{taken['id']}").json()["state"] == "paid"
    assert [client.post(f"{path}/{act}").json()["state"] for act in ("pause", "resume", "cancel")] == ["suspended", "signed", "ended"]
    assert till.get(f"{ROOT}/agreements/{made['id']}").json()["end"] == "customer"
    other = program(number=1)
    for url in (f"{ROOT}/agreements/{made['id']}", f"{ROOT}/deductions/{taken['id']}", f"{ROOT}/agreements/{made['id']}/deductions"):
        assert other.get(url).status_code == 404
    assert_settled(expected={ann: 5_100})


def test_lists_and_pages_cost_as_many_queries_for_many_rows_as_for_one() -> None:
    open_day()
    till, few, many = program(number=0), holder(0, pin=True), holder(0, pin=True)
    where = Shop(till.merchant, merchants.app(till.app.id))
    one, *more = [signed(where, few), *[signed(where, many) for _ in range(4)]]
    for row in (one, *more):
        ask(where, row, 100)
    clients = {few: api(few), many: api(many)}
    assert_queries_do_not_grow(lambda who: clients[who].get(MINE), few, many, at_most=8)
    client = verified(staff("sam", "support"))
    pages = [reverse("admin:payments_agreement_change", args=[row.pk]) for row in (one, more[0])]
    assert one.public_id in client.get(pages[0]).content.decode()
    assert_queries_do_not_grow(client.get, pages[0], pages[1])
    for name in ("agreement", "deduction"):
        assert client.get(reverse(f"admin:payments_{name}_changelist")).status_code == 200
