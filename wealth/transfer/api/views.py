"""Selling a holding of a fixed term to another customer, and buying one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from core.api.pages import Cursor, Listing
from core.api.views import EffectView, View
from core.clock import queries as clock
from core.errors import NotFound
from core.ids import parse_public_id
from core.money import CNY
from payments.merchants.api.examples import answer, asked, page
from payments.wallet.api.base import customer_id, intent
from payments.wallet.services.parties import CustomerNotActive
from wealth.catalog import queries as catalog
from wealth.catalog.api.views import asked as wanted
from wealth.catalog.queries import Product
from wealth.catalog.services.quotas import PersonCapReached
from wealth.fixed_term.queries import FixedHolding
from wealth.fixed_term.refusals import LotEnded, LotNotFree, RestTooSmall
from wealth.suitability import queries as suitability
from wealth.suitability.services import deciding
from wealth.transfer import queries, refusals
from wealth.transfer.api import examples as ex
from wealth.transfer.api.shapes import (
    SORTS,
    TransferBookIn,
    TransferBuyIn,
    TransferOfferIn,
    TransferOfferShown,
    TransferOffersIn,
    TransferPriceShown,
    TransferQuoteShown,
    TransferTradeShown,
)
from wealth.transfer.models import TransferOffer, TransferTrade
from wealth.transfer.pricing import today_of
from wealth.transfer.services import buying, offering

QUOTED = (
    NotFound,
    refusals.NotTransferable,
    refusals.TransferBlackout,
    refusals.PartTooSmall,
    refusals.PremiumTooHigh,
    refusals.DiscountTooLarge,
)


def told(rows: Iterable[TransferOffer], caller: UUID, at: datetime) -> list[TransferOffer]:
    """With today's price beside each that is open, and whose it is."""
    found = list(rows)
    for row in found:
        row.today = today_of(row, at)  # type: ignore[attr-defined]
        row.mine = row.customer_id == caller  # type: ignore[attr-defined]
    return found


def sided(rows: Iterable[TransferTrade], caller: UUID) -> list[TransferTrade]:
    found = list(rows)
    for row in found:
        row.side = "buy" if row.buyer_id == caller else "sell"  # type: ignore[attr-defined]
    return found


def holding(data: dict[str, Any]) -> UUID:
    return parse_public_id(FixedHolding.PREFIX, data["fixed_holding_id"])


class Sorted(Cursor):
    """A page in the order that `sort` names."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        return SORTS.get(request.query_params.get("sort", "newest"), SORTS["newest"])


class Book(Listing):
    """What others offer."""

    output_class = TransferOfferShown
    pagination_class = Sorted
    query_checked = True

    @extend_schema(operation_id="wealth_transfers_book", parameters=[TransferBookIn], examples=[page("An offer", ex.OFFER)])
    def get(self, request: Request, **url: str) -> Response:
        """The order book: every open offer, the caller's own too, with today's price and the yield of who buys it and holds it to the end.
        Filtered by product, yield, days left and price; sorted by one of them, or the newest first."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[TransferOffer]:
        data = wanted(TransferBookIn, request)
        columns = {
            "yield_least_bp": "yield_now__gte", "days_least": "days_now__gte", "days_most": "days_now__lte",
            "price_least": "price_now__gte", "price_most": "price_now__lte",
        }  # fmt: skip
        found = {column: data[name] for name, column in columns.items() if data.get(name) is not None}
        if data.get("product"):
            found["product__code"] = data["product"]
        return queries.book(clock.now()).filter(**found)

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return super().shown(told(row, customer_id(self.request), clock.now()), many=True)


class Quotes(View):
    """What an offer would say. A read, though a POST: it takes the offer's own body."""

    input_class = TransferOfferIn
    output_class = TransferQuoteShown
    refusals = QUOTED

    @extend_schema(operation_id="wealth_transfers_preview", examples=[asked("Offer", ex.OFFER_IN), answer("Today", ex.QUOTE, 200)])
    def post(self, request: Request) -> Response:
        """Today's price of a part of a holding, the fee, what the seller gets, the buyer's yield, and the most that may be asked."""
        data = self.validated(request)
        price, ends_at = offering.quoted(
            customer_id=customer_id(request),
            holding_id=holding(data),
            part_fen=data["principal"],
            premium_bp=data["premium_bp"],
            at=clock.now(),
        )
        return Response(self.shown(vars(price) | {"currency": CNY.code, "ends_at": ends_at}))


