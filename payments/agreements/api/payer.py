"""A customer's agreements: reading, signing, pausing and cancelling them, and what was taken."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from core.api.pages import Listing
from core.api.views import EffectView, View
from core.errors import DomainError, NotFound
from core.ids import parse_public_id
from core.moves import WrongState
from payments.agreements import queries
from payments.agreements.api import examples as ex
from payments.agreements.api.shapes import DeductionShown, MyAgreementShown, SignIn
from payments.agreements.models import Agreement, Deduction
from payments.agreements.refusals import AgreementOver
from payments.agreements.services import signing
from payments.cashier.services.funding import UnknownMethod
from payments.cashier.services.preferring import MethodsTwice
from payments.merchants.api.examples import answer, asked, page
from payments.merchants.queries import MerchantNotSelling
from payments.wallet.api.base import customer_id, intent
from payments.wallet.services.parties import CustomerNotActive

CREATED = 201


def id_of(text: str) -> Any:
    return parse_public_id(Agreement.PREFIX, text)


class MyAgreements(Listing):
    """The caller's agreements."""

    output_class = MyAgreementShown

    @extend_schema(operation_id="payments_agreements_list", examples=[page("An agreement", ex.MINE)])
    def get(self, request: Request, **url: str) -> Response:
        """The agreements the caller signed, newest first, ended ones too."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Agreement]:
        return queries.signed_by(customer_id(request)).select_related("merchant")


class OneAgreement(View):
    """One agreement."""

    output_class = MyAgreementShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_agreements_read", examples=[answer("Signed", ex.MINE, 200)])
    def get(self, request: Request, agreement_id: str) -> Response:
        """One to be signed, or one of the caller's own."""
        return Response(self.shown(queries.seen_by(customer_id(request), id_of(agreement_id))))


class OfAgreement(EffectView):
    """An act of the customer on an agreement."""

    output_class = MyAgreementShown
    refusals: ClassVar[tuple[type[DomainError], ...]] = (NotFound, WrongState)

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return super().shown(queries.agreement(row.id))


class Signings(OfAgreement):
    """Signing."""

    input_class = SignIn
    refusals = (
        NotFound,
        WrongState,
        AgreementOver,
        MerchantNotSelling,
        CustomerNotActive,
        UnknownMethod,
        MethodsTwice,
        StepUpNeeded,
        ProofMismatch,
        ProofExpired,
    )

    @extend_schema(
        operation_id="payments_agreements_sign", examples=[asked("From the balance", ex.SIGN), answer("Signed", ex.MINE, CREATED)]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Let the merchant take up to `cap` once a period, without a PIN each time. It can be paused and cancelled at any time."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Agreement:
        methods = [(one["method"], one["ref"]) for one in data["methods"]]
        return signing.sign(intent=intent(request, data["proof"]), agreement_id=id_of(url["agreement_id"]), methods=methods, at=at)


@extend_schema(request=None, examples=[answer("Paused", ex.MINE | {"state": "suspended"}, CREATED)])
class Pauses(OfAgreement):
    """Let nothing be taken until it is resumed."""

    before_consent = True

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Agreement:
        return signing.pause(customer_id=customer_id(request), agreement_id=id_of(url["agreement_id"]), at=at)


@extend_schema(request=None, examples=[answer("In force again", ex.MINE, CREATED)])
class Resumptions(OfAgreement):
    """Let a paused agreement go on."""

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Agreement:
        return signing.resume(customer_id=customer_id(request), agreement_id=id_of(url["agreement_id"]), at=at)


@extend_schema(
    request=None,
    examples=[answer("Ended", ex.MINE | {"state": "ended", "end": "customer"}, CREATED)],
)
class Cancellations(OfAgreement):
    """End it, at any time: what was not taken yet is called off."""

    before_consent = True

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Agreement:
        return signing.cancel(customer_id=customer_id(request), agreement_id=id_of(url["agreement_id"]), at=at)


class MyDeductions(Listing):
    """The deductions under one of the caller's agreements."""

    output_class = DeductionShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_agreements_deductions_list", examples=[page("A deduction", ex.DEDUCTION)])
    def get(self, request: Request, **url: str) -> Response:
        """Newest first: `waiting` ones are announced, and tried at `next_at`."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Deduction]:
        return queries.deductions(queries.seen_by(customer_id(request), id_of(url["agreement_id"])).id)
