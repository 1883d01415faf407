"""Reads of settlements, their lines, payouts and corrections, and of the rules in force."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, QuerySet, Sum

from core.batches import batches
from core.errors import NotFound
from payments.merchants import queries as merchants
from payments.settlement.models import MerchantPayout, Settlement, SettlementAdjustment, SettlementLine, SettlementTerms
from payments.settlement.states import CLAIMS, FOR_PEOPLE, UNDER_WAY, PayoutState, SettlementState

__all__ = ["SettlementTerms"]


def settlement(settlement_id: uuid.UUID) -> Settlement:
    """Raises NotFound."""
    found = Settlement.objects.filter(pk=settlement_id).first()
    if found is None:
        raise NotFound()
    return found


def locked(settlement_id: uuid.UUID) -> Settlement:
    """The settlement, locked to the end of the caller's transaction: the first lock of every act on it. Raises NotFound."""
    found = Settlement.objects.select_for_update().filter(pk=settlement_id).first()
    if found is None:
        raise NotFound()
    return found


def of_merchant(merchant_id: uuid.UUID) -> QuerySet[Settlement]:
    """A merchant's settlements that are closed, newest day first; one that is not proved yet is the platform's own affair."""
    return Settlement.objects.filter(merchant_id=merchant_id).exclude(state=SettlementState.OPEN).order_by("-business_on", "-id")


def own(merchant_id: uuid.UUID, settlement_id: uuid.UUID) -> Settlement:
    """A closed settlement of the merchant. Raises NotFound."""
    found = of_merchant(merchant_id).filter(pk=settlement_id).first()
    if found is None:
        raise NotFound()
    return found


def lines(settlement_id: uuid.UUID) -> QuerySet[SettlementLine]:
    """In the order in which they were booked."""
    return SettlementLine.objects.filter(settlement_id=settlement_id).order_by("posted_at", "id")


def lines_of_merchant(merchant_id: uuid.UUID) -> QuerySet[SettlementLine]:
    """Of all its settlements."""
    return SettlementLine.objects.filter(settlement_id__in=Settlement.objects.filter(merchant_id=merchant_id).values("id"))


def payouts(settlement_id: uuid.UUID) -> list[MerchantPayout]:
    return list(MerchantPayout.objects.filter(settlement_id=settlement_id).order_by("number"))


def payout(payout_id: uuid.UUID) -> MerchantPayout:
    return MerchantPayout.objects.get(pk=payout_id)


def lines_of_order(order_id: uuid.UUID) -> list[SettlementLine]:
    """In which settlements an order and its refunds are."""
    return list(SettlementLine.objects.filter(order_id=order_id).select_related("settlement").order_by("posted_at", "id"))


def adjustments_with(ids: Collection[uuid.UUID]) -> list[SettlementAdjustment]:
    return [row for some in batches(sorted(ids)) for row in SettlementAdjustment.objects.filter(pk__in=some)]


def adjustments(merchant_id: uuid.UUID) -> QuerySet[SettlementAdjustment]:
    return SettlementAdjustment.objects.filter(merchant_id=merchant_id).order_by("-created_at", "-id")


def settled_on(business_on: date, shards: Collection[int]) -> set[uuid.UUID]:
    """The merchants of some shards that have a settlement of a day."""
    found = Settlement.objects.filter(business_on=business_on, shard__in=shards)
    return set(found.values_list("merchant_id", flat=True))


def closed_early(shards: Collection[int], before: date, only: uuid.UUID | None) -> QuerySet[Settlement]:
    """The last settlements of merchants of some shards (or of one) that were closed while their day, one before `before`, went on."""
    found = Settlement.objects.filter(shard__in=shards, last=True, early=True, business_on__lt=before).order_by("id")
    return found if only is None else found.filter(merchant_id=only)


