"""The desk's pages of risk: what an operator reads at night, and every button of theirs."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.ledger.refusals import LedgerHalted
from core.approvals.models import Approval
from core.audit.models import AuditRecord
from core.clock import queries as clock
from payments.risk.models import RiskDecision, RiskListEntry, RiskReview, RiskRule
from tests.desk.people import asked_of_the_database, staff, verified
from tests.factories import customer, open_session
from tests.payments.risk.world import SCENE, Listener, act, rule, ruling, verdict, waiting

pytestmark = pytest.mark.django_db
WHY = {"reason": "she called and confirmed"}
LISTS = {
    name: reverse(f"admin:payments_{name}_changelist") for name in ("riskreview", "riskdecision", "risklistentry", "riskrule", "riskterms")
}


def page(client: Client, label: str, row: Any) -> str:
    return client.get(reverse(f"admin:payments_{label}_change", args=[row.pk])).content.decode()


def do(client: Client, label: str, name: str, row: Any = None, **data: Any) -> Any:
    address = reverse(f"admin:payments_{label}_{name}", args=[row.pk]) if row else reverse(f"admin:payments_{label}_do_{name}")
    return client.post(address, WHY | data)


def approve(by: Client) -> Any:
    waits = Approval.objects.get(state="pending")
    return by.post(reverse("admin:core_approval_approve", args=[waits.pk]), {"read": "on"})


@pytest.fixture
def rita() -> Client:
    return verified(staff("rita", "risk"))


@pytest.fixture
def raul() -> Client:
    return verified(staff("raul", "risk"))


def test_a_review_tells_why_and_what_is_known_and_is_taken_and_released(room: Listener, rita: Client) -> None:
    held = rule("amount", amount_fen=99)
    who = customer()
    review = waiting(who, session=open_session(who).session, payee=customer().id)
    text = page(rita, "riskreview", review)
    facts = ("Account age", "Device known for", "0.0 h", "in the last hour", "Payee", who.public_id, "Release", "Refuse", "1 / ")
    for words in (held.note, *facts):
        assert words in text
    assert "Propose to release" not in text
    do(rita, "riskreview", "take", review)
    assert "rita" in rita.get(LISTS["riskreview"]).content.decode()
    assert "amount" in do(rita, "riskreview", "release", review, reason="no").content.decode()
    assert do(rita, "riskreview", "release", review).status_code == 302
    review.refresh_from_db()
    assert (review.state, review.decided_by, room.told) == ("released", "staff:rita", [("released", review.business_id)])
    kept = AuditRecord.objects.get(act="risk_review.release")
    assert (kept.target, kept.reason, kept.actor) == (review.public_id, WHY["reason"], "staff:rita")
    assert "open it again" not in do(rita, "riskreview", "refuse", review).content.decode()
    assert len(room.told) == 1


def test_a_large_one_is_released_by_two(room: Listener, rita: Client, raul: Client) -> None:
    rule("amount", amount_fen=99)
    review = waiting(customer(), 1_000_001)
    assert "two people" in do(rita, "riskreview", "release", review).content.decode()
    assert do(rita, "riskreview", "propose-release", review).status_code == 302
    assert "somebody else" in approve(rita).content.decode()
    assert room.told == []
    assert approve(raul).status_code == 302
    assert room.told == [("released", review.business_id)]


def test_what_the_room_says_is_read_by_who_decides(room: Listener, rita: Client) -> None:
    rule("amount", amount_fen=99)
    review = waiting(customer())
    room.refuses = LedgerHalted()
    assert LedgerHalted.en in unescape(do(rita, "riskreview", "refuse", review).content.decode())
    assert AuditRecord.objects.filter(act="risk_review.refuse").count() == 0


def test_a_phone_is_blocked_by_one_and_allowed_by_two_and_its_number_stays_nowhere(room: Listener, rita: Client, raul: Client) -> None:
    who = customer()
    number = who.phone.removeprefix("+86")
    assert do(rita, "risklistentry", "block", what="phone", who=number, until="").status_code == 302
    entry = RiskListEntry.objects.get()
    assert verdict(act(who)) == "risk_refused"
    text = rita.get(LISTS["risklistentry"], {"q": number}).content.decode()
    assert entry.shown in text
    assert rita.get(LISTS["risklistentry"], {"q": customer().phone}).content.decode().count(entry.shown) == 0
    assert do(rita, "risklistentry", "unblock", entry).status_code == 302
    assert "somebody else" in approve(rita).content.decode()
    approve(raul)
    assert verdict(act(who)) == "allow"
    tomorrow = f"{clock.local(clock.now() + timedelta(days=1)):%Y-%m-%dT%H:%M}"
    assert do(rita, "risklistentry", "allow", what="phone", who=number, until=tomorrow).status_code == 302
    approve(raul)
    allowed = RiskListEntry.objects.get(effect="allow")
    assert allowed.until is not None
    assert f"{clock.local(allowed.until):%Y-%m-%dT%H:%M}" == tomorrow
    assert do(rita, "risklistentry", "end", allowed).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(r::text, ' ') FROM core_approval r")
        approvals = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(r::text, ' ') FROM core_auditrecord r")
        audited = cursor.fetchone()[0]
    assert number not in approvals + audited


@pytest.mark.parametrize(("what", "who"), [("customer", "cus_nobody"), ("phone", "123"), ("card", "12")])
def test_what_cannot_be_listed_is_said_beside_its_field(rita: Client, what: str, who: str) -> None:
    assert do(rita, "risklistentry", "block", what=what, who=who).status_code == 200
    assert not RiskListEntry.objects.exists()


def test_a_rule_is_proposed_by_one_person_of_risk_and_begins_when_another_approved_it(room: Listener, rita: Client, raul: Client) -> None:
    add = reverse("admin:payments_riskrule_add")
    form = rita.get(add).content.decode()
    assert 'type="checkbox"' in form
    assert f'value="{SCENE}"' in form
    begins = clock.local(clock.now() + timedelta(hours=2))
    values = {"code": "split", "kind": "velocity_sum", "verdict": "review", "window": "day", "amount_fen": "50.00", "active": "on"}
    values |= {"scenes": [SCENE], "starts_at_0": f"{begins:%Y-%m-%d}", "starts_at_1": f"{begins:%H:%M:%S}", "note": "many small ones"}
    assert "takes exactly these" in rita.post(add, values | WHY | {"most": "3"}).content.decode()
    assert rita.post(add, values | WHY).status_code == 302
    assert not RiskRule.objects.exists()
    approve(raul)
    made = RiskRule.objects.get()
    assert (made.amount_fen, made.scenes, made.window, made.most) == (5_000, [SCENE], "day", None)
    assert "to come" in rita.get(LISTS["riskrule"]).content.decode()


def test_a_rule_is_switched_off_at_once_by_two(room: Listener, rita: Client, raul: Client) -> None:
    row = rule("amount", amount_fen=0)
    text = page(rita, "riskrule", row)
    assert "Propose to switch off now" in text
    assert "Propose to switch on now" not in text
    do(rita, "riskrule", "switch-off", row)
    approve(raul)
    assert verdict(act(customer())) == "allow"
    listed = rita.get(LISTS["riskrule"]).content.decode()
    assert ">over<" in listed
    assert ">off<" in listed
    assert "Propose to switch off now" not in page(rita, "riskrule", row)


@pytest.mark.parametrize("name", LISTS)
def test_lists_ask_no_more_often_for_more_rows(room: Listener, rita: Client, name: str) -> None:
    counts = []
    rule("amount", amount_fen=0)
    for batch in (1, 8):
        for number in range(batch):
            who = customer(verified_class=None)
            waiting(who)
            rule("amount", code=f"more{batch}{number}", amount_fen=10**9)
            do(rita, "risklistentry", "block", what="customer", who=who.public_id)
        rita.get(LISTS[name])
        with CaptureQueriesContext(connection) as asked:
            assert rita.get(LISTS[name]).status_code == 200
        counts.append(asked_of_the_database(asked))
    assert counts[0] == counts[1] <= 15


def test_the_overview_the_customer_and_the_decision_show_it(room: Listener, rita: Client) -> None:
    rule("amount", amount_fen=0)
    who = customer()
    review = waiting(who)
    overview = rita.get(reverse("admin:index")).content.decode()
    assert "Risk reviews waiting" in overview
    about = rita.get(reverse("admin:accounts_customer_change", args=[who.pk])).content.decode()
    assert review.decision.public_id in about
    assert "What was known" in page(rita, "riskdecision", review.decision)
    assert RiskDecision.objects.count() == 1


def test_support_reads_a_review_but_not_the_rules(room: Listener) -> None:
    rule("amount", amount_fen=0)
    review = waiting(customer())
    sue = verified(staff("sue", "support"))
    text = page(sue, "riskreview", review)
    assert "Take it" not in text
    assert reverse("admin:payments_riskrule_change", args=[RiskRule.objects.get().pk]) not in text
    assert sue.get(LISTS["riskrule"]).status_code == 403
    ruling(act(customer()))
    assert RiskReview.objects.count() == 2
