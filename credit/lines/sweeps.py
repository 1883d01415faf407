"""Everything of lines that is due in one shard: bounded batches, a row at a time, so that a bad one stops no other."""

from datetime import datetime

from credit.lines import queries
from credit.lines.services import changing, opening
from payments.wallet.sweeps import each

BATCH = 200


def go_on(*, shard: int, at: datetime) -> int:
    """Outside any transaction. Returns how much was done."""
    return each("credit_invitation", queries.over_invitations(shard, at)[:BATCH], lambda row: opening.lapse(line_id=row, at=at)) + each(
        "credit_line_review", queries.to_review(shard, at)[:BATCH], lambda row: changing.come_to_review(line_id=row, at=at)
    )
