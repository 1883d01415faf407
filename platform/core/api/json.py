"""JSON in and out through orjson, for every view."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

MAX_BODY = 256 * 1024


class OrjsonParser(BaseParser):
    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        raw = stream.read(MAX_BODY + 1)
        if len(raw) > MAX_BODY:
            raise ParseError("The body is larger than 256 KiB.")
        try:
            return orjson.loads(raw) if raw else {}
        except orjson.JSONDecodeError as problem:
            raise ParseError(f"The body is not JSON: {problem}") from problem


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None) -> bytes:
        return b"" if data is None else dump(data)


class Negotiation(DefaultContentNegotiation):
    """What nearly every caller accepts is known by its text; DRF takes any other apart, and the query's wish for a format."""

    USUAL = frozenset({"application/json", "*/*"})

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        usual = request.META.get("HTTP_ACCEPT", "*/*") in self.USUAL and isinstance(renderers[0], OrjsonRenderer)
        if usual and not request.META.get("QUERY_STRING") and format_suffix is None:
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)


def dump(data: Any) -> bytes:
    """Bytes of `data`; lazy strings, decimals and UUIDs as strings."""
    return orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)
