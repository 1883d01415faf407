"""Whether an order's product fits its customer: decided when it is ordered, once more when it is paid, and kept either way."""

import uuid
from datetime import datetime

from django.db import transaction

from core.clock.queries import local_day
from core.errors import DomainError
from core.ids import new_id, shard_of
from core.limits import services as limits
from core.limits.services import LimitReached
from core.rows import insert
from wealth.rules.suitability import Ruling, ruling
from wealth.suitability import queries
from wealth.suitability.models import DecisionMoment, SuitabilityDecision, SuitabilityProfile, SuitabilityWarning
from wealth.suitability.services.answering import OnlyLowestRisk, ProfileExpired, ProfileMissing

REFUSED = "wealth.suitability_refused"
MOST_REFUSALS_KEPT = 50
"""A customer and day: trying on fills no table."""


class RiskTooHigh(DomainError):
    """`risk` R2..R5 and `level` C1..C4."""

    code = "suitability_risk_too_high"
    en = "This product ({risk}) is riskier than your profile ({level}). Choose another, or read and confirm the warning about it first."
    zh = "该产品风险等级({risk})高于您的风险承受能力({level})。请选择其他产品,或先阅读并确认风险揭示。"


class WarningUnfit(DomainError):
    code = "risk_warning_unfit"
    en = "The warning you confirmed is not good for this order: it was used, is too old, or is about something else. Confirm it again."
    zh = "您确认的风险揭示不适用于该订单(已使用、已过期或内容不符),请重新确认。"


REFUSALS: tuple[type[DomainError], ...] = (ProfileMissing, ProfileExpired, OnlyLowestRisk, RiskTooHigh, WarningUnfit)


@transaction.atomic
def decide(
    *, order_id: uuid.UUID, customer_id: uuid.UUID, product_id: uuid.UUID, risk: str, at: datetime, warned: uuid.UUID | None = None
) -> SuitabilityDecision:
    """Decide on a new order; a confirmed warning is used up by it. A refusal is kept after its transaction is undone (ADR 11).

    Raises ProfileMissing, ProfileExpired, OnlyLowestRisk, RiskTooHigh, WarningUnfit.
    """
    found = SuitabilityDecision(
        id=new_id(),
        order_id=order_id,
        customer_id=customer_id,
        shard=shard_of(customer_id),
        product_id=product_id,
        moment=DecisionMoment.ORDERED,
        risk=risk,
        ruling=Ruling.REJECT,
        created_at=at,
    )
    profile = in_force(found, at)
    found.ruling = ruling(investor=profile.level, risk=risk)
    if found.ruling == Ruling.REJECT:
        raise kept(OnlyLowestRisk(), found)
    if found.ruling == Ruling.WARN:
        if warned is None:
            raise kept(RiskTooHigh(risk=risk, level=profile.level), found)
        found.warning_id = used(found, profile, warned, at)
    insert(found)
    return found


def in_force(found: SuitabilityDecision, at: datetime) -> SuitabilityProfile:
    """The customer's profile, written into the decision. Raises ProfileMissing, ProfileExpired."""
    profile = queries.newest(found.customer_id)
    if profile is None:
        raise kept(ProfileMissing(), found)
    found.profile, found.level = profile, profile.level
    if profile.expires_at <= at:
        raise kept(ProfileExpired(), found)
    return profile


def used(found: SuitabilityDecision, profile: SuitabilityProfile, warned: uuid.UUID, at: datetime) -> uuid.UUID:
    """Use a warning up, in one guarded statement: of two orders one has it. Raises WarningUnfit."""
    mine = SuitabilityWarning.objects.filter(
        pk=warned,
        customer_id=found.customer_id,
        product_id=found.product_id,
        risk=found.risk,
        level=profile.level,
        order_id=None,
        expires_at__gt=at,
    )
    if not mine.update(order_id=found.order_id):
        raise kept(WarningUnfit(field="warning_id"), found)
    return warned


@transaction.atomic
def decide_again(*, order_id: uuid.UUID, at: datetime) -> SuitabilityDecision:
    """Decide once more in the paying transaction: the profile may have run out or fallen meanwhile. A warning that was used for the order
    still holds unless the level is another. Raises what `decide` raises."""
    first = SuitabilityDecision.objects.filter(order_id=order_id, moment=DecisionMoment.ORDERED, code="").first()
    assert first is not None, f"order {order_id} was never decided on"
    found = SuitabilityDecision(
        id=new_id(),
        order_id=order_id,
        customer_id=first.customer_id,
        shard=first.shard,
        product_id=first.product_id,
        moment=DecisionMoment.PAID,
        risk=first.risk,
        ruling=Ruling.REJECT,
        created_at=at,
    )
    profile = in_force(found, at)
    found.ruling = ruling(investor=profile.level, risk=first.risk)
    if found.ruling == Ruling.REJECT:
        raise kept(OnlyLowestRisk(), found)
    if found.ruling == Ruling.WARN:
        if first.warning_id is None or first.level != profile.level:
            raise kept(RiskTooHigh(risk=first.risk, level=profile.level), found)
        found.warning_id = first.warning_id
    insert(found)
    return found


def kept(refusal: DomainError, decision: SuitabilityDecision) -> DomainError:
    """The refusal, which writes its decision once what it refused is undone."""
    decision.code = refusal.code
    refusal.afterwards = lambda: keep(decision)
    return refusal


@transaction.atomic
def keep(decision: SuitabilityDecision) -> None:
    """Write a refused decision, the first ones of a customer's day."""
    day = local_day(decision.created_at).isoformat()
    try:
        limits.take(counter=REFUSED, owner=decision.customer_id, period=day, amount=1, cap=MOST_REFUSALS_KEPT)
    except LimitReached:
        return
    insert(decision)
