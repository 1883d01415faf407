"""Writing down what a channel said that does not agree with our books."""

from dataclasses import dataclass
from datetime import datetime

from payments.channels.models import Break, ChannelRequest


@dataclass(frozen=True)
class Told:
    """Who says it: `source` goes on a break ("answer", "query", "notice EV1")."""

    source: str
    at: datetime


def record_break(request: ChannelRequest, kind: Break.Kind, ours: str, theirs: str, told: Told) -> Break:
    """One break a request, kind and source, however often it is said."""
    made, _ = Break.objects.get_or_create(
        channel_id=request.channel_id, kind=kind, request=request, request_no=request.request_no, source=told.source,
        defaults={"ours": ours, "theirs": theirs, "created_at": told.at},
    )  # fmt: skip
    return made
