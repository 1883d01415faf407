"""The log of notices: read and sent again by a merchant's programs, and by its owner."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Listing
from core.api.views import EffectView, View
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from payments.merchants.api.examples import answer, page
from payments.merchants.api.owner import own
from payments.merchants.api.signed import MerchantEffectView, MerchantListing, MerchantView, signer_of
from payments.notices import queries, services
from payments.notices.api import examples as ex
from payments.notices.api.shapes import NoticeRead, NoticeShown
from payments.notices.models import MerchantNotice
from payments.notices.states import NoticeState

RESEND_REFUSALS = (NotFound, services.NoAddress, services.ResentTooOften)
FILTERS = [
    OpenApiParameter("state", str, enum=NoticeState.values, description="One state; all unless told."),
    OpenApiParameter("date", date, description="The notices of one day, Shanghai time; all unless told."),
]
READ_EXAMPLES = [answer("Taken on the second try", ex.READ, 200)]
AGAIN_EXAMPLES = [answer("On its way again", ex.AGAIN, 201)]


def filtered(merchant_id: UUID, said: Mapping[str, str]) -> QuerySet[MerchantNotice]:
    """A merchant's notices as the query wants them. Raises Invalid."""
    state, text = said.get("state", ""), said.get("date", "")
    if state and state not in NoticeState.values:
        raise Invalid("state", "There is no such state.", "没有该状态。")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise Invalid("date", "Send a day as 2026-11-22.", "请按 2026-11-22 的格式填写日期。") from wrong
    return queries.of_merchant(merchant_id, state=state, day=day)


def found(merchant_id: UUID, notice_id: str) -> MerchantNotice:
    """Raises NotFound."""
    return queries.merchants_own(merchant_id, parse_public_id(MerchantNotice.PREFIX, notice_id))


def whole(notice: MerchantNotice) -> dict[str, Any]:
    return {"notice": notice, "log": queries.tries([notice.id])}


class Notices(MerchantListing):
    """What was sent to the merchant's programs."""

    output_class = NoticeShown
    refusals = (Invalid,)

    @extend_schema(operation_id="payments_merchant_notices_list", parameters=FILTERS, examples=[page("A notice", ex.NOTICE)])
    def get(self, request: Request, **url: str) -> Response:
        """The merchant's notices, newest first, kept for 180 days."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[MerchantNotice]:
        return filtered(signer_of(request).merchant.id, request.query_params)


class OneNotice(MerchantView):
    """One notice."""

    output_class = NoticeRead
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchant_notices_read", examples=READ_EXAMPLES)
    def get(self, request: Request, notice_id: str) -> Response:
        """A notice with what it says and every try to deliver it."""
        return Response(self.shown(whole(found(signer_of(request).merchant.id, notice_id))))


class Resendings(MerchantEffectView):
    """Sending a notice again."""

    output_class = NoticeShown
    refusals = RESEND_REFUSALS

    @extend_schema(operation_id="payments_merchant_notices_resend", request=None, examples=AGAIN_EXAMPLES)
    def post(self, request: Request, **url: str) -> Any:
        """Send a notice again, at most 20 times: to the address the app, or the order, has now, on a fresh timetable."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> MerchantNotice:
        return services.resend(notice_id=found(signer_of(request).merchant.id, url["notice_id"]).id, at=at)


class OwnNotices(Listing):
    """What was sent to the programs of a merchant of mine."""

    output_class = NoticeShown
    refusals = (NotFound, Invalid)

    @extend_schema(operation_id="payments_merchants_notices_list", parameters=FILTERS, examples=[page("A notice", ex.NOTICE)])
    def get(self, request: Request, **url: str) -> Response:
        """The merchant's notices, newest first, kept for 180 days."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[MerchantNotice]:
        return filtered(own(request, **url).id, request.query_params)


class OwnNotice(View):
    """One notice."""

    output_class = NoticeRead
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchants_notices_read", examples=READ_EXAMPLES)
    def get(self, request: Request, **url: str) -> Response:
        """A notice with what it says and every try to deliver it."""
        return Response(self.shown(whole(found(own(request, **url).id, url["notice_id"]))))


class OwnResendings(EffectView):
    """Sending a notice again."""

    output_class = NoticeShown
    refusals = RESEND_REFUSALS

    @extend_schema(operation_id="payments_merchants_notices_resend", request=None, examples=AGAIN_EXAMPLES)
    def post(self, request: Request, **url: str) -> Any:
        """Send a notice again, at most 20 times: to the address the app, or the order, has now, on a fresh timetable."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> MerchantNotice:
        return services.resend(notice_id=found(own(request, **url).id, url["notice_id"]).id, at=at)
