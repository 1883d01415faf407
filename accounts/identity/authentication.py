"""Who is calling: the bearer token of a device session, checked in one query, revoked at once."""

from dataclasses import dataclass
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.identity import queries, services
from accounts.identity.models import Customer, DeviceSession
from core.clock import queries as clock


@dataclass(frozen=True)
class Caller:
    """The customer behind a request, and the session that proves it."""

    customer: Customer
    session: DeviceSession
    lacks_consents: bool = False
    is_authenticated: bool = True

    @property
    def principal(self) -> str:
        """Whose idempotency keys these are."""
        return f"cus:{self.customer.id}"


def caller_of(request: Request) -> Caller:
    """The caller of an operation that needs a login."""
    caller: Any = request.user
    assert isinstance(caller, Caller)
    return caller


class DeviceSessionAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`. Anything but an open session's present token answers 401, alike."""

    def authenticate(self, request: Request) -> tuple[Caller, DeviceSession] | None:
        header = request.headers.get("Authorization", "")
        kind, _, token = header.partition(" ")
        if not header:
            return None
        at = clock.now()
        session = queries.open_session(token.strip(), at) if kind.lower() == "bearer" else None
        if session is None:
            raise AuthenticationFailed()
        services.note_seen(session=session, at=at)
        return Caller(session.customer, session, getattr(session, queries.LACKS_CONSENTS)), session

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class DeviceSessionScheme(OpenApiAuthenticationExtension):
    """How the scheme is described in the OpenAPI document."""

    target_class = DeviceSessionAuthentication
    name = "deviceSession"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "The access token of a login; it lives 15 minutes."}
