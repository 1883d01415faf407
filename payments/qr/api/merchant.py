"""A merchant's programs and codes: charging the one a payer shows, undoing that, and orders to be drawn as a code."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.ledger.refusals import AccountFrozen, LedgerHalted
from core.business_day.queries import NoOpenDay
from core.errors import Invalid, NotFound, TooManyRequests
from core.ids import parse_public_id
from payments.cashier.api.shapes import OUT_TRADE_NO, NewOrderIn
from payments.cashier.queries import PaymentOrder
from payments.cashier.services import orders
from payments.cashier.services.orders import NewOrder
from payments.channels.breaker import ChannelResting
from payments.channels.services import ChannelNotConnected, ChannelOff, ChannelUnderMaintenance
from payments.merchants.api.examples import answer, asked
from payments.merchants.api.signed import MerchantEffectView, MerchantOutboundEffectView, MerchantView, signer_of
from payments.merchants.queries import MerchantNotSelling
from payments.merchants.services.apps import checked_url
from payments.merchants.states import Scene
from payments.qr import digits, outbound, queries, refusals
from payments.qr.api import examples as ex
from payments.qr.api.shapes import CodeOrderShown, CodePayIn, CodePayShown
from payments.qr.models import PayerCode
from payments.qr.services import charging
from payments.qr.states import CodeResult
from payments.refunds.services import asking

NEW_ORDER_REFUSALS = (MerchantNotSelling, NotFound, orders.StoreClosed, orders.OutTradeNoUsed, Invalid)
SHUT = (LedgerHalted, NoOpenDay, ChannelOff, ChannelUnderMaintenance, ChannelNotConnected, ChannelResting)
WORDS = {
    charging.PAYER_SHORT: (
        "The payer's ways to pay do not cover it. Ask for another way, and begin with a new out_trade_no.",
        "付款方可用余额或额度不足,请更换支付方式并使用新的订单号重新发起。",
    ),
    charging.PAYER_DECLINED: (
        "The payment was refused; the payer's app says more. Ask for another way to pay, and begin with a new out_trade_no.",
        "付款未通过,原因请付款方在 App 中查看。请更换支付方式并使用新的订单号重新发起。",
    ),
}


def told(code: PayerCode) -> dict[str, Any]:
    """A read code as its merchant sees it."""
    result, order = queries.result(code), code.order
    assert order is not None
    why = order.code if result in (CodeResult.REFUSED, CodeResult.CLOSED) else ""
    words = WORDS.get(why, ("", ""))
    return {"result": result, "code": why, "message": words[(get_language() or "en").startswith("zh")], "order": order}


def wanted_of(data: dict[str, Any], *, scene: str, life: timedelta | None) -> NewOrder:
    store = data.get("store_id")
    return NewOrder(
        out_trade_no=data["out_trade_no"],
        amount_fen=data["amount"],
        subject=data["subject"],
        scene=scene,
        attach=data["attach"],
        store_id=parse_public_id("sto", store) if store else None,
        notify_url=checked_url(data["notify_url"], "notify_url"),
        life=life,
    )


def checked_number(out_trade_no: str) -> str:
    """Raises NotFound for what is no number of an order."""
    if not OUT_TRADE_NO.match(out_trade_no):
        raise NotFound()
    return out_trade_no


class CodePays(MerchantOutboundEffectView):
    """Charging a payer's code."""

    input_class = CodePayIn
    output_class = CodePayShown
    refusals = (refusals.PayerCodeInvalid, TooManyRequests, *NEW_ORDER_REFUSALS, *SHUT)

    @extend_schema(
        operation_id="payments_merchant_codepay_create",
        examples=[
            asked("18 yuan", ex.CODE_PAY),
            answer("Paid", ex.CODE_PAID, 201),
            answer("The payer confirms in the app: read it again", ex.CONFIRMING, 201),
            answer("Refused: nothing was charged", ex.CODE_REFUSED, 201),
        ],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Charge the code a payer shows. Small amounts are paid at once; above the PIN-free limits, and where the payer's bank wants a
        proof, the payer confirms in the app, within minutes: read it until it says paid. The same out_trade_no with the same content
        answers the same payment, so ask again when no answer came; when you cannot wait, reverse it."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> PayerCode:
        wanted = wanted_of(data, scene=Scene.QR_PAYER, life=charging.life(at))
        return charging.charge(app=signer_of(request).app, auth_code=data["auth_code"], wanted=wanted, at=at)

    def proceed(self, row: PayerCode, *, at: datetime) -> PayerCode:
        return outbound.ask(code_id=row.id, at=at)

    def recall(self, resource: str) -> PayerCode:
        return queries.with_order(uuid.UUID(resource))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return super().shown(told(row))


class OneCodePay(MerchantView):
    """One payment by a payer's code."""

    output_class = CodePayShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchant_codepay_read", examples=[answer("Paid", ex.CODE_PAID, 200)])
    def get(self, request: Request, out_trade_no: str) -> Response:
        """What became of it: poll it while it is processing or user_confirming."""
        code = queries.by_number(signer_of(request).app, checked_number(out_trade_no))
        return Response(self.shown(told(code)))


class CodePayReversals(MerchantOutboundEffectView):
    """Undoing a payment by a payer's code."""

    output_class = CodePayShown
    success_status = 200
    refusals = (NotFound, asking.RefundTooLate, asking.RefundsUsedUp, asking.MerchantBalanceShort, AccountFrozen, LedgerHalted, NoOpenDay)

    @extend_schema(
        operation_id="payments_merchant_codepay_reverse",
        request=None,
        examples=[
            answer("Closed: nothing was charged", ex.REVERSED, 200),
            answer("It was paid: all of it went back", ex.CODE_REFUNDED, 200),
        ],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Undo a payment whose end you do not know or do not want. One not paid is closed, at the bank first where one was asked, and what
        the bank should charge later all the same goes back to the payer. One that is paid is refunded in full; while its bank owes the
        answer the result is refunding."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> PayerCode:
        return charging.reverse(app=signer_of(request).app, out_trade_no=checked_number(url["out_trade_no"]), at=at)

    def proceed(self, row: PayerCode, *, at: datetime) -> PayerCode:
        return outbound.undo(code_id=row.id, at=at)

    def recall(self, resource: str) -> PayerCode:
        return queries.with_order(uuid.UUID(resource))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return super().shown(told(row))


class CodeOrders(MerchantEffectView):
    """Orders shown as a code."""

    input_class = NewOrderIn
    output_class = CodeOrderShown
    refusals = NEW_ORDER_REFUSALS

    @extend_schema(
        operation_id="payments_merchant_qr_orders_create",
        examples=[asked("18 yuan", ex.NEW_DYNAMIC), answer("Draw code_url", ex.DYNAMIC, 201)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Make an order whose payer scans it from a screen: draw `code_url` as a QR code. Whoever begins to pay it first is its payer."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> PaymentOrder:
        wanted = wanted_of(data, scene=Scene.QR_DYNAMIC, life=orders.named_life(data.get("expires_in"), at))
        return orders.create(app=signer_of(request).app, wanted=wanted, at=at)

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return super().shown({"order": row, "code_url": digits.text_of(row.public_id)})
