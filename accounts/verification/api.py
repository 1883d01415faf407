"""Proving who I am, and what I may pay out."""

import uuid
from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity.authentication import caller_of
from accounts.identity.permissions import AccountFrozen
from accounts.verification import queries, services
from accounts.verification.models import RealNameCheck
from accounts.verification.serializers import CheckOut, OutflowLimitsOut, RealNameInput, StandingOut
from core.api.views import OutboundEffectView, View
from core.clock import queries as clock
from core.errors import Invalid, TooManyRequests

CHECK = {
    "id": "rnc_01jd9k4q7m8x2v5t3n6p0r1s2w",
    "state": "matched",
    "code": "match",
    "created_at": "2026-11-22T02:00:00Z",
    "changed_at": "2026-11-22T02:00:01Z",
}
NEXT = {
    "account_class": 2,
    "checks_needed": 3,
    "checks_missing": 2,
    "what_to_do": ["bind_card_of_another_bank"],
    "rule": "PBOC notice 2015 no. 43, article 11",
}
STANDING = {
    "account_class": 1,
    "name": "**满",
    "id_number": "1****************8",
    "evidence": [{"kind": "real_name", "source": "sandbox_bank", "passed_at": "2026-11-22T02:00:01Z"}],
    "latest_check": CHECK,
    "next": NEXT,
}
LIMITS = {
    "account_class": 1,
    "currency": "CNY",
    "limits": [{"period": "life", "one_factor": False, "cap": 100000, "used": 2500, "remaining": 97500, "renews_at": None}],
    "next": NEXT,
}


class Verification(OutboundEffectView):
    """What is proven of me, my account's class, and what the next class asks for; prove my name."""

    input_class = RealNameInput
    output_class = StandingOut
    refusals = (
        Invalid,
        services.TooYoung,
        services.AlreadyVerified,
        services.CheckRunning,
        TooManyRequests,
        AccountFrozen,
    )

    @extend_schema(examples=[OpenApiExample("Class I", STANDING, response_only=True, status_codes=["200"])])
    def get(self, request: Request) -> Response:
        return Response(StandingOut(queries.standing(caller_of(request).customer.id, clock.now())).data)

    @extend_schema(
        responses={201: CheckOut},
        examples=[
            OpenApiExample("Prove", {"name": "林小满", "id_number": "110000199003070028"}, request_only=True),
            OpenApiExample("Checked", CHECK, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Ask the authority whether name and number belong together. An answer that does not come is asked for again by itself."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> RealNameCheck:
        return services.request_check(customer_id=caller_of(request).customer.id, at=at, **data)

    def proceed(self, row: RealNameCheck, *, at: datetime) -> RealNameCheck:
        return services.ask(check_id=row.pk, at=at)

    def recall(self, resource: str) -> RealNameCheck:
        return queries.check(caller_of(self.request).customer.id, uuid.UUID(resource))

    def shown(self, row: RealNameCheck, *, many: bool = False) -> Any:
        return CheckOut(row).data


class Limits(View):
    """What I may pay out of my balance, what of it is used, and how to raise it."""

    output_class = OutflowLimitsOut

    @extend_schema(examples=[OpenApiExample("Class I", LIMITS, response_only=True)])
    def get(self, request: Request) -> Response:
        return Response(self.shown(queries.limits_view(caller_of(request).customer.id, clock.now())))
