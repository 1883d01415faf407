"""How a channel fares: the last hour's exchanges by their end, how long they took, and what nobody knows the end of."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Min

from payments.channels.models import ChannelCall, ChannelRequest
from payments.channels.states import RequestState

LAST = timedelta(hours=1)
LATENCY = """
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY took_ms), percentile_disc(0.95) WITHIN GROUP (ORDER BY took_ms)
FROM payments_channelcall WHERE channel = %s AND at > %s AND at <= %s
"""


@dataclass(frozen=True)
class Health:
    """`codes` are (code, whether bad, how many), most frequent first, "" for success. Milliseconds are None without a call."""

    calls: int
    bad: int
    codes: tuple[tuple[str, bool, int], ...]
    p50_ms: int | None
    p95_ms: int | None
    unknown: int
    oldest_unknown_at: datetime | None

    @property
    def good_bp(self) -> int | None:
        """The share of calls that were not bad, in basis points; None without a call."""
        return (self.calls - self.bad) * 10_000 // self.calls if self.calls else None


def health(channel: str, at: datetime) -> Health:
    """Three queries."""
    calls = ChannelCall.objects.filter(channel_id=channel, at__gt=at - LAST, at__lte=at)
    counted = calls.values_list("code", "bad").annotate(number=Count("pk")).order_by("-number", "code", "bad")
    codes = tuple((code, bad, number) for code, bad, number in counted)
    with connection.cursor() as cursor:
        cursor.execute(LATENCY, [channel, at - LAST, at])
        p50_ms, p95_ms = cursor.fetchone()
    unknown = ChannelRequest.objects.filter(channel_id=channel, state=RequestState.UNKNOWN).aggregate(
        number=Count("pk"), oldest=Min("created_at")
    )
    return Health(
        calls=sum(number for _, _, number in codes),
        bad=sum(number for _, bad, number in codes if bad),
        codes=codes,
        p50_ms=p50_ms,
        p95_ms=p95_ms,
        unknown=unknown["number"],
        oldest_unknown_at=unknown["oldest"],
    )
