"""Logging in, staying logged in, logging out; who I am.

The login operations take no Idempotency-Key: a code and a refresh token are each good for one use, so repeating one can do
nothing twice, and answers that hold tokens must not be kept for replay.
"""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity import codes, messages, queries, services
from accounts.identity import examples as ex
from accounts.identity.authentication import caller_of
from accounts.identity.models import Customer, DeviceSession
from accounts.identity.permissions import AccountFrozen
from accounts.identity.serializers import (
    CodeRequestInput,
    CodeSent,
    CustomerOut,
    LoginInput,
    LoginOut,
    ProfileInput,
    RefreshInput,
    SandboxMessageOut,
    SessionOut,
)
from core.address import client_address
from core.api.pages import Listing
from core.api.views import View
from core.clock import queries as clock
from core.errors import DomainError, Invalid, NotFound, TooManyRequests
from core.ids import parse_public_id

SENT = {"expires_in_seconds": int(codes.LIFE.total_seconds()), "resend_after_seconds": int(codes.RESEND.total_seconds())}


def device_of(data: dict[str, Any]) -> services.DeviceFacts:
    device = data["device"]
    return services.DeviceFacts(device["installation_id"], device["name"], device["platform"])


def locale_of_request() -> str:
    return Customer.Locale.ZH if (get_language() or "").startswith("zh") else Customer.Locale.EN


class OpenView(View):
    """An operation that needs no login."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class LoginCodes(OpenView):
    """Send a login code to a phone. The answer and its time are the same whether or not the number has an account."""

    input_class = CodeRequestInput
    refusals = (Invalid, TooManyRequests, messages.SmsUnavailable)

    @extend_schema(responses={202: CodeSent}, examples=[ex.CODE_REQUEST, ex.code_sent(202)])
    def post(self, request: Request) -> Response:
        data = self.validated(request)
        at = clock.now()
        issued = services.request_login_code(phone=data["phone"], device=device_of(data), address=client_address(request), at=at)
        messages.send_code(issued=issued, at=at)
        return Response(SENT, status=202)


class Sessions(Listing):
    """My open sessions, newest first; log in; log out everywhere."""

    before_consent = True
    output_class = SessionOut
    refusals = (Invalid, codes.CodeRefused, TooManyRequests)
    frozen_may_act = True

    def get_authenticators(self) -> list[Any]:
        logging_in = self.request is not None and self.request.method == "POST"
        return [] if logging_in else super().get_authenticators()

    def get_permissions(self) -> list[Any]:
        return [AllowAny()] if self.request.method == "POST" else [*super().get_permissions()]

    def rows(self, request: Request, **url: str) -> QuerySet[DeviceSession]:
        return queries.sessions(caller_of(request).customer.id)

    @extend_schema(examples=[ex.SESSION_PAGE])
    def get(self, request: Request, **url: str) -> Response:
        return super().get(request, **url)

    @extend_schema(auth=[], request=LoginInput, responses={201: LoginOut}, examples=[ex.LOGIN_REQUEST, ex.login(201)])
    def post(self, request: Request) -> Response:
        """Log in with the code; the first login of a number registers it."""
        serializer = LoginInput(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        outcome = services.log_in(
            phone=data["phone"],
            code=data["code"],
            device=device_of(data),
            address=client_address(request),
            at=clock.now(),
            locale=locale_of_request(),
        )
        if isinstance(outcome, DomainError):
            raise outcome
        return Response(LoginOut(outcome).data, status=201)

    @extend_schema(
        operation_id="accounts_sessions_delete_all",
        parameters=[OpenApiParameter("keep_current", bool, description="true: every session but this one.")],
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        """Log out everywhere, at once."""
        keep = caller_of(request).session.id if request.query_params.get("keep_current") == "true" else None
        services.revoke_all(customer_id=caller_of(request).customer.id, at=clock.now(), keep=keep)
        return Response(status=204)


class Refresh(OpenView):
    """Both tokens anew for a refresh token. One that was used before ends its session: somebody stole one of the two."""

    input_class = RefreshInput
    refusals = (services.RefreshRefused,)

    @extend_schema(responses={200: LoginOut}, examples=[ex.REFRESH_REQUEST, ex.login(200)])
    def post(self, request: Request) -> Response:
        outcome = services.refresh(refresh_token=self.validated(request)["refresh_token"], at=clock.now())
        if isinstance(outcome, DomainError):
            raise outcome
        return Response(LoginOut(outcome).data)


class OneSession(View):
    """One of my sessions."""

    refusals = (NotFound,)
    frozen_may_act = True
    before_consent = True

    @extend_schema(responses={204: None})
    def delete(self, request: Request, session_id: str) -> Response:
        """Log out there, at once; logging out here is the same with this session's id."""
        row_id = parse_public_id(DeviceSession.PREFIX, session_id)
        services.revoke(customer_id=caller_of(request).customer.id, session_id=row_id, at=clock.now())
        return Response(status=204)


class Me(View):
    """Who I am to the platform."""

    output_class = CustomerOut
    input_class = ProfileInput
    refusals = (AccountFrozen,)

    @extend_schema(examples=[ex.CUSTOMER])
    def get(self, request: Request) -> Response:
        return Response(self.shown(caller_of(request).customer))

    @extend_schema(examples=[ex.PROFILE_REQUEST, ex.CUSTOMER])
    def patch(self, request: Request) -> Response:
        """Change the nickname or the language. Setting the same values again changes nothing, so no key is taken."""
        data = self.validated(request)
        return Response(self.shown(services.rename(customer_id=caller_of(request).customer.id, at=clock.now(), **data)))


class SandboxMessages(OpenView):
    """The newest messages of the sandbox inbox: where a developer finds codes. In production this address does not exist."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        if settings.PRODUCTION:
            raise Http404
        rows = queries.sandbox_messages(request.query_params.get("phone"))
        return Response({"items": SandboxMessageOut(rows, many=True).data})
