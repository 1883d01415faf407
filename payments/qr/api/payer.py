"""Codes in a customer's app: the one it shows, and those it scans."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import EffectView, View
from core.clock import queries as clock
from core.errors import NotFound, TooManyRequests
from core.ids import parse_public_id
from payments.cashier.api.shapes import PayerOrderShown
from payments.cashier.queries import PaymentOrder, payable_by
from payments.cashier.services.orders import StoreClosed
from payments.merchants.api.examples import answer, asked
from payments.merchants.queries import MerchantNotSelling
from payments.qr import digits, queries, refusals
from payments.qr.api import examples as ex
from payments.qr.api.shapes import NewPayerCodeShown, PayerCodeShown, ScanIn, ScannedShown
from payments.qr.models import PayerCode, QrCode
from payments.qr.services import printed, showing
from payments.wallet.api.base import customer_id
from payments.wallet.services.parties import CustomerNotActive

CREATED = 201


class PayerCodes(View):
    """The code on the caller's phone."""

    output_class = NewPayerCodeShown
    refusals = (CustomerNotActive, TooManyRequests)

    @extend_schema(
        operation_id="payments_qr_payer_codes_create",
        request=None,
        responses={CREATED: NewPayerCodeShown},
        examples=[answer("A code", ex.NEW_PAYER_CODE, CREATED)],
    )
    def post(self, request: Request) -> Response:
        """A code a merchant's terminal reads to be paid. It is good for one payment, for a minute, and as long as this login; nobody can
        read it again, us included, so it takes no Idempotency-Key: one that is not used charges nothing."""
        caller: Any = request.user
        row, code = showing.show(customer_id=caller.customer.id, session_id=caller.session.id, at=clock.now())
        return Response(self.shown({"row": row, "auth_code": code}), status=CREATED)


class OnePayerCode(View):
    """What became of a code the caller showed."""

    output_class = PayerCodeShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_qr_payer_codes_read", examples=[answer("To be confirmed", ex.PAYER_CODE, 200)])
    def get(self, request: Request, payer_code_id: str) -> Response:
        """Poll it while the code is shown: paid, refused, or an order to confirm at the cashier with a proof."""
        row = queries.payer_code(customer_id(request), parse_public_id(PayerCode.PREFIX, payer_code_id))
        return Response(self.shown({"row": row, "result": queries.on_phone(row, clock.now())}))


class Scans(EffectView):
    """Paying by a printed code."""

    input_class = ScanIn
    output_class = PayerOrderShown
    refusals = (
        NotFound,
        refusals.QrCodeRevoked,
        refusals.QrAmountMissing,
        refusals.QrAmountFixed,
        refusals.StaticDayLimit,
        StoreClosed,
        MerchantNotSelling,
        CustomerNotActive,
        TooManyRequests,
    )

    @extend_schema(
        operation_id="payments_qr_orders_create",
        examples=[asked("18 yuan at till 2", ex.SCAN), answer("An order to pay at the cashier", ex.SCANNED_ORDER, CREATED)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """An order of the caller's own from a printed code. Pay it at the cashier within ten minutes; the day's limit of printed codes
        is counted there."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> PaymentOrder:
        code_id = parse_public_id(QrCode.PREFIX, digits.read(data["qr_code"]))
        payer = customer_id(request)
        order = printed.scan(customer_id=payer, code_id=code_id, amount_fen=data["amount"], at=at)
        return payable_by(payer, order.id)


class Resolved(View):
    """What a scanned code is."""

    output_class = ScannedShown
    refusals = (NotFound,)

    @extend_schema(
        operation_id="payments_qr_read",
        examples=[
            answer("A printed code", ex.SCANNED_STATIC, 200),
            answer("An order shown as a code", ex.SCANNED_DYNAMIC, 200),
            answer("Another person's payment code", ex.SCANNED_PAYER, 200),
        ],
    )
    def get(self, request: Request, scanned: str) -> Response:
        """What the text of a code leads to, percent-encoded, with its `banyan://qr/` or without: an order to pay, a printed code, or a
        person's payment code, which only a merchant's terminal can charge."""
        found = queries.resolve(customer_id(request), scanned, clock.now())
        return Response(self.shown({"kind": found.kind, "order": found.order, "static": found if found.printed else None}))
