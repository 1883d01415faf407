"""Reads of collects and the shares they ask."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from core.errors import NotFound
from payments.collects.links import LINKS
from payments.collects.models import Collect, CollectShare, CollectState
from payments.wallet import queries as wallet
from payments.wallet.queries import Person


@dataclass(frozen=True)
class Asked:
    """A share with who is asked, as the organiser sees it."""

    share: CollectShare
    payer: Person


@dataclass(frozen=True)
class Seen:
    """A collect as one customer sees it: `shares` and `token` (the link's secret) for its organiser alone, `mine` the caller's share."""

    collect: Collect
    organiser: Person
    organised_by_me: bool
    mine: CollectShare | None
    shares: list[Asked]
    token: str


def organised_by(customer_id: uuid.UUID) -> QuerySet[Collect]:
    return Collect.objects.filter(customer_id=customer_id)


def asked_of(customer_id: uuid.UUID, state: str = "") -> QuerySet[CollectShare]:
    """Shares asked of the customer, or paid by link, with their collects; in one state or in all."""
    rows = CollectShare.objects.filter(payer_id=customer_id).select_related("collect")
    return rows.filter(state=state) if state else rows


def seen_by(customer_id: uuid.UUID, collect_id: uuid.UUID) -> Seen:
    """The collect for its organiser and whom it asks. Raises NotFound for everybody else."""
    collect = Collect.objects.filter(pk=collect_id).first()
    if collect is None:
        raise NotFound()
    found = seen(collect, customer_id)
    if not found.organised_by_me and found.mine is None:
        raise NotFound()
    return found


def seen_by_link(customer_id: uuid.UUID, token: str) -> Seen:
    """The collect for whoever holds its link. Raises NotFound."""
    collect = Collect.objects.filter(pk=LINKS.row_of(token), by_link=True).first()
    if collect is None:
        raise NotFound()
    return seen(collect, customer_id)


def seen(collect: Collect, customer_id: uuid.UUID) -> Seen:
    mine = collect.customer_id == customer_id
    rows = CollectShare.objects.filter(collect_id=collect.pk)
    shares = list(rows.order_by("created_at", "id") if mine else rows.filter(payer_id=customer_id))
    people = wallet.people([collect.customer_id, *(share.payer_id for share in shares)])
    return Seen(
        collect=collect,
        organiser=people[collect.customer_id],
        organised_by_me=mine,
        mine=None if mine else next(iter(shares), None),
        shares=[Asked(share, people[share.payer_id]) for share in shares] if mine else [],
        token=LINKS.token(collect.pk) if mine and collect.by_link else "",
    )


def is_open(customer_id: uuid.UUID) -> bool:
    """Whether the customer has a collect that still asks somebody."""
    return Collect.objects.filter(customer_id=customer_id, state=CollectState.OPEN).exists()


def overdue(shard: int, at: datetime) -> QuerySet[Collect, uuid.UUID]:
    due = Collect.objects.filter(shard=shard, state=CollectState.OPEN, expires_at__lte=at)
    return due.order_by("expires_at", "id").values_list("id", flat=True)


def due_shards(at: datetime) -> list[int]:
    """Shards with a collect whose time is over."""
    over = Collect.objects.filter(state=CollectState.OPEN, expires_at__lte=at)
    return sorted(set(over.order_by().values_list("shard", flat=True)))
