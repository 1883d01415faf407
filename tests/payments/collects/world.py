"""Collects for tests: asking, paying, and the proof that nothing is between two balances."""

from datetime import datetime, timedelta
from typing import Any

from accounts.identity.models import Customer
from core.clock import queries as clock
from payments.collects import queries, services, sweeps
from payments.collects.models import Collect, CollectShare, CollectTerms
from tests.payments.wallet.world import intent
from tests.rules import newer

DAY = timedelta(days=1)


def each(organiser: Customer, fen: int, *payers: Customer, at: datetime | None = None) -> Collect:
    ids = [payer.id for payer in payers]
    return services.ask_each(organiser_id=organiser.id, title="聚餐", each_fen=fen, payer_ids=ids, at=at or clock.now())


def split(organiser: Customer, fen: int, *payers: Customer, with_me: bool = False) -> Collect:
    ids = [payer.id for payer in payers]
    facts = {"organiser_id": organiser.id, "title": "聚餐", "payer_ids": ids, "with_me": with_me, "at": clock.now()}
    return services.split_among(total_fen=fen, **facts)


def linked(organiser: Customer, fen: int, heads: int, *, at: datetime | None = None) -> Collect:
    return services.ask_by_link(organiser_id=organiser.id, title="班费", each_fen=fen, heads=heads, at=at or clock.now())


def share_of(collect: Collect, payer: Customer) -> CollectShare:
    return CollectShare.objects.get(collect=collect, payer=payer)


def pay(collect: Collect, payer: Customer, **changes: Any) -> CollectShare:
    facts = {"intent": intent(payer), "share_id": share_of(collect, payer).id, "at": clock.now()}
    return services.pay(**(facts | changes))


def pay_linked(collect: Collect, payer: Customer, **changes: Any) -> CollectShare:
    return services.pay_by_link(**({"intent": intent(payer), "collect_id": collect.id, "at": clock.now()} | changes))


def decline(collect: Collect, payer: Customer) -> CollectShare:
    return services.decline(payer_id=payer.id, share_id=share_of(collect, payer).id, at=clock.now())


def end_all(at: datetime) -> int:
    """What the sweeper does on every shard."""
    return sum(sweeps.expire(shard=shard, at=at) for shard in queries.due_shards(at))


def terms(**changes: int) -> CollectTerms:
    """New terms in force from a day after the newest on; what is not named stays as in the first ones."""
    first, newest = CollectTerms.objects.earliest("starts_at"), CollectTerms.objects.latest("starts_at")
    return newer(first, **({"starts_at": newest.starts_at + DAY} | changes))
