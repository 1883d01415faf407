"""What issuers have sent by now, taken in at once: on a journey through time no worker does it (plugged into core.business_day)."""

from datetime import datetime

from wealth.issuers import queries
from wealth.issuers.services import quoting, receiving, settling, telling


class FromIssuers:
    def take_in(self, *, at: datetime) -> None:
        """Quotes, and the files of days that are over, told to whoever waits for them."""
        for code in queries.quoting():
            quoting.fetch(issuer_code=code, at=at)
        quoting.tell_due(at=at)
        receiving.expect(at=at)
        receiving.fetch_due(at=at)
        while settling.settle_due(at=at):
            pass
        for shard in queries.owing_shards(at):
            telling.tell_due(shard=shard, at=at)
