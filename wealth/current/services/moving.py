"""Units brought by confirmed purchases, set aside for redemptions and taken by them. The same order again answers as before.

Locks: the book of the part, the holding, the ledger.
"""

import uuid
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.ledger import services as ledger
from core.business_day import queries as business_days
from core.errors import DomainError, NotFound
from core.ids import new_id, public_id, shard_of
from core.moves import advance
from wealth.current import income, journals
from wealth.current.models import CurrentBook, CurrentFreeze, CurrentHolding, CurrentMove
from wealth.current.states import FREEZE_MOVES, FreezeState, MoveKind

ORDER = "wod"
"""The prefix of the orders that move units: their journals are filed under them."""


class UnitsNotFree(DomainError):
    """Fen of units."""

    code = "units_not_free"
    status = 422
    en = "You can redeem {free_fen} fen of this product. Ask for at most that."
    zh = "该产品当前可赎回 {free_fen} 分,请减少赎回金额。"


@transaction.atomic
def buy(
    *,
    order_id: uuid.UUID,
    customer_id: uuid.UUID,
    product_id: uuid.UUID,
    amount_fen: int,
    fee_fen: int,
    counts_from: date,
    at: datetime,
) -> CurrentMove:
    """Add the units of a confirmed purchase and post W2 (the result's `journal_id`). They earn from the day `counts_from` on; income of
    days that are booked already is made up here."""
    earlier = moved(order_id)
    if earlier is not None:
        return earlier
    book = locked_book(product_id, customer_id, counts_from)
    holding = locked_holding(customer_id, product_id) or opened(customer_id, product_id, at)
    units = amount_fen - fee_fen
    holding.units_fen += units
    holding.save(update_fields=["units_fen"])
    journal_id = new_id()
    posted = ledger.post(
        journal_id=journal_id,
        event=journals.CONFIRMED,
        legs=journals.confirmed(product_id=product_id, amount_fen=amount_fen, fee_fen=fee_fen),
        at=at,
        reference=public_id(ORDER, order_id),
    )
    made = CurrentMove.objects.create(
        holding=holding,
        shard=holding.shard,
        product_id=product_id,
        order_id=order_id,
        kind=MoveKind.BUY,
        units_fen=units,
        fee_fen=fee_fen,
        counts_on=counts_from,
        booked_on=posted.effective_on,
        journal_id=journal_id,
        created_at=at,
    )
    if book.booked_through >= counts_from:
        income.make_up(book, holding_id=holding.pk, since=counts_from, at=at)
    return made


@transaction.atomic
def freeze(*, order_id: uuid.UUID, customer_id: uuid.UUID, product_id: uuid.UUID, units_fen: int, at: datetime) -> CurrentFreeze:
    """Set free units aside for a redemption. Raises UnitsNotFree."""
    earlier = CurrentFreeze.objects.filter(pk=order_id).first()
    if earlier is not None:
        return earlier
    holding = locked_holding(customer_id, product_id)
    if holding is None or holding.free_fen < units_fen:
        raise UnitsNotFree(field="units", free_fen=0 if holding is None else holding.free_fen)
    holding.frozen_fen += units_fen
    holding.save(update_fields=["frozen_fen"])
    return CurrentFreeze.objects.create(
        order_id=order_id, holding=holding, shard=holding.shard, units_fen=units_fen, created_at=at, changed_at=at
    )


@transaction.atomic
def unfreeze(*, order_id: uuid.UUID, at: datetime) -> CurrentFreeze:
    """Give the units of a redemption that came to nothing free. Raises NotFound, WrongState for units that are redeemed."""
    frozen, holding = locked_freeze(order_id)
    if frozen.state == FreezeState.FREE:
        return frozen
    advance(frozen, FreezeState.FREE, moves=FREEZE_MOVES, at=at)
    holding.frozen_fen -= frozen.units_fen
    holding.save(update_fields=["frozen_fen"])
    return frozen


