"""Ending by hand what no channel could end: money that waits as unapplied, asked of the channel again or paid from the bank account.

All of it through approvals: somebody proposes, somebody else applies.
"""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.ledger import services as ledger
from core.approvals.services import must_be_applying
from core.ids import new_id
from core.moves import advance
from core.work import services as work
from payments.wallet import journals
from payments.wallet.models import TOP_UP_MOVES, WITHDRAWAL_MOVES, TopUp, TopUpState, Withdrawal, WithdrawalState
from payments.wallet.services import top_ups, withdrawals

REFUND_AGAIN = "top_up.refund_again"
TOP_UP_PAID = "top_up.paid_by_hand"
WITHDRAWAL_PAID = "withdrawal.paid_by_hand"


@transaction.atomic
def refund_again(*, top_up_id: uuid.UUID, at: datetime) -> TopUp:
    """Ask the channel once more to take a late success back. Raises ApprovalNeeded, WrongState unless its refund was refused."""
    decided = must_be_applying(REFUND_AGAIN)
    top_up = TopUp.objects.select_for_update().get(pk=top_up_id)
    advance(top_up, TopUpState.REFUNDING, moves=TOP_UP_MOVES, at=at, refund_request_id=None, code="late_success")
    work.finish(kind=top_ups.REFUND_REFUSED, target=top_up.public_id, by=decided.checker, at=at)
    top_ups.publish("top_up.refunding", top_up, at, key=top_up.public_id)
    return top_up


@transaction.atomic
def pay_top_up(*, top_up_id: uuid.UUID, reference: str, at: datetime) -> TopUp:
    """Note that a late success whose refund was refused went back from the bank account under `reference`: journal 8.

    Raises ApprovalNeeded, WrongState unless its refund was refused.
    """
    decided = must_be_applying(TOP_UP_PAID)
    top_up = TopUp.objects.select_for_update().get(pk=top_up_id)
    journal_id = new_id()
    advance(top_up, TopUpState.BY_HAND, moves=TOP_UP_MOVES, at=at, hand_journal_id=journal_id, hand_reference=reference)
    top_ups.give_back_limit(top_up)
    book(journal_id, top_up.amount_fen, top_up.public_id, reference, at)
    work.finish(kind=top_ups.REFUND_REFUSED, target=top_up.public_id, by=decided.checker, at=at)
    top_ups.publish("top_up.paid_by_hand", top_up, at)
    return top_up


@transaction.atomic
def pay_withdrawal(*, withdrawal_id: uuid.UUID, reference: str, at: datetime) -> Withdrawal:
    """Note that what came back to a closed account was paid out, fee included, from the bank account under `reference`: journal 8.

    Raises ApprovalNeeded, WrongState unless it is unclaimed.
    """
    decided = must_be_applying(WITHDRAWAL_PAID)
    withdrawal = Withdrawal.objects.select_for_update().get(pk=withdrawal_id)
    journal_id = new_id()
    to = WithdrawalState.BY_HAND
    advance(withdrawal, to, moves=WITHDRAWAL_MOVES, at=at, hand_journal_id=journal_id, hand_reference=reference)
    book(journal_id, withdrawal.amount_fen + withdrawal.fee_fen, withdrawal.public_id, reference, at)
    work.finish(kind=withdrawals.UNCLAIMED, target=withdrawal.public_id, by=decided.checker, at=at)
    withdrawals.publish("withdrawal.paid_by_hand", withdrawal, at)
    return withdrawal


def book(journal_id: uuid.UUID, amount_fen: int, order: str, reference: str, at: datetime) -> None:
    ledger.post(
        journal_id=journal_id,
        event=journals.PAID_BY_HAND,
        legs=journals.paid_by_hand(amount_fen=amount_fen),
        reference=order,
        metadata={"bank_reference": reference},
        at=at,
    )
