"""Reads of red packets and their shares."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Sum

from core.errors import NotFound
from payments.red_packets.links import LINKS
from payments.red_packets.models import Kind, RedPacket, RedPacketShare, RedPacketState
from payments.wallet import queries as wallet
from payments.wallet.queries import Person


@dataclass(frozen=True)
class Taken:
    """A share somebody took. `luckiest`: the largest of a lucky packet of several shares that are all taken, the first of equals."""

    share: RedPacketShare
    taker: Person
    mine: bool
    luckiest: bool


@dataclass(frozen=True)
class Seen:
    """A packet as one customer sees it; `mine` is their own share, `token` the link's secret, for its sender alone."""

    packet: RedPacket
    sender: Person
    sent_by_me: bool
    payee: Person | None
    taken: list[Taken]
    mine: RedPacketShare | None
    token: str


def sent_by(customer_id: uuid.UUID) -> QuerySet[RedPacket]:
    return RedPacket.objects.filter(customer_id=customer_id)


def addressed_to(customer_id: uuid.UUID) -> QuerySet[RedPacket]:
    """Packets for this customer alone."""
    return RedPacket.objects.filter(payee_id=customer_id)


def shares_of(customer_id: uuid.UUID) -> QuerySet[RedPacketShare]:
    """Shares the customer took, with their packets."""
    return RedPacketShare.objects.filter(taken_by_id=customer_id).select_related("packet")


def seen_by(customer_id: uuid.UUID, packet_id: uuid.UUID) -> Seen:
    """The packet for its sender, its payee and who has a share of it. Raises NotFound for everybody else."""
    packet = RedPacket.objects.filter(pk=packet_id).first()
    if packet is None:
        raise NotFound()
    found = seen(packet, customer_id)
    if customer_id not in (packet.customer_id, packet.payee_id) and found.mine is None:
        raise NotFound()
    return found


def seen_by_link(customer_id: uuid.UUID, token: str) -> Seen:
    """The packet for whoever holds its link. Raises NotFound."""
    packet = RedPacket.objects.filter(pk=LINKS.row_of(token), payee_id=None).first()
    if packet is None:
        raise NotFound()
    return seen(packet, customer_id)


def seen(packet: RedPacket, customer_id: uuid.UUID) -> Seen:
    shares = list(RedPacketShare.objects.filter(packet_id=packet.pk, taken_by__isnull=False).order_by("position"))
    named = [packet.customer_id, packet.payee_id, *(share.taken_by_id for share in shares)]
    people = wallet.people(found for found in named if found is not None)
    best = luckiest(packet, shares)
    sent_by_me = packet.customer_id == customer_id
    return Seen(
        packet=packet,
        sender=people[packet.customer_id],
        sent_by_me=sent_by_me,
        payee=people[packet.payee_id] if packet.payee_id else None,
        taken=[
            Taken(share, people[share.taken_by_id], share.taken_by_id == customer_id, share is best)
            for share in shares
            if share.taken_by_id
        ],
        mine=next((share for share in shares if share.taken_by_id == customer_id), None),
        token=LINKS.token(packet.pk) if sent_by_me and packet.payee_id is None else "",
    )


def luckiest(packet: RedPacket, shares: Iterable[RedPacketShare]) -> RedPacketShare | None:
    """Told once all are taken, or it would tell how much is still there to be had."""
    if packet.kind != Kind.LUCKY or packet.state != RedPacketState.FINISHED or packet.count == 1:
        return None
    return max(shares, key=lambda share: (share.amount_fen, -share.position))


def not_over(customer_id: uuid.UUID) -> bool:
    """Whether money of this sender is still in a packet."""
    return RedPacket.objects.filter(customer_id=customer_id, state__in=[RedPacketState.OPEN, RedPacketState.RETURNING]).exists()


def in_packets_fen() -> int:
    """What all packets that are not over still hold."""
    held = RedPacket.objects.filter(state__in=[RedPacketState.OPEN, RedPacketState.RETURNING])
    sums = held.aggregate(total=Sum("total_fen"), taken=Sum("taken_fen"))
    return int((sums["total"] or 0) - (sums["taken"] or 0))


def overdue(shard: int, at: datetime) -> QuerySet[RedPacket, uuid.UUID]:
    due = RedPacket.objects.filter(shard=shard, state=RedPacketState.OPEN, expires_at__lte=at)
    return due.order_by("expires_at", "id").values_list("id", flat=True)


def returning(shard: int) -> QuerySet[RedPacket, uuid.UUID]:
    waiting = RedPacket.objects.filter(shard=shard, state=RedPacketState.RETURNING)
    return waiting.order_by("changed_at", "id").values_list("id", flat=True)


def due_shards(at: datetime) -> list[int]:
    """Shards with a packet whose time is over."""
    over = RedPacket.objects.filter(state=RedPacketState.OPEN, expires_at__lte=at).order_by().values_list("shard")
    waiting = RedPacket.objects.filter(state=RedPacketState.RETURNING).order_by().values_list("shard")
    return sorted({shard for (shard,) in over.union(waiting)})
