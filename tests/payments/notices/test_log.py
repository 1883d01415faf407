"""The log of notices: who reads it, sending again by merchant, owner and desk, and queries that do not grow."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.audit.models import AuditRecord
from core.clock import queries as clock
from core.ids import public_id
from core.work.models import WorkItem
from payments.cashier.models import PaymentOrder
from payments.notices import services
from payments.notices.models import MerchantNotice
from payments.notices.post import Reply
from payments.notices.states import RESENDS_MOST
from tests.desk.people import staff, verified
from tests.factories import login
from tests.payments.cashier.world import Shop, new_order
from tests.payments.merchants.world import ROOT, Program, answer_is_signed, program
from tests.payments.notices.world import an_event
from tests.payments.wallet.world import open_day
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
URL = "https://shop.example/n"
REASON = {"reason": "case 4711, as agreed"}


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def noticed(caller: Program, *, url: str = URL) -> MerchantNotice:
    order = new_order(Shop(caller.merchant, caller.app), 10_000, notify_url=url)
    [made] = services.write(event=an_event(order), at=clock.now())
    return made


def tried(notice: MerchantNotice, status: int, times: int = 1) -> MerchantNotice:
    """As many tries as told, all answered alike."""
    for _ in range(times):
        notice.refresh_from_db()
        error = "" if status == 200 else f"http_{status}"
        services.conclude(notice=notice, reply=Reply(status, error, "said", 5), at=clock.now())
    notice.refresh_from_db()
    return notice


def owner_call(caller: Program, path: str, *, post: bool = False) -> Any:
    headers = {"Authorization": f"Bearer {login(caller.merchant.owner)}", "Idempotency-Key": "k1"}
    ask = Client().post if post else Client().get
    return ask(f"/v1/payments/merchants/{caller.merchant.public_id}/notices{path}", content_type="application/json", headers=headers)


def test_a_program_reads_its_merchants_log_by_state_and_day_with_every_try() -> None:
    caller, other = program(number=0), program(number=1)
    waiting, taken = noticed(caller), tried(noticed(caller), 200)
    noticed(other)
    listed = caller.get(f"{ROOT}/notices").json()["items"]
    assert [line["id"] for line in listed] == [taken.public_id, waiting.public_id]
    assert [line["id"] for line in caller.get(f"{ROOT}/notices?state=delivered").json()["items"]] == [taken.public_id]
    today = clock.local_day(clock.now())
    assert len(caller.get(f"{ROOT}/notices?date={today}").json()["items"]) == 2
    assert caller.get(f"{ROOT}/notices?date={today - timedelta(days=1)}").json()["items"] == []
    for wrong in ("state=lost", "date=yesterday"):
        assert caller.get(f"{ROOT}/notices?{wrong}").status_code == 422
    answer = caller.get(f"{ROOT}/notices/{taken.public_id}")
    assert answer_is_signed(answer)
    assert answer.json()["body"] == taken.text
    [line] = answer.json()["log"]
    assert (line["number"], line["status"], line["error"], line["answer"], line["took_ms"]) == (1, 200, "", "said", 5)
    assert other.get(f"{ROOT}/notices/{taken.public_id}").status_code == 404


def test_a_failed_notice_is_sent_again_on_a_fresh_timetable_to_where_the_app_listens_now() -> None:
    caller = program(number=0)
    notice = tried(noticed(caller), 500, times=16)
    assert (notice.state, WorkItem.objects.get(finished_at=None).target) == ("failed", caller.app.public_id)
    PaymentOrder.objects.update(notify_url="https://new.example/n")
    answer = caller.post(f"{ROOT}/notices/{notice.public_id}/resend")
    assert (answer.status_code, answer.json()["state"], answer.json()["url"]) == (201, "pending", "https://new.example/n")
    notice.refresh_from_db()
    assert (notice.tries, notice.tries_before, notice.resends, notice.origin) == (16, 16, 1, "https://new.example:443")
    assert tried(notice, 500, times=15).state == "pending"
    assert tried(notice, 200).state == "delivered"
    assert not WorkItem.objects.filter(finished_at=None).exists(), "nobody has to look any more"


def test_the_owner_reads_and_sends_again_and_nobody_else_does() -> None:
    caller, other = program(number=0), program(number=1)
    notice = tried(noticed(caller), 200)
    assert [line["id"] for line in owner_call(caller, "").json()["items"]] == [notice.public_id]
    assert owner_call(caller, f"/{notice.public_id}").json()["notice"]["tries"] == 1
    assert owner_call(caller, f"/{notice.public_id}/resend", post=True).json()["state"] == "pending"
    for path in (f"/{notice.public_id}", f"/{public_id('mnt', caller.app.id)}"):
        assert owner_call(other, path).status_code == 404
    assert owner_call(other, f"/{notice.public_id}/resend", post=True).status_code == 404


def test_a_notice_is_sent_again_so_often_and_only_somewhere() -> None:
    caller = program(number=0)
    notice = tried(noticed(caller), 200)
    PaymentOrder.objects.update(notify_url="")
    refused = caller.post(f"{ROOT}/notices/{notice.public_id}/resend")
    assert (refused.status_code, refused.json()["code"]) == (409, "notice_no_address")
    PaymentOrder.objects.update(notify_url=URL)
    MerchantNotice.objects.update(resends=RESENDS_MOST)
    refused = caller.post(f"{ROOT}/notices/{notice.public_id}/resend")
    assert (refused.status_code, refused.json()["code"]) == (409, "notice_resent_too_often")
    notice.refresh_from_db()
    assert notice.state == "delivered"


def test_the_desk_shows_every_try_and_sends_again_with_a_reason() -> None:
    caller = program(number=0)
    notice = tried(noticed(caller), 500, times=16)
    client = verified(staff("sam", "support"))
    assert "Notices no merchant took" in client.get(reverse("admin:index")).content.decode()
    page = reverse("admin:payments_merchantnotice_change", args=[notice.pk])
    shown = client.get(page).content.decode()
    for text in (notice.public_id, "http_500", "order.closed", URL, caller.app.public_id, "said"):
        assert text in shown, text
    listed = client.get(reverse("admin:payments_merchantnotice_changelist"), {"state__exact": "failed"}).content.decode()
    assert notice.public_id in listed
    order_page = client.get(reverse("admin:payments_paymentorder_change", args=[notice.order_id])).content.decode()
    assert notice.public_id in order_page, "the order's whole story has its notices"
    assert client.get(reverse("admin:core_workitem_changelist")).content.decode().count("takes no notices") >= 1
    client.post(reverse("admin:payments_merchantnotice_resend", args=[notice.pk]), REASON)
    notice.refresh_from_db()
    assert (notice.state, notice.due_at is not None) == ("pending", True)
    assert AuditRecord.objects.filter(target=notice.public_id).exists()


def test_neither_the_log_nor_an_orders_page_asks_more_for_many_notices() -> None:
    few, many = program(number=0), program(number=1)
    tried(noticed(few), 200)
    for _ in range(6):
        tried(noticed(many), 200)
    many.get(f"{ROOT}/self")
    assert_queries_do_not_grow(lambda caller: caller.get(f"{ROOT}/notices"), few, many)
    client = verified(staff("sam", "support"))
    lists = reverse("admin:payments_merchantnotice_changelist")
    assert_queries_do_not_grow(lambda caller: client.get(lists, {"q": caller.merchant.public_id}), few, many)