class Offers(EffectView, Listing):
    """The caller's own offers."""

    input_class = TransferOffersIn
    output_class = TransferOfferShown
    refusals = (*QUOTED, CustomerNotActive, LotEnded, LotNotFree, RestTooSmall, StepUpNeeded, ProofMismatch, ProofExpired)

    @extend_schema(operation_id="wealth_transfers_offers_list", examples=[page("An offer", ex.OWN)])
    def get(self, request: Request, **url: str) -> Response:
        """What the caller offers or offered, newest first."""
        return super().get(request, **url)

    @extend_schema(operation_id="wealth_transfers_offer", examples=[asked("Offer", ex.OFFER_IN), answer("Listed", ex.OWN, 201)])
    def post(self, request: Request, **url: str) -> Any:
        """Offer all or part of a holding for its principal with a premium and the interest accrued by the day it is sold. The part is
        locked until it is sold, withdrawn, or the offer ends. A discount takes a proof, and is bounded."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[TransferOffer]:
        return queries.own(customer_id(request))

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> TransferOffer:
        who = intent(request, data["proof"])
        made = offering.offer(intent=who, holding_id=holding(data), part_fen=data["principal"], premium_bp=data["premium_bp"], at=at)
        return queries.own_offer(who.customer_id, made.id)

    def shown(self, row: Any, *, many: bool = False) -> Any:
        found = told(row if many else [row], customer_id(self.request), clock.now())
        return super().shown(found if many else found[0], many=many)


class OneOffer(View):
    """One offer of the caller's."""

    output_class = TransferOfferShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_transfers_offers_read", examples=[answer("An offer", ex.OWN, 200)])
    def get(self, request: Request, transfer_offer_id: str) -> Response:
        """What became of it."""
        caller = customer_id(request)
        row = queries.own_offer(caller, parse_public_id(TransferOffer.PREFIX, transfer_offer_id))
        return Response(self.shown(told([row], caller, clock.now())[0]))


class Withdrawing(EffectView):
    """Taking an offer back."""

    output_class = TransferOfferShown
    success_status = 200
    refusals = (NotFound, refusals.BeingBought, refusals.OfferGone)

    @extend_schema(operation_id="wealth_transfers_withdraw", request=None, examples=[answer("Withdrawn", ex.WITHDRAWN, 200)])
    def post(self, request: Request, **url: str) -> Any:
        """Withdraw an offer that nobody is paying for; its part is free again."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> TransferOffer:
        caller, offer_id = customer_id(request), parse_public_id(TransferOffer.PREFIX, url["transfer_offer_id"])
        offering.withdraw(customer_id=caller, offer_id=offer_id, at=at)
        return told([queries.own_offer(caller, offer_id)], caller, at)[0]


class Trades(EffectView, Listing):
    """What the caller bought and sold."""

    input_class = TransferBuyIn
    output_class = TransferTradeShown
    refusals = (
        NotFound,
        CustomerNotActive,
        refusals.OwnOffer,
        refusals.OfferGone,
        refusals.OfferTooDear,
        refusals.NotTransferable,
        refusals.TooManyReserved,
        refusals.TooManyLapsed,
        PersonCapReached,
        *deciding.REFUSALS,
    )

    @extend_schema(operation_id="wealth_transfers_trades_list", examples=[page("A trade", ex.TRADE)])
    def get(self, request: Request, **url: str) -> Response:
        """The caller's purchases, and their sales that are settled, newest first."""
        return super().get(request, **url)

    @extend_schema(operation_id="wealth_transfers_buy", examples=[asked("Buy", ex.BUY_IN), answer("Reserved", ex.TRADE, 201)])
    def post(self, request: Request, **url: str) -> Any:
        """Reserve an offer at the price of now. It is checked for suitability, and paid at the cashier (`pay_order_id`) within some
        minutes; cash and holding move in the paying transaction. Nothing is refunded after it."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[TransferTrade]:
        return queries.trades(customer_id(request))

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> TransferTrade:
        warned = data.get("warning_id")
        return buying.reserve(
            customer_id=customer_id(request),
            offer_id=parse_public_id(TransferOffer.PREFIX, data["offer_id"]),
            warning_id=parse_public_id(suitability.SuitabilityWarning.PREFIX, warned) if warned else None,
            at=at,
        )

    def shown(self, row: Any, *, many: bool = False) -> Any:
        found = sided(row if many else [row], customer_id(self.request))
        return super().shown(found if many else found[0], many=many)


class OneTrade(View):
    """One trade."""

    output_class = TransferTradeShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_transfers_trades_read", examples=[answer("A trade", ex.TRADE, 200)])
    def get(self, request: Request, transfer_trade_id: str) -> Response:
        """What became of it."""
        caller = customer_id(request)
        row = queries.own_trade(caller, parse_public_id(TransferTrade.PREFIX, transfer_trade_id))
        return Response(self.shown(sided([row], caller)[0]))


class SettledCursor(Cursor):
    ordering: Any = ("-settled_on", "-id")


class Prices(Listing):
    """What was paid for holdings of a product."""

    output_class = TransferPriceShown
    pagination_class = SettledCursor
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_products_transfer_prices", examples=[page("A price", ex.PAID)])
    def get(self, request: Request, **url: str) -> Response:
        """The price history of a product's holdings, newest first; nobody is named."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[TransferTrade]:
        return queries.settled(catalog.product(parse_public_id(Product.PREFIX, url["product_id"])).pk)
