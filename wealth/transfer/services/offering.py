"""Offering a part of a lot, and taking the offer back. Locks: the offer, the lot."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from core.clock.queries import local_day, start_of_day
from core.errors import NotFound
from core.ids import new_id, public_id
from core.limits.queries import cap
from core.moves import advance
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent
from wealth.catalog.states import ProductState
from wealth.fixed_term import queries as fixed_terms
from wealth.fixed_term.queries import FixedHolding
from wealth.fixed_term.services import handing
from wealth.transfer import pricing
from wealth.transfer.caps import BLACKOUT, LASTS, LEAST
from wealth.transfer.models import TransferOffer
from wealth.transfer.pricing import Price
from wealth.transfer.refusals import BeingBought, NotTransferable, OfferGone, PartTooSmall, TransferBlackout
from wealth.transfer.services.telling import locked_offer, tell
from wealth.transfer.states import OFFER_MOVES, OfferState

PURPOSE = "transfer_offer"
"""Of the proof that a discount needs: of the principal that is offered, the holding's public id as payee."""


def quoted(*, customer_id: UUID, holding_id: UUID, part_fen: int, premium_bp: int, at: datetime) -> tuple[Price, datetime]:
    """What an offer made now would say, and until when it would be open. Raises NotFound, NotTransferable, TransferBlackout, PartTooSmall,
    PremiumTooHigh, DiscountTooLarge."""
    lot = fixed_terms.own_one(customer_id, holding_id)
    ends_at = last_moment(lot, at)
    least = cap(LEAST, at)
    if part_fen < least and part_fen != lot.principal_fen:
        raise PartTooSmall(field="principal", least_fen=least)
    return pricing.priced(lot, part_fen=part_fen, premium_bp=premium_bp, at=at), ends_at


def last_moment(lot: FixedHolding, at: datetime) -> datetime:
    """When an offer made now ends. Raises NotTransferable, TransferBlackout."""
    if not lot.version.transferable or lot.product.state == ProductState.SUSPENDED:
        raise NotTransferable()
    days = cap(BLACKOUT, at)
    shut = start_of_day(lot.matures_on - timedelta(days=days))
    if at >= shut:
        raise TransferBlackout(matures_on=lot.matures_on.isoformat(), days=days)
    return min(start_of_day(local_day(at) + timedelta(days=1 + cap(LASTS, at))), shut)


@transaction.atomic
def offer(*, intent: Intent, holding_id: UUID, part_fen: int, premium_bp: int, at: datetime) -> TransferOffer:
    """Offer all or part of a lot; the part is locked. Below its principal it takes a proof. Raises CustomerNotActive, what `quoted` and
    the lot refuse (LotEnded, LotNotFree, RestTooSmall), StepUpNeeded, ProofMismatch, ProofExpired."""
    customer_id = intent.customer_id
    parties.require_active(customer_id)
    price, ends_at = quoted(customer_id=customer_id, holding_id=holding_id, part_fen=part_fen, premium_bp=premium_bp, at=at)
    if premium_bp < 0:
        payee = public_id(FixedHolding.PREFIX, holding_id)
        with authority.saying(purpose=PURPOSE, amount_fen=part_fen, payee=payee):
            authority.spend(intent=intent, purpose=PURPOSE, amount_fen=part_fen, payee=payee, at=at)
    offer_id = new_id()
    lot = handing.lock(offer_id=offer_id, customer_id=customer_id, holding_id=holding_id, part_fen=part_fen, at=at)
    made = TransferOffer.objects.create(
        id=offer_id,
        customer_id=customer_id,
        shard=lot.shard,
        product_id=lot.product_id,
        version_id=lot.version_id,
        holding_id=lot.pk,
        part_fen=part_fen,
        premium_bp=premium_bp,
        maturity_fen=price.maturity_fen,
        rate_bp=lot.rate_bp,
        day_count=lot.day_count,
        compounding_months=lot.compounding_months,
        starts_on=lot.starts_on,
        ends_on=lot.ends_on,
        matures_on=lot.matures_on,
        ends_at=ends_at,
        created_at=at,
        changed_at=at,
    )
    tell("wealth.transfer_listed", made, at)
    return made


@transaction.atomic
def withdraw(*, customer_id: UUID, offer_id: UUID, at: datetime) -> TransferOffer:
    """Take an offer back; one that is withdrawn stays so. Raises NotFound (also for another's), BeingBought, OfferGone."""
    made = locked_offer(offer_id)
    if made.customer_id != customer_id:
        raise NotFound()
    if made.state == OfferState.RESERVED:
        raise BeingBought()
    if made.state == OfferState.WITHDRAWN:
        return made
    if made.state != OfferState.LISTED:
        raise OfferGone(state=made.state)
    return end(made, OfferState.WITHDRAWN, at)


@transaction.atomic
def expire(*, offer_id: UUID, at: datetime) -> bool:
    """End an offer whose time is over. False when it is not due, or another does it."""
    made = locked_offer(offer_id)
    if made.state != OfferState.LISTED or made.ends_at > at:
        return False
    end(made, OfferState.EXPIRED, at)
    return True


def end(made: TransferOffer, state: OfferState, at: datetime) -> TransferOffer:
    advance(made, state, moves=OFFER_MOVES, at=at)
    handing.give_free(offer_id=made.id, at=at)
    tell(f"wealth.transfer_{state}", made, at)
    return made
