"""The credit studio as operators work with it: every step through its pages."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.approvals.models import Approval
from core.audit.models import AuditRecord
from credit.products.models import CreditProduct, CreditProductVersion
from tests.credit.products.world import CASH, PAY_LATER, VALUES, on_offer
from tests.credit.products.world import terms as changed
from tests.desk.people import staff, verified

pytestmark = pytest.mark.django_db
TYPED: dict[str, Any] = VALUES | {
    "least_fen": "100", "most_fen": "50000", "step_fen": "0.01", "terms": json.dumps(PAY_LATER), "reason": "as the lender asked",
}  # fmt: skip
NEW = {"code": "PAY", "kind": "credit_pay", "lender": "Banyan Consumer Finance"}


def act(name: str, product: CreditProduct) -> str:
    return reverse(f"admin:credit_creditproduct_{name}", args=[product.pk])


def page(client: Client, label: str, key: Any, **headers: str) -> str:
    answer = client.get(reverse(f"admin:credit_{label}_change", args=[key]), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def approve(checker: Client) -> None:
    asked = Approval.objects.get(state="pending")
    address = reverse("admin:core_approval_approve", args=[asked.pk])
    assert checker.get(address).status_code == 200
    assert checker.post(address, {"read": "on"}).status_code == 302


def test_a_credit_product_goes_from_a_draft_to_its_second_version_through_the_pages_of_two_people() -> None:
    maker, checker = verified(staff("mia", "finance_maker")), verified(staff("carl", "finance_checker"))
    new = reverse("admin:credit_creditproduct_do_draft")
    assert maker.get(new).status_code == 200
    assert maker.post(new, TYPED | NEW).status_code == 302
    product = CreditProduct.objects.get(code="PAY")
    for step in ("hand-in", "publish"):
        shown = maker.get(act(step, product))
        assert shown.status_code == 200
        assert maker.post(act(step, product), {"reason": "it is complete"}).status_code == 302
    approve(checker)
    product.refresh_from_db()
    assert product.state == "on_offer"
    assert maker.post(act("next", product), TYPED | {"terms": json.dumps(changed(PAY_LATER, grace_days=5))}).status_code == 302
    second = CreditProductVersion.objects.get(product=product, number=2)
    shown_page = page(checker, "creditproductversion", second.pk)
    for words in ("terms.grace_days", "15.86 %", "14.94 to 15.86 % a year", "宽限期 5 天后", "榕树花呗"):
        assert words in shown_page, words
    edit = reverse("admin:credit_creditproductversion_change", args=[second.pk]).removesuffix("change/") + "do/edit/"
    assert maker.post(edit, TYPED | {"most_fen": "20000"}).status_code == 302
    for step in ("hand-in", "take-back", "hand-in", "publish"):
        maker.post(act(step, product), {"reason": "it is complete"})
    approve(checker)
    product.refresh_from_db()
    assert product.current is not None
    assert (product.current.number, product.current.most_fen) == (2, 2_000_000)
    assert set(AuditRecord.objects.filter(actor="staff:mia").values_list("act", flat=True)) == {"credit_product.draft", "approval.proposed"}


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"terms": json.dumps(changed(PAY_LATER, grace_days=99))}, "terms.grace_days", "A whole number from 0 to 30 belongs here."),
        ({"terms": json.dumps(changed(PAY_LATER, instalments=[{"periods": 12, "fee_ppm": 12_000}]))}, "", "25.60"),
        ({"least_fen": "0"}, "", ""),
    ],
)
def test_what_no_version_can_say_is_told_and_nothing_is_drafted(wrong: dict[str, Any], field: str, words: str) -> None:
    maker = verified(staff("mia", "finance_maker"))
    answer = maker.post(reverse("admin:credit_creditproduct_do_draft"), TYPED | NEW | wrong)
    said = answer.content.decode()
    assert (answer.status_code, CreditProduct.objects.exists()) == (200, False)
    assert field in said
    assert words in said


def test_a_quote_is_worked_out_at_the_desk_as_a_customer_would_get_it() -> None:
    clerk, product = verified(staff("sue", "support")), on_offer(kind="cash", terms=CASH)
    assert product.current is not None
    address = reverse("admin:credit_creditproductversion_change", args=[product.current.pk]).removesuffix("change/") + "do/simulate/"
    assert clerk.get(address).status_code == 200
    said = clerk.post(address, {"amount_fen": "12000", "periods": "12", "grade": "A"}).content.decode()
    for words in ("7.20 %", "1,039.43", "12,473."):
        assert words in said, words
    refused = clerk.post(address, {"amount_fen": "12000", "periods": "7", "grade": ""}).content.decode()
    assert "6, 12" in refused
    assert not AuditRecord.objects.filter(actor="staff:sue").exists()


def test_lending_is_suspended_at_once_and_offered_again_by_two_people() -> None:
    product = on_offer()
    risk, maker, checker = (
        verified(staff(name, role)) for name, role in (("ria", "risk"), ("mia", "finance_maker"), ("cy", "finance_checker"))
    )
    assert risk.post(act("suspend", product), {"reason": "funds are short"}).status_code == 302
    product.refresh_from_db()
    assert (product.state, product.reason) == ("suspended", "funds are short")
    assert maker.post(act("resume", product), {"reason": "funds are back"}).status_code == 302
    approve(checker)
    product.refresh_from_db()
    assert product.state == "on_offer"
    assert maker.post(act("close", product), {"reason": "not mine to do"}).status_code == 403
    assert risk.post(act("close", product), {"reason": "never lent again"}).status_code == 302
    assert CreditProduct.objects.get(pk=product.pk).state == "closed"
