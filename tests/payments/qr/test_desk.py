"""Codes at the desk: lists, a code's page, a printed code revoked with a reason, and the order's own story."""

import pytest
from django.urls import reverse

from core.audit.models import AuditRecord
from payments.cashier.models import PaymentOrder
from tests.desk.people import staff, verified
from tests.payments.cashier.world import holder, shop
from tests.payments.qr.world import print_code, read, show, wanted
from tests.payments.wallet.world import open_day
from tests.query_counts import queries_of

pytestmark = pytest.mark.django_db


def test_a_read_code_leads_to_its_order_and_the_order_tells_of_its_code() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    row = read(where.app, show(ann), wanted(2_000))
    client, order = verified(staff("sam", "support")), PaymentOrder.objects.get()
    page = client.get(reverse("admin:payments_payercode_change", args=[row.pk])).content.decode()
    for text in (row.public_id, ann.public_id, order.public_id, "funding_not_covered", "refused"):
        assert text in page, text
    assert row.public_id in client.get(reverse("admin:payments_paymentorder_change", args=[order.pk])).content.decode()
    for term in (row.public_id, ann.public_id, order.public_id):
        assert row.public_id in client.get(reverse("admin:payments_payercode_changelist"), {"q": term}).content.decode()


def test_a_printed_code_is_revoked_by_risk_with_a_reason_on_the_audit_record() -> None:
    open_day()
    code = print_code(shop())
    url = reverse("admin:payments_qrcode_revoke", args=[code.pk])
    assert verified(staff("sam", "support")).post(url, {"reason": "pasted over"}).status_code == 403
    assert verified(staff("rob", "risk")).post(url, {"reason": "pasted over"}).status_code == 302
    code.refresh_from_db()
    record = AuditRecord.objects.get(act="qr_code.revoke")
    assert (code.state, record.target, record.reason) == ("revoked", code.public_id, "pasted over")


def test_the_lists_cost_as_many_queries_for_six_rows_as_for_one() -> None:
    open_day()
    where, ann = shop(), holder(5_000)
    client = verified(staff("sam", "support"))

    def make() -> None:
        read(where.app, show(ann), wanted(1))
        print_code(where)

    lists = [reverse(f"admin:payments_{name}_changelist") for name in ("payercode", "qrcode")]
    make()
    few = [len(queries_of(lambda url=url: client.get(url))) for url in lists]
    for _ in range(5):
        make()
    many = [len(queries_of(lambda url=url: client.get(url))) for url in lists]
    assert all(later <= first for first, later in zip(few, many, strict=True)), (few, many)
