"""What the channels' statements are compared with: requests as we have them, many at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from core.batches import batches
from payments.channels.models import Channel, ChannelCredential, ChannelRequest
from payments.channels.states import RequestState

DONE = (RequestState.SUCCESS, RequestState.RETURNED)
FIELDS = ("id", "request_no", "operation", "state", "amount_fen", "currency", "reference")


@dataclass(frozen=True)
class Facts:
    """A money request: amounts in fen, `reference` what its journals are filed under."""

    id: UUID
    request_no: str
    operation: str
    state: str
    amount_fen: int
    currency: str
    reference: str

    @property
    def done(self) -> bool:
        return self.state in DONE


def named(channel: str, ids: Collection[UUID]) -> dict[UUID, Facts]:
    """Those of `ids` that are money requests of the channel, in a query for some thousands of them."""
    mine = ChannelRequest.objects.filter(channel_id=channel, amount_fen__gt=0)
    return {found.id: found for some in batches(list(ids)) for found in read(mine.filter(pk__in=some))}


def booked(channel: str, day: date) -> list[Facts]:
    """What we have as done in the channel's statement of a day."""
    return read(ChannelRequest.objects.filter(channel_id=channel, booked_on=day, state__in=DONE, amount_fen__gt=0))


def booked_day(request_id: UUID) -> date | None:
    """The day of the channel's statement that a request belongs to."""
    return ChannelRequest.objects.filter(pk=request_id).values_list("booked_on", flat=True).first()


def read(rows: QuerySet[ChannelRequest]) -> list[Facts]:
    return [Facts(*row) for row in rows.order_by("id").values_list(*FIELDS)]


def first_day(channel: str) -> date | None:
    """The day of the channel's first done order."""
    booked_ones = ChannelRequest.objects.filter(channel_id=channel, booked_on__isnull=False)
    return booked_ones.order_by("booked_on").values_list("booked_on", flat=True).first()


def connected() -> list[str]:
    """The codes of channels that are on and have a live credential."""
    live = ChannelCredential.objects.filter(retired_at=None).values("channel_id")
    return list(Channel.objects.filter(enabled=True, code__in=live).order_by("code").values_list("code", flat=True))
