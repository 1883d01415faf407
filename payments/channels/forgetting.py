"""What channels forget when an account closes."""

import uuid
from datetime import datetime

from payments.channels.models import ChannelRequest


class Parties:
    """Requests stay, as books do; who a customer was at a channel goes."""

    def erase(self, *, customer_id: uuid.UUID, at: datetime) -> None:
        ChannelRequest.objects.filter(customer_id=customer_id, party__isnull=False).update(party=None)
