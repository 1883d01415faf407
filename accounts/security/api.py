"""Payment PIN, step-up proofs, passkeys, and the change of phone they guard."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.identity import services as identity
from accounts.identity.api import SENT
from accounts.identity.authentication import caller_of
from accounts.identity.codes import CodeRefused, IssuedCode
from accounts.identity.messages import send_code
from accounts.identity.permissions import AccountFrozen
from accounts.identity.phones import masked
from accounts.identity.serializers import CodeSent, CustomerOut
from accounts.security import examples as ex
from accounts.security import passkeys, queries, services
from accounts.security.models import Passkey, PaymentPin, StepUpProof
from accounts.security.serializers import (
    FirstPinInput,
    PasskeyInput,
    PasskeyOptions,
    PasskeyOut,
    PhoneChangeInput,
    PhoneCodeInput,
    PinChangeInput,
    PinOut,
    PinResetInput,
    ProofInput,
    ProofOut,
    SpentProofInput,
    StepUpInput,
)
from core.address import client_address
from core.api.pages import Listing
from core.api.views import CountedEffectView, EffectView
from core.clock import queries as clock
from core.errors import DomainError, Invalid, NotFound, TooManyRequests
from core.ids import parse_public_id

SPENDING = (services.StepUpNeeded, services.ProofMismatch, services.ProofExpired, AccountFrozen)
TRYING = (services.PinNotSet, services.PinWrong, services.PinLocked, AccountFrozen)


def mine(request: Request) -> dict[str, Any]:
    """Whose act this is, as the services name it."""
    caller = caller_of(request)
    return {"customer_id": caller.customer.id, "session_id": caller.session.id}


class CodeView(EffectView):
    """Sends a code: `issue` writes it in the transaction, the message leaves after the commit, once per key."""

    success_status = 202
    output_class = CodeSent
    refusals: ClassVar[tuple[type[DomainError], ...]] = (TooManyRequests, AccountFrozen)

    def issue(self, request: Request, data: dict[str, Any], at: datetime) -> IssuedCode:
        raise NotImplementedError

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> dict[str, int]:
        self.issued, self.at = self.issue(request, data, at), at
        return SENT

    def post(self, request: Request, **url: str) -> HttpResponse:
        answer = super().post(request, **url)
        issued = getattr(self, "issued", None)
        if issued is not None:
            send_code(issued=issued, at=self.at)
        return answer


class Pin(CountedEffectView):
    """My payment PIN: whether it is set or locked; set the first one."""

    input_class: ClassVar[type[Serializer[Any]] | None] = FirstPinInput
    output_class = PinOut
    refusals: ClassVar[tuple[type[DomainError], ...]] = (Invalid, services.PinAlreadySet, *SPENDING)

    @extend_schema(examples=[ex.pin(200)])
    def get(self, request: Request) -> Response:
        return Response(self.shown(queries.pin(caller_of(request).customer.id)))

    @extend_schema(examples=[ex.PIN, ex.pin(201)])
    def post(self, request: Request, **url: str) -> HttpResponse:
        """Set the first PIN. The proof's purpose is set_pin, without amount and payee; make it by text code or passkey."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Any:
        return services.choose_pin(**mine(request), at=at, **data)

    def shown(self, row: PaymentPin | None, *, many: bool = False) -> Any:
        limit = queries.pin_free_limit_fen(caller_of(self.request).customer.id, clock.now())
        locked_until = row.locked_until if row else None
        return PinOut({"is_set": row is not None, "locked_until": locked_until, "pin_free_amount": limit, "currency": "CNY"}).data


class PinChange(Pin):
    """A new PIN for the old one. Five wrong old ones in a row lock it for half an hour."""

    http_method_names = ["post", "options"]
    success_status = 200
    input_class = PinChangeInput
    refusals = (Invalid, *TRYING)

    @extend_schema(examples=[ex.PIN_CHANGE, ex.pin(200)])
    def post(self, request: Request, **url: str) -> HttpResponse:
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Any:
        return services.change_pin(customer_id=caller_of(request).customer.id, at=at, **data)


class PinResetCodes(CodeView):
    """Send a code to my phone for resetting the PIN."""

    before_consent = True
    refusals = (services.PinNotSet, TooManyRequests, AccountFrozen)

    @extend_schema(request=None, examples=[ex.SENT])
    def post(self, request: Request, **url: str) -> HttpResponse:
        return super().post(request, **url)

    def issue(self, request: Request, data: dict[str, Any], at: datetime) -> IssuedCode:
        return services.request_reset_code(**mine(request), address=client_address(request), at=at)


class PinReset(Pin):
    """A forgotten or locked PIN made anew by a text code together with the proven name and identity number."""

    before_consent = True
    http_method_names = ["post", "options"]
    success_status = 200
    input_class = PinResetInput
    refusals = (Invalid, services.PinNotSet, services.ResetRefused, TooManyRequests, AccountFrozen)

    @extend_schema(examples=[ex.PIN_RESET, ex.pin(200)])
    def post(self, request: Request, **url: str) -> HttpResponse:
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Any:
        return services.reset_pin(**mine(request), at=at, **data)


