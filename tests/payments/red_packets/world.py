"""Red packets for tests: sending, taking, and the proof that all is over."""

from datetime import datetime, timedelta
from typing import Any

from accounts.identity.models import Customer
from accounts.ledger.queries import balance
from core.clock import queries as clock
from payments.red_packets import journals, queries, services, sweeps
from payments.red_packets.models import RedPacket, RedPacketShare, RedPacketTerms
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.world import intent
from tests.rules import newer

DAY = timedelta(days=1)


def send(who: Customer, fen: int, **changes: Any) -> RedPacket:
    """A packet of one fixed share by link, unless told."""
    facts = {"intent": intent(who), "kind": "fixed", "count": 1, "total_fen": fen, "message": "", "at": clock.now()}
    return services.send(**(facts | changes))


def give(who: Customer, to: Customer, fen: int, **changes: Any) -> RedPacket:
    """A packet for one customer alone."""
    return send(who, fen, payee_id=to.id, **changes)


def take(packet: RedPacket, who: Customer, *, at: datetime | None = None, by_link: bool = True) -> RedPacketShare:
    return services.take(taker_id=who.id, packet_id=packet.id, by_link=by_link, at=at or clock.now())


def end_all(at: datetime) -> int:
    """What the sweeper does on every shard."""
    return sum(sweeps.end(shard=shard, at=at) for shard in queries.due_shards(at))


def cuts(packet: RedPacket) -> list[int]:
    """The amounts of its shares in the order they are taken."""
    return list(RedPacketShare.objects.filter(packet=packet).order_by("position").values_list("amount_fen", flat=True))


def in_transit() -> int:
    return balance(journals.transit()).posted


def assert_over(*, still_in_packets: int = 0) -> None:
    """The books balance, and transit holds exactly what packets that are not over do."""
    assert_books_balance()
    assert in_transit() == queries.in_packets_fen() == still_in_packets


def terms(**changes: int) -> RedPacketTerms:
    """New terms in force from a day after the newest on; what is not named stays as in the first ones."""
    first, newest = RedPacketTerms.objects.earliest("starts_at"), RedPacketTerms.objects.latest("starts_at")
    return newer(first, **({"starts_at": newest.starts_at + DAY} | changes))
