"""Everything of insurance that is due in one shard: bounded batches, a row at a time, so that a bad one stops no other."""

from datetime import datetime
from uuid import UUID

from core.clock.queries import local_day
from core.errors import DomainError
from payments.wallet.sweeps import each
from wealth.insurance import queries
from wealth.insurance.models import PolicyPremium
from wealth.insurance.services import applying, collecting, documents, giving_back, stepping
from wealth.insurance.states import PremiumState

BATCH = 200
DOCUMENTS = 10
"""Each takes about half a second."""


def go_on(*, shard: int, at: datetime) -> int:
    """Outside any transaction. Returns how much was done. Steps come first: what lapses today is not debited today."""
    soon = local_day(at) + queries.REMIND
    return (
        each("insurance_policy", queries.due_policies(shard, at)[:BATCH], lambda row: stepping.step(policy_id=row, at=at))
        + each("insurance_due", queries.untold_premiums(shard, soon)[:BATCH], lambda row: collecting.remind(premium_id=row, at=at))
        + each("insurance_premium", queries.due_premiums(shard, at)[:BATCH], lambda row: premium(row, at))
        + each("insurance_payout", queries.due_payouts(shard, at)[:BATCH], lambda row: payout(row, at))
        + each("insurance_document", queries.undocumented(shard)[:DOCUMENTS], lambda row: documents.make_out(policy_id=row, at=at))
        + applying.expire(shard=shard, at=at)
    )


def premium(premium_id: UUID, at: datetime) -> bool:
    """From the balance, or on to the insurer."""
    if PolicyPremium.objects.filter(pk=premium_id, state=PremiumState.OPEN).exists():
        return collecting.debit(premium_id=premium_id, at=at)
    try:
        return collecting.pass_on(premium_id=premium_id, at=at)
    except DomainError as refused:
        collecting.wait(premium_id=premium_id, why=refused.code, at=at)
        return False


def payout(payout_id: UUID, at: datetime) -> bool:
    try:
        return giving_back.ask(payout_id=payout_id, at=at)
    except DomainError as refused:
        giving_back.wait(payout_id=payout_id, why=refused.code, at=at)
        return False
