"""Disputes at the desk: both sides on one page, files, the queue, and decisions by two people."""

import pytest
from django.urls import reverse

from core.approvals.models import Approval
from core.clock import queries as clock
from payments.disputes.admin import DisputeFigures
from payments.disputes.models import Dispute
from payments.disputes.services import answering
from tests.desk.people import staff, verified
from tests.payments.cashier.world import holder, shop
from tests.payments.disputes.world import PDF, dispute
from tests.payments.refunds.world import assert_all_over, by_balance, has
from tests.payments.wallet.world import open_day, posted

pytestmark = pytest.mark.django_db
LIST = reverse("admin:payments_dispute_changelist")


def test_operators_open_read_and_decide_a_dispute_by_two_people() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    order = by_balance(where, ann, 1_000)
    maker, checker = verified(staff("mary", "finance_maker")), verified(staff("carl", "finance_checker"))

    def approve() -> int:
        waiting = Approval.objects.get(state="pending")
        status: int = checker.post(reverse("admin:core_approval_approve", args=[waiting.pk]), {"read": "on"}).status_code
        return status

    form = {"order": order.public_id, "amount": "10.00", "kind": "unauthorised", "words": "Not my payment", "reason": "case 12"}
    assert maker.post(reverse("admin:payments_dispute_do_open"), form | {"amount": "10.01"}).status_code == 200
    assert maker.post(reverse("admin:payments_dispute_do_open"), form).status_code == 302
    assert approve() == 302
    made = Dispute.objects.get()
    assert (made.opened_by, made.opener, has(where)) == ("operator", "staff:mary", {"frozen": (994, 0)})
    answering.add_file(dispute_id=made.id, name="receipt.pdf", content=PDF, at=clock.now())
    answering.answer(dispute_id=made.id, text="It was her.", at=clock.now())
    (shown,) = DisputeFigures().figures(at=clock.now())
    assert (shown.value, shown.level) == ("1", "warning")
    assert made.public_id in maker.get(LIST, {"turn": "decide"}).content.decode()
    page = maker.get(reverse("admin:payments_dispute_change", args=[made.pk])).content.decode()
    for text in (made.public_id, order.public_id, "Not my payment", "It was her.", "receipt.pdf", "9.94"):
        assert text in page, text
    handed = maker.post(reverse("admin:payments_dispute_file", args=[made.pk]), {"number": "1"})
    assert (handed.content, handed["Content-Type"], "attachment" in handed["Content-Disposition"]) == (PDF, "application/pdf", True)
    assert (
        maker.post(reverse("admin:payments_dispute_lose", args=[made.pk]), {"verdict": "Not hers", "reason": "case 12"}).status_code == 302
    )
    assert approve() == 302
    made.refresh_from_db()
    assert (made.state, made.verdict, posted(ann), has(where)) == ("lost", "Not hers", 1_000, {})
    assert made.public_id in maker.get(reverse("admin:payments_paymentorder_change", args=[order.pk])).content.decode()
    assert_all_over(expected={ann: 1_000})


def test_a_dispute_is_found_by_each_of_its_numbers() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    made, other = dispute(by_balance(where, ann, 1_000)), dispute(by_balance(shop(), holder(1_000), 1_000))
    client = verified(staff("sam", "support"))
    for term in (made.public_id, made.order_public_id, ann.public_id, where.merchant.public_id):
        shown = client.get(LIST, {"q": term}).content.decode()
        assert (made.public_id in shown, other.public_id in shown) == (True, False), term
