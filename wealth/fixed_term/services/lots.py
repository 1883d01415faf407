"""Lots brought by confirmed purchases, and parts of them taken early. The same order again answers as before.

Locks: the lot, the ledger.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.ledger import services as ledger
from core.errors import NotFound
from core.ids import new_id, public_id, shard_of
from core.moves import advance
from wealth.catalog.queries import ProductVersion
from wealth.fixed_term import journals, terms
from wealth.fixed_term.models import FixedHolding, FixedMove, FixedPart
from wealth.fixed_term.refusals import LockedTerm, LotEnded, LotNotFree, MaturesBefore, RestTooSmall
from wealth.fixed_term.states import LOT_MOVES, PART_MOVES, LotMove, LotState, Origin, PartState
from wealth.rules.fixed import at_end_fen, early_fen

PaidOn = Callable[[str, date], date]
"""As `terms.paid_on`."""
ORDER = "wod"
"""The prefix of the orders that move lots: their journals are filed under them."""


@dataclass(frozen=True)
class Early:
    """What a part taken now comes to: fen of principal, and of interest at the demand rate."""

    principal_fen: int
    interest_fen: int

    @property
    def worth_fen(self) -> int:
        return self.principal_fen + self.interest_fen


def drafted(
    *,
    customer_id: UUID,
    version: ProductVersion,
    principal_fen: int,
    starts_on: date,
    instruction: str,
    at: datetime,
    paid_on: PaidOn = terms.paid_on,
    **origin: Any,
) -> FixedHolding:
    """A lot under `version`, not saved: with its rate, its dates and what it will earn."""
    rate = terms.rate_bp(version, principal_fen)
    assert rate is not None, "amounts below the first tier are not sold, nor rolled"
    deposit, said = terms.deposit_of(version, rate=rate, starts_on=starts_on), terms.terms_of(version)
    return FixedHolding(
        id=new_id(),
        customer_id=customer_id,
        shard=shard_of(customer_id),
        product_id=version.product_id,
        version=version,
        opened_fen=principal_fen,
        principal_fen=principal_fen,
        interest_fen=at_end_fen(deposit, principal_fen),
        rate_bp=rate,
        demand_rate_bp=said.demand_rate_bp,
        day_count=version.day_count,
        rounding=version.rounding,
        term_months=said.term_months,
        compounding_months=said.compounding_months,
        starts_on=starts_on,
        ends_on=deposit.ends_on,
        matures_on=paid_on(version.exchange, deposit.ends_on),
        instruction=instruction,
        created_at=at,
        changed_at=at,
        **origin,
    )


@transaction.atomic
def buy(
    *,
    order_id: UUID,
    customer_id: UUID,
    version: ProductVersion,
    amount_fen: int,
    fee_fen: int,
    starts_on: date,
    details: Mapping[str, Any],
    at: datetime,
) -> UUID:
    """The lot of a confirmed purchase, and W2: returns that journal."""
    earlier = moved(order_id)
    if earlier is not None:
        assert earlier.journal_id is not None
        return earlier.journal_id
    lot = drafted(
        customer_id=customer_id,
        version=version,
        principal_fen=amount_fen - fee_fen,
        starts_on=starts_on,
        instruction=details["instruction"],
        at=at,
        origin=Origin.ORDER,
        order_id=order_id,
    )
    lot.save(force_insert=True)
    journal_id = new_id()
    posted = ledger.post(
        journal_id=journal_id,
        event=journals.CONFIRMED,
        legs=journals.confirmed(product_id=lot.product_id, amount_fen=amount_fen, fee_fen=fee_fen),
        at=at,
        reference=public_id(ORDER, order_id),
    )
    move(lot, LotMove.BUY, lot.principal_fen, cash_fen=amount_fen, day=posted.business_on, journal_id=journal_id, order_id=order_id, at=at)
    return journal_id


def leaving(lot: FixedHolding, *, part_fen: int, confirms_on: date) -> Early:
    """What `part_fen` of a lot comes to when it leaves on `confirms_on`. Raises LotEnded, LockedTerm, MaturesBefore, LotNotFree,
    RestTooSmall, which says what is possible."""
    if lot.state != LotState.HELD:
        raise LotEnded(state=lot.state)
    said = terms.terms_of(lot.version)
    if not said.early_exit:
        raise LockedTerm(matures_on=lot.matures_on.isoformat())
    if confirms_on >= lot.matures_on:
        raise MaturesBefore(confirms_on=confirms_on.isoformat(), matures_on=lot.matures_on.isoformat())
    if part_fen > lot.free_fen:
        raise LotNotFree(field="units", free_fen=lot.free_fen)
    rest = lot.free_fen - part_fen
    if 0 < rest < said.minimum_rest_fen:
        most = max(0, lot.free_fen - said.minimum_rest_fen)
        raise RestTooSmall(field="units", minimum_rest_fen=said.minimum_rest_fen, most_fen=most, free_fen=lot.free_fen)
    interest = early_fen(terms.promised(lot), part_fen=part_fen, demand_rate_bp=lot.demand_rate_bp, on=confirms_on)
    return Early(part_fen, interest)


@transaction.atomic
def freeze(*, order_id: UUID, customer_id: UUID, product_id: UUID, holding_id: UUID, part_fen: int, confirms_on: date, at: datetime) -> int:
    """Set a part aside for a redemption; the fen it comes to, exactly. Raises NotFound (also for another's), and what `leaving` raises."""
    earlier = FixedPart.objects.filter(pk=order_id).first()
    if earlier is not None:
        return earlier.principal_fen + earlier.interest_fen
    lot = locked(holding_id)
    if (lot.customer_id, lot.product_id) != (customer_id, product_id):
        raise NotFound()
    early = leaving(lot, part_fen=part_fen, confirms_on=confirms_on)
    set_aside(lot, order_id, early, at)
    return early.worth_fen


def set_aside(lot: FixedHolding, order_id: UUID, early: Early, at: datetime) -> FixedPart:
    """A part of a locked lot."""
    lot.frozen_fen += early.principal_fen
    lot.changed_at = at
    lot.save(update_fields=["frozen_fen", "changed_at"])
    return FixedPart.objects.create(
        order_id=order_id,
        holding=lot,
        shard=lot.shard,
        principal_fen=early.principal_fen,
        interest_fen=early.interest_fen,
        created_at=at,
        changed_at=at,
    )


@transaction.atomic
def unfreeze(*, order_id: UUID, at: datetime) -> FixedPart:
    """A part whose redemption came to nothing is free again. Raises NotFound, WrongState for one that left."""
    part, lot = locked_part(order_id)
    if part.state == PartState.FREE:
        return part
    advance(part, PartState.FREE, moves=PART_MOVES, at=at)
    lot.frozen_fen -= part.principal_fen
    lot.changed_at = at
    lot.save(update_fields=["frozen_fen", "changed_at"])
    return part


@transaction.atomic
def leave(*, order_id: UUID, fee_fen: int, at: datetime) -> UUID:
    """Take a frozen part of a confirmed redemption off its lot and post W4: returns that journal. What stays keeps its rate to its end.
    Raises NotFound, WrongState."""
    earlier = moved(order_id)
    if earlier is not None:
        assert earlier.journal_id is not None
        return earlier.journal_id
    part, lot = locked_part(order_id)
    advance(part, PartState.TAKEN, moves=PART_MOVES, at=at)
    journal_id = new_id()
    posted = ledger.post(
        journal_id=journal_id,
        event=journals.REDEEMED,
        legs=journals.left_early(
            product_id=lot.product_id, principal_fen=part.principal_fen, interest_fen=part.interest_fen, fee_fen=fee_fen
        ),
        at=at,
        reference=public_id(ORDER, order_id),
    )
    shrink(lot, part, posted.business_on, at)
    cash_fen = fee_fen - part.principal_fen - part.interest_fen
    move(
        lot,
        LotMove.EXIT,
        -part.principal_fen,
        interest_fen=part.interest_fen,
        cash_fen=cash_fen,
        day=posted.business_on,
        journal_id=journal_id,
        order_id=order_id,
        at=at,
    )
    return journal_id


def shrink(lot: FixedHolding, part: FixedPart, day: date, at: datetime) -> None:
    rest = lot.principal_fen - part.principal_fen
    left: dict[str, Any] = {
        "principal_fen": rest,
        "frozen_fen": lot.frozen_fen - part.principal_fen,
        "interest_fen": at_end_fen(terms.promised(lot), rest),
        "earned_fen": lot.earned_fen + part.interest_fen,
    }
    if rest == 0:
        advance(lot, LotState.EXITED, moves=LOT_MOVES, at=at, closed_on=day, **left)
        return
    for name, value in left.items():
        setattr(lot, name, value)
    lot.changed_at = at
    lot.save(update_fields=[*left, "changed_at"])


def move(lot: FixedHolding, kind: LotMove, principal_fen: int, *, day: date, at: datetime, **facts: Any) -> FixedMove:
    return FixedMove.objects.create(
        holding=lot,
        customer_id=lot.customer_id,
        shard=lot.shard,
        product_id=lot.product_id,
        kind=kind,
        principal_fen=principal_fen,
        day=day,
        created_at=at,
        **facts,
    )


def moved(order_id: UUID) -> FixedMove | None:
    return FixedMove.objects.filter(order_id=order_id).first()


def locked(holding_id: UUID) -> FixedHolding:
    """Raises NotFound."""
    rows = FixedHolding.objects.select_for_update(of=("self",), no_key=True).select_related("product__current", "version__product")
    found = rows.filter(pk=holding_id).first()
    if found is None:
        raise NotFound()
    return found


def locked_part(order_id: UUID) -> tuple[FixedPart, FixedHolding]:
    part = FixedPart.objects.filter(pk=order_id).first()
    if part is None:
        raise NotFound()
    lot = locked(part.holding_id)
    return FixedPart.objects.get(pk=order_id), lot
