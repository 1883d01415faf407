"""Sending what an order's room placed while its customer waits, and what the room goes on with at other channels."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic
from uuid import UUID

from payments.channels import queries, services

GO_ON_WITHIN_S = 1.5
"""Within this time of the first call another channel is asked while the customer waits: both answer within ten seconds then."""


def send_on(*, current: Callable[[], UUID | None], at: datetime) -> bool:
    """Send the request that `current` names, once (or leave it to the worker while too many of this process hang), then the one it names
    after the answer, at another channel, while there is time: later it is the worker's. None: nothing is to be asked any more. Returns
    whether anything was. Outside any transaction."""
    begun = monotonic()
    asked: UUID | None = None
    while (request_id := current()) not in (None, asked):
        if asked is not None and monotonic() - begun > GO_ON_WITHIN_S:
            break
        assert request_id is not None
        asked = request_id
        services.send_seated(request_id=asked, channel=queries.request(asked).channel_id, at=at)
    return asked is not None
