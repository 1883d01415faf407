"""Paying one's own order as a test payer, letting one expire, and the code on the payer's phone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.clock import queries as clock
from core.errors import NotFound, TooManyRequests
from payments.cashier import outbound, queries, reasons
from payments.cashier.api.merchant import own_order
from payments.cashier.api.shapes import MerchantOrderShown
from payments.cashier.queries import PaymentAttempt, PaymentOrder
from payments.cashier.services import closing
from payments.cashier.services.paying import OrderBeingPaid, OrderClosed, OrderPaid
from payments.cashier.states import KEPT, PaymentResult
from payments.merchants.api.examples import answer, asked
from payments.merchants.api.server import CREATED
from payments.merchants.api.signed import MerchantView
from payments.merchants.queries import MerchantNotSelling
from payments.qr.api.shapes import NewPayerCodeShown
from payments.qr.services import showing
from payments.risk.services.deciding import RiskRefused, StrongerProofNeeded
from payments.trial.api import examples as ex
from payments.trial.api.base import NOT_READY, AsIn, Sandbox, TrialEffectView, made_ready, payer_of_today
from payments.trial.payers import TrialPayer
from payments.trial.results import FUNDINGS, MIXED, RESULTS
from payments.trial.services import paying
from payments.wallet.services.parties import CustomerNotActive


class TrialPayIn(AsIn):
    results = RESULTS
    words = "What the payment is to come to. late: the order is closed while the bank has not said, which it charges all the same."

    order_id = serializers.CharField(max_length=40, help_text="An order of your own that can be paid.")
    funding = serializers.ChoiceField(FUNDINGS, default=FUNDINGS[0], help_text="mixed: half from the balance, the rest by card.")


class TrialPaidShown(serializers.Serializer[Any]):
    result = serializers.ChoiceField(PaymentResult.choices, help_text="As it stands now; read the order again while it is pending.")
    code = serializers.CharField(help_text="Why it was refused; empty otherwise.")
    message = serializers.CharField(help_text="What the payer reads of it.")
    order = MerchantOrderShown()


class TrialPayments(TrialEffectView):
    """Paying an order for trial."""

    input_class = TrialPayIn
    output_class = TrialPaidShown
    payer: TrialPayer | None = None
    refusals = (*NOT_READY, OrderPaid, OrderClosed, OrderBeingPaid, MerchantNotSelling, RiskRefused, StrongerProofNeeded)

    @extend_schema(
        operation_id="payments_merchant_trial_pay",
        examples=[
            asked("Pay it", ex.PAY),
            asked("Refuse it", ex.DECLINED),
            asked("Half from the balance", ex.MIXED_PAY),
            answer("Paid", ex.PAID, CREATED),
            answer("Refused", ex.REFUSED, CREATED),
            answer("The bank wants a stronger proof", ex.NEEDS_STEP_UP, CREATED),
            answer("Pending", ex.PENDING, CREATED),
        ],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Pay an order of your own as a test payer with a documented card of the sandbox bank, and see the result you name; confirm with it
        what a payer's code left to be confirmed. Sandbox only: 404 elsewhere. Everything else is real: the cashier, the books, the
        notices."""
        return super().post(request, **url)

    def prepare(self, request: Request, **url: str) -> None:
        data, nonce = self.validated(request), request.headers.get("Idempotency-Key", "")
        order = own_order(request, data["order_id"])
        if order.state in KEPT:
            raise OrderPaid()
        self.payer = payer_of_today(request)
        if data["funding"] == MIXED:
            with made_ready():
                paying.fund(payer=self.payer, order=order, nonce=nonce, at=clock.now())

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> PaymentAttempt:
        assert self.payer is not None
        order, nonce = own_order(request, data["order_id"]), request.headers["Idempotency-Key"]
        return paying.begin(payer=self.payer, order_id=order.id, nonce=nonce, result=data["as"], funding=data["funding"], at=at)

    def proceed(self, row: PaymentAttempt, *, at: datetime) -> PaymentAttempt:
        return paying.go_on(attempt=row, result=self.validated(self.request)["as"], at=at)

    def recall(self, resource: str) -> PaymentAttempt:
        return queries.attempt(UUID(resource))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        asked = queries.factors_asked([row])
        told = {
            "result": queries.result(row, asked),
            "code": reasons.code_of(row),
            "message": reasons.message(row, asked, get_language() or "en", clock.now()),
            "order": queries.order(row.order_id),
        }
        return super().shown(told)


class Expiries(TrialEffectView):
    """The end of an order's time, now."""

    output_class = MerchantOrderShown
    refusals = (NotFound, OrderPaid)

    @extend_schema(operation_id="payments_merchant_trial_expire", request=None, examples=[answer("Expired", ex.EXPIRED_ORDER, CREATED)])
    def post(self, request: Request, **url: str) -> Any:
        """Let an order of your own that is not paid expire now instead of at `expires_at`: closed at the bank first where it was asked,
        then here, told as `order.closed` with the code `expired`. Sandbox only: 404 elsewhere."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> PaymentOrder:
        return closing.begin(order_id=own_order(request, url["order_id"]).id, code=closing.EXPIRED, at=at)

    def proceed(self, row: PaymentOrder, *, at: datetime) -> PaymentOrder:
        return outbound.close_seated(order_id=row.id, at=at)

    def recall(self, resource: str) -> PaymentOrder:
        return queries.order(UUID(resource))


class PayerCodes(Sandbox, MerchantView):
    """The code on the test payer's phone."""

    output_class = NewPayerCodeShown
    refusals = (*NOT_READY, CustomerNotActive, TooManyRequests)

    @extend_schema(
        operation_id="payments_merchant_trial_payer_code",
        request=None,
        responses={CREATED: NewPayerCodeShown},
        examples=[answer("A code", ex.PAYER_CODE, CREATED)],
    )
    def post(self, request: Request) -> Response:
        """A code for `codepay`, as the test payer's phone shows it: good for one payment, for a minute, and until the payer does something
        else in the sandbox. Up to 200 yuan it is `paid`, ten times a day; above, `user_confirming` until you confirm for the payer with
        `trial/pay`. It takes no Idempotency-Key: a code that is not used charges nothing. Sandbox only: 404 elsewhere."""
        payer = payer_of_today(request)
        row, code = showing.show(customer_id=payer.customer_id, session_id=payer.session_id, at=clock.now())
        return Response(self.shown({"row": row, "auth_code": code}), status=CREATED)
