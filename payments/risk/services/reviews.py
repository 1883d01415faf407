"""Deciding what waits for a person. Over the amount of the terms a release needs two people; giving back never does."""

import uuid
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from core.approvals.services import must_be_applying
from core.errors import DomainError
from core.moves import WrongState, advance
from core.outbox import services as outbox
from payments.risk.models import REVIEW_MOVES, ReviewState, RiskPayee, RiskReview
from payments.risk.queries import review as found
from payments.risk.queries import terms_in_force
from payments.risk.sockets import REVIEWED, ReviewListener

RELEASE = "risk_review.release"
SYSTEM = "system"


class ReviewOverdue(DomainError):
    code = "risk_review_overdue"
    en = "The time to decide this is over; it goes back to the customer."
    zh = "该审核已超过处理时限,款项将退回客户。"


class TwoPeopleNeeded(DomainError):
    code = "risk_review_two_people"
    en = "An amount like this is released by two people: propose it, and somebody else decides."
    zh = "该金额需双人复核后放行,请先发起申请并由他人复核。"


@transaction.atomic
def take(*, review_id: uuid.UUID, staff: User, at: datetime) -> RiskReview:
    """Become the one who looks at it, also in another's place. Raises NotFound, WrongState."""
    review = locked(review_id)
    RiskReview.objects.filter(pk=review.pk).update(owner=staff, changed_at=at)
    review.owner, review.changed_at = staff, at
    return review


@transaction.atomic
def release(*, review_id: uuid.UUID, by: str, at: datetime) -> RiskReview:
    """Let the act go on; `by` is an actor as in the audit log.

    Raises NotFound, WrongState, ReviewOverdue, TwoPeopleNeeded over the amount of the terms, and what the act's room refuses with.
    """
    review = locked(review_id)
    must_be_in_time(review, at)
    if needs_two(review, at):
        raise TwoPeopleNeeded()
    return let_go(review, by, at)


@transaction.atomic
def release_applied(*, review_id: uuid.UUID, at: datetime) -> RiskReview:
    """Let the act go on by an approval of `risk_review.release`. Raises ApprovalNeeded elsewhere, and as `release` does."""
    decided = must_be_applying(RELEASE)
    review = locked(review_id)
    must_be_in_time(review, at)
    return let_go(review, f"{decided.maker}, {decided.checker}", at)


@transaction.atomic
def refuse(*, review_id: uuid.UUID, by: str, at: datetime) -> RiskReview:
    """End the act and give back what it holds. Raises NotFound, WrongState, and what the act's room refuses with."""
    return give_back(locked(review_id), ReviewState.REFUSED, by, at)


@transaction.atomic
def expire(*, review_id: uuid.UUID, at: datetime) -> bool:
    """Give back what nobody decided in time. False when another has the row, or it is not due or over already."""
    due = RiskReview.objects.select_for_update(skip_locked=True, of=("self",)).select_related("decision")
    review = due.filter(pk=review_id, state=ReviewState.OPEN, expires_at__lte=at).first()
    if review is None:
        return False
    give_back(review, ReviewState.EXPIRED, SYSTEM, at)
    return True


def needs_two(review: RiskReview, at: datetime) -> bool:
    return review.amount_fen > terms_in_force(at).two_people_fen


def let_go(review: RiskReview, by: str, at: datetime) -> RiskReview:
    advance(review, ReviewState.RELEASED, moves=REVIEW_MOVES, at=at, decided_by=by)
    listener(review).released(business_id=review.business_id, at=at)
    publish(review, at)
    return review


def give_back(review: RiskReview, to: ReviewState, by: str, at: datetime) -> RiskReview:
    """A payee first paid by an act that was not let go on is a stranger again."""
    advance(review, to, moves=REVIEW_MOVES, at=at, decided_by=by)
    decision = review.decision
    if decision.payee is not None:
        RiskPayee.objects.filter(customer_id=review.customer_id, payee=decision.payee, first_at__gte=decision.created_at).delete()
    listener(review).refused(business_id=review.business_id, at=at)
    publish(review, at)
    return review


def listener(review: RiskReview) -> ReviewListener:
    room = REVIEWED.get(review.business)
    assert room is not None, f"nobody listens for {review.business}"
    return room


def locked(review_id: uuid.UUID) -> RiskReview:
    """The open review, locked. Raises NotFound, WrongState."""
    review = RiskReview.objects.select_for_update(of=("self",)).select_related("decision").filter(pk=review_id).first() or found(review_id)
    if review.state != ReviewState.OPEN:
        raise WrongState(state=str(review.state), wanted="decided")
    return review


def must_be_in_time(review: RiskReview, at: datetime) -> None:
    """Time counts even before the sweeper has seen it."""
    if review.expires_at <= at:
        raise ReviewOverdue()


def publish(review: RiskReview, at: datetime) -> None:
    payload: outbox.Payload = {"review": review.public_id, "business": review.business, "amount_fen": review.amount_fen}
    outbox.publish(topic=f"risk_review.{review.state}", owner=review.customer_id, payload=payload, at=at)
