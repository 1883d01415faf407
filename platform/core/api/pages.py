"""Cursor pages: stable under inserts, no counts, an explicit order with a unique tail."""

from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class Cursor(CursorPagination):
    """`?cursor=` and `?limit=` (1 to 100, 20 unless told); answers {items, next, previous} with opaque cursors."""

    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100
    ordering = ("-created_at", "-id")

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"items": data, "next": self.cursor_of(self.get_next_link()), "previous": self.cursor_of(self.get_previous_link())})

    def cursor_of(self, link: str | None) -> str | None:
        if link is None:
            return None
        from_query = link.split(f"{self.cursor_query_param}=", 1)[1]
        return from_query.split("&", 1)[0]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        cursor = {"type": ["string", "null"], "description": "Send it back as ?cursor= to go on; null at the end."}
        return {
            "type": "object",
            "required": ["items", "next", "previous"],
            "properties": {"items": schema, "next": cursor, "previous": cursor},
        }
