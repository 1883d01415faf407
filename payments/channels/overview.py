"""What the desk's first page tells of channels: what nobody knows, what rests, what is on its way, what does not agree."""

from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from core.desk.dashboard import figure
from core.desk.shown import age
from core.desk.sockets import Figure
from payments.channels.models import Break, Breaker, ChannelRequest
from payments.channels.states import OPEN_STATES, BreakerState, RequestState

LONG_OPEN = timedelta(days=3)
"""A break that is open this long is to be looked at now."""
LONG_DUE = timedelta(minutes=10)
"""Longer than a request waits for a worker that runs."""


class ChannelFigures:
    order = 12

    def figures(self, *, at: datetime) -> list[Figure]:
        requests, unknown = "payments.channelrequest", Q(state=RequestState.UNKNOWN)
        found = ChannelRequest.objects.filter(state__in=OPEN_STATES).aggregate(
            running=Count("pk"), due=Min("due_at"), unknown=Count("pk", filter=unknown), oldest=Min("created_at", filter=unknown)
        )
        shut = Breaker.objects.exclude(state=BreakerState.CLOSED).count()
        late = found["due"] is not None and at - found["due"] > LONG_DUE
        told = str(_("oldest {age}: is the outbound worker running?")).format(age=age(found["due"], at)) if late else ""
        return [
            figure(
                _("Unknown results"),
                found["unknown"],
                requests,
                level="warning" if found["unknown"] else "ok",
                detail=oldest(found["oldest"], at),
                state__exact="unknown",
            ),
            figure(_("Channels at rest"), shut, "payments.channelhealth", level="bad" if shut else "ok", fares="resting"),
            figure(
                _("Requests under way"),
                found["running"],
                requests,
                level="bad" if late else "ok",
                detail=told,
                state__in=",".join(OPEN_STATES),
            ),
            self.breaks(at),
        ]

    def breaks(self, at: datetime) -> Figure:
        found = Break.objects.filter(state=Break.State.OPEN).aggregate(number=Count("pk"), oldest=Min("created_at"))
        level = "ok" if not found["number"] else "bad" if at - found["oldest"] >= LONG_OPEN else "warning"
        told = oldest(found["oldest"], at)
        return figure(_("Open breaks"), found["number"], "payments.break", level=level, detail=told, state__exact="open")


def oldest(since: datetime | None, at: datetime) -> str:
    return str(_("oldest {age}")).format(age=age(since, at)) if since else ""
