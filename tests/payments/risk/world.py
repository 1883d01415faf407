"""A room that asks about its acts, for tests: it remembers what it was told, and refuses what it is told to."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from accounts.identity.models import Customer, DeviceSession
from core.approvals import services as approvals
from core.clock import queries as clock
from core.errors import DomainError
from core.ids import new_id
from core.questions import ask
from payments.risk.facts import Act, Known
from payments.risk.models import RiskReview, RiskRule
from payments.risk.rules import Verdict
from payments.risk.services import deciding
from payments.risk.services.deciding import Ruling
from tests.desk.people import staff
from tests.rules import unguarded

SCENE, OTHER = "test", "test_other"
LONG_AGO = timedelta(days=400)


@dataclass
class Listener:
    """Both scenes' room."""

    label: str = "payments.transfer"
    prefix: str = "trf"
    payee_label: str = "accounts.customer"
    payee_prefix: str = "cus"
    told: list[tuple[str, uuid.UUID]] = field(default_factory=list)
    refuses: DomainError | None = None

    def released(self, *, business_id: uuid.UUID, at: datetime) -> None:
        self.hear("released", business_id)

    def refused(self, *, business_id: uuid.UUID, at: datetime) -> None:
        self.hear("refused", business_id)

    def hear(self, word: str, business_id: uuid.UUID) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.told.append((word, business_id))


def no_rules() -> None:
    """A world in which no rule was ever made."""
    with unguarded():
        RiskRule.objects.all().delete()


def rule(kind: str, *, verdict: str = "review", code: str = "", scenes: list[str] | None = None, **parameters: Any) -> RiskRule:
    """A rule long in force for both scenes."""
    at = clock.now() - LONG_AGO
    facts = {
        "code": code or kind,
        "scenes": [SCENE, OTHER] if scenes is None else scenes,
        "note": "test",
        "starts_at": at,
        "created_at": at,
    }
    factors = {"factors": 1} if verdict == "step_up" else {}
    return RiskRule.objects.create(**(facts | factors | {"kind": kind, "verdict": verdict} | parameters))


def act(who: Customer, fen: int = 100, *, session: DeviceSession | None = None, business: str = SCENE, **facts: Any) -> Act:
    session_id = session.id if session else None
    return Act(business=business, business_id=new_id(), customer_id=who.id, session_id=session_id, amount_fen=fen, **facts)


def known(wanted: Act, at: datetime) -> Known:
    (found,) = ask(deciding.facts_question(act=wanted, at=at))
    return found


@transaction.atomic
def ruling(wanted: Act, *, factors: int = 0, at: datetime | None = None) -> Ruling:
    """Ask, decide and write, as a room does."""
    at = at or clock.now()
    made = deciding.decide(act=wanted, known=known(wanted, at), factors=factors, at=at)
    deciding.record(made)
    return made


def verdict(wanted: Act, *, factors: int = 0, at: datetime | None = None) -> str:
    """The word for what became of it; a refusal is answered as the API does, with what it has to write afterwards."""
    try:
        made = ruling(wanted, factors=factors, at=at)
    except DomainError as refused:
        return answered(refused)
    return str(Verdict.REVIEW if made.review else Verdict.ALLOW)


def answered(refused: DomainError) -> str:
    assert refused.afterwards is not None
    refused.afterwards()
    return refused.code


def waiting(who: Customer, fen: int = 100, at: datetime | None = None, **facts: Any) -> RiskReview:
    """A review of an act of `fen`; needs a rule that holds it."""
    wanted = act(who, fen, **facts)
    assert ruling(wanted, at=at).review
    return RiskReview.objects.get(business_id=wanted.business_id)


def by_two(act_name: str, payload: dict[str, Any], *, at: datetime | None = None, checker: str = "risk") -> str:
    """Proposed by one person of risk and approved by another; what was done."""
    at = at or clock.now()
    names = (f"{word}-{uuid.uuid4().hex[:6]}" for word in ("maker", "checker"))
    maker, other = staff(next(names), "risk"), staff(next(names), checker)
    approval = approvals.propose(act=act_name, payload=payload, maker=maker, reason="a test of it", at=at)
    return approvals.approve(approval_id=approval.id, checker=other, at=at).decision


def risk_person(name: str = "rita") -> User:
    return staff(name, "risk")
