"""Base classes of the signed server API: who signs a request, what they may do, and the signature on every answer."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

import structlog
from django.http.response import HttpResponseBase
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from core.api.pages import Listing
from core.api.views import EffectView, FileView, OutboundEffectView, View
from core.clock import queries as clock
from core.errors import DomainError
from payments.merchants import queries, signing
from payments.merchants.models import AppKey, Merchant, MerchantApp
from payments.merchants.services import keys, nonces, platform_keys
from payments.merchants.states import OPENED, AppState, KeyState, MerchantState

CONTENT_HASH = "Banyan-Content-SHA256"
"""SHA-256 of a streamed file, in hexadecimal."""
log = structlog.get_logger(__name__)


class SignatureRefused(DomainError):
    """Alike for whatever is wrong, so that nobody learns which keys, apps and merchants there are."""

    code = "signature_refused"
    status = 401
    en = "The signature was not accepted. Check app_id, serial_no, a fresh nonce_str, and the five signed lines (docs/merchant-guide.md)."
    zh = "签名未通过验证。请核对 app_id、serial_no、仅使用一次的 nonce_str 以及五行待签名串(见 docs/merchant-guide.md)。"


class ClockSkew(DomainError):
    code = "clock_skew"
    status = 401
    en = "The timestamp is more than 300 seconds from our clock, which shows {server_time}. Set your server's clock and sign anew."
    zh = "时间戳与平台时间相差超过 300 秒,平台当前时间为 {server_time}。请校准服务器时钟后重新签名。"


class MerchantSuspended(DomainError):
    code = "merchant_suspended"
    status = 403
    en = "This merchant is suspended: it reads and does nothing. Its owner sees the reason and whom to ask."
    zh = "该商户已被暂停,仅可查询。所有者可查看原因及处理方式。"


@dataclass(frozen=True)
class MerchantCaller:
    """The app behind a signed request, its merchant, the key that proves it, and the nonce, which the answer is signed with."""

    app: MerchantApp
    merchant: Merchant
    key: AppKey
    nonce: str
    is_authenticated: bool = True

    @property
    def principal(self) -> str:
        """Whose idempotency keys these are."""
        return f"app:{self.app.id}"


def signer_of(request: Request) -> MerchantCaller:
    """The caller of a signed operation."""
    caller: Any = request.user
    assert isinstance(caller, MerchantCaller)
    return caller


class RequestSignature(BaseAuthentication):
    """`Authorization: BANYAN-SHA256-RSA2048 app_id="..",serial_no="..",nonce_str="..",timestamp="..",signature=".."`.

    The nonce is used up by a good signature alone, and whatever becomes of the request.
    """

    refusals: ClassVar[tuple[type[DomainError], ...]] = (SignatureRefused, ClockSkew)

    def authenticate(self, request: Request) -> tuple[MerchantCaller, AppKey]:
        said = signing.parse(request.headers.get("Authorization", ""))
        if said is None:
            raise SignatureRefused()
        wall = clock.wall()
        if abs(int(said.timestamp) - wall.timestamp()) > nonces.SKEW_S:
            raise ClockSkew(server_time=int(wall.timestamp()))
        key = queries.key_by_serial(said.serial_no)
        if key is None:
            raise refused("unknown key", said)
        signed = signing.text(request.method or "", request.get_full_path(), said.timestamp, said.nonce_str, body=request.body)
        if not signing.verified(key.public_key_pem, signed, said.signature):
            raise refused("wrong signature", said)
        at = clock.now()
        if why := unusable(key, said.app_id, at):
            raise refused(why, said)
        if not nonces.use(app_id=key.app_id, nonce=said.nonce_str, wall=wall):
            raise refused("nonce used before", said)
        keys.note_used(key=key, at=at)
        return MerchantCaller(key.app, key.app.merchant, key, said.nonce_str), key

    def authenticate_header(self, request: Request) -> str:
        return signing.SCHEME


def unusable(key: AppKey, app_id: str, at: datetime) -> str:
    """Why what a key signs is not accepted; empty when it is."""
    app = key.app
    faults = {
        "the key of another app": app.public_id != app_id,
        f"a key that is {key.state}": key.state != KeyState.ACTIVE,
        "a key that has expired": key.expires_at <= at,
        f"an app that is {app.state}": app.state != AppState.ACTIVE,
        f"a merchant that is {app.merchant.state}": app.merchant.state not in OPENED,
    }
    return next((why for why, so in faults.items() if so), "")


def refused(why: str, said: signing.Credentials) -> SignatureRefused:
    """The refusal, which tells nobody outside why; the log tells operators, who help merchants with it."""
    log.warning("signature_refused", why=why, app_id=said.app_id, serial_no=said.serial_no)
    return SignatureRefused()


class RequestSignatureScheme(OpenApiAuthenticationExtension):
    """How the scheme is described in the OpenAPI document."""

    target_class = RequestSignature
    name = "merchantSignature"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        words = (
            f'`Authorization: {signing.SCHEME} app_id="..",serial_no="..",nonce_str="..",timestamp="..",signature="<base64>"`: '
            "RSA PKCS#1 v1.5 with SHA-256 over METHOD, PATH with query, TIMESTAMP, NONCE and BODY, each followed by a newline. "
            "Answers carry Banyan-Serial, Banyan-Timestamp, Banyan-Nonce and Banyan-Signature. "
            "docs/merchant-guide.md has runnable examples."
        )
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": words}


class ActiveMerchant(BasePermission):
    """A suspended merchant reads; only an active one acts."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS or signer_of(request).merchant.state == MerchantState.ACTIVE:
            return True
        raise MerchantSuspended()

    @staticmethod
    def refusals(view: Any, method: str) -> tuple[type[DomainError], ...]:
        """What this permission may refuse an operation with, for the schema."""
        return () if method in SAFE_METHODS else (MerchantSuspended,)


class Signed:
    """What the signed views share. An answer to whoever proved who they are is signed, refusals too; to others it is not."""

    authentication_classes: Any = (RequestSignature,)
    permission_classes: Any = (ActiveMerchant,)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if final.status_code == 401:
            final["WWW-Authenticate"] = signing.SCHEME
        caller = getattr(request, "_user", None)
        if not isinstance(caller, MerchantCaller):
            return final
        if hasattr(final, "add_post_render_callback") and not final.is_rendered:
            final.add_post_render_callback(partial(sign, nonce=caller.nonce))
        else:
            sign(final, nonce=caller.nonce)
        return final


def sign(response: HttpResponseBase, *, nonce: str) -> None:
    """Sign a whole answer with the nonce of its request, so that it is good for that one alone. Of a file that is streamed the hash is
    signed instead, as its header says it."""
    signer = platform_keys.signer(clock.now())
    body = response[CONTENT_HASH].encode() if response.streaming else response.content  # type: ignore[attr-defined]
    for name, value in signer.headers(body=body, wall=clock.wall(), nonce=nonce).items():
        response[name] = value


class MerchantView(Signed, View):
    """A signed read, or an effect that carries its own once-ness."""


class MerchantListing(Signed, Listing):
    """A signed GET of a page of rows."""


class MerchantFileView(Signed, FileView):
    """A signed GET that answers with a file."""


class MerchantEffectView(Signed, EffectView):
    """A signed POST that does something, once per Idempotency-Key of its app. A repeat is signed anew, with a nonce of its own: a copy
    of the request is refused even where the key would answer."""


class MerchantOutboundEffectView(Signed, OutboundEffectView):
    """A signed POST whose effect needs an outside party."""
