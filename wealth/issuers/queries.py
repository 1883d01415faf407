"""Reading issuers, their requests and files."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Min

from wealth.issuers.models import Issuer, IssuerFile, IssuerRequest
from wealth.issuers.states import IssuerState, Operation, RequestState

__all__ = ["Issuer", "IssuerRequest"]


def request(request_id: UUID) -> IssuerRequest:
    return IssuerRequest.objects.get(pk=request_id)


def state_of(issuer_code: str) -> str | None:
    """None for an issuer that there is not."""
    return Issuer.objects.filter(code=issuer_code).values_list("state", flat=True).first()


def names(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """In English and Chinese, by code."""
    return {code: (en, zh) for code, en, zh in Issuer.objects.filter(code__in=set(codes)).values_list("code", "name_en", "name_zh")}


def reachable(issuer_code: str) -> bool:
    """Whether calls go out to an issuer now: what is under way at one that is off is brought to its end."""
    return state_of(issuer_code) in (IssuerState.ON, IssuerState.OFF)


def quoting() -> list[str]:
    """The issuers whose quotes are fetched."""
    return list(Issuer.objects.filter(state=IssuerState.ON).order_by("code").values_list("code", flat=True))


def last_of(business: str, business_id: UUID) -> IssuerRequest | None:
    """The newest request made for a row."""
    return IssuerRequest.objects.filter(business=business, business_id=business_id).order_by("-id").first()


def due_shards(at: datetime) -> list[int]:
    """The shards with requests that are due."""
    return list(IssuerRequest.objects.filter(due_at__lte=at).order_by("shard").values_list("shard", flat=True).distinct())


def owing_shards(at: datetime) -> list[int]:
    """The shards that owe a word to their rooms."""
    return list(IssuerRequest.objects.filter(tell_at__lte=at).order_by("shard").values_list("shard", flat=True).distinct())


def oldest_open() -> list[tuple[str, date]]:
    """Every issuer with orders a file has still to decide, and the oldest trade date of those."""
    rows = IssuerRequest.objects.filter(settled_at=None).exclude(operation=Operation.CANCEL).exclude(state=RequestState.CREATED)
    return list(rows.values("issuer_code").annotate(oldest=Min("trade_on")).order_by("issuer_code").values_list("issuer_code", "oldest"))


def file_days(issuer_code: str, since: date) -> set[date]:
    """The days whose file is expected or here."""
    return set(IssuerFile.objects.filter(issuer_id=issuer_code, day__gte=since).values_list("day", flat=True))


def open_by_state() -> dict[tuple[str, str], int]:
    """How many requests are open, by issuer and state."""
    rows = IssuerRequest.objects.filter(settled_at=None).values_list("issuer_code", "state").annotate(number=Count("pk"))
    return {(issuer, state): number for issuer, state, number in rows.order_by("issuer_code", "state")}


def files_by_state() -> dict[tuple[str, str], int]:
    """How many files are not settled, by issuer and state."""
    rows = IssuerFile.objects.filter(due_at__isnull=False).values_list("issuer_id", "state").annotate(number=Count("pk"))
    return {(issuer, state): number for issuer, state, number in rows.order_by("issuer_id", "state")}


def file(file_id: UUID) -> IssuerFile:
    """A file without its text."""
    return IssuerFile.objects.defer("raw").get(pk=file_id)
