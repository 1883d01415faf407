"""The payer: disputing an order, reading what becomes of it, withdrawing it."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.ledger.refusals import LedgerHalted
from core.api.pages import Listing
from core.api.views import EffectView, View
from core.business_day.queries import NoOpenDay
from core.errors import NotFound
from core.ids import parse_public_id, public_id
from core.moves import WrongState
from payments.cashier import queries as cashier
from payments.disputes import queries
from payments.disputes.api import examples as ex
from payments.disputes.api.shapes import MyDisputeShown, NewDisputeIn
from payments.disputes.models import Dispute
from payments.disputes.services import deciding, opening
from payments.disputes.services.opening import NewDispute
from payments.disputes.states import OpenedBy
from payments.merchants.api.examples import answer, asked, page
from payments.wallet.api.base import customer_id


class DisputesOfOrder(EffectView, Listing):
    """The disputes of an order of mine."""

    input_class = NewDisputeIn
    output_class = MyDisputeShown
    refusals = (
        NotFound,
        opening.OrderPaysNoMerchant,
        opening.OrderNotDisputable,
        opening.DisputeOpen,
        opening.DisputedBefore,
        opening.DisputeTooLate,
        opening.DisputeTooMuch,
        LedgerHalted,
        NoOpenDay,
    )

    @extend_schema(operation_id="payments_cashier_orders_disputes_list", examples=[page("A dispute", ex.MINE)])
    def get(self, request: Request, **url: str) -> Response:
        """The disputes of the order, newest first."""
        return super().get(request, **url)

    @extend_schema(
        operation_id="payments_cashier_orders_disputes_create",
        examples=[asked("Nothing came", ex.NEW_DISPUTE), answer("Opened", ex.MINE, 201)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Dispute an order I paid, once: the merchant is asked, its money is frozen, and people decide. Talk to the merchant first."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Dispute]:
        payer = customer_id(request)
        return queries.of_order(cashier.payable_by(payer, parse_public_id("ord", url["order_id"])).id).filter(payer_id=payer)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Dispute:
        payer = customer_id(request)
        order = cashier.payable_by(payer, parse_public_id("ord", url["order_id"]))
        wanted = NewDispute(
            kind=data["kind"],
            words=data["words"],
            opened_by=OpenedBy.PAYER,
            opener=public_id("cus", payer),
            amount_fen=data.get("amount"),
        )
        return opening.open_dispute(order_id=order.id, wanted=wanted, at=at)


class MyDispute(View):
    """One dispute of mine."""

    output_class = MyDisputeShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_disputes_read", examples=[answer("A dispute", ex.MINE, 200)])
    def get(self, request: Request, dispute_id: str) -> Response:
        """What became of a dispute of an order I paid, whoever opened it."""
        mine = queries.of_payer(customer_id(request))
        found = mine.filter(pk=parse_public_id(Dispute.PREFIX, dispute_id)).first()
        if found is None:
            raise NotFound()
        return Response(self.shown(found))


@extend_schema(request=None, examples=[answer("Withdrawn", ex.WITHDRAWN, 201)])
class Withdrawals(EffectView):
    """Take a dispute I opened back: the merchant keeps the money. It cannot be opened again."""

    before_consent = True
    output_class = MyDisputeShown
    refusals = (NotFound, deciding.NotYours, WrongState, LedgerHalted, NoOpenDay)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Dispute:
        dispute_id = parse_public_id(Dispute.PREFIX, url["dispute_id"])
        return deciding.withdraw(customer_id=customer_id(request), dispute_id=dispute_id, at=at)