class StepUpCodes(CodeView):
    """Send a code to my phone that approves exactly this act."""

    before_consent = True
    input_class = StepUpInput

    @extend_schema(examples=[ex.STEP_UP, ex.SENT])
    def post(self, request: Request, **url: str) -> HttpResponse:
        return super().post(request, **url)

    def issue(self, request: Request, data: dict[str, Any], at: datetime) -> IssuedCode:
        return services.request_step_up_code(**mine(request), address=client_address(request), at=at, **data)


class StepUpProofs(CountedEffectView):
    """Approve one act by PIN, text code or passkey. The proof works once, within five minutes, in this session, for this act."""

    before_consent = True
    input_class = ProofInput
    output_class = ProofOut
    refusals = (*TRYING, CodeRefused, passkeys.PasskeyRefused, TooManyRequests)

    @extend_schema(examples=[ex.PROOF_REQUEST, ex.PROOF])
    def post(self, request: Request, **url: str) -> HttpResponse:
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> StepUpProof | DomainError:
        by_passkey = {"challenge_id": data.pop("challenge_id"), "credential": data.pop("credential")}
        by_secret = {"method": data.pop("method"), "secret": data.pop("secret")}
        if by_secret["method"] == StepUpProof.Method.PASSKEY:
            return passkeys.prove(**mine(request), **by_passkey, **data, at=at)[0]
        outcome = services.prove(**mine(request), **by_secret, **data, at=at)
        return outcome if isinstance(outcome, DomainError) else outcome[0]


class StepUpPasskeyOptions(EffectView):
    """A challenge that binds a passkey's signature to exactly this act."""

    before_consent = True
    input_class = StepUpInput
    output_class = PasskeyOptions
    refusals = (passkeys.NoPasskey, AccountFrozen)

    @extend_schema(examples=[ex.STEP_UP, ex.OPTIONS])
    def post(self, request: Request, **url: str) -> HttpResponse:
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> dict[str, Any]:
        return passkeys.step_up_options(**mine(request), **data, at=at)


class PasskeyRegistrationOptions(EffectView):
    """A challenge for registering a passkey on this device."""

    output_class = PasskeyOptions
    refusals = (passkeys.TooManyPasskeys, AccountFrozen)

    @extend_schema(request=None, examples=[ex.OPTIONS])
    def post(self, request: Request, **url: str) -> HttpResponse:
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> dict[str, Any]:
        return passkeys.registration_options(**mine(request), user_name=masked(caller_of(request).customer.phone), at=at)


class Passkeys(Listing, EffectView):
    """My passkeys, newest first; register one."""

    input_class = PasskeyInput
    output_class = PasskeyOut
    refusals = (passkeys.PasskeyRefused, passkeys.TooManyPasskeys, *SPENDING)

    def rows(self, request: Request, **url: str) -> QuerySet[Passkey]:
        return queries.passkeys(caller_of(request).customer.id)

    @extend_schema(examples=[ex.passkey(200)])
    def get(self, request: Request, **url: str) -> Response:
        return super().get(request, **url)

    @extend_schema(examples=[ex.NEW_PASSKEY, ex.passkey(201)])
    def post(self, request: Request, **url: str) -> HttpResponse:
        """Register a passkey; the proof's purpose is register_passkey, without amount and payee."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Passkey:
        return passkeys.register(**mine(request), **data, at=at)


class PasskeyRemoval(EffectView):
    """Remove a passkey; the proof's purpose is remove_passkey and its payee the passkey's id."""

    success_status = 200
    input_class = SpentProofInput
    output_class = PasskeyOut
    refusals = (NotFound, *SPENDING)

    @extend_schema(examples=[ex.SPENT, ex.passkey(200)])
    def post(self, request: Request, **url: str) -> HttpResponse:
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Passkey:
        passkey_id = parse_public_id(Passkey.PREFIX, url["passkey_id"])
        return passkeys.remove(**mine(request), passkey_id=passkey_id, **data, at=at)


class PhoneCodes(CodeView):
    """Send a code to a new number, to prove that I hold it."""

    input_class = PhoneCodeInput
    refusals = (Invalid, TooManyRequests, AccountFrozen)

    @extend_schema(examples=[ex.PHONE_CODE, ex.SENT])
    def post(self, request: Request, **url: str) -> HttpResponse:
        return super().post(request, **url)

    def issue(self, request: Request, data: dict[str, Any], at: datetime) -> IssuedCode:
        return identity.request_phone_code(**mine(request), **data, address=client_address(request), at=at)


class Phone(CountedEffectView):
    """Move my account to a new number; every other session ends. The proof's purpose is change_phone, its payee the new number in E.164."""

    success_status = 200
    input_class = PhoneChangeInput
    output_class = CustomerOut
    refusals = (Invalid, CodeRefused, identity.PhoneTaken, TooManyRequests, *SPENDING)

    @extend_schema(examples=[ex.PHONE_CHANGE, ex.CUSTOMER])
    def post(self, request: Request, **url: str) -> HttpResponse:
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Any:
        return services.change_phone(**mine(request), **data, at=at)