def journals_of(settlement_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The journals that settlements are made of."""
    return set(SettlementLine.objects.filter(settlement_id__in=settlement_ids).values_list("journal_id", flat=True))


def settled_among(business_on: date, merchant_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of some merchants that have a settlement of a day."""
    found = Settlement.objects.filter(business_on=business_on, merchant_id__in=merchant_ids)
    return set(found.values_list("merchant_id", flat=True))


def with_something_left(shards: Collection[int], business_on: date) -> set[uuid.UUID]:
    """The merchants of some shards whose last settlement left something in pending, or whose reserve is due."""
    rests = Settlement.objects.filter(shard__in=shards, last=True).exclude(left_fen=0)
    due = Settlement.objects.filter(shard__in=shards, reserve_left_fen__gt=0, reserve_until__lte=business_on)
    return set(rests.values_list("merchant_id", flat=True)) | set(due.values_list("merchant_id", flat=True))


def claims(merchant_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What the settlements that are not paid yet want of what may be paid out, by merchant; they are locked, and payouts wait."""
    found: dict[uuid.UUID, int] = {}
    waiting = Settlement.objects.select_for_update().filter(merchant_id__in=merchant_ids, state__in=CLAIMS).order_by("id")
    for merchant_id, fen in waiting.values_list("merchant_id", "payout_fen"):
        found[merchant_id] = found.get(merchant_id, 0) + fen
    return found


def openings(merchant_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What each merchant's last settlement left in pending."""
    return dict(Settlement.objects.filter(merchant_id__in=merchant_ids, last=True).values_list("merchant_id", "left_fen"))


def due_reserves(merchant_ids: Collection[uuid.UUID], on: date) -> QuerySet[Settlement]:
    return Settlement.objects.filter(merchant_id__in=merchant_ids, reserve_left_fen__gt=0, reserve_until__lte=on)


def reserves_due(merchant_ids: Collection[uuid.UUID], on: date) -> dict[uuid.UUID, int]:
    """What was kept back of each merchant and is to come free by a day."""
    found = due_reserves(merchant_ids, on).order_by().values("merchant_id").annotate(fen=Sum("reserve_left_fen"))
    return dict(found.values_list("merchant_id", "fen"))


def terms_of(merchant_ids: Iterable[uuid.UUID], on: date) -> dict[uuid.UUID, SettlementTerms]:
    """The terms in force for each of many merchants on a day."""
    wanted = sorted(set(merchant_ids))
    dated = SettlementTerms.objects.filter(effective_on__lte=on).order_by("merchant_id", "-effective_on").distinct("merchant_id")
    mine = {row.merchant_id: row for some in batches(wanted) for row in dated.filter(merchant_id__in=some)}
    everybody = dated.get(merchant=None)
    return {merchant_id: mine.get(merchant_id, everybody) for merchant_id in wanted}


def to_pay(shard: int, at: datetime) -> QuerySet[Settlement, uuid.UUID]:
    """Approved settlements of a shard whose time has come, longest waiting first."""
    due = Settlement.objects.filter(shard=shard, state=SettlementState.APPROVED, pay_at__lte=at)
    return due.order_by("pay_at", "id").values_list("id", flat=True)


def due_shards(at: datetime) -> list[int]:
    due = Settlement.objects.filter(state=SettlementState.APPROVED, pay_at__lte=at)
    return sorted(set(due.values_list("shard", flat=True).order_by()))


def under_way(merchant_id: uuid.UUID) -> int:
    """How many settlements of a merchant are not over."""
    return Settlement.objects.filter(merchant_id=merchant_id, state__in=UNDER_WAY).count()


def paying_to(card_id: uuid.UUID) -> int:
    """How many payouts to a card are on their way."""
    return MerchantPayout.objects.filter(card_id=card_id, state=PayoutState.SENT).count()


@dataclass(frozen=True)
class DayList:
    """A business day's settlements that wait for approval: how many, and what they come to."""

    business_on: date
    number: int
    payout_fen: int


def to_approve() -> list[DayList]:
    """Oldest day first."""
    closed = Settlement.objects.filter(state=SettlementState.CLOSED).order_by().values("business_on")
    counted = closed.annotate(number=Count("id"), fen=Sum("payout_fen")).order_by("business_on")
    return [DayList(row["business_on"], row["number"], row["fen"]) for row in counted]


def for_people() -> dict[str, int]:
    """How many settlements wait for a person, by state."""
    waiting = Settlement.objects.filter(state__in=FOR_PEOPLE).order_by()
    return dict(waiting.values("state").annotate(number=Count("id")).values_list("state", "number"))


def waiting_request(payout_id: uuid.UUID) -> uuid.UUID | None:
    """The request that a payout on its way waits for."""
    return MerchantPayout.objects.filter(pk=payout_id, state=PayoutState.SENT).values_list("request_id", flat=True).first()


def next_number(settlement_id: uuid.UUID) -> int:
    """The number of the next try to pay a settlement."""
    last: int | None = MerchantPayout.objects.filter(settlement_id=settlement_id).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def waiting_on(business_on: date) -> QuerySet[Settlement]:
    """A day's settlements that wait for approval."""
    return Settlement.objects.filter(business_on=business_on, state=SettlementState.CLOSED).order_by("id")


def payouts_sent(since: datetime, until: datetime) -> list[tuple[str, int, int]]:
    """(state by now, payouts, fen) of what was sent from `since` on and before `until`: one look into payments_payout_merchant a
    merchant."""
    rows = MerchantPayout.objects.filter(merchant_id__in=merchants.every_id(), created_at__gte=since, created_at__lt=until)
    return list(rows.order_by().values_list("state").annotate(Count("id"), Sum("amount_fen")))
