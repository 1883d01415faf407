"""The printed codes of a customer's own merchants."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Listing
from core.api.views import EffectView
from core.errors import NotFound
from core.ids import parse_public_id
from core.moves import WrongState
from payments.cashier.services.orders import StoreClosed
from payments.merchants.api import examples as merchants_ex
from payments.merchants.api.owner import own
from payments.merchants.queries import MerchantNotSelling
from payments.qr import queries, refusals
from payments.qr.api import examples as ex
from payments.qr.api.shapes import QrCodeIn, QrCodeShown
from payments.qr.models import QrCode
from payments.qr.services import printed
from payments.wallet.api.base import customer_id

CREATED = 201


class OwnCodes(EffectView, Listing):
    """The printed codes of a merchant of mine."""

    input_class = QrCodeIn
    output_class = QrCodeShown
    refusals = (NotFound, MerchantNotSelling, StoreClosed, WrongState, refusals.TooManyQrCodes)

    @extend_schema(operation_id="payments_merchants_qr_codes_list", examples=[merchants_ex.page("A code", ex.PRINTED)])
    def get(self, request: Request, **url: str) -> Response:
        """The codes, newest first, revoked ones too."""
        return super().get(request, **url)

    @extend_schema(examples=[merchants_ex.asked("For a till", ex.NEW_PRINTED), merchants_ex.answer("Made", ex.PRINTED, CREATED)])
    def post(self, request: Request, **url: str) -> Any:
        """Make a code to print for a store."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[QrCode]:
        return queries.codes(own(request, **url).id)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> QrCode:
        return printed.make(
            owner_id=customer_id(request),
            merchant_id=own(request, **url).id,
            store_id=parse_public_id("sto", data["store_id"]),
            app_id=parse_public_id("app", data["app_id"]),
            title=data["title"],
            amount_fen=data["amount"],
            at=at,
        )


@extend_schema(request=None, examples=[merchants_ex.answer("Revoked", ex.PRINTED | {"state": "revoked"}, CREATED)])
class OwnCodeRevocations(EffectView):
    """Take no more payments by a printed code, for good: what to do first when somebody has pasted another over it, or it is lost."""

    output_class = QrCodeShown
    refusals = (NotFound, WrongState)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> QrCode:
        code = queries.codes(own(request, **url).id).filter(pk=parse_public_id(QrCode.PREFIX, url["qr_code_id"])).first()
        if code is None:
            raise NotFound()
        caller: Any = request.user
        return printed.revoke(code_id=code.id, by=f"customer:{caller.customer.public_id}", at=at)
