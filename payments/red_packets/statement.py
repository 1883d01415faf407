"""How red packets read on a customer's statement (plugged into payments.wallet)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import NotFound
from core.ids import parse_public_id
from payments.red_packets import journals, queries
from payments.wallet.sockets import Detail, Sort


class RedPackets:
    prefix = "rpk"
    kinds = {
        "red_packet_sent": Sort((journals.SENT,), -1, "Red packet sent", "发红包"),
        "red_packet_taken": Sort((journals.TAKEN,), +1, "Red packet from", "收红包"),
        "red_packet_back": Sort((journals.BACK,), +1, "Red packet given back", "红包退回"),
    }

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        sent = queries.sent_by(customer_id).filter(Q(message__icontains=text) | numbered("", text))
        taken = queries.shares_of(customer_id).filter(Q(packet__message__icontains=text) | numbered("packet__", text))
        return [sent.values("id"), sent.exclude(back_journal_id=None).values("back_journal_id"), taken.values("journal_id")]

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        """The other side of a packet sent is its payee, where it has one; of a share taken the packet's sender."""
        taken = queries.shares_of(customer_id).filter(packet_id__in=ids)
        found = {row.packet_id: Detail(counterparty=row.packet.customer_id, remark=row.packet.message) for row in taken}
        sent = queries.sent_by(customer_id).filter(pk__in=ids)
        return found | {row.id: Detail(counterparty=row.payee_id, remark=row.message) for row in sent}


def numbered(of: str, text: str) -> Q:
    """Rows `of` whose packet's public id is `text`; none when it is no such id."""
    try:
        return Q(**{f"{of}pk": parse_public_id("rpk", text)})
    except NotFound:
        return Q(pk__in=[])
