"""Reserving an offer, paying it at the cashier, and the settlement. Locks: the cashier's order and its payer, the offer, the trade, the
lot, the ledger."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.ledger import services as ledger
from core.business_day import queries as business_days
from core.clock.queries import local_day, start_of_day
from core.errors import NotFound
from core.ids import new_id, shard_of
from core.limits.queries import cap
from core.moves import advance
from payments.cashier.services import orders as cashier
from payments.wallet.services import parties
from wealth.catalog.services import quotas
from wealth.catalog.states import ProductState
from wealth.fixed_term.services import handing
from wealth.suitability.services import deciding
from wealth.transfer import journals, pricing, queries
from wealth.transfer.caps import LAPSED, MINUTES, RESERVED
from wealth.transfer.models import TransferOffer, TransferTrade
from wealth.transfer.refusals import (
    DiscountTooLarge,
    NotTransferable,
    OfferGone,
    OfferTooDear,
    OwnOffer,
    PremiumTooHigh,
    TooManyLapsed,
    TooManyReserved,
    TradeNotPayable,
)
from wealth.transfer.services.telling import locked_offer, locked_trade, tell, tell_buyer
from wealth.transfer.states import OFFER_MOVES, TRADE_MOVES, OfferState, TradeState

PAYEE = "transfer"


@transaction.atomic
def reserve(*, customer_id: UUID, offer_id: UUID, warning_id: UUID | None = None, at: datetime) -> TransferTrade:
    """Keep an offer for its buyer for some minutes, at the price of now, to be paid at the cashier. Of two at once one has it.

    Raises CustomerNotActive, NotFound, TooManyReserved, TooManyLapsed, OfferGone, NotTransferable, OwnOffer, OfferTooDear,
    PersonCapReached, what suitability refuses.
    """
    parties.require_active(customer_id)
    refuse_too_many(customer_id, at)
    offer = locked_offer(offer_id)
    require_open(offer, customer_id, at)
    trade = drafted(offer, customer_id, at)
    advance(offer, OfferState.RESERVED, moves=OFFER_MOVES, at=at, trade_id=trade.id)
    trade.save(force_insert=True)
    quotas.take_person(product=offer.product, customer_id=customer_id, amount_fen=trade.part_fen)
    risk = offer.version.risk
    deciding.decide(order_id=trade.id, customer_id=customer_id, product_id=offer.product_id, risk=risk, at=at, warned=warning_id)
    paid_by = cashier.create_for(
        payee=PAYEE,
        payee_order_id=trade.id,
        customer_id=customer_id,
        amount_fen=trade.price_fen,
        subject=offer.version.name_zh,
        life=timedelta(minutes=cap(MINUTES, at)),
        at=at,
    )
    TransferTrade.objects.filter(pk=trade.pk).update(cashier_order_id=paid_by.id)
    trade.cashier_order_id = paid_by.id
    return trade


def refuse_too_many(customer_id: UUID, at: datetime) -> None:
    """An offer that is reserved is kept from all others. Raises TooManyReserved, TooManyLapsed."""
    waiting, lapsed = queries.bought_by(customer_id, since=start_of_day(local_day(at)))
    if waiting >= cap(RESERVED, at):
        raise TooManyReserved(most=cap(RESERVED, at))
    if lapsed >= cap(LAPSED, at):
        raise TooManyLapsed(most=cap(LAPSED, at))


def require_open(offer: TransferOffer, customer_id: UUID, at: datetime) -> None:
    """Raises OwnOffer, OfferGone, NotTransferable."""
    if offer.customer_id == customer_id:
        raise OwnOffer()
    if offer.state != OfferState.LISTED:
        raise OfferGone(state=offer.state)
    if offer.ends_at <= at:
        raise OfferGone(state=OfferState.EXPIRED)
    if not parties.active(offer.customer_id):
        raise OfferGone(state=OfferState.WITHDRAWN)
    if offer.product.state == ProductState.SUSPENDED:
        raise NotTransferable()


def drafted(offer: TransferOffer, customer_id: UUID, at: datetime) -> TransferTrade:
    """Raises OfferTooDear: what has accrued since may have eaten what the buyer would earn, or the bounds of a price are others now."""
    try:
        price = pricing.priced(offer.holding, part_fen=offer.part_fen, premium_bp=offer.premium_bp, at=at)
    except (PremiumTooHigh, DiscountTooLarge) as refused:
        raise OfferTooDear() from refused
    return TransferTrade(
        id=new_id(),
        offer=offer,
        product=offer.product,
        version=offer.version,
        buyer_id=customer_id,
        shard=shard_of(customer_id),
        seller_id=offer.customer_id,
        part_fen=offer.part_fen,
        accrued_fen=price.accrued_fen,
        premium_bp=offer.premium_bp,
        price_fen=price.price_fen,
        fee_fen=price.fee_fen,
        maturity_fen=price.maturity_fen,
        days_left=price.days_left,
        yield_percent=price.yield_percent,
        counted=True,
        created_at=at,
        changed_at=at,
    )


def require_payable(*, trade_id: UUID, customer_id: UUID, at: datetime) -> None:
    """Raises NotFound, TradeNotPayable, and what suitability refuses by now."""
    trade = queries.trade(trade_id)
    if trade.buyer_id != customer_id:
        raise NotFound()
    if trade.state != TradeState.RESERVED:
        raise TradeNotPayable(state=trade.state)
    deciding.decide_again(order_id=trade_id, at=at)


@transaction.atomic
def settle(*, trade_id: UUID, pay_journal_id: UUID, at: datetime) -> TransferTrade:
    """T1 is about to be posted as `pay_journal_id`: the part goes to the buyer and the price to the seller, or neither."""
    offer = locked_offer(queries.trade(trade_id).offer_id)
    trade = locked_trade(trade_id)
    if trade.state != TradeState.RESERVED or offer.trade_id != trade.id:
        raise TradeNotPayable(state=trade.state)
    deciding.decide_again(order_id=trade_id, at=at)
    journal_id = new_id()
    legs = journals.transferred(product_id=trade.product_id, seller_id=trade.seller_id, price_fen=trade.price_fen, fee_fen=trade.fee_fen)
    on = business_days.current()
    bought = handing.hand_over(
        offer_id=offer.id,
        trade_id=trade.id,
        buyer_id=trade.buyer_id,
        price_fen=trade.price_fen,
        net_fen=trade.price_fen - trade.fee_fen,
        on=on,
        journal_id=journal_id,
        at=at,
    )
    advance(offer, OfferState.SOLD, moves=OFFER_MOVES, at=at)
    advance(
        trade,
        TradeState.SETTLED,
        moves=TRADE_MOVES,
        at=at,
        pay_journal_id=pay_journal_id,
        journal_id=journal_id,
        bought_id=bought.id,
        settled_on=on,
    )
    tell("wealth.transfer_sold", offer, at, trade=trade.public_id, price_fen=trade.price_fen, fee_fen=trade.fee_fen)
    tell_buyer("wealth.transfer_bought", trade, at, holding=bought.public_id)
    ledger.post(journal_id=journal_id, event=journals.TRANSFERRED, legs=legs, reference=trade.public_id, at=at)
    return trade


@transaction.atomic
def lapse(*, trade_id: UUID, code: str, at: datetime) -> TransferTrade:
    """Nobody pays it any more: others may buy the offer again. Told to one that is over, it does nothing."""
    offer = locked_offer(queries.trade(trade_id).offer_id)
    trade = locked_trade(trade_id)
    if trade.state != TradeState.RESERVED:
        return trade
    advance(trade, TradeState.LAPSED, moves=TRADE_MOVES, at=at, code=code[:64])
    advance(offer, OfferState.LISTED, moves=OFFER_MOVES, at=at, trade_id=None)
    if trade.counted:
        quotas.give_back_person(product_id=trade.product_id, customer_id=trade.buyer_id, amount_fen=trade.part_fen)
    tell_buyer("wealth.transfer_lapsed", trade, at, code=trade.code)
    return trade
