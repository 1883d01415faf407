"""What I agreed to, a copy of my data, and the end of my account."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity.authentication import caller_of
from accounts.identity.permissions import AccountFrozen
from accounts.identity.queries import Customer
from accounts.privacy import queries, services
from accounts.privacy.models import AccountClosure, Consent, DataExport, ExportState
from accounts.privacy.serializers import (
    ClosedOut,
    ClosureInput,
    ClosureOut,
    ConsentDocumentsOut,
    ConsentInput,
    ConsentOut,
    ExportOut,
)
from accounts.security.api import SPENDING, mine
from accounts.security.examples import SPENT, answered, asked
from accounts.security.serializers import SpentProofInput
from core.api.pages import Listing
from core.api.views import EffectView, View
from core.clock import queries as clock
from core.errors import NotFound
from core.ids import parse_public_id

DOCUMENT = {"kind": "privacy_policy", "version": 1, "required": True, "title": "Privacy policy", "body": "What personal data is kept."}
SINCE = {"published_at": "2026-01-01T00:00:00Z", "required_from": "2026-01-01T00:00:00Z"}
CONSENT = {"id": "cns_01jd9k4q7m8x2v5t3n6p0r1s2w", "kind": "marketing", "version": 1, "given_at": "2026-11-22T02:00:00Z"}
EXPORT = {
    "id": "exp_01jd9k4q7m8x2v5t3n6p0r1s2w",
    "state": "ready",
    "created_at": "2026-11-22T02:00:00Z",
    "expires_at": "2026-11-29T02:00:00Z",
}
OBSTACLE = {"code": "money_in_account", "detail": "Money stands or is held in the account: pay it out first."}
ARCHIVE = {"export": EXPORT["id"], "identity": {"phone": "+8619900000001"}, "ledger": [{"account": "user:balance", "balance": 0}]}


class ConsentDocuments(View):
    """The newest version of every document there is to agree to."""

    output_class = ConsentDocumentsOut

    @extend_schema(examples=[answered("Documents", {"items": [DOCUMENT | SINCE]}, 200)])
    def get(self, request: Request) -> Response:
        return Response(self.shown({"items": queries.documents()}))


class Consents(Listing, EffectView):
    """Every consent I gave, newest first; agree to a document."""

    before_consent = True
    input_class = ConsentInput
    output_class = ConsentOut
    refusals = (NotFound, AccountFrozen)

    def rows(self, request: Request, **url: str) -> QuerySet[Consent]:
        return queries.consents(caller_of(request).customer.id)

    @extend_schema(examples=[answered("A consent", CONSENT | {"withdrawn_at": None}, 200)])
    def get(self, request: Request, **url: str) -> Response:
        return super().get(request, **url)

    @extend_schema(
        examples=[asked("Agree", {"kind": "marketing", "version": 1}), answered("Agreed", CONSENT | {"withdrawn_at": None}, 201)]
    )
    def post(self, request: Request, **url: str) -> HttpResponse:
        """Agree to a version of a document."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Consent:
        return services.give_consent(**mine(request), at=at, **data)


class ConsentWithdrawal(EffectView):
    """Take a consent back; one the account needs can only be taken back by closing it."""

    before_consent = True
    success_status = 200
    output_class = ConsentOut
    refusals = (NotFound, services.ConsentRequired, AccountFrozen)

    @extend_schema(request=None, examples=[answered("Withdrawn", CONSENT | {"withdrawn_at": "2026-11-23T02:00:00Z"}, 200)])
    def post(self, request: Request, **url: str) -> HttpResponse:
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Consent:
        consent_id = parse_public_id(Consent.PREFIX, url["consent_id"])
        return services.withdraw_consent(customer_id=caller_of(request).customer.id, consent_id=consent_id, at=at)


class Exports(Listing, EffectView):
    """Copies of my data, newest first; ask for one."""

    before_consent = True
    input_class = SpentProofInput
    output_class = ExportOut
    refusals = (services.ExportRunning, NotFound, *SPENDING)

    def rows(self, request: Request, **url: str) -> QuerySet[DataExport]:
        return queries.exports(caller_of(request).customer.id)

    @extend_schema(examples=[answered("An export", EXPORT, 200)])
    def get(self, request: Request, **url: str) -> Response:
        return super().get(request, **url)

    @extend_schema(examples=[SPENT, answered("Requested", EXPORT | {"state": "requested"}, 201)])
    def post(self, request: Request, **url: str) -> HttpResponse:
        """Ask for a copy of everything the platform holds on me; it is ready in a moment, kept seven days, and downloaded in this
        session alone. The proof's purpose is export_data, without amount and payee."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> DataExport:
        return services.request_export(**mine(request), at=at, **data)


class OneExport(View):
    """One copy of my data: whether it is ready."""

    output_class = ExportOut
    refusals = (NotFound,)

    @extend_schema(examples=[answered("Ready", EXPORT, 200)])
    def get(self, request: Request, export_id: str) -> Response:
        row_id = parse_public_id(DataExport.PREFIX, export_id)
        return Response(self.shown(queries.export(caller_of(request).customer.id, row_id)))


class ExportArchive(View):
    """Download a ready copy of my data, in the session that asked for it."""

    refusals = (NotFound, services.ExportNotReady, AccountFrozen)

    @extend_schema(
        operation_id="accounts_exports_archive_download",
        responses={200: OpenApiTypes.OBJECT},
        examples=[OpenApiExample("Archive", ARCHIVE, response_only=True)],
    )
    def get(self, request: Request, export_id: str) -> HttpResponse:
        row = queries.archive(**mine(request), export_id=parse_public_id(DataExport.PREFIX, export_id))
        if caller_of(request).customer.state != Customer.State.ACTIVE:
            raise AccountFrozen()
        if row.state != ExportState.READY:
            raise services.ExportNotReady(state=row.state)
        name = f'attachment; filename="{row.public_id}.json"'
        headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
        return HttpResponse(row.archive, content_type="application/json", headers=headers)


class Closure(EffectView):
    """Whether my account could close now, and what stands in the way; close it."""

    before_consent = True
    input_class = ClosureInput
    output_class = ClosedOut
    refusals = (services.ObligationsOpen, *SPENDING)

    @extend_schema(responses={200: ClosureOut}, examples=[answered("Not yet", {"possible": False, "obstacles": [OBSTACLE]}, 200)])
    def get(self, request: Request) -> Response:
        found = queries.obstacles(caller_of(request).customer.id, clock.now())
        return Response(ClosureOut({"possible": not found, "obstacles": found}).data)

    @extend_schema(examples=[SPENT, answered("Closed", {"id": "cls_01jd9k4q7m8x2v5t3n6p0r1s2w", "closed_at": "2026-11-22T02:00:00Z"}, 201)])
    def post(self, request: Request, **url: str) -> HttpResponse:
        """Close the account for good: every session ends, what identifies me is overwritten, the books stay. The proof's purpose
        is close_account, without amount and payee."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> AccountClosure:
        return services.close_account(**mine(request), at=at, **data)
