"""Insurance at the desk: underwriting by a person, claims by two, what is stuck, and what an account's closing and export say."""

from datetime import timedelta

import orjson
import pytest
from django.urls import reverse

from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from core.approvals import services as approvals
from core.approvals.services import ApprovalNeeded
from core.clock import queries as clock
from core.errors import Forbidden
from core.moves import advance
from core.work.models import WorkItem
from tests.desk.people import staff, verified
from tests.factories import id_number
from tests.payments.wallet.world import posted
from tests.query_counts import assert_queries_do_not_grow
from tests.wealth.catalog.products import staff as operator
from tests.wealth.insurance.world import (
    BORN_ON,
    COVER,
    PDF,
    PREMIUM,
    answered,
    applied,
    approved,
    assert_whole,
    be_at,
    by_hand,
    day,
    fresh,
    insured,
    order,
    premium,
    quoted,
    refused,
    sweep,
)
from tests.wealth.orders.world import FEN, api, saver
from wealth.catalog.models import Product
from wealth.insurance import queries
from wealth.insurance.models import InsuranceApplication, InsuranceClaim
from wealth.insurance.services import claiming, collecting, giving_back
from wealth.issuers.models import Issuer
from wealth.issuers.states import ISSUER_MOVES, IssuerState

pytestmark = pytest.mark.django_db(transaction=True)


def a_claim(product: Product, amount: int = 5_000) -> str:
    who, policy = insured(product)
    be_at(day(policy.starts_on))
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "I broke my leg.", "amount": amount}
    made = api(who, "post", "insurance/claims", claim)
    assert made.status_code == 201, made.json()
    api(who, "post", f"insurance/claims/{made.json()['id']}/documents", {"name": "bill.pdf", "content": PDF})
    return str(made.json()["id"])


