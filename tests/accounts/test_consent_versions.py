"""The next version of a document customers agree to: proposed on its page, published by another person, fixed from then on."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from accounts.privacy import publishing, queries
from accounts.privacy.models import ConsentDocument
from core.approvals.models import Approval
from core.approvals.services import ApprovalNeeded, applying
from core.clock import queries as clock
from core.errors import DomainError, Invalid, NotFound
from core.outbox.models import OutboxEvent
from tests.desk.people import staff, verified
from tests.factories import api, customer

pytestmark = pytest.mark.django_db
TODAY = clock.local_day(clock.wall())  # or yesterday, when midnight passes before a test's turn
TO_COME = TODAY + timedelta(days=30)
TEXTS = {"title_zh": "隐私政策(新)", "title_en": "Privacy policy, new", "body_zh": "第一条\n第二条", "body_en": "One.\nTwo."}


def next_draft(kind: str = "privacy_policy", **changes: Any) -> publishing.Draft:
    return replace(publishing.draft_of(queries.newest(kind)), **{"version": 2, "required_on": TO_COME, **TEXTS, **changes})


def published(kind: str = "privacy_policy", draft: publishing.Draft | None = None) -> ConsentDocument:
    with applying(publishing.ACT, maker="staff:ruth", checker="staff:rob"):
        return publishing.publish_version(kind=kind, draft=draft or next_draft(kind), at=clock.now())


def page(row: ConsentDocument, act: str = "publish") -> str:
    return reverse(f"admin:accounts_consentdocument_{act}", args=[row.pk])


def test_one_proposes_the_next_version_and_another_publishes_it_to_the_letter() -> None:
    first = queries.newest("privacy_policy")
    maker, checker = verified(staff("ruth", "risk")), verified(staff("cara", "finance_checker"))
    form = maker.get(page(first)).content.decode()
    assert first.body_zh.split("\n")[0] in form
    body = {**TEXTS, "required": "on", "required_on": TO_COME.isoformat(), "reason": "the new law on personal data"}
    assert maker.post(page(first), body).status_code == 302
    approval = Approval.objects.get()
    assert (approval.act, approval.target) == ("consent_document.publish", "consent_document:privacy_policy")
    assert queries.newest("privacy_policy") == first
    decide = reverse("admin:core_approval_approve", args=[approval.pk])
    shown = checker.get(decide).content.decode()
    for text in (first.title_zh, *TEXTS.values(), TO_COME.isoformat()):
        assert text in shown
    assert maker.post(decide, {"read": "on"}).status_code == 200
    assert queries.newest("privacy_policy") == first
    assert checker.post(decide, {"read": "on"}).status_code == 302
    row = queries.newest("privacy_policy")
    assert (row.version, row.required, row.required_from) == (2, True, clock.start_of_day(TO_COME))
    assert {name: getattr(row, name) for name in TEXTS} == TEXTS
    event = OutboxEvent.objects.get(topic="consent_document.published")
    assert event.payload == {"kind": "privacy_policy", "version": 2}


def test_customers_read_the_published_version_at_once_and_need_it_from_its_day_on() -> None:
    somebody = customer(verified_class=None)
    published()
    items = api(somebody).get("/v1/accounts/consent-documents").json()["items"]
    assert {(item["kind"], item["version"]) for item in items} >= {("privacy_policy", 2), ("service_agreement", 1)}
    assert api(somebody).patch("/v1/accounts/me", {"nickname": "n"}).status_code == 200
    begins = clock.start_of_day(TO_COME)
    lacking = [queries.missing_consents(somebody.id, at) for at in (begins - timedelta(microseconds=1), begins)]
    assert [[(row.kind, row.version) for row in rows] for rows in lacking] == [[], [("privacy_policy", 2)]]


def test_the_database_keeps_a_published_version_as_it_was_approved() -> None:
    row = published()
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        ConsentDocument.objects.filter(pk=row.pk).update(body_zh="")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        ConsentDocument.objects.filter(pk=row.pk).delete()


def test_an_optional_document_stays_optional_or_becomes_required() -> None:
    optional = next_draft("marketing", required_on=None)
    assert published("marketing", optional).required is False
    row = published("marketing", replace(optional, version=3, required=True, required_on=TO_COME))
    assert (row.version, row.required, row.required_from) == (3, True, clock.start_of_day(TO_COME))


@pytest.mark.parametrize(
    ("kind", "changes", "refused"),
    [
        ("privacy_policy", {"version": 3}, publishing.NotTheNextVersion),
        ("privacy_policy", {"version": 1}, publishing.NotTheNextVersion),
        ("privacy_policy", {"required": False, "required_on": None}, publishing.StaysRequired),
        ("privacy_policy", {"required_on": None}, Invalid),
        ("privacy_policy", {"required_on": TODAY}, Invalid),
        ("privacy_policy", {"required_on": date(2020, 1, 1)}, Invalid),
        ("privacy_policy", {"body_zh": ""}, Invalid),
        ("privacy_policy", {"title_en": "t" * 121}, Invalid),
        ("marketing", {"required": False}, Invalid),
    ],
)
def test_a_version_that_cannot_be_is_neither_proposed_nor_published(kind: str, changes: dict[str, Any], refused: type[DomainError]) -> None:
    before = ConsentDocument.objects.count()
    with pytest.raises(refused):
        publishing.examined(kind=kind, draft=next_draft(kind, **changes), at=clock.now())
    with pytest.raises(refused):
        published(kind, next_draft(kind, **changes))
    assert (ConsentDocument.objects.count(), OutboxEvent.objects.filter(topic="consent_document.published").count()) == (before, 0)


def test_nothing_is_published_outside_an_approval_nor_of_a_kind_nobody_knows() -> None:
    with pytest.raises(ApprovalNeeded):
        publishing.publish_version(kind="privacy_policy", draft=next_draft(), at=clock.now())
    with pytest.raises(NotFound):
        published("cookies", next_draft())
    assert ConsentDocument.objects.filter(version=2).count() == 0


def test_a_proposal_that_another_version_overtook_is_refused_and_keeps_waiting() -> None:
    first = queries.newest("privacy_policy")
    maker, checker = verified(staff("ruth", "risk")), verified(staff("cara", "finance_checker"))
    body = {**TEXTS, "required": "on", "required_on": TO_COME.isoformat(), "reason": "the new law on personal data"}
    maker.post(page(first), body)
    published()
    answer = checker.post(reverse("admin:core_approval_approve", args=[Approval.objects.get().pk]), {"read": "on"})
    assert "The newest version of privacy_policy is 2 by now" in answer.content.decode()
    assert (queries.newest("privacy_policy").version, Approval.objects.get().state) == (2, "pending")


def test_only_the_newest_version_leads_to_a_next_one_and_a_wrong_day_is_told_at_its_field() -> None:
    first = queries.newest("privacy_policy")
    risk = verified(staff("ruth", "risk"))
    body = {**TEXTS, "required": "on", "required_on": "2020-01-01", "reason": "the new law on personal data"}
    assert "Choose a day after today." in risk.post(page(first), body).content.decode()
    assert Approval.objects.count() == 0
    second = published()
    assert page(first) not in risk.get(page(first, "change")).content.decode()
    assert page(second) in risk.get(page(second, "change")).content.decode()
