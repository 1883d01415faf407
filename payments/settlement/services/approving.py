"""Two people let settlements go: a day's list at once, one by itself, or one that came back once more."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from core.approvals.services import must_be_applying
from core.clock.queries import start_of_day
from core.errors import DomainError
from core.moves import advance
from core.work import owning
from core.work import services as work
from payments.settlement import queries
from payments.settlement.models import Settlement
from payments.settlement.services import paying
from payments.settlement.states import SETTLEMENT_MOVES, SettlementState

DAY = "settlement.approve_day"
ONE = "settlement.approve"
RETRY = "settlement.pay_again"
LIST = "settlement_day:"


class ListChanged(DomainError):
    code = "settlement_list_changed"
    en = "The list of {day} is not what was proposed: {number} settlements of {fen} fen wait now. Look at it and propose it anew."
    zh = "{day} 的结算清单已变化:当前待审批 {number} 笔,合计 {fen} 分。请核对后重新提交。"


@transaction.atomic
def approve_day(*, business_on: date, number: int, payout_fen: int, at: datetime) -> int:
    """Approve every settlement of a day that waits, if they are still as many and come to as much as proposed. Returns how many.

    Raises ApprovalNeeded, ListChanged.
    """
    decided = must_be_applying(DAY)
    waiting = list(queries.waiting_on(business_on).select_for_update())
    require_list(business_on, waiting, number, payout_fen)
    by_day: dict[date, list[uuid.UUID]] = defaultdict(list)
    for row in waiting:
        by_day[row.due_on].append(row.id)
    for due_on, ids in by_day.items():
        approved = {"state": SettlementState.APPROVED, "approved_by": decided.checker, "pay_at": start_of_day(due_on), "changed_at": at}
        Settlement.objects.filter(pk__in=ids).update(**approved)
    owning.let_go([f"{LIST}{business_on}"])
    return len(waiting)


def piece_of_work(row: Settlement) -> str:
    """What somebody takes who takes a settlement: the list of its day while it waits for approval, else itself."""
    return f"{LIST}{row.business_on}" if row.state == SettlementState.CLOSED else row.public_id


def require_list(business_on: date, waiting: Sequence[Settlement], number: int, payout_fen: int) -> None:
    """Raises ListChanged."""
    found = sum(row.payout_fen for row in waiting)
    if not waiting or (len(waiting), found) != (number, payout_fen):
        raise ListChanged(day=business_on.isoformat(), number=len(waiting), fen=found)


@transaction.atomic
def approve(*, settlement_id: uuid.UUID, at: datetime) -> Settlement:
    """Approve one settlement. Raises ApprovalNeeded, NotFound, WrongState."""
    decided = must_be_applying(ONE)
    row = queries.locked(settlement_id)
    pay_at = start_of_day(row.due_on)
    advance(row, SettlementState.APPROVED, moves=SETTLEMENT_MOVES, at=at, approved_by=decided.checker, pay_at=pay_at)
    if not queries.waiting_on(row.business_on).exists():
        owning.let_go([f"{LIST}{row.business_on}"])
    return row


@transaction.atomic
def pay_again(*, settlement_id: uuid.UUID, at: datetime) -> Settlement:
    """Pay a settlement that came back once more, to the card the merchant has named by now. Raises ApprovalNeeded, NotFound, WrongState."""
    decided = must_be_applying(RETRY)
    row = queries.locked(settlement_id)
    advance(row, SettlementState.APPROVED, moves=SETTLEMENT_MOVES, at=at, approved_by=decided.checker, pay_at=at, code="")
    work.finish(kind=paying.RETURNED, target=row.public_id, by=decided.checker, at=at)
    return row
