"""What a business day comes to for a merchant, and how much of it is moved, kept back and paid out. Pure.

Rounding: what is kept back is rounded down to the fen.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from payments.settlement.states import LineKind

BASIS_POINTS = 10_000


class Unproved(ValueError):
    """The ledger and the rows of the rooms do not say the same: `code` and the journal at fault."""

    def __init__(self, code: str, journal_id: uuid.UUID, ledger_fen: int, rows_fen: int | None) -> None:
        super().__init__(code)
        self.code, self.journal_id, self.ledger_fen, self.rows_fen = code, journal_id, ledger_fen, rows_fen


@dataclass(frozen=True, slots=True)
class Movement:
    """One journal on a merchant's accounts, of the business day `business_on`, signed fen: on pending, and on what is settled already."""

    journal_id: uuid.UUID
    event: str
    reference: str
    posted_at: datetime
    pending_fen: int
    settled_fen: int
    business_on: date


@dataclass(frozen=True, slots=True)
class Fact:
    """What a room's own row says a journal was about. `amount_fen` and `fee_fen` carry the sign they have in a statement."""

    kind: LineKind
    merchant_id: uuid.UUID
    amount_fen: int
    fee_fen: int = 0
    out_no: str = ""
    order_id: uuid.UUID | None = None
    to_split: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a settlement: what the ledger moved and the row it was moved for."""

    movement: Movement
    fact: Fact

    @property
    def covered_fen(self) -> int:
        """What came from settled money instead of pending."""
        return -self.movement.settled_fen if self.fact.kind == LineKind.REFUND else 0


def proved(merchant_id: uuid.UUID, movement: Movement, fact: Fact | None) -> Line:
    """The line of a movement whose row agrees with it. Raises Unproved."""
    if fact is None or fact.merchant_id != merchant_id:
        raise Unproved("no_row", movement.journal_id, movement.pending_fen, None)
    line = Line(movement, fact)
    expected = fact.amount_fen - fact.fee_fen + line.covered_fen
    if expected != movement.pending_fen or line.covered_fen < 0:
        raise Unproved("amount", movement.journal_id, movement.pending_fen, expected)
    return line


@dataclass(frozen=True, slots=True)
class Totals:
    """The lines of a day together, in fen; `net_fen` is what pending moved by."""

    orders: int
    refunds: int
    orders_fen: int
    fees_fen: int
    refunds_fen: int
    fees_back_fen: int
    covered_fen: int
    splits_fen: int
    disputes_fen: int
    adjustments_fen: int
    net_fen: int


def totals(lines: Sequence[Line]) -> Totals:
    orders = [line for line in lines if line.fact.kind == LineKind.ORDER]
    refunds = [line for line in lines if line.fact.kind == LineKind.REFUND]
    return Totals(
        orders=len(orders),
        refunds=len(refunds),
        orders_fen=sum(line.fact.amount_fen for line in orders),
        fees_fen=sum(line.fact.fee_fen for line in orders),
        refunds_fen=-sum(line.fact.amount_fen for line in refunds),
        fees_back_fen=-sum(line.fact.fee_fen for line in refunds),
        covered_fen=sum(line.covered_fen for line in refunds),
        splits_fen=of_kind(lines, LineKind.SPLIT),
        disputes_fen=of_kind(lines, LineKind.DISPUTE),
        adjustments_fen=of_kind(lines, LineKind.ADJUSTMENT),
        net_fen=sum(line.movement.pending_fen for line in lines),
    )


def of_kind(lines: Iterable[Line], kind: LineKind) -> int:
    return sum(line.fact.amount_fen for line in lines if line.fact.kind == kind)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a merchant stands as a day is closed, in fen: what earlier settlements left in pending, what waits for splits, what is free
    now on each account, what earlier settlements still want to pay out, and how much of what was kept back is due."""

    opening_fen: int = 0
    kept_fen: int = 0
    pending_fen: int = 0
    available_fen: int = 0
    claims_fen: int = 0
    reserve_fen: int = 0
    reserve_due_fen: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is moved from pending, kept back of it, released, and to be paid out with what else is there."""

    moved_fen: int
    left_fen: int
    reserved_fen: int
    released_fen: int
    spare_fen: int

    @property
    def payout_fen(self) -> int:
        return self.moved_fen - self.reserved_fen + self.released_fen + self.spare_fen


def plan(net_fen: int, standing: Standing, reserve_bp: int) -> Plan:
    """What to do about a day. Refunds of the days after it may have taken from its money by now: then less moves, and their own day's
    negative net meets what is left."""
    owed = standing.opening_fen + net_fen
    moved = max(0, min(owed, standing.pending_fen) - standing.kept_fen)
    return Plan(
        moved_fen=moved,
        left_fen=owed - moved,
        reserved_fen=moved * reserve_bp // BASIS_POINTS,
        released_fen=max(0, min(standing.reserve_due_fen, standing.reserve_fen)),
        spare_fen=max(0, standing.available_fen - standing.claims_fen),
    )
