"""Merchants at the desk: the queue, two people, what the owner is told, rules by a merchant's id, and queries that do not grow."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from core.approvals.models import Approval
from core.audit.models import AuditRecord
from core.clock import queries as clock
from payments.merchants import queries
from payments.merchants.models import AppKey, Merchant, MerchantCategory, MerchantRate, PlatformKey
from payments.merchants.services import platform_keys, stores
from tests.desk.people import staff, verified
from tests.payments.merchants.world import add_app, add_key, application, applied, opened, private_pem, program, suspend
from tests.payments.wallet.world import open_day
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
REASON = {"reason": "case 4711, as agreed"}
TOLD = REASON | {"told": "The licence is another's: send your own."}
LIST = reverse("admin:payments_merchant_changelist")


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def client_of(name: str, role: str) -> Client:
    return verified(User.objects.filter(username=name).first() or staff(name, role))


def do(client: Client, act: str, row: Any, data: dict[str, Any] = REASON) -> str:
    label = f"admin:{row._meta.label_lower.replace('.', '_')}_{act}"
    page: str = client.post(reverse(label, args=[row.pk]), data, follow=True).content.decode()
    return page


def approve(act: str, checker: Client) -> Approval:
    """A second person approves the one proposal that waits of an act."""
    approval = Approval.objects.get(act=act, state="pending")
    assert checker.post(reverse("admin:core_approval_approve", args=[approval.pk]), {"read": "on"}).status_code == 302
    approval.refresh_from_db()
    return approval


def state(merchant: Merchant) -> str:
    return Merchant.objects.get(pk=merchant.pk).state


def test_an_application_is_taken_up_proposed_and_approved_by_another() -> None:
    merchant, sue = applied(), client_of("sue", "support")
    assert "Merchants to review" in sue.get(reverse("admin:index")).content.decode()
    assert "to review" in sue.get(LIST, {"state__exact": "applied"}).content.decode()
    assert "You review it now." in do(sue, "take-up", merchant)
    assert "Proposed as" in do(sue, "approve", merchant)
    assert state(merchant) == "under_review"
    assert approve("merchant.approve", client_of("rob", "risk")).state == "applied"
    assert queries.selling(merchant.id)
    assert "Merchants to review" not in sue.get(reverse("admin:index")).content.decode()


def test_one_person_alone_approves_nothing() -> None:
    merchant, rob = applied(), client_of("rob", "risk")
    do(rob, "take-up", merchant)
    do(rob, "approve", merchant)
    approval = Approval.objects.get(act="merchant.approve")
    rob.post(reverse("admin:core_approval_approve", args=[approval.pk]), {"read": "on"})
    assert state(merchant) == "under_review"


def test_a_refusal_tells_the_owner_and_the_audit_log_why() -> None:
    merchant, sue = applied(), client_of("sue", "support")
    assert "cannot become" in do(sue, "refuse", merchant, TOLD)
    do(sue, "take-up", merchant)
    do(sue, "refuse", merchant, TOLD)
    assert (state(merchant), queries.merchant(merchant.id).reason) == ("refused", TOLD["told"])
    record = AuditRecord.objects.filter(act="merchant.review", target=merchant.public_id).latest("id")
    assert (record.actor, record.reason, record.details["told"]) == ("staff:sue", REASON["reason"], TOLD["told"])


def test_risk_suspends_at_once_and_two_people_resume_or_close() -> None:
    merchant, rob, sue = opened(), client_of("rob", "risk"), client_of("sue", "support")
    assert do(rob, "suspend", merchant, TOLD)
    assert state(merchant) == "suspended"
    do(sue, "resume", merchant)
    approve("merchant.resume", rob)
    assert state(merchant) == "active"
    do(sue, "close", merchant, TOLD)
    approve("merchant.close", rob)
    assert (state(merchant), queries.merchant(merchant.id).reason) == ("closed", TOLD["told"])


def test_a_leaked_key_is_revoked_by_risk() -> None:
    caller = program(number=0)
    do(client_of("rob", "risk"), "revoke", caller.key)
    assert AppKey.objects.get().state == "revoked"
    assert caller.get("/v1/payments/merchant/self").status_code == 401


def test_secrets_are_masked_and_revealed_with_a_reason() -> None:
    merchant, sue = applied(), client_of("sue", "support")
    assert merchant.licence_number is not None
    page = sue.get(reverse("admin:payments_merchant_change", args=[merchant.pk])).content.decode()
    assert ("+86 199****0001" in page, "19900000001" in page, merchant.licence_number in page) == (True, False, False)
    shown = do(sue, "reveal", merchant)
    assert "+8619900000001" in shown
    assert merchant.licence_number in shown
    assert AuditRecord.objects.filter(act="merchant.reveal", target=merchant.public_id).count() == 1


def test_a_merchant_is_found_by_id_owner_licence_and_name_and_its_namesakes_are_shown() -> None:
    number = application().licence_number
    merchant, other = applied(licence_number=number), applied(licence_number=number, short_name="Other tea")
    client = client_of("sue", "support")
    for term in (merchant.public_id, merchant.owner.public_id, "Hangzhou Tea"):
        page = client.get(LIST, {"q": term}).content.decode()
        assert (merchant.public_id in page, other.public_id in page) == (True, False)
    assert other.public_id in client.get(LIST, {"q": number.lower()}).content.decode()
    assert other.public_id in client.get(reverse("admin:payments_merchant_change", args=[merchant.pk])).content.decode()


def propose(client: Client, model: str, data: dict[str, Any], *, row: Any = None) -> str:
    address = reverse(f"admin:payments_{model}_add") if row is None else reverse(f"admin:payments_{model}_change", args=[row.pk])
    page: str = client.post(address, data | REASON, follow=True).content.decode()
    return page


def test_a_rate_of_one_merchant_is_proposed_by_its_id_and_applies_from_its_day_on() -> None:
    merchant, max_, cara = opened(), client_of("max", "finance_maker"), client_of("cara", "finance_checker")
    tomorrow = clock.local_day(clock.now()) + timedelta(days=1)
    data = {"merchant": merchant.public_id, "scene": "", "rate_ppm": 3800, "floor_fen": "0.01", "cap_fen": "", "effective_on": tomorrow}
    assert "Select a valid choice" in propose(max_, "merchantrate", data | {"merchant": "mch_nobody"})
    assert "Proposed as" in propose(max_, "merchantrate", data)
    assert MerchantRate.objects.count() == 1
    approve("payments.merchantrate.change", cara)
    made = MerchantRate.objects.get(merchant=merchant)
    assert (made.rate_ppm, made.floor_fen, made.cap_fen, made.effective_on) == (3800, 1, None, tomorrow)
    assert queries.rate_in_force(merchant.id, "bill", clock.now()).rate_ppm == 6000
    assert queries.rate_in_force(merchant.id, "bill", clock.now() + timedelta(days=1)).rate_ppm == 3800
    page = max_.get(reverse("admin:payments_merchantrate_changelist"), {"q": merchant.public_id}).content.decode()
    assert "0.3800 %" in page
    assert merchant.public_id in max_.get(reverse("admin:payments_merchantrate_change", args=[made.pk])).content.decode()


def test_terms_follow_everybodys_in_force_by_a_new_row() -> None:
    max_, cara = client_of("max", "finance_maker"), client_of("cara", "finance_checker")
    terms = queries.terms_in_force(opened().id, clock.now())
    tomorrow = clock.local_day(clock.now()) + timedelta(days=1)
    data = {
        "merchant": "", "settlement_delay_days": 2, "reserve_bp": 100, "least_payout_fen": "1.00", "split_cap_bp": 3000,
        "fee_returned_on_refund": "on", "refund_days": 180, "refunds_most": 50, "effective_on": tomorrow,
    }  # fmt: skip
    assert "Proposed as" in propose(max_, "merchantterms", data, row=terms)
    approve("payments.merchantterms.change", cara)
    later = queries.terms_in_force(opened().id, clock.now() + timedelta(days=1))
    assert (later.settlement_delay_days, later.refund_days, queries.terms_in_force(opened().id, clock.now()).refund_days) == (2, 180, 365)


def test_a_category_is_closed_by_two_people_and_keeps_its_code() -> None:
    max_, cara = client_of("max", "finance_maker"), client_of("cara", "finance_checker")
    category = MerchantCategory.objects.get(code="5499")
    propose(max_, "merchantcategory", {"code": "1234", "name_en": "Food", "name_zh": "食品"}, row=category)
    approve("payments.merchantcategory.change", cara)
    category.refresh_from_db()
    assert (category.name_en, category.open, MerchantCategory.objects.filter(code="1234").exists()) == ("Food", False, False)
    propose(max_, "merchantcategory", {"code": "5499", "name_en": "Again", "name_zh": "又", "open": "on"})
    assert not Approval.objects.filter(act="payments.merchantcategory.change", state="pending").exists()


def test_a_platform_key_is_rotated_by_two_people() -> None:
    old = platform_keys.signer(clock.now()).serial_no
    rob, ray = client_of("rob", "risk"), client_of("ray", "risk")
    page = rob.post(reverse("admin:payments_platformkey_do_rotate"), REASON | {"overlap_days": 7}, follow=True).content.decode()
    assert "Proposed as" in page
    approve("merchant.rotate_platform_key", ray)
    assert PlatformKey.objects.count() == 2
    listed = rob.get(reverse("admin:payments_platformkey_changelist")).content.decode()
    assert old in listed
    detail = rob.get(reverse("admin:payments_platformkey_change", args=[PlatformKey.objects.get(serial_no=old).pk])).content.decode()
    assert "BEGIN PUBLIC KEY" in detail
    assert "PRIVATE" not in detail


def test_lists_and_pages_cost_the_same_for_few_and_many() -> None:
    client = client_of("sue", "support")
    few, many = opened(), suspend(opened())
    for number in range(4):
        opened()
        stores.add(merchant_id=few.id if number == 0 else opened().id, name="x", address="y", at=clock.now())
    client.get(LIST)
    assert_queries_do_not_grow(lambda data: client.get(LIST, data), {"q": few.public_id}, {}, at_most=12)
    add_key(queries.app(add_app(few).id), private_pem(0))
    big = opened()
    for number in (1, 2, 3):
        add_key(queries.app(add_app(big).id), private_pem(number))
        stores.add(merchant_id=big.id, name="x", address="y", at=clock.now())

    def page(merchant: Merchant) -> Any:
        return client.get(reverse("admin:payments_merchant_change", args=[merchant.pk]))

    assert_queries_do_not_grow(page, few, big, at_most=20)
    assert "many complaints" in page(many).content.decode()
