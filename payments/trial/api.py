"""The merchants' sandbox: paying one's own order as a test payer. Answers 404 wherever there is no sandbox bank."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from core.clock import queries as clock
from core.errors import DomainError, NotFound
from core.idempotency import queries as idempotency
from payments.cashier import queries, reasons
from payments.cashier.api.merchant import own_order
from payments.cashier.api.shapes import MerchantOrderShown
from payments.cashier.queries import PaymentAttempt
from payments.cashier.services.paying import OrderBeingPaid, OrderClosed, OrderPaid
from payments.cashier.states import KEPT, PaymentResult
from payments.channels.sandbox_bank.control import ControlRefused
from payments.merchants.api.examples import answer, asked
from payments.merchants.api.signed import MerchantOutboundEffectView, signer_of
from payments.merchants.queries import MerchantNotSelling
from payments.risk.services.deciding import RiskRefused, StrongerProofNeeded
from payments.trial import examples as ex
from payments.trial import payers, services, switch
from payments.trial.payers import TrialPayer, TrialPayerNotReady
from payments.trial.results import RESULTS


class TrialPayIn(serializers.Serializer[Any]):
    order_id = serializers.CharField(max_length=40, help_text="An order of your own that can be paid.")

    def get_fields(self) -> dict[str, Any]:
        """`as` is a word of Python's own."""
        words = "What the payment is to come to. late: the order is closed while the bank has not said, which it charges all the same."
        return super().get_fields() | {"as": serializers.ChoiceField(RESULTS, default="paid", help_text=words)}


class TrialPaidShown(serializers.Serializer[Any]):
    result = serializers.ChoiceField(PaymentResult.choices, help_text="As it stands now; read the order again while it is pending.")
    code = serializers.CharField(help_text="Why it was refused; empty otherwise.")
    message = serializers.CharField(help_text="What the payer reads of it.")
    order = MerchantOrderShown()


class TrialPayments(MerchantOutboundEffectView):
    """Paying an order for trial."""

    input_class = TrialPayIn
    output_class = TrialPaidShown
    payer: TrialPayer | None = None
    refusals = (NotFound, OrderPaid, OrderClosed, OrderBeingPaid, MerchantNotSelling, RiskRefused, StrongerProofNeeded, TrialPayerNotReady)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not switch.on():
            raise NotFound()
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="payments_merchant_trial_pay",
        examples=[
            asked("Pay it", ex.PAY),
            asked("Refuse it", ex.DECLINED),
            answer("Paid", ex.PAID, 201),
            answer("Refused", ex.REFUSED, 201),
            answer("Pending", ex.PENDING, 201),
        ],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Pay an order of your own as a test payer with a documented card of the sandbox bank, and see the result you name. Sandbox
        only: 404 elsewhere. Everything else is real: the cashier, the books, the notices."""
        if not idempotency.answered(owner=self.owner(request), key=request.headers.get("Idempotency-Key", "")):
            if own_order(request, self.validated(request)["order_id"]).state in KEPT:
                raise OrderPaid()
            self.payer = prepared(signer_of(request).merchant.id)
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> PaymentAttempt:
        assert self.payer is not None
        order = own_order(request, data["order_id"])
        nonce = request.headers["Idempotency-Key"]
        return services.begin(payer=self.payer, order_id=order.id, nonce=nonce, result=data["as"], at=at)

    def proceed(self, row: PaymentAttempt, *, at: datetime) -> PaymentAttempt:
        return services.go_on(attempt=row, result=self.validated(self.request)["as"], at=at)

    def recall(self, resource: str) -> PaymentAttempt:
        return queries.attempt(UUID(resource))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        told = {
            "result": queries.result(row),
            "code": reasons.code_of(row),
            "message": reasons.message(row, get_language() or "en", clock.now()),
            "order": queries.order(row.order_id),
        }
        return super().shown(told)


def prepared(merchant_id: UUID) -> TrialPayer:
    """Raises TrialPayerNotReady for whatever kept the payer from being ready."""
    try:
        return payers.ready(merchant_id=merchant_id, at=clock.now())
    except (ControlRefused, DomainError) as problem:
        raise TrialPayerNotReady() from problem
