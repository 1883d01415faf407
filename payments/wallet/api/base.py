"""What the wallet's views share: the caller, pages, and words about a refusal."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Cursor, Paging
from core.merged import Merged
from payments.wallet import reasons
from payments.wallet.models import TopUp, Withdrawal
from payments.wallet.services.authority import Intent
from payments.wallet.services.payees import Asker


def customer_id(request: Request) -> uuid.UUID:
    """Whose wallet this is: always the caller's own."""
    caller: Any = request.user
    found: uuid.UUID = caller.customer.id
    return found


def asker(request: Request) -> Asker:
    """Who looks a payee up: the caller, and the installation their session lives in."""
    caller: Any = request.user
    return Asker(customer_id=caller.customer.id, installation=bytes(caller.session.device.installation_index))


def intent(request: Request, token: str) -> Intent:
    """Who approves: the caller's session, and the proof they send with this request."""
    caller: Any = request.user
    return Intent(customer_id=caller.customer.id, session_id=caller.session.id, nonce=request.headers["Idempotency-Key"], token=token)


def message_at(at: datetime) -> Callable[[TopUp | Withdrawal], str]:
    """What the customer reads about an order's code, in the request's language."""
    return lambda order: reasons.message(order, get_language() or "en", at)


class Paged(Paging):
    """A GET that lists rows page by page."""

    paginator_class: ClassVar[type[Cursor]] = Cursor

    def page(self, request: Request, rows: QuerySet[Any] | Merged[Any], show: Callable[[list[Any]], Any]) -> Response:
        """One page of `rows` through `show`."""
        paginator = self.paginator_class()
        source: Any = rows  # Merged has of a queryset what a page asks for
        return paginator.get_paginated_response(show(paginator.paginate_queryset(source, request, view=self) or []))


def page_of(line: type[serializers.Serializer[Any]], name: str) -> type[serializers.Serializer[Any]]:
    """The shape of a page of `line`s, for the schema."""
    fields = {
        "__doc__": "A page; send next back as ?cursor= to go on, null at the end.",
        "items": line(many=True),
        "next": serializers.CharField(allow_null=True),
        "previous": serializers.CharField(allow_null=True),
    }
    return type(name, (serializers.Serializer,), fields)
