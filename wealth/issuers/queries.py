"""Reading issuers, their requests and files."""

from datetime import datetime
from uuid import UUID

from wealth.issuers.models import Issuer, IssuerRequest
from wealth.issuers.states import IssuerState

__all__ = ["Issuer", "IssuerRequest"]


def request(request_id: UUID) -> IssuerRequest:
    return IssuerRequest.objects.get(pk=request_id)


def state_of(issuer_code: str) -> str | None:
    """None for an issuer that there is not."""
    return Issuer.objects.filter(code=issuer_code).values_list("state", flat=True).first()


def asked() -> list[str]:
    """The issuers that calls go out to now."""
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
