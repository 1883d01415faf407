"""A customer answers the questionnaire, or insists on a product above their level."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.clock.queries import local_day
from core.errors import DomainError, Invalid
from core.ids import new_id, public_id, shard_of
from core.limits import queries as caps
from core.limits import services as limits
from core.limits.sockets import CapKind, Unit
from core.outbox import services as outbox
from wealth.catalog import queries as catalog
from wealth.rules.suitability import MINIMUM, Ruling, level, ruling
from wealth.suitability import queries
from wealth.suitability.models import SuitabilityProfile, SuitabilityWarning
from wealth.suitability.questions import BadAnswer, is_minimum, read, scored

ANSWERED = "wealth.suitability_answers"
ANSWERS = CapKind("wealth.answers_a_day", _("Times a customer answers the questionnaire a day"), usual=3, most=20)
INSISTING = CapKind("wealth.warning_minutes", _("How long a confirmed risk warning is good for"), usual=30, most=1440, unit=Unit.MINUTES)


class QuestionnaireChanged(DomainError):
    code = "questionnaire_changed"
    en = "The questionnaire changed while you answered it. Read it again; your answers were not kept."
    zh = "问卷已更新,请重新填写,您的答案未被保存。"


class WarningNotNeeded(DomainError):
    code = "risk_warning_not_needed"
    en = "This product fits your profile: there is nothing to confirm. Order it."
    zh = "该产品符合您的风险承受能力,无需确认,可直接下单。"


class WarningTextChanged(DomainError):
    code = "risk_warning_changed"
    en = "This is not the text of the warning now. Read it again and confirm that one."
    zh = "风险揭示内容已更新,请重新阅读后确认。"


class ProfileMissing(DomainError):
    code = "suitability_profile_missing"
    en = "You have not answered the questionnaire about the risk you can bear. Answer it first."
    zh = "您尚未完成风险承受能力测评,请先完成测评。"


class ProfileExpired(DomainError):
    code = "suitability_profile_expired"
    en = "Your answers about the risk you can bear are too old. Answer the questionnaire again."
    zh = "您的风险承受能力测评已过期,请重新测评。"


class OnlyLowestRisk(DomainError):
    code = "suitability_only_lowest_risk"
    en = "By your answers you can buy products of the lowest risk (R1) alone, and nothing can be confirmed against that."
    zh = "您属于最低风险承受能力类别,仅可购买 R1 产品,且不可通过确认购买更高风险产品。"


@transaction.atomic
def answer(
    *, customer_id: uuid.UUID, questionnaire_id: uuid.UUID, answers: Mapping[str, Sequence[str]], at: datetime
) -> SuitabilityProfile:
    """A new profile, in force at once. Raises QuestionnaireChanged, Invalid (naming the question), LimitReached."""
    rules = queries.questionnaire(at)
    if rules.id != questionnaire_id:
        raise QuestionnaireChanged(field="questionnaire_id")
    try:
        chosen = read(rules.questions, answers)
    except BadAnswer as wrong:
        raise Invalid(f"answers.{wrong.question}", wrong.en, wrong.zh) from wrong
    limits.take(counter=ANSWERED, owner=customer_id, period=local_day(at).isoformat(), amount=1, cap=ANSWERS.on(at))
    points = scored(rules.questions, chosen)
    reached = MINIMUM if is_minimum(rules.minimum, chosen) else level(score=points, bands=[(low, name) for low, name in rules.bands])
    made = SuitabilityProfile.objects.create(
        id=new_id(),
        customer_id=customer_id,
        shard=shard_of(customer_id),
        questionnaire=rules,
        answers=json.dumps(chosen, ensure_ascii=False),
        score=points,
        level=reached,
        created_at=at,
        expires_at=at + timedelta(days=rules.valid_days),
    )
    facts: outbox.Payload = {"customer": public_id("cus", customer_id), "level": reached, "expires_at": made.expires_at.isoformat()}
    outbox.publish(topic="suitability.profiled", owner=customer_id, payload=facts, at=at, key=made.public_id)
    return made


def require_profile(customer_id: uuid.UUID, at: datetime) -> SuitabilityProfile:
    """The profile in force. Raises ProfileMissing, ProfileExpired."""
    profile = queries.newest(customer_id)
    if profile is None:
        raise ProfileMissing()
    if profile.expires_at <= at:
        raise ProfileExpired()
    return profile


@transaction.atomic
def insist(*, customer_id: uuid.UUID, product_id: uuid.UUID, text_sha256: str, at: datetime) -> SuitabilityWarning:
    """Record that a customer read the warning about a product above their level and wants it all the same, of their own accord: good for
    one order, for a while. Raises NotFound, ProductNotOnSale, ProfileMissing, ProfileExpired, OnlyLowestRisk, WarningNotNeeded,
    WarningTextChanged."""
    risk = catalog.offered(product_id, at).version.risk
    profile = require_profile(customer_id, at)
    match ruling(investor=profile.level, risk=risk):
        case Ruling.REJECT:
            raise OnlyLowestRisk()
        case Ruling.ALLOW:
            raise WarningNotNeeded()
    rules = queries.questionnaire(at)
    if queries.warning_text(rules, level=profile.level, risk=risk)[2] != text_sha256:
        raise WarningTextChanged(field="text_sha256")
    return SuitabilityWarning.objects.create(
        id=new_id(),
        customer_id=customer_id,
        shard=shard_of(customer_id),
        product_id=product_id,
        risk=risk,
        level=profile.level,
        text_sha256=text_sha256,
        created_at=at,
        expires_at=at + timedelta(minutes=caps.cap(INSISTING, at)),
    )


@transaction.atomic
def erase(*, customer_id: uuid.UUID) -> None:
    """Forget what a customer answered; what it came to stays with the decisions that rest on it."""
    SuitabilityProfile.objects.filter(customer_id=customer_id).update(answers=None)
