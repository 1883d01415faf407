"""What a merchant's programs do with splits: name receivers, split, end, and take back. Signed."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.ledger.refusals import LedgerHalted
from core.business_day.queries import NoOpenDay
from core.errors import NotFound
from core.ids import parse_public_id
from core.limits.services import LimitReached
from core.moves import WrongState
from payments.merchants.api.examples import answer, asked, page
from payments.merchants.api.signed import MerchantEffectView, MerchantListing, MerchantView, signer_of
from payments.splits import queries
from payments.splits.api import examples as ex
from payments.splits.api.shapes import ReceiverIn, ReceiverShown, ReturnIn, ReturnShown, SplitIn, SplitOrderShown, SplitShown
from payments.splits.models import Split, SplitOrder, SplitReceiver, SplitReturn
from payments.splits.services import receivers, splitting
from payments.splits.services.splitting import NewSplit

CREATED = 201
SHUT = (LedgerHalted, NoOpenDay)


def whole(split: Split) -> Split:
    """A split with its parts and returns."""
    found: Any = split
    found.parts, found.returns = queries.parts(split.id), queries.returns(split.id)
    return split


def receiver_id_of(text: str) -> Any:
    """Raises ReceiverUnknown for what is no receiver's id."""
    try:
        return parse_public_id(SplitReceiver.PREFIX, text)
    except NotFound as unknown:
        raise splitting.ReceiverUnknown(field="receivers") from unknown


class Receivers(MerchantEffectView, MerchantListing):
    """Whom the merchant may split to."""

    input_class = ReceiverIn
    output_class = ReceiverShown
    refusals = (receivers.ReceiverMismatch, LimitReached)

    @extend_schema(operation_id="payments_merchant_split_receivers_list", examples=[page("A receiver", ex.RECEIVER)])
    def get(self, request: Request, **url: str) -> Response:
        """The receivers, newest first, removed ones too."""
        return super().get(request, **url)

    @extend_schema(
        operation_id="payments_merchant_split_receivers_add",
        examples=[asked("Another merchant", ex.RECEIVER_IN), answer("Added", ex.RECEIVER, CREATED)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Add a receiver by its account and full name, at most 100 a day. One that was removed is back."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[SplitReceiver]:
        return queries.receivers(signer_of(request).merchant.id)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> SplitReceiver:
        return receivers.add(merchant=signer_of(request).merchant, at=at, **data)


class ReceiverRemovals(MerchantEffectView):
    """Taking a receiver off the list."""

    output_class = ReceiverShown
    refusals = (NotFound, WrongState)

    @extend_schema(
        operation_id="payments_merchant_split_receivers_remove",
        request=None,
        examples=[answer("Removed", ex.RECEIVER | {"state": "removed"}, CREATED)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Split nothing more to a receiver; what it has can still be taken back."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> SplitReceiver:
        receiver_id = parse_public_id(SplitReceiver.PREFIX, url["receiver_id"])
        return receivers.remove(merchant=signer_of(request).merchant, receiver_id=receiver_id, at=at)


class Splits(MerchantEffectView):
    """Splits of orders."""

    input_class = SplitIn
    output_class = SplitShown
    refusals = (
        NotFound,
        splitting.OrderNotToSplit,
        splitting.SplitOver,
        splitting.OutSplitNoUsed,
        splitting.ReceiverUnknown,
        splitting.SplitTooMuch,
        splitting.ReceiverCannotReceive,
        *SHUT,
    )

    @extend_schema(
        operation_id="payments_merchant_splits_create", examples=[asked("A fifth", ex.SPLIT_IN), answer("Done", ex.SPLIT, CREATED)]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Give parts of a paid order that was made with to_split to receivers, all or none. The same out_split_no with the same
        content answers the same split."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Split:
        wanted = NewSplit(
            out_split_no=data["out_split_no"],
            parts=tuple((receiver_id_of(one["receiver_id"]), one["amount"]) for one in data["receivers"]),
            remark=data["remark"],
            finish=data["finish"],
        )
        order_id = parse_public_id("ord", data["order_id"])
        return whole(splitting.split(app=signer_of(request).app, order_id=order_id, wanted=wanted, at=at))


class OneSplit(MerchantView):
    """One split."""

    output_class = SplitShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchant_splits_read", examples=[answer("A split", ex.SPLIT, 200)])
    def get(self, request: Request, split_id: str) -> Response:
        """A split with its receivers and what they gave back."""
        return Response(self.shown(whole(own_split(request, split_id))))


def own_split(request: Request, split_id: str) -> Split:
    """A split of the caller's merchant. Raises NotFound."""
    return queries.split(signer_of(request).merchant.id, parse_public_id(Split.PREFIX, split_id))


class Returns(MerchantEffectView):
    """What receivers give back."""

    input_class = ReturnIn
    output_class = ReturnShown
    refusals = (NotFound, splitting.OutReturnNoUsed, splitting.ReturnTooMuch, splitting.ReceiverShort, *SHUT)

    @extend_schema(
        operation_id="payments_merchant_split_returns_create", examples=[asked("A part", ex.RETURN_IN), answer("Back", ex.RETURN, CREATED)]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Take a part of a split back from one receiver. A refund takes back by itself what it needs."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> SplitReturn:
        return splitting.give_back(
            merchant_id=signer_of(request).merchant.id,
            split_id=own_split(request, url["split_id"]).id,
            receiver_id=parse_public_id(SplitReceiver.PREFIX, data["receiver_id"]),
            amount_fen=data["amount"],
            out_return_no=data["out_return_no"],
            at=at,
        )


class Finishes(MerchantEffectView):
    """Ending the splitting of an order."""

    output_class = SplitOrderShown
    refusals = (NotFound, splitting.OrderNotToSplit)

    @extend_schema(operation_id="payments_merchant_splits_finish", request=None, examples=[answer("Finished", ex.FINISHED, CREATED)])
    def post(self, request: Request, **url: str) -> Any:
        """Nothing more will be split of an order: what is left of it is settled with the next day. It happens by itself after 30 days."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> SplitOrder:
        merchant_id = signer_of(request).merchant.id
        return splitting.finish(merchant_id=merchant_id, order_id=parse_public_id("ord", url["order_id"]), at=at)
