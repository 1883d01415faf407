"""Reads of reviews, rules and terms."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.errors import NotFound
from payments.risk.models import ReviewState, RiskDecision, RiskListEntry, RiskPayee, RiskReview, RiskRule, RiskTerms


def terms_in_force(at: datetime) -> RiskTerms:
    """The terms of reviews at `at`."""
    terms = RiskTerms.objects.filter(starts_at__lte=at).order_by("-starts_at").first()
    assert terms is not None, "a migration writes the first risk terms"
    return terms


def review(review_id: uuid.UUID) -> RiskReview:
    """Raises NotFound."""
    found = RiskReview.objects.filter(pk=review_id).first()
    if found is None:
        raise NotFound()
    return found


def entry(entry_id: uuid.UUID) -> RiskListEntry:
    """Raises NotFound."""
    found = RiskListEntry.objects.filter(pk=entry_id).first()
    if found is None:
        raise NotFound()
    return found


def latest_rule(code: str, at: datetime) -> RiskRule:
    """The row of a rule in force, on or off. Raises NotFound."""
    found = RiskRule.objects.filter(code=code, starts_at__lte=at).order_by("-starts_at").first()
    if found is None:
        raise NotFound()
    return found


def waiting() -> QuerySet[RiskReview]:
    """The reviews that nobody has decided, the oldest first."""
    return RiskReview.objects.filter(state=ReviewState.OPEN).order_by("created_at", "id")


def overdue_reviews(shard: int, at: datetime) -> QuerySet[RiskReview, uuid.UUID]:
    late = RiskReview.objects.filter(shard=shard, state=ReviewState.OPEN, expires_at__lte=at)
    return late.order_by("expires_at", "id").values_list("id", flat=True)


def due_shards(at: datetime) -> list[int]:
    """The shards with a review that nobody decided in time."""
    late = RiskReview.objects.filter(state=ReviewState.OPEN, expires_at__lte=at)
    return sorted(set(late.values_list("shard", flat=True).order_by()))


def personal_data(customer_id: uuid.UUID) -> dict[str, Any]:
    """What risk holds on a customer, for the customer's own export. Which rule hit stays ours: it would teach how to get around it."""
    decisions = RiskDecision.objects.filter(customer_id=customer_id).order_by("id")
    payees = RiskPayee.objects.filter(customer_id=customer_id).order_by("first_at", "id")
    return {
        "decisions": [
            {"id": row.public_id, "about": row.business, "amount": row.amount_fen, "verdict": row.verdict, "at": row.created_at.isoformat()}
            for row in decisions
        ],
        "payees": [{"payee": str(row.payee), "since": row.first_at.isoformat()} for row in payees],
    }
