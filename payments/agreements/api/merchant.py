"""A merchant's programs and agreements: proposing, reading and ending them, and asking for deductions."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from core.moves import WrongState
from payments.agreements import queries, refusals
from payments.agreements.api import examples as ex
from payments.agreements.api.shapes import AgreementShown, DeductionShown, NewAgreementIn, NewDeductionIn
from payments.agreements.models import Agreement, Deduction
from payments.agreements.periods import Plan
from payments.agreements.services import deducting, signing
from payments.agreements.services.signing import NewAgreement
from payments.cashier.services.orders import NewOrder, OutTradeNoUsed
from payments.merchants.api.examples import answer, asked, page
from payments.merchants.api.signed import MerchantEffectView, MerchantListing, MerchantView, signer_of
from payments.merchants.queries import MerchantNotSelling
from payments.merchants.services.apps import checked_url
from payments.merchants.states import Scene

CREATED = 201


def own(request: Request, agreement_id: str) -> Agreement:
    """An agreement of the caller's merchant. Raises NotFound."""
    return queries.found(queries.of_merchant(signer_of(request).merchant.id), parse_public_id(Agreement.PREFIX, agreement_id))


class Agreements(MerchantEffectView, MerchantListing):
    """The merchant's agreements."""

    input_class = NewAgreementIn
    output_class = AgreementShown
    refusals = (MerchantNotSelling, refusals.PlanUnfit, refusals.CapsUnfit, refusals.AgreementNoUsed)

    @extend_schema(operation_id="payments_merchant_agreements_list", examples=[page("An agreement", ex.SIGNED)])
    def get(self, request: Request, **url: str) -> Response:
        """The agreements, newest first."""
        return super().get(request, **url)

    @extend_schema(
        operation_id="payments_merchant_agreements_create",
        examples=[asked("Monthly", ex.NEW_AGREEMENT), answer("To be signed", ex.ASKED, CREATED)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Propose an agreement, which a customer opens in the app by its id and signs."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Agreement]:
        return queries.of_merchant(signer_of(request).merchant.id).select_related("merchant")

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Agreement:
        plan = Plan(data["period"], data["first_on"], data["period_days"])
        wanted = NewAgreement(data["out_agreement_no"], data["title"], data["cap"], data["total_cap"], plan)
        return signing.propose(app=signer_of(request).app, wanted=wanted, at=at)


class OneAgreement(MerchantView):
    """One agreement."""

    output_class = AgreementShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchant_agreements_read", examples=[answer("Signed", ex.SIGNED, 200)])
    def get(self, request: Request, agreement_id: str) -> Response:
        """Whether it is signed, and when the next deduction may be asked for."""
        return Response(self.shown(own(request, agreement_id)))


@extend_schema(
    request=None,
    examples=[answer("Ended", ex.SIGNED | {"state": "ended", "end": "merchant"}, CREATED)],
)
class Endings(MerchantEffectView):
    """End an agreement: what was not taken yet is called off."""

    output_class = AgreementShown
    refusals = (NotFound, WrongState)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Agreement:
        row = own(request, url["agreement_id"])
        signing.withdraw(merchant_id=row.merchant_id, agreement_id=row.id, at=at)
        return own(request, url["agreement_id"])


class DeductionsOfOne(MerchantListing):
    """The deductions under an agreement."""

    output_class = DeductionShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchant_agreements_deductions_list", examples=[page("A deduction", ex.DEDUCTION)])
    def get(self, request: Request, **url: str) -> Response:
        """Newest first."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Deduction]:
        return queries.deductions(own(request, url["agreement_id"]).id)


class Deductions(MerchantEffectView):
    """Asking for a deduction."""

    input_class = NewDeductionIn
    output_class = DeductionShown
    refusals = (
        NotFound,
        refusals.AgreementNotInForce,
        refusals.DeductionNotDue,
        refusals.DeductionOverCap,
        refusals.PeriodTaken,
        OutTradeNoUsed,
        MerchantNotSelling,
        Invalid,
    )

    @extend_schema(
        operation_id="payments_merchant_deductions_create",
        examples=[asked("December's", ex.NEW_DEDUCTION), answer("Told to the customer", ex.DEDUCTION, CREATED)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Ask for the deduction of the period whose window is open. The customer is told first; then it is tried, and tried again a few
        times. deduction.paid or deduction.failed tells how it ended; its order is like any other."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Deduction:
        wanted = NewOrder(
            out_trade_no=data["out_trade_no"],
            amount_fen=data["amount"],
            subject=data["subject"],
            scene=Scene.DEDUCTION,
            attach=data["attach"],
            notify_url=checked_url(data["notify_url"], "notify_url"),
        )
        agreement_id = parse_public_id(Agreement.PREFIX, data["agreement_id"])
        return deducting.ask(app=signer_of(request).app, agreement_id=agreement_id, wanted=wanted, at=at)


class OneDeduction(MerchantView):
    """One deduction."""

    output_class = DeductionShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchant_deductions_read", examples=[answer("Waiting", ex.DEDUCTION, 200)])
    def get(self, request: Request, deduction_id: str) -> Response:
        """How far it is."""
        row = queries.deduction(parse_public_id(Deduction.PREFIX, deduction_id))
        if row.agreement.merchant_id != signer_of(request).merchant.id:
            raise NotFound()
        return Response(self.shown(row))
