"""The register of sensitive acts, act by act: every known way around the second person, none of which succeeds.

An act is walked as soon as it is registered; one without a payload below fails here. Proposals are written as rows, so that what
refuses is the second person's rule and not the act's own check. Each test names every act that breaks its rule.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.approvals import services
from core.approvals.models import Approval
from core.approvals.register import ACTS, Payload, SensitiveAct
from core.audit.models import AuditRecord
from core.errors import DomainError, Forbidden
from core.ids import new_id, public_id
from core.moves import WrongState
from core.outbox.models import OutboxEvent
from credit.lines.services import changing as lines_changing
from credit.lines.services import opening as lines_opening
from credit.lines.services import raising as lines_raising
from credit.products.models import CreditProductVersion
from payments.disputes.services import deciding
from payments.refunds.services import by_hand as refunds
from tests.desk.people import staff, unverified, verified
from wealth.crowdfunding.services import ending as milestones
from wealth.crowdfunding.services import reviewing as campaigns
from wealth.fixed_term.services import asking as maturities
from wealth.insurance.services import claiming
from wealth.orders.services import by_hand as wealth_orders

pytestmark = pytest.mark.django_db
AT = datetime.now(UTC)
ROLES = ("support", "risk", "finance_maker", "finance_checker", "marketing", "auditor")
HAND, VERDICT = {"reference": "B-1"}, {"verdict": "because"}


def of(prefix: str, **more: Any) -> Payload:
    return {"target": public_id(prefix, new_id()), **more}


PAYLOADS: dict[str, Payload] = {
    "break.close": {"target": f"break:{new_id()}", "why": "x", "correction": None},
    "card.resume": of("crd"),
    "card.unsign_taken": of("crd"),
    "channel.connect": {"target": f"credential:{new_id()}", "seal": "x"},
    "consent_document.publish": {
        "target": "consent_document:marketing",
        "values": {"version": 2, "required": False, "required_on": None, "title_zh": "x", "title_en": "x", "body_zh": "x", "body_en": "x"},
    },
    "customer.unfreeze": of("cus"),
    "dispute.open": of("ord", order=public_id("ord", new_id()), kind="other", words="x", amount=1, bank_reference="", taken_by_bank=False),
    "current.quotes.enter": {"target": "x", "lines": [], "source": "desk"},
    "current.quotes.revise": of("prd", product=public_id("prd", new_id()), day="2026-01-01", income="1", seven_day="", seen={}),
    "issuer.switch": {"target": "issuer:x", "held": "off", "state": "on"},
    "ledger.account_mode": of("acc", to="buffered"),
    "ledger.account_state": of("acc", to="open"),
    "ledger.adjust": {"debited": "suspense", "credited": "suspense", "amount": 1, "reference": "x"},
    "ledger.close_period": {"target": "books", "through_on": "2026-01-31"},
    "ledger.gl_rule": {"target": "chart", "role": "user:balance", "event": "", "gl_code": "1001", "valid_from": "2030-01-01"},
    "ledger.lift_halt": {"target": f"halt:{new_id()}", "findings": ""},
    "merchant.approve": of("mch", applied_at=AT.isoformat()),
    "merchant.close": of("mch", told="x"),
    "merchant.resume": of("mch"),
    "merchant.rotate_platform_key": {"target": "platform", "overlap_days": 0},
    "order.late_paid_by_hand": of("ord", **HAND),
    "order.late_refund_again": of("ord"),
    "outbox.skip": {"target": f"outbox:{new_id()}"},
    "product.publish": of("prd", seen="0" * 64, version=1),
    "credit_product.publish": of("crp", seen="0" * 64, version=1),
    "credit_product.resume": of("crp"),
    "credit_line.invite": of("cus", product=public_id("crp", new_id()), limit_fen=1, grade="", valid_until="2030-01-01", why="x"),
    "credit_line.raise": of("crl", limit_fen=1, why="x"),
    "credit_line.temporary": of("crl", amount_fen=1, since="2030-01-01", until="2030-01-02", why="x"),
    "credit_line.close": of("crl", why="x"),
    "credit_raise.grant": of("crr", limit_fen=1, why="x"),
    "product.resume": of("prd"),
    "refund.ask": of("ord", order=public_id("ord", new_id()), amount=1, words="x"),
    "risk_list.allow": {"target": "x", "what": "customer", "key": "00", "shown": "x", "why": "x", "until": ""},
    "risk_list.unblock": of("rle"),
    "risk_review.release": of("rvw"),
    "risk_rule.switch": {"target": "x", "active": True},
    "settlement.adjust": of("mch", amount_fen=1, told="x"),
    "settlement.approve": of("stl"),
    "settlement.approve_day": {"target": "2026-01-01", "number": 1, "payout_fen": 1},
    "settlement.pay_again": of("stl"),
    "top_up.credit": of("top"),
    "top_up.paid_by_hand": of("top", **HAND),
    "top_up.refund_again": of("top"),
    "withdrawal.paid_by_hand": of("wdr", **HAND),
}
SAID = campaigns.Selling(risk="R1", fee_bp=0, custodian="x", licence="x", risk_text_en="x", risk_text_zh="x")
OFFER = lines_opening.Offer(new_id(), CreditProductVersion(), 1, "", AT.date())
# What looks its row up before it calls the service: the service itself.
SERVICES: dict[str, Callable[[], object]] = {
    "dispute.lose": lambda: deciding.lose(dispute_id=new_id(), verdict="x", at=AT),
    "dispute.win": lambda: deciding.win(dispute_id=new_id(), verdict="x", at=AT),
    "refund.ask_again": lambda: refunds.ask_again(refund_id=new_id(), at=AT),
    "refund.give_up": lambda: refunds.give_up(refund_id=new_id(), at=AT),
    "refund.paid_by_hand": lambda: refunds.pay_by_hand(refund_id=new_id(), reference="B-1", at=AT),
    "campaign.approve": lambda: campaigns.approve(campaign_id=new_id(), seen="x", said=SAID, at=AT),
    "campaign.cancel": lambda: campaigns.cancel(campaign_id=new_id(), why="complaints", at=AT),
    "campaign.pay_milestone": lambda: milestones.pay_milestone(milestone_id=new_id(), at=AT),
    "fixed_term.ask_again": lambda: maturities.ask_again(holding_id=new_id(), at=AT),
    "credit_line.invite": lambda: lines_opening.invite(OFFER, why="w", at=AT),
    "credit_line.raise": lambda: lines_changing.raise_limit(line_id=new_id(), limit_fen=1, why="w", at=AT),
    "credit_line.temporary": lambda: lines_changing.set_temporary(
        line_id=new_id(), amount_fen=1, since=AT.date(), until=AT.date(), why="w", at=AT
    ),
    "credit_line.close": lambda: lines_changing.close(line_id=new_id(), why="w", at=AT),
    "credit_raise.grant": lambda: lines_raising.grant(raise_id=new_id(), limit_fen=1, why="w", at=AT),
    "insurance_claim.approve": lambda: claiming.approve(claim_id=new_id(), amount_fen=1, last=True, why="w", at=AT),
    "insurance_claim.decline": lambda: claiming.decline(claim_id=new_id(), why="w", at=AT),
    "wealth_order.reject": lambda: wealth_orders.end(order_id=new_id(), at=AT),
    "wealth_order.resend": lambda: wealth_orders.resend(order_id=new_id(), at=AT),
}


def payload_of(act: str) -> Payload:
    return {"row": "new", "values": {}, "before": {}} if act.endswith(".change") else PAYLOADS.get(act, {"target": "x"})


def row_of(act: str, maker: User, *, hashed: Payload | None = None, hours: int = 4) -> Approval:
    payload, target = payload_of(act), f"target of {act}"
    return Approval(
        act=act,
        target=target,
        payload=payload,
        payload_hash=services.payload_hash(act, target, payload if hashed is None else hashed),
        reason="because of it",
        maker=maker,
        created_at=AT,
        expires_at=AT + timedelta(hours=hours),
    )


@pytest.fixture
def everybody() -> User:
    """A member of staff in every role there is: what stops them is never a missing right."""
    return staff("everybody", *ROLES)


@pytest.fixture
def proposals(everybody: User) -> dict[str, Approval]:
    """One proposal of every act, by the one in every role."""
    rows = {act: row_of(act, everybody) for act in sorted(ACTS)}
    Approval.objects.bulk_create(rows.values())
    return rows


@pytest.fixture(autouse=True)
def nothing_is_done() -> Iterator[None]:
    """Whatever was tried, no proposal was applied, and no act left a record or an event."""
    yield
    assert not Approval.objects.filter(state=Approval.State.APPLIED).exists()
    assert set(AuditRecord.objects.exclude(act__startswith="approval.").values_list("act", flat=True)) <= {"staff.login"}
    assert not OutboxEvent.objects.exclude(topic__startswith="approval.").exists()


def walk(refusal: type[Exception], attempt: Callable[[SensitiveAct], object]) -> None:
    """Try it on every act; each must be refused with exactly this."""
    wrong = {}
    for act, sensitive in sorted(ACTS.items()):
        try:
            with transaction.atomic():
                wrong[act] = f"done: {attempt(sensitive)}"
        except Exception as problem:  # noqa: BLE001  (anything but the refusal is what this test is there to name)
            if type(problem) is not refusal:
                wrong[act] = repr(problem)
    assert wrong == {}


def test_every_act_has_a_payload_to_be_tried_with() -> None:
    named = {act for act in ACTS if not act.endswith(".change")}
    assert named == PAYLOADS.keys() | SERVICES.keys()


def test_no_act_is_decided_by_its_maker(proposals: dict[str, Approval], everybody: User) -> None:
    walk(services.SamePerson, lambda act: services.approve(approval_id=proposals[act.act].id, checker=everybody, at=AT))


def test_no_act_is_decided_without_its_role(proposals: dict[str, Approval]) -> None:
    people = {role: staff(role, role) for role in ROLES}
    root = staff("root", superuser=True)
    for role, person in people.items():
        others = {act: sensitive for act, sensitive in ACTS.items() if role not in sensitive.roles_check}
        assert others, role
        for act in others:
            with pytest.raises(Forbidden), transaction.atomic():
                services.approve(approval_id=proposals[act].id, checker=person, at=AT)
    walk(Forbidden, lambda act: services.approve(approval_id=proposals[act.act].id, checker=root, at=AT))


def test_no_act_is_proposed_without_its_role() -> None:
    nobody = staff("nobody", "auditor")
    walk(Forbidden, lambda act: services.propose(act=act.act, payload=payload_of(act.act), maker=nobody, reason="because of it", at=AT))


def test_no_act_is_applied_after_its_time(proposals: dict[str, Approval]) -> None:
    other = staff("other", *ROLES)
    late = AT + timedelta(hours=4)
    walk(services.ApprovalExpired, lambda act: services.approve(approval_id=proposals[act.act].id, checker=other, at=late))
    assert services.expire(at=late) == len(ACTS)
    walk(WrongState, lambda act: services.approve(approval_id=proposals[act.act].id, checker=other, at=AT))


def test_no_act_is_applied_with_another_payload_than_was_proposed(everybody: User) -> None:
    rows = {act: row_of(act, everybody, hashed={"target": "another"}) for act in ACTS}
    Approval.objects.bulk_create(rows.values())
    other = staff("other", *ROLES)
    walk(services.PayloadChanged, lambda act: services.approve(approval_id=rows[act.act].id, checker=other, at=AT))


def test_no_act_waits_twice_on_one_target(proposals: dict[str, Approval]) -> None:
    other = staff("other", *ROLES)
    walk(services.AlreadyProposed, lambda act: services.insert(row_of(act.act, other)))
    walk(IntegrityError, lambda act: row_of(act.act, other).save(force_insert=True))


def test_no_act_is_done_by_calling_its_service() -> None:
    def attempt(act: SensitiveAct) -> object:
        service = SERVICES.get(act.act)
        return service() if service else act.apply(payload_of(act.act), AT)

    walk(services.ApprovalNeeded, attempt)


def test_the_approval_of_one_act_does_for_no_other() -> None:
    def attempt(act: SensitiveAct) -> object:
        service = SERVICES.get(act.act)
        with services.applying("tests.another", maker="staff:a", checker="staff:b"):
            return service() if service else act.apply(payload_of(act.act), AT)

    walk(services.ApprovalNeeded, attempt)


def post(client: Client, approval: Approval, **data: str) -> int:
    return client.post(reverse("admin:core_approval_approve", args=[approval.pk]), data).status_code


def still_pending(proposals: dict[str, Approval]) -> bool:
    return not Approval.objects.filter(pk__in=[row.pk for row in proposals.values()]).exclude(state=Approval.State.PENDING).exists()


def test_no_act_is_decided_from_its_makers_second_browser(proposals: dict[str, Approval], everybody: User) -> None:
    first, second = verified(everybody), verified(everybody)
    assert first.session.session_key != second.session.session_key
    statuses = {post(second, approval, read="on") for approval in proposals.values()}
    assert statuses == {200}, "the page is shown again, with the refusal"
    assert still_pending(proposals)


def test_no_act_is_decided_by_a_raw_post(proposals: dict[str, Approval]) -> None:
    """Without the right, without the second factor, and without the page's token."""
    sure = Client(enforce_csrf_checks=True)
    sure.cookies = verified(staff("other", *ROLES)).cookies
    senders = {
        "marketing": (verified(staff("marketing", "marketing")), {"read": "on"}, {403}),
        "password only": (unverified(staff("half", *ROLES)), {"read": "on"}, {302}),
        "from elsewhere": (sure, {"read": "on"}, {403}),
    }
    for name, (client, data, statuses) in senders.items():
        assert {post(client, approval, **data) for approval in proposals.values()} == statuses, name
    assert still_pending(proposals)


def test_nothing_is_decided_unread(proposals: dict[str, Approval]) -> None:
    """One act of each kind of decider: the form is the same for all."""
    hasty = verified(staff("hasty", *ROLES))
    kinds = {(sensitive.roles_make, sensitive.roles_check): proposals[act] for act, sensitive in ACTS.items()}
    assert {post(hasty, approval) for approval in kinds.values()} == {200}
    assert still_pending(proposals)


@pytest.mark.parametrize("action", ["approve", "reject", "delete_selected", "withdraw"])
def test_no_acts_are_decided_in_bulk(action: str, proposals: dict[str, Approval]) -> None:
    client = verified(staff("other", *ROLES))
    data = {"action": action, "_selected_action": [str(row.pk) for row in proposals.values()], "post": "yes"}
    client.post(reverse("admin:core_approval_changelist"), data)
    assert still_pending(proposals)


def test_refusals_are_told_as_problems_and_not_as_faults() -> None:
    refusals = (services.SamePerson, services.ApprovalExpired, services.PayloadChanged, services.AlreadyProposed, services.ApprovalNeeded)
    assert all(issubclass(refusal, DomainError) and 400 <= refusal.status < 500 for refusal in refusals)
