"""What operators decide on merchants: taking up an application, approving or refusing it, suspending, resuming."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from core.approvals.services import must_be_applying
from core.errors import Invalid, NotFound
from core.moves import WrongState, advance
from payments.merchants.models import REASON_LENGTH, Merchant
from payments.merchants.services.applications import tell
from payments.merchants.states import MERCHANT_MOVES, MerchantState

APPROVE = "merchant.approve"
RESUME = "merchant.resume"


def locked(merchant_id: UUID) -> Merchant:
    """Raises NotFound."""
    found = Merchant.objects.select_for_update(of=("self",)).filter(pk=merchant_id).first()
    if found is None:
        raise NotFound()
    return found


@transaction.atomic
def take_up(*, merchant_id: UUID, reviewer: User, at: datetime) -> Merchant:
    """Begin to review an application, or take a review over from another operator. Raises NotFound, WrongState."""
    merchant = locked(merchant_id)
    if merchant.state == MerchantState.UNDER_REVIEW:
        Merchant.objects.filter(pk=merchant.pk).update(reviewer=reviewer, changed_at=at)
        merchant.reviewer = reviewer
        return merchant
    advance(merchant, MerchantState.UNDER_REVIEW, moves=MERCHANT_MOVES, at=at, reviewer=reviewer)
    tell("merchant.under_review", merchant, at)
    return merchant


@transaction.atomic
def approve(*, merchant_id: UUID, applied_at: datetime, at: datetime) -> Merchant:
    """Let a merchant sell. `applied_at` names the application that was looked at: one handed in since is not approved with it.

    Raises ApprovalNeeded outside an approval of `merchant.approve`, NotFound, WrongState.
    """
    must_be_applying(APPROVE)
    merchant = under_review(locked(merchant_id), applied_at)
    advance(merchant, MerchantState.ACTIVE, moves=MERCHANT_MOVES, at=at, opened_at=at)
    tell("merchant.approved", merchant, at)
    return merchant


def under_review(merchant: Merchant, applied_at: datetime) -> Merchant:
    """Raises WrongState unless this application is under review."""
    if merchant.state != MerchantState.UNDER_REVIEW or merchant.applied_at != applied_at:
        raise WrongState(state=merchant.state, wanted=str(MerchantState.ACTIVE))
    return merchant


@transaction.atomic
def refuse(*, merchant_id: UUID, reason: str, at: datetime) -> Merchant:
    """Turn an application under review down; the owner reads `reason` and may apply again. Raises NotFound, WrongState, Invalid."""
    merchant = locked(merchant_id)
    advance(merchant, MerchantState.REFUSED, moves=MERCHANT_MOVES, at=at, reason=readable(reason))
    tell("merchant.refused", merchant, at)
    return merchant


@transaction.atomic
def suspend(*, merchant_id: UUID, reason: str, at: datetime) -> Merchant:
    """Stop new payments to a merchant at once; it reads on and is still settled. Raises NotFound, WrongState, Invalid."""
    merchant = locked(merchant_id)
    advance(merchant, MerchantState.SUSPENDED, moves=MERCHANT_MOVES, at=at, reason=readable(reason))
    tell("merchant.suspended", merchant, at)
    return merchant


@transaction.atomic
def resume(*, merchant_id: UUID, at: datetime) -> Merchant:
    """Let a suspended merchant sell again. Raises ApprovalNeeded outside an approval of `merchant.resume`, NotFound, WrongState."""
    must_be_applying(RESUME)
    merchant = locked(merchant_id)
    if merchant.state != MerchantState.SUSPENDED:
        raise WrongState(state=merchant.state, wanted=str(MerchantState.ACTIVE))
    advance(merchant, MerchantState.ACTIVE, moves=MERCHANT_MOVES, at=at, reason="")
    tell("merchant.resumed", merchant, at)
    return merchant


def readable(reason: str) -> str:
    """Raises Invalid."""
    words = reason.strip()
    if not 5 <= len(words) <= REASON_LENGTH:
        raise Invalid("reason", "Say why in 5 to 200 characters; the owner reads it.", "请以 5 至 200 字说明理由,商户将看到。")
    return words
