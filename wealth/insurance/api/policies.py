"""Policies of the caller: their premiums, beneficiaries, document, and their end."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Cursor, Listing
from core.api.views import EffectView, FileView, View
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from payments.merchants.api.examples import answer, asked, page
from payments.wallet.api.base import customer_id
from payments.wallet.services.parties import CustomerNotActive
from wealth.insurance import queries, refusals
from wealth.insurance.api import examples as ex
from wealth.insurance.api.shapes import (
    AutoDebitIn,
    BeneficiariesIn,
    BeneficiariesShown,
    EndingIn,
    EndingShown,
    PaymentShown,
    PolicyShown,
    PremiumShown,
)
from wealth.insurance.models import InsurancePolicy, PolicyPremium, PremiumPayment
from wealth.insurance.services import collecting, documents, giving_back, naming
from wealth.insurance.services.naming import Person

ENDABLE = (NotFound, refusals.PolicyOver, refusals.ClaimOpen, refusals.ClaimsPaid, refusals.PremiumUnderWay)


def policy_id(text: str) -> UUID:
    return parse_public_id(InsurancePolicy.PREFIX, text)


class Policies(Listing):
    """The caller's policies."""

    output_class = PolicyShown

    @extend_schema(operation_id="wealth_insurance_policies_list", examples=[page("A policy", ex.POLICY)])
    def get(self, request: Request, **url: str) -> Response:
        """The policies the caller holds or held, newest first."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[InsurancePolicy]:
        return queries.own_policies(customer_id(request))


class OnePolicy(View):
    """One policy."""

    output_class = PolicyShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_insurance_policies_read", examples=[answer("A policy", ex.POLICY, 200)])
    def get(self, request: Request, policy_id: str) -> Response:
        """What it covers, until when, and what it is now."""
        wanted = parse_public_id(InsurancePolicy.PREFIX, policy_id)
        return Response(self.shown(queries.own_policy(customer_id(request), wanted)))


class ByNumber(Cursor):
    ordering = ("number", "id")


class PremiumsOfPolicy(Listing):
    """The premiums of a policy."""

    pagination_class = ByNumber
    output_class = PremiumShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_insurance_policies_premiums_list", examples=[page("A premium", ex.PREMIUM)])
    def get(self, request: Request, **url: str) -> Response:
        """All payments of a policy, paid and to come, by their number."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[PolicyPremium]:
        return queries.premiums(queries.own_policy(customer_id(request), policy_id(url["policy_id"])).id)


@extend_schema(request=None, examples=[answer("Pay it", ex.PAYMENT, 201)])
class PremiumPayments(EffectView):
    """Pay a premium by hand: an order at the cashier, for the oldest one that is due or soon is. Paying all that is due reinstates a lapsed
    policy, as long as its product allows."""

    output_class = PaymentShown
    refusals = (NotFound, CustomerNotActive, refusals.PremiumNotDue, refusals.NotReinstatable)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> PremiumPayment:
        wanted = parse_public_id(PolicyPremium.PREFIX, url["premium_id"])
        return collecting.pay_by_hand(customer_id=customer_id(request), premium_id=wanted, at=at)


@extend_schema(examples=[asked("On", ex.AUTO_DEBIT_IN), answer("On", ex.POLICY, 200)])
class AutoDebits(EffectView):
    """Have premiums taken from the balance on their day, or not any more. Where the balance is too low it is tried again every day of
    grace."""

    input_class = AutoDebitIn
    output_class = PolicyShown
    success_status = 200
    refusals = (NotFound, CustomerNotActive, refusals.NotReinstatable)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> InsurancePolicy:
        return collecting.set_auto_debit(customer_id=customer_id(request), policy_id=policy_id(url["policy_id"]), on=data["on"], at=at)


class Beneficiaries(EffectView):
    """Who gets the money of a policy."""

    input_class = BeneficiariesIn
    output_class = BeneficiariesShown
    refusals = (NotFound, Invalid, CustomerNotActive, refusals.PolicyOver, refusals.SharesNotWhole)

    @extend_schema(operation_id="wealth_insurance_beneficiaries_read", examples=[answer("Named", ex.PEOPLE, 200)])
    def get(self, request: Request, policy_id: str) -> Response:
        """Those named last; none where nobody was."""
        policy = queries.own_policy(customer_id(request), parse_public_id(InsurancePolicy.PREFIX, policy_id))
        return Response(self.shown({"named": queries.beneficiaries(policy.id)}))

    @extend_schema(
        operation_id="wealth_insurance_beneficiaries_create",
        examples=[asked("One", ex.PEOPLE), answer("Named", ex.PEOPLE, 201)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Name all of them anew; their shares come to 10000 basis points."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Any:
        people = [Person(**one) for one in data["people"]]
        named = naming.name_beneficiaries(customer_id=customer_id(request), policy_id=policy_id(url["policy_id"]), people=people, at=at)
        return {"named": named}


class EndingPreviews(View):
    """What giving a policy up would give."""

    output_class = EndingShown
    refusals = ENDABLE

    @extend_schema(operation_id="wealth_insurance_ending_read", examples=[answer("Shown", ex.ENDING, 200)])
    def get(self, request: Request, policy_id: str) -> Response:
        """Within the cooling-off all that was paid less the kept fee, later what its terms say: today's amount."""
        policy = queries.own_policy(customer_id(request), parse_public_id(InsurancePolicy.PREFIX, policy_id))
        return Response(self.shown(giving_back.endable(policy, clock.now())))


@extend_schema(examples=[asked("As shown", ex.ENDING_IN), answer("Asked", ex.ENDED, 201)])
class Endings(EffectView):
    """Give a policy up for what was shown. The insurer is asked for the money, which then comes to the balance; the cover ends with it."""

    input_class = EndingIn
    output_class = PolicyShown
    refusals = (*ENDABLE, CustomerNotActive, refusals.EndingChanged)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> InsurancePolicy:
        return giving_back.end(customer_id=customer_id(request), policy_id=policy_id(url["policy_id"]), shown_fen=data["amount"], at=at)


class Documents(FileView):
    """A policy on paper."""

    refusals = (NotFound, refusals.NoDocumentYet)

    @extend_schema(
        operation_id="wealth_insurance_policies_document",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        examples=[OpenApiExample("a file", value="%PDF-1.3 ...", response_only=True, media_type="application/pdf")],
    )
    def get(self, request: Request, policy_id: str) -> HttpResponse:
        """The e-policy as it was made out, in Chinese and English."""
        policy = queries.own_policy(customer_id(request), parse_public_id(InsurancePolicy.PREFIX, policy_id))
        found = queries.document(policy.id)
        if found is None:
            raise refusals.NoDocumentYet()
        answered = HttpResponse(documents.content_of(found), content_type="application/pdf")
        answered["Content-Disposition"] = f'attachment; filename="policy-{policy.number}.pdf"'
        answered["Cache-Control"] = "no-store"
        return answered
