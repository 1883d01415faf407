"""Claims of the caller, and what they hand in."""

import base64
import binascii
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Listing
from core.api.views import EffectView, View
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from payments.merchants.api.examples import answer, asked, page
from payments.wallet.api.base import customer_id
from payments.wallet.services.parties import CustomerNotActive
from wealth.insurance import queries, refusals
from wealth.insurance.api import examples as ex
from wealth.insurance.api.shapes import ClaimFileIn, ClaimFileShown, ClaimIn, ClaimShort, ClaimShown
from wealth.insurance.models import ClaimFile, InsuranceClaim, InsurancePolicy
from wealth.insurance.services import claiming


class Claims(EffectView, Listing):
    """The caller's claims."""

    input_class = ClaimIn
    output_class = ClaimShort
    refusals = (
        NotFound,
        Invalid,
        CustomerNotActive,
        refusals.PolicyLapsed,
        refusals.PolicyOver,
        refusals.NotCovered,
        refusals.ClaimTooMuch,
        refusals.TooManyClaims,
    )

    @extend_schema(operation_id="wealth_insurance_claims_list", examples=[page("A claim", ex.SHORT)])
    def get(self, request: Request, **url: str) -> Response:
        """The claims the caller made, newest first."""
        return super().get(request, **url)

    @extend_schema(operation_id="wealth_insurance_claims_create", examples=[asked("Claim", ex.CLAIM_IN), answer("Open", ex.SHORT, 201)])
    def post(self, request: Request, **url: str) -> Any:
        """Claim what happened while the policy covered. Hand documents in next; two people decide, then the insurer."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[InsuranceClaim]:
        return queries.own_claims(customer_id(request))

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> InsuranceClaim:
        return claiming.open_claim(
            customer_id=customer_id(request),
            policy_id=parse_public_id(InsurancePolicy.PREFIX, data["policy_id"]),
            event_on=data["event_on"],
            words=data["words"],
            asked_fen=data["amount"],
            at=at,
        )


class OneClaim(View):
    """One claim."""

    output_class = ClaimShown
    refusals = (NotFound,)

    @extend_schema(operation_id="wealth_insurance_claims_read", examples=[answer("A claim", ex.CLAIM, 200)])
    def get(self, request: Request, claim_id: str) -> Response:
        """What became of it, and what was handed in."""
        return Response(self.shown(queries.own_claim(customer_id(request), parse_public_id(InsuranceClaim.PREFIX, claim_id))))


@extend_schema(examples=[asked("A file", ex.FILE_IN), answer("Kept", ex.FILE, 201)])
class ClaimFiles(EffectView):
    """Hand a document in for an open claim."""

    input_class = ClaimFileIn
    output_class = ClaimFileShown
    refusals = (NotFound, Invalid, refusals.ClaimNotOpen, refusals.ClaimFileNotTaken, refusals.TooManyFiles)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> ClaimFile:
        try:
            content = base64.b64decode(data["content"], validate=True)
        except (binascii.Error, ValueError) as wrong:
            raise Invalid("content", "This is no base64.", "不是有效的 Base64 内容。") from wrong
        claim_id = parse_public_id(InsuranceClaim.PREFIX, url["claim_id"])
        return claiming.hand_in(customer_id=customer_id(request), claim_id=claim_id, name=data["name"], content=content, at=at)


@extend_schema(request=None, examples=[answer("Withdrawn", ex.WITHDRAWN, 200)])
class ClaimWithdrawals(EffectView):
    """Give an open claim up; what it has paid stays paid."""

    output_class = ClaimShown
    success_status = 200
    refusals = (NotFound, refusals.ClaimNotOpen)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> InsuranceClaim:
        return claiming.withdraw(customer_id=customer_id(request), claim_id=parse_public_id(InsuranceClaim.PREFIX, url["claim_id"]), at=at)
