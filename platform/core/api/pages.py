"""Cursor pages: stable under inserts, no counts, an explicit order with a unique tail."""

from typing import Any
from urllib.parse import unquote

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import View


class Cursor(CursorPagination):
    """`?cursor=` and `?limit=` (1 to 100, 20 unless told); answers {items, next, previous} with opaque cursors."""

    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100
    ordering = ("-created_at", "-id")

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"items": data, "next": self.cursor_of(self.get_next_link()), "previous": self.cursor_of(self.get_previous_link())})

    def decode_cursor(self, request: Request) -> Any:
        """Raises ParseError for what is no cursor: the list is there, only the request cannot be read."""
        try:
            return super().decode_cursor(request)
        except NotFound as wrong:
            raise ParseError() from wrong

    def cursor_of(self, link: str | None) -> str | None:
        if link is None:
            return None
        from_query = link.split(f"{self.cursor_query_param}=", 1)[1]
        return unquote(from_query.split("&", 1)[0])

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        words = "Send it back as ?cursor= to go on; null at the end."
        cursor = {"type": ["string", "null"], "description": words, "example": None}
        return {
            "type": "object",
            "required": ["items", "next", "previous"],
            "properties": {"items": schema, "next": cursor, "previous": cursor},
        }


class Paging(View):
    """A view whose GET is a page: what is no cursor cannot be read (400)."""


class Listing(Paging):
    """GET of a page of rows through `output_class`. Subclasses write `rows(request)`: the caller's own rows, and no others'."""

    pagination_class = Cursor

    def rows(self, request: Request, **url: str) -> QuerySet[Any]:
        raise NotImplementedError

    def get(self, request: Request, **url: str) -> Response:
        pager = self.pagination_class()
        page = pager.paginate_queryset(self.rows(request, **url), request, view=self)
        return pager.get_paginated_response(self.shown(page, many=True))