@transaction.atomic
def redeem(*, order_id: uuid.UUID, fee_fen: int, at: datetime) -> CurrentMove:
    """Take the frozen units of a confirmed redemption and post W4 (the result's `journal_id`): what is left after the fee waits to be paid.
    The units earn to the day before the open one. Raises NotFound, WrongState."""
    return take(order_id=order_id, kind=MoveKind.REDEEM, fee_fen=fee_fen, at=at)


@transaction.atomic
def redeem_fast(*, order_id: uuid.UUID, at: datetime) -> CurrentMove:
    """Take the frozen units of a redemption that was paid at once and post W7: the advance is settled. Raises NotFound, WrongState."""
    return take(order_id=order_id, kind=MoveKind.FAST, fee_fen=0, at=at)


def take(*, order_id: uuid.UUID, kind: MoveKind, fee_fen: int, at: datetime) -> CurrentMove:
    earlier = moved(order_id)
    if earlier is not None:
        return earlier
    frozen, holding = locked_freeze(order_id)
    advance(frozen, FreezeState.TAKEN, moves=FREEZE_MOVES, at=at)
    units, product_id = frozen.units_fen, holding.product_id
    holding.units_fen -= units
    holding.frozen_fen -= units
    holding.save(update_fields=["units_fen", "frozen_fen"])
    journal_id = new_id()
    fast = kind == MoveKind.FAST
    legs = (
        journals.fast_settled(product_id=product_id, units_fen=units)
        if fast
        else journals.redeemed(product_id=product_id, units_fen=units, fee_fen=fee_fen)
    )
    posted = ledger.post(
        journal_id=journal_id,
        event=journals.FAST_SETTLED if fast else journals.REDEEMED,
        legs=legs,
        at=at,
        reference=public_id(ORDER, order_id),
    )
    return CurrentMove.objects.create(
        holding=holding,
        shard=holding.shard,
        product_id=product_id,
        order_id=order_id,
        kind=kind,
        units_fen=-units,
        fee_fen=fee_fen,
        counts_on=posted.business_on,
        booked_on=posted.effective_on,
        journal_id=journal_id,
        created_at=at,
    )


def moved(order_id: uuid.UUID) -> CurrentMove | None:
    return CurrentMove.objects.filter(order_id=order_id).first()


def locked_book(product_id: uuid.UUID, customer_id: uuid.UUID, counts_from: date) -> CurrentBook:
    """The book of a customer's part, so that no day is booked before the caller's commit. Alone where days have to be made up, else
    beside other purchases. The first purchase of a part begins it."""
    part = income.part_of(shard_of(customer_id))
    begins = CurrentBook(product_id=product_id, part=part, booked_through=counts_from - timedelta(days=1))
    CurrentBook.objects.bulk_create([begins], ignore_conflicts=True)
    if counts_from < business_days.current():
        return CurrentBook.objects.select_for_update(of=("self",)).get(product_id=product_id, part=part)
    return CurrentBook.objects.raw("SELECT * FROM wealth_currentbook WHERE product_id = %s AND part = %s FOR SHARE", (product_id, part))[0]


def locked_holding(customer_id: uuid.UUID, product_id: uuid.UUID) -> CurrentHolding | None:
    rows = CurrentHolding.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(customer_id=customer_id, product_id=product_id).first()


def opened(customer_id: uuid.UUID, product_id: uuid.UUID, at: datetime) -> CurrentHolding:
    """A new holding, locked; two at once make one."""
    made = CurrentHolding(customer_id=customer_id, shard=shard_of(customer_id), product_id=product_id, created_at=at)
    CurrentHolding.objects.bulk_create([made], ignore_conflicts=True)
    found = locked_holding(customer_id, product_id)
    assert found is not None, "made above, and nobody deletes one"
    return found


def locked_freeze(order_id: uuid.UUID) -> tuple[CurrentFreeze, CurrentHolding]:
    frozen = CurrentFreeze.objects.filter(pk=order_id).first()
    if frozen is None:
        raise NotFound()
    holding = CurrentHolding.objects.select_for_update(of=("self",), no_key=True).get(pk=frozen.holding_id)
    return CurrentFreeze.objects.get(pk=order_id), holding
