"""How collects read on a customer's statement (plugged into payments.wallet)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import NotFound
from core.ids import parse_public_id
from payments.collects import journals
from payments.collects.models import CollectShare
from payments.wallet.sockets import Detail, Sort


class Collects:
    prefix = "cls"
    kinds = {
        "collect_out": Sort((journals.PAID,), -1, "Collect paid to", "群收款付给"),
        "collect_in": Sort((journals.PAID,), +1, "Collect received from", "群收款来自"),
    }

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        found = Q(collect__title__icontains=text) | numbered("cls", "pk", text) | numbered("clt", "collect_id", text)
        return [rows.filter(found).values("id") for rows in sides(customer_id)]

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        """The other side of a share paid is the organiser; of one received its payer."""
        paid, received = (rows.filter(pk__in=ids).select_related("collect") for rows in sides(customer_id))
        found = {row.id: Detail(counterparty=row.collect.customer_id, remark=row.collect.title) for row in paid}
        return found | {row.id: Detail(counterparty=row.payer_id, remark=row.collect.title) for row in received}


def sides(customer_id: uuid.UUID) -> tuple[QuerySet[CollectShare], QuerySet[CollectShare]]:
    """Shares the customer pays, and shares paid to them."""
    return CollectShare.objects.filter(payer_id=customer_id), CollectShare.objects.filter(collect__customer_id=customer_id)


def numbered(prefix: str, column: str, text: str) -> Q:
    """Rows in whose column is this public id; none when it is no such id."""
    try:
        return Q(**{column: parse_public_id(prefix, text)})
    except NotFound:
        return Q(pk__in=[])
