"""Reads of channels, their rules and their requests."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from core.clock import queries as clock
from payments.channels import error_map
from payments.channels.models import Break, Breaker, Channel, ChannelCredential, ChannelRequest, MaintenanceWindow
from payments.channels.states import OPEN_STATES, Operation, RequestState

OTHERWISE = ("The bank refused it. Try another card or later.", "银行拒绝了该操作,请更换银行卡或稍后再试。")


@dataclass(frozen=True)
class Words:
    """What the customer reads about a channel's code."""

    en: str
    zh: str


def request(request_id: UUID) -> ChannelRequest:
    """Raises ChannelRequest.DoesNotExist."""
    return ChannelRequest.objects.get(pk=request_id)


def windows(channel: str, at: datetime, *, until: datetime | None = None) -> list[MaintenanceWindow]:
    """The maintenance windows of a channel that touch [at, until], by start; those on at `at` when `until` is not given."""
    found = MaintenanceWindow.objects.filter(channel_id=channel, ends_at__gt=at, starts_at__lte=until or at)
    return list(found.order_by("starts_at", "id"))


def closed_by(channel: str, bank_code: str, at: datetime) -> MaintenanceWindow | None:
    """The window that keeps a bank behind a channel closed at `at`, the one that ends last."""
    now = MaintenanceWindow.objects.filter(channel_id=channel, starts_at__lte=at, ends_at__gt=at)
    return now.filter(Q(bank_code="") | Q(bank_code=bank_code)).order_by("-ends_at").first()


def breakers() -> list[Breaker]:
    """Every channel's breaker that ever had something to count."""
    return list(Breaker.objects.order_by("channel_id"))


def enabled(channel: str) -> bool:
    return Channel.objects.filter(code=channel, enabled=True).exists()


def connected(adapters: Collection[str]) -> list[Channel]:
    """The channels of some adapters that have a live credential, switched off or not, by code."""
    live = ChannelCredential.objects.filter(channel_id=OuterRef("code"), retired_at=None)
    return list(Channel.objects.filter(Exists(live), adapter__in=adapters).order_by("code"))


def explain(channel: str, code: str, at: datetime, *, operation: str = "") -> Words | None:
    """What a customer reads about `code`, of one operation when told; None for no code."""
    if not code:
        return None
    found = error_map.rule(channel, code, operation, clock.local_day(at))
    return Words(*OTHERWISE) if found is None else Words(found.words_en, found.words_zh)


def open_requests(business_id: UUID) -> int:
    """How many calls for one row are without a final answer."""
    return ChannelRequest.objects.filter(business_id=business_id, state__in=OPEN_STATES).count()


def open_for_card(card_id: UUID) -> int:
    """How many money calls with one card are without a final answer."""
    return ChannelRequest.objects.filter(card_id=card_id, amount_fen__gt=0, state__in=OPEN_STATES).count()


def due_shards(at: datetime) -> list[int]:
    """The shards that have something to look at."""
    return sorted(ChannelRequest.objects.filter(due_at__lte=at).values_list("shard", flat=True).distinct().order_by())


def owing_shards(at: datetime) -> list[int]:
    """The shards that have something to tell again."""
    return sorted(ChannelRequest.objects.filter(tell_at__lte=at).values_list("shard", flat=True).distinct().order_by())


def paid_out(shard: int, since: datetime, after: UUID | None, most: int) -> list[ChannelRequest]:
    """Payouts of a shard that were done from `since` on and did not come back, oldest first; those behind `after`, when told."""
    done = ChannelRequest.objects.filter(shard=shard, operation=Operation.PAYOUT, state=RequestState.SUCCESS, settled_at__gte=since)
    if after is not None:
        settled_at = ChannelRequest.objects.values_list("settled_at", flat=True).get(pk=after)
        done = done.filter(Q(settled_at__gt=settled_at) | Q(settled_at=settled_at, id__gt=after))
    return list(done.order_by("settled_at", "id")[:most])


