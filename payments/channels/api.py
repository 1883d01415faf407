"""Where channels send their notices."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from core.api.views import View
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from payments.channels import notices
from payments.channels.services import ChannelNotConnected

MAX_NOTICE = 64 * 1024


class AnyContent(BaseContentNegotiation):
    """A channel's Accept header is its own affair."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser:
        chosen: BaseParser = parsers[0]
        return chosen

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


@extend_schema(exclude=True)
class Notices(View):
    """A notice of a channel: not for customers. Once by the channel's own event id, so it takes no Idempotency-Key."""

    authentication_classes = []
    permission_classes = [AllowAny]
    content_negotiation_class = AnyContent
    refusals = (notices.NoticeNotBelieved, notices.NoticeMalformed, NotFound, ChannelNotConnected)

    def post(self, request: Request, channel: str) -> HttpResponse:
        raw_body = request.body
        if len(raw_body) > MAX_NOTICE:
            raise Invalid("body", "A notice is at most 64 KiB.", "通知不得超过 64 KiB。")
        receipt = notices.receive(
            channel=channel, path=request.get_full_path(), headers=dict(request.headers.items()), raw_body=raw_body, at=clock.now()
        )
        return HttpResponse(receipt.body, content_type=receipt.content_type)