def test_a_referred_application_waits_for_a_person_who_accepts_it_on_a_higher_premium(term_life: Product) -> None:
    who = saver(FEN)
    made = applied(who, quoted(who, term_life, "heavily"))
    assert (made["state"], order(who, term_life, made).json()["code"]) == ("referred", "insurance_application_not_accepted")
    row = InsuranceApplication.objects.get()
    assert [(item.kind, item.target) for item in WorkItem.objects.filter(finished_at=None)] == [("insurance.referred", row.public_id)]
    client = verified(staff("ria", "risk"))
    page = reverse("admin:wealth_insuranceapplication_change", args=[row.pk])
    shown = client.get(page).content.decode()
    assert "Do you smoke?" in shown
    said = {"load_bp": 5000, "why": "Smokes a lot", "reason": "after the interview"}
    done = client.post(f"{page.removesuffix('change/')}do/accept/", said)
    assert done.status_code == 302, done.content.decode()
    row.refresh_from_db()
    assert (row.state, row.premium_fen, row.decided_by) == ("accepted", PREMIUM * 3 // 2, "staff:ria")
    assert not WorkItem.objects.filter(finished_at=None).exists()
    again = api(who, "get", f"insurance/applications/{made['id']}").json()
    assert (again["premium"], again["why"]) == (PREMIUM * 3 // 2, "Smokes a lot")
    assert order(who, term_life, again).status_code == 201


def test_who_was_declined_is_not_underwritten_again_by_other_answers_for_some_days(term_life: Product) -> None:
    who, at = saver(FEN), clock.now()
    assert applied(who, quoted(who, term_life, "always"))["state"] == "declined"
    again = {"quote_id": quoted(who, term_life)["id"], "insured_name": "林小满", "insured_id_number": id_number(7, BORN_ON)}
    answer = api(who, "post", "insurance/applications", again)
    assert (answer.status_code, answer.json()["code"]) == (409, "insurance_declined_before")
    assert str(clock.local_day(at + timedelta(days=30))) in answer.json()["detail"]
    child = again | {"insured_id_number": id_number(8, BORN_ON)}
    assert api(who, "post", "insurance/applications", child).json()["state"] == "accepted"
    be_at(at + timedelta(days=31))
    assert applied(who, quoted(who, term_life))["state"] == "accepted"


def test_the_rules_load_and_decline_by_themselves(term_life: Product) -> None:
    who = saver(FEN)
    loaded, declined = applied(who, quoted(who, term_life, "yes")), applied(who, quoted(who, term_life, "always"))
    assert (loaded["state"], loaded["premium"], declined["state"]) == ("accepted", PREMIUM * 5 // 4, "declined")


def test_a_claim_takes_two_people_and_nobody_decides_their_own(term_life: Product) -> None:
    claim_id = a_claim(term_life)
    claim = InsuranceClaim.objects.get()
    with pytest.raises(ApprovalNeeded):
        claiming.approve(claim_id=claim.id, amount_fen=5_000, last=True, why="alone", at=clock.now())
    mo = operator("mo", "finance_maker")
    payload = {"target": claim_id, "amount": 5_000, "last": True, "why": "as the bill says"}
    asked = approvals.propose(act=claiming.APPROVE, payload=payload, maker=mo, reason="seen by us", at=clock.now())
    with pytest.raises(Forbidden):
        approvals.approve(approval_id=asked.id, checker=mo, at=clock.now())
    claim.refresh_from_db()
    assert (claim.state, claim.approved_fen) == ("open", 0)
    approvals.approve(approval_id=asked.id, checker=operator("cy", "finance_checker"), at=clock.now())
    claim.refresh_from_db()
    assert (claim.state, claim.approved_fen) == ("approved", 5_000)
    assert not WorkItem.objects.filter(finished_at=None).exists()


def test_no_more_is_approved_than_is_asked_or_left_of_the_cover(term_life: Product) -> None:
    claim_id = a_claim(term_life, COVER)
    who = InsuranceClaim.objects.get().customer
    with pytest.raises(claiming.ClaimTooMuch):
        approved(claim_id, COVER + 1)
    policy = queries.own_policies(who.id).get()
    more = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "And my arm.", "amount": COVER}
    second = api(who, "post", "insurance/claims", more).json()["id"]
    approved(claim_id, COVER - 1_000)
    with pytest.raises(claiming.ClaimTooMuch):
        approved(second, 1_001)
    approved(second, 1_000)
    answered(clock.now())
    assert (fresh(policy).state, posted(who)) == ("claimed", FEN - PREMIUM + COVER)
    assert_whole()


def test_a_premium_its_insurer_does_not_take_is_told_of_again_by_an_operator(term_life: Product) -> None:
    who, policy = insured(term_life)
    sweep(day(policy.cooling_until))
    row = premium(policy, 2)
    be_at(day(row.due_on))
    sweep(clock.now())
    by_hand(who, row)
    refused(clock.now(), "UNKNOWN_POLICY")
    assert (premium(policy, 2).state, fresh(policy).state) == ("paid", "in_force")
    assert [item.kind for item in WorkItem.objects.filter(finished_at=None)] == [collecting.NOT_TAKEN]
    assert_whole()
    client = verified(staff("mia", "finance_maker"))
    page = reverse("admin:wealth_policypremium_change", args=[row.pk])
    listed = client.get(reverse("admin:wealth_policypremium_changelist"), {"turn": "stuck"}).content.decode()
    assert row.public_id in listed
    done = client.post(f"{page.removesuffix('change/')}do/send-again/", {"reason": "they have it now"})
    assert done.status_code == 302, done.content.decode()
    answered(clock.now())
    assert premium(policy, 2).state == "booked"
    assert not WorkItem.objects.filter(finished_at=None).exists()
    assert_whole()


def test_what_an_issuer_that_is_off_cannot_be_asked_waits_for_it(term_life: Product) -> None:
    who, policy = insured(term_life)
    issuer = Issuer.objects.get(code="sandbox_issuer")
    advance(issuer, IssuerState.OFF, moves=ISSUER_MOVES, at=clock.now())
    api(who, "post", f"insurance/policies/{policy.public_id}/end", {"amount": PREMIUM - 1_000})
    sweep(clock.now())
    assert [item.kind for item in WorkItem.objects.filter(finished_at=None)] == [giving_back.NOT_ASKED]
    assert fresh(policy).state == "ending"
    advance(issuer, IssuerState.ON, moves=ISSUER_MOVES, at=clock.now())
    answered(clock.now() + giving_back.RETRY)
    assert (fresh(policy).state, posted(who)) == ("withdrawn", FEN - 1_000)
    assert not WorkItem.objects.filter(finished_at=None).exists()
    assert_whole()


def test_the_page_of_a_policy_tells_its_whole_story_and_a_file_is_handed_out(term_life: Product) -> None:
    claim_id = a_claim(term_life)
    approved(claim_id, 5_000)
    answered(clock.now())
    client, claim = verified(staff("sam", "support")), InsuranceClaim.objects.get()
    policy = fresh(claim.policy)
    shown = client.get(reverse("admin:wealth_insurancepolicy_change", args=[policy.pk])).content.decode()
    document = queries.document(policy.id)
    assert document is not None
    for text in (policy.number, claim_id, document.sha256):
        assert text in shown, text
    page = reverse("admin:wealth_insuranceclaim_change", args=[claim.pk])
    assert "I broke my leg." in client.get(page).content.decode()
    file = client.post(f"{page.removesuffix('change/')}do/file/", {"number": 1})
    assert (file.status_code, file["Content-Type"], file.content) == (200, "application/pdf", b"%PDF-1.4 a bill")


def test_a_policy_keeps_the_account_open_and_belongs_into_an_export(term_life: Product) -> None:
    who, policy = insured(term_life)
    people = {"people": [{"name": "林小满", "id_number": id_number(3), "share_bp": 10_000}]}
    said = api(who, "post", f"insurance/policies/{policy.public_id}/beneficiaries", people)
    obligation, exporter = OBLIGATIONS.get("wealth.insurance"), EXPORTERS.get("wealth_insurance")
    assert obligation is not None
    assert exporter is not None
    assert [one.code for one in obligation.obstacles(customer_id=who.id, at=clock.now())] == ["insurance_policy_open"]
    told = orjson.dumps(exporter.export(customer_id=who.id)).decode()
    assert policy.number in told
    assert (said.status_code, "林小满" in told) == (201, True)
    api(who, "post", f"insurance/policies/{policy.public_id}/end", {"amount": PREMIUM - 1_000})
    answered(clock.now())
    assert obligation.obstacles(customer_id=who.id, at=clock.now()) == []


def test_lists_ask_no_more_for_many(term_life: Product) -> None:
    few, many = saver(FEN), saver(FEN)
    quoted(few, term_life)
    for _ in range(4):
        quoted(many, term_life)
    assert_queries_do_not_grow(lambda who: api(who, "get", "insurance/applications"), few, many)
    assert len(api(many, "get", "insurance/applications?state=quoted").json()["items"]) == 4
    assert api(many, "get", "insurance/applications?state=none").status_code == 422
