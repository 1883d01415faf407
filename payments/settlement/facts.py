"""What the rooms' own rows say of the journals on merchants' pending accounts: the other side of a settlement's proof."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from accounts.ledger.books import GROUND
from core.errors import NotFound
from core.ids import parse_public_id
from payments.cashier import journals as cashier_journals
from payments.cashier import queries as orders
from payments.refunds import journals as refund_journals
from payments.refunds import queries as refunds
from payments.settlement import journals, queries
from payments.settlement.days import Fact, Movement
from payments.settlement.states import LineKind
from payments.splits import journals as split_journals
from payments.splits import queries as splits

DISPUTES = "dispute."
REFUNDS = frozenset({refund_journals.DONE, refund_journals.BY_HAND})
SPLITS = frozenset({split_journals.DONE, split_journals.RETURNED})
BY_HAND = frozenset(line.event for line in GROUND.events)
"""Corrections two people made in the ledger itself: their journal is all the row there is."""


def concerns(event: str, pending_fen: int) -> bool:
    """Whether a journal belongs into a settlement: what moved pending does, and every refund, wherever its money came from."""
    return pending_fen != 0 or event in REFUNDS


def facts(moved: Mapping[uuid.UUID, Iterable[Movement]]) -> dict[tuple[uuid.UUID, uuid.UUID], Fact]:
    """Merchant and journal to what its room's row says, for the movements of many merchants: a query a few thousand rows of each kind."""
    every = [(merchant_id, one) for merchant_id, movements in moved.items() for one in movements]
    found = of_orders([one for _, one in every if one.event == cashier_journals.PAID])
    refunded = [(merchant_id, one) for merchant_id, one in every if one.event in REFUNDS]
    for day in sorted({one.business_on for _, one in refunded}):
        found |= of_refunds(sorted({merchant_id for merchant_id, one in refunded if one.business_on == day}), day)
    found |= of_adjustments([one for _, one in every if one.event == journals.ADJUSTED])
    found |= of_splits([one for _, one in every if one.event in SPLITS])
    return found | {(merchant_id, one.journal_id): said_by_ledger(merchant_id, one) for merchant_id, one in every if trusted(one.event)}


def trusted(event: str) -> bool:
    return event in BY_HAND or event.startswith(DISPUTES)


def said_by_ledger(merchant_id: uuid.UUID, movement: Movement) -> Fact:
    """What no row of its own is asked for: a dispute moves money between a merchant's own accounts, a correction was made by two people."""
    kind = LineKind.DISPUTE if movement.event.startswith(DISPUTES) else LineKind.ADJUSTMENT
    return Fact(kind, merchant_id, movement.pending_fen)


def of_orders(movements: list[Movement]) -> dict[tuple[uuid.UUID, uuid.UUID], Fact]:
    rows = orders.paid_orders(ids_of("ord", movements)).values()
    return {
        (row.merchant_id, row.journal_id): Fact(
            LineKind.ORDER, row.merchant_id, row.amount_fen, row.fee_fen, row.out_trade_no, row.id, row.to_split
        )
        for row in rows
    }


def of_refunds(merchant_ids: Collection[uuid.UUID], business_on: date) -> dict[tuple[uuid.UUID, uuid.UUID], Fact]:
    """What goes back, and the fee that comes back with it, are negative."""
    return {
        (row.merchant_id, row.journal_id): Fact(
            LineKind.REFUND, row.merchant_id, -row.amount_fen, -row.fee_back_fen, row.out_refund_no, row.order_id
        )
        for row in refunds.booked(merchant_ids, business_on)
        if row.journal_id is not None and row.merchant_id is not None
    }


def of_adjustments(movements: list[Movement]) -> dict[tuple[uuid.UUID, uuid.UUID], Fact]:
    rows = queries.adjustments_with(ids_of("adj", movements))
    return {(row.merchant_id, row.journal_id): Fact(LineKind.ADJUSTMENT, row.merchant_id, row.amount_fen) for row in rows}


def of_splits(movements: list[Movement]) -> dict[tuple[uuid.UUID, uuid.UUID], Fact]:
    """One journal is two merchants': one gives, another receives."""
    moved = splits.moved_by(ids_of("spl", movements))
    return {
        (merchant_id, journal_id): Fact(LineKind.SPLIT, merchant_id, fen, order_id=order_id)
        for (merchant_id, journal_id), (fen, order_id) in moved.items()
    }


def ids_of(prefix: str, movements: Iterable[Movement]) -> set[uuid.UUID]:
    """The rows that the references of journals name."""
    found = set()
    for movement in movements:
        try:
            found.add(parse_public_id(prefix, movement.reference))
        except NotFound:
            continue
    return found
