"""Correcting what a merchant is owed, by two people: it comes with the settlement of the day it is booked on."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.ledger import services as ledger
from core.approvals.services import must_be_applying
from core.columns import MAX_FEN
from core.errors import Invalid
from core.ids import new_id
from payments.merchants import queries as merchants
from payments.merchants.states import OPENED
from payments.settlement import journals
from payments.settlement.models import REASON_LENGTH, SettlementAdjustment

ADJUST = "settlement.adjust"


@transaction.atomic
def adjust(*, merchant_id: uuid.UUID, amount_fen: int, reason: str, at: datetime) -> SettlementAdjustment:
    """Give `amount_fen` to a merchant, or take it when negative: journal 4. The merchant reads `reason`.

    Raises ApprovalNeeded, NotFound, Invalid, InsufficientFunds (what is taken must be there to be settled), LedgerHalted, NoOpenDay.
    """
    decided = must_be_applying(ADJUST)
    check(merchant_id, amount_fen, reason)
    made = SettlementAdjustment(
        id=new_id(),
        merchant_id=merchant_id,
        shard=merchants.merchant(merchant_id).shard,
        amount_fen=amount_fen,
        reason=reason,
        proposed_by=decided.maker,
        approved_by=decided.checker,
        journal_id=new_id(),
        created_at=at,
    )
    made.save(force_insert=True)
    ledger.post(
        journal_id=made.journal_id,
        event=journals.ADJUSTED,
        legs=journals.adjusted(merchant_id=merchant_id, amount_fen=amount_fen),
        reference=made.public_id,
        at=at,
    )
    return made


def check(merchant_id: uuid.UUID, amount_fen: object, reason: str) -> None:
    """Raises NotFound, Invalid."""
    if merchants.merchant(merchant_id).state not in OPENED:
        raise Invalid("merchant", "This merchant is closed, or never opened.", "该商户已关闭或未开通。")
    if type(amount_fen) is not int or not 0 < abs(amount_fen) <= MAX_FEN:
        raise Invalid("amount", "Give an amount other than zero, at most 100,000,000.00.", "请填写非零金额,最多 100,000,000.00。")
    if not 1 <= len(reason.strip()) <= REASON_LENGTH:
        raise Invalid("told", "Say in up to 200 characters why, for the merchant.", "请在 200 字以内填写商户可见的原因。")
