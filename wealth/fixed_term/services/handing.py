"""Parts of lots that go to another customer: locked while they are offered, and handed over by the room of transfers, above.

What is handed over keeps its rate, its dates and its count; no principal is made or lost by it.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from core.errors import NotFound
from core.ids import new_id, shard_of
from core.moves import advance
from wealth.fixed_term import terms
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.refusals import LotEnded, LotNotFree, RestTooSmall
from wealth.fixed_term.services.lots import Early, locked, locked_part, move, set_aside, unfreeze
from wealth.fixed_term.states import LOT_MOVES, PART_MOVES, Instruction, LotMove, LotState, Origin, PartState
from wealth.rules.fixed import at_end_fen

__all__ = ["give_free", "hand_over", "lock"]


@transaction.atomic
def lock(*, offer_id: UUID, customer_id: UUID, holding_id: UUID, part_fen: int, at: datetime) -> FixedHolding:
    """Lock a part of a lot for an offer; what is left is nothing, or enough by the lot's terms. Raises NotFound (also for another's),
    LotEnded, LotNotFree, RestTooSmall."""
    lot = locked(holding_id)
    if lot.customer_id != customer_id:
        raise NotFound()
    if lot.state != LotState.HELD:
        raise LotEnded(state=lot.state)
    if part_fen > lot.free_fen:
        raise LotNotFree(field="principal", free_fen=lot.free_fen)
    rest, least = lot.free_fen - part_fen, terms.terms_of(lot.version).minimum_rest_fen
    if 0 < rest < least:
        raise RestTooSmall(field="principal", minimum_rest_fen=least, most_fen=max(0, lot.free_fen - least), free_fen=lot.free_fen)
    set_aside(lot, offer_id, Early(part_fen, 0), at)
    return lot


def give_free(*, offer_id: UUID, at: datetime) -> None:
    """An offer came to nothing. Raises NotFound, WrongState."""
    unfreeze(order_id=offer_id, at=at)


@transaction.atomic
def hand_over(
    *, offer_id: UUID, trade_id: UUID, buyer_id: UUID, price_fen: int, net_fen: int, on: date, journal_id: UUID, at: datetime
) -> FixedHolding:
    """Move the locked part to its buyer: the seller's lot shrinks or ends, and the buyer has a lot with the same terms. Raises NotFound,
    WrongState, LotEnded."""
    part, lot = locked_part(offer_id)
    if lot.state != LotState.HELD:
        raise LotEnded(state=lot.state)
    advance(part, PartState.TAKEN, moves=PART_MOVES, at=at)
    bought = copied(lot, part.principal_fen, buyer_id, price_fen, at)
    gained = net_fen - part.principal_fen
    rest = lot.principal_fen - part.principal_fen
    values: dict[str, Any] = {
        "principal_fen": rest,
        "frozen_fen": lot.frozen_fen - part.principal_fen,
        "interest_fen": at_end_fen(terms.promised(lot), rest),
        "earned_fen": lot.earned_fen + gained,
    }
    if rest:
        FixedHolding.objects.filter(pk=lot.pk).update(changed_at=at, **values)
    else:
        advance(lot, LotState.TRANSFERRED, moves=LOT_MOVES, at=at, closed_on=on, **values)
    bought.save(force_insert=True)
    facts: dict[str, Any] = {"day": on, "journal_id": journal_id, "at": at}
    move(lot, LotMove.SELL, -part.principal_fen, interest_fen=gained, cash_fen=-net_fen, order_id=offer_id, **facts)
    move(bought, LotMove.RECEIVE, part.principal_fen, cash_fen=price_fen, order_id=trade_id, **facts)
    return bought


def copied(lot: FixedHolding, part_fen: int, buyer_id: UUID, price_fen: int, at: datetime) -> FixedHolding:
    """A lot of the buyer's with the seller's terms, not saved."""
    kept = (
        "product_id", "version_id", "rate_bp", "demand_rate_bp", "day_count", "rounding", "term_months", "compounding_months", "starts_on",
        "ends_on", "matures_on",
    )  # fmt: skip
    return FixedHolding(
        id=new_id(),
        customer_id=buyer_id,
        shard=shard_of(buyer_id),
        origin=Origin.TRANSFER,
        parent_id=lot.pk,
        opened_fen=part_fen,
        principal_fen=part_fen,
        premium_fen=price_fen - part_fen,
        interest_fen=at_end_fen(terms.promised(lot), part_fen),
        instruction=Instruction.PAY_OUT,
        created_at=at,
        changed_at=at,
        **{name: getattr(lot, name) for name in kept},
    )
