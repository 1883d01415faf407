"""Reads of suitability."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import QuerySet

from core.clock.queries import local_day
from core.errors import NotFound
from wealth.rules.suitability import Ruling, ruling
from wealth.suitability.models import SuitabilityDecision, SuitabilityProfile, SuitabilityQuestionnaire, SuitabilityWarning

__all__ = ["SuitabilityProfile", "SuitabilityWarning"]


def questionnaire(at: datetime) -> SuitabilityQuestionnaire:
    """The one in force."""
    found = SuitabilityQuestionnaire.objects.filter(starts_on__lte=local_day(at)).order_by("-starts_on").first()
    assert found is not None, "the first questionnaire comes with the tables"
    return found


def profiles(customer_id: uuid.UUID) -> QuerySet[SuitabilityProfile]:
    """A customer's, the newest first by `newest`."""
    return SuitabilityProfile.objects.filter(customer_id=customer_id)


def newest(customer_id: uuid.UUID) -> SuitabilityProfile | None:
    return profiles(customer_id).order_by("-created_at", "-id").first()


def warning_text(rules: SuitabilityQuestionnaire, *, level: str, risk: str) -> tuple[str, str, str]:
    """(English, Chinese, hash of both) of what one of `level` who insists on `risk` must read."""
    facts = {"level": level, "risk": risk}
    en, zh = rules.warning_en.format(**facts), rules.warning_zh.format(**facts)
    return en, zh, sha256(f"{en}\0{zh}".encode()).hexdigest()


@dataclass(frozen=True)
class Fit:
    """How a product of `risk` fits a customer now; no ruling without a profile that is in force."""

    profile: SuitabilityProfile | None
    expired: bool
    risk: str
    ruling: Ruling | None


def fit(*, customer_id: uuid.UUID, risk: str, at: datetime) -> Fit:
    profile = newest(customer_id)
    if profile is None or profile.expires_at <= at:
        return Fit(profile, profile is not None, risk, None)
    return Fit(profile, False, risk, ruling(investor=profile.level, risk=risk))


def warnings(customer_id: uuid.UUID) -> QuerySet[SuitabilityWarning]:
    return SuitabilityWarning.objects.filter(customer_id=customer_id).select_related("product")


def decisions(customer_id: uuid.UUID) -> QuerySet[SuitabilityDecision]:
    return SuitabilityDecision.objects.filter(customer_id=customer_id)


def own_warning(customer_id: uuid.UUID, warning_id: uuid.UUID) -> SuitabilityWarning:
    """Raises NotFound."""
    found = warnings(customer_id).filter(pk=warning_id).first()
    if found is None:
        raise NotFound()
    return found