def next_due() -> datetime | None:
    """The next instant at which some open request is looked at again."""
    return ChannelRequest.objects.filter(due_at__isnull=False).order_by("due_at").values_list("due_at", flat=True).first()


def placed(business_id: UUID, operation: str) -> UUID | None:
    """The newest call of a row that waits to be sent."""
    waiting = ChannelRequest.objects.filter(business_id=business_id, operation=operation, state="new")
    return waiting.order_by("-created_at").values_list("id", flat=True).first()


def latest(business_id: UUID) -> ChannelRequest | None:
    """The newest call made for a row."""
    return ChannelRequest.objects.filter(business_id=business_id).order_by("-created_at", "-id").first()


def made_for(business_ids: Collection[UUID]) -> list[ChannelRequest]:
    """The calls made for several rows, in the order in which they were placed."""
    return list(ChannelRequest.objects.filter(business_id__in=business_ids).order_by("created_at", "id"))


def stepped_up(request_ids: Collection[UUID]) -> list[UUID]:
    """Those of some requests that were refused for want of a stronger proof."""
    refused = ChannelRequest.objects.filter(pk__in=request_ids, verdict=error_map.Action.STEP_UP)
    return list(refused.values_list("id", flat=True))


def ends(request_ids: QuerySet[Any, UUID | None]) -> list[tuple[str, str, str, int]]:
    """(channel, state, code, how many) of the requests that another room's query names."""
    named = ChannelRequest.objects.filter(pk__in=request_ids).order_by()
    return list(named.values_list("channel_id", "state", "code").annotate(Count("id")))


def names() -> dict[str, Words]:
    """What each channel is called."""
    return {code: Words(en, zh) for code, en, zh in Channel.objects.values_list("code", "name_en", "name_zh")}


def explain_all(pairs: Collection[tuple[str, str]], at: datetime, *, operation: str) -> dict[tuple[str, str], Words]:
    """`explain` for several (channel, code) in one query; those without a row of their own are left out."""
    return {pair: Words(row.words_en, row.words_zh) for pair, row in error_map.rules(pairs, operation, clock.local_day(at)).items()}


def breaks_found(since: datetime, until: datetime) -> dict[str, int]:
    """How many breaks were found from `since` on and before `until`, by kind."""
    return by_kind(Break.objects.filter(created_at__gte=since, created_at__lt=until))


def breaks_ended(since: datetime, until: datetime) -> dict[str, int]:
    """How many breaks were closed from `since` on and before `until`, by kind."""
    return by_kind(Break.objects.filter(closed_at__gte=since, closed_at__lt=until))


def by_kind(rows: QuerySet[Break]) -> dict[str, int]:
    return dict(rows.order_by().values_list("kind").annotate(Count("id")))


@dataclass(frozen=True)
class OpenBreaks:
    """The open breaks of a kind: how many are younger than each of the ages asked for and not than the one before, the rest last."""

    kind: str
    by_age: tuple[int, ...]
    oldest_at: datetime

    @property
    def number(self) -> int:
        return sum(self.by_age)


def open_breaks(at: datetime, *, ages: Sequence[timedelta]) -> list[OpenBreaks]:
    """By kind, the most first: one query over the queue of what is open."""
    younger = {f"under_{place}": Count("id", filter=Q(created_at__gt=at - age)) for place, age in enumerate(ages)}
    waiting = Break.objects.filter(state=Break.State.OPEN).order_by().values("kind")
    rows: Any = waiting.annotate(number=Count("id"), oldest=Min("created_at"), **younger)
    found = []
    for row in rows:
        edges = [0, *(row[name] for name in younger), row["number"]]
        found.append(OpenBreaks(row["kind"], tuple(after - before for before, after in pairwise(edges)), row["oldest"]))
    return sorted(found, key=lambda one: (-one.number, one.kind))
