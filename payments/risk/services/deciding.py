"""Deciding about an act: `facts_question` asked with the caller's reads, `decide`, and the rows of the ruling beside the caller's own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.security.services import StepUpNeeded
from core.clock import queries as clock
from core.errors import DomainError
from core.ids import shard_of
from core.limits import services as limits
from core.limits.services import LimitReached
from core.limits.sockets import CapKind
from core.outbox import services as outbox
from core.rows import insert
from payments.risk.facts import Act, Known, facts_question, inputs, screen_question
from payments.risk.models import RiskDecision, RiskReview
from payments.risk.rules import Finding, Verdict, evaluate

__all__ = ["Act", "Known", "Ruling", "decide", "decide_now", "facts_question", "record", "screen_question"]

KEPT = CapKind("risk.refused_kept_a_day", _("Refused acts of one customer that are kept, a day"), usual=200, most=10_000)
COUNTER = "risk:refused"


class RiskRefused(DomainError):
    code = "risk_refused"
    status = 403
    en = "This was stopped for your safety; no money moved. If you meant it, contact support and name {decision}."
    zh = "为保障您的资金安全,本次操作已被拦截,资金未发生变动。如确为本人操作,请联系客服并提供编号 {decision}。"


class StrongerProofNeeded(DomainError):
    """With the members of `StepUpNeeded`."""

    code = "stronger_proof_needed"
    status = 403
    en = "Approve this with a passkey (at least a day old) instead: make a step-up proof with it and send its id."
    zh = "请改用通行密钥(启用满一天)完成验证,并提交其验证凭证编号。"
    shows = StepUpNeeded.shows


@dataclass(frozen=True)
class Ruling:
    """What became of the question: `review` says that the act must wait, with its money set aside. `rows` are written with the act."""

    review: bool
    rows: Sequence[models.Model] = field(default_factory=tuple)


def decide(*, act: Act, known: Known, factors: int, at: datetime) -> Ruling:
    """The ruling on an act proven by `factors` kinds of factor. Refusals come with their decision, written once the act is undone.

    An act that nothing was found about leaves no row: its figures are in the tallies, its rules are dated. Raises RiskRefused,
    StepUpNeeded, StrongerProofNeeded.
    """
    finding = evaluate(known.facts, known.rules, factors=factors)
    if not finding.worth_keeping:
        return Ruling(review=False)
    decision = decided(act, known, finding, factors, at)
    match finding.verdict:
        case Verdict.REFUSE:
            raise kept(RiskRefused(decision=decision.public_id), decision)
        case Verdict.STEP_UP:
            raise kept(StepUpNeeded() if finding.factors == 1 else StrongerProofNeeded(), decision)
        case Verdict.REVIEW:
            return Ruling(review=True, rows=(decision, *review_of(decision, act, known.review_hours, at)))
    return Ruling(review=False, rows=(decision,))


def decide_now(*, act: Act, known: Known, factors: int, at: datetime) -> Ruling:
    """`decide` for an act that cannot wait for a person: it is refused where another would. Raises what `decide` raises."""
    ruling = decide(act=act, known=known, factors=factors, at=at)
    if ruling.review:
        raise refused_instead(ruling)
    return ruling


def refused_instead(ruling: Ruling) -> DomainError:
    """The refusal, with its decision, of an act that a ruling would make wait and that cannot wait for a person."""
    decision = next(row for row in ruling.rows if isinstance(row, RiskDecision))
    decision.verdict, decision.business_id = Verdict.REFUSE, None
    return kept(RiskRefused(decision=decision.public_id), decision)


def record(ruling: Ruling) -> None:
    """Write the ruling's rows, for a caller that has no statement to take them along."""
    for row in ruling.rows:
        insert(row)


def decided(act: Act, known: Known, finding: Finding, factors: int, at: datetime) -> RiskDecision:
    done = finding.verdict in (Verdict.ALLOW, Verdict.REVIEW)
    return RiskDecision(
        customer_id=act.customer_id,
        business=act.business,
        business_id=act.business_id if done else None,
        payee=act.payee,
        amount_fen=act.amount_fen,
        verdict=finding.verdict,
        hits=[{"rule": rule.id, "code": rule.code, "verdict": rule.verdict} for rule in finding.hits],
        inputs=inputs(known, factors=factors),
        created_at=at,
    )


def review_of(decision: RiskDecision, act: Act, review_hours: int, at: datetime) -> tuple[models.Model, ...]:
    """The review that a person owes, and the news of it."""
    review = RiskReview(
        decision=decision,
        customer_id=act.customer_id,
        shard=shard_of(act.customer_id),
        business=act.business,
        business_id=act.business_id,
        amount_fen=act.amount_fen,
        created_at=at,
        expires_at=at + timedelta(hours=review_hours),
        changed_at=at,
    )
    payload: outbox.Payload = {"review": review.public_id, "business": act.business, "amount_fen": act.amount_fen}
    return review, outbox.announced(topic="risk_review.opened", owner=act.customer_id, payload=payload, at=at)


def kept(refusal: DomainError, decision: RiskDecision) -> DomainError:
    refusal.afterwards = lambda: keep_refused(decision)
    return refusal


@transaction.atomic
def keep_refused(decision: RiskDecision) -> None:
    """Write the decision of an act that was undone: of a customer's, the first of a day, so that trying on fills no table."""
    day = clock.local_day(decision.created_at).isoformat()
    try:
        limits.take(counter=COUNTER, owner=decision.customer_id, period=day, amount=1, cap=KEPT.on(decision.created_at))
    except LimitReached:
        return
    insert(decision)
