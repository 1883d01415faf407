"""The jobs of an evening that the clock's tasks would have done over the day: what nobody ended is ended, what is over goes back."""

from datetime import datetime

from core.outbox import services as outbox
from payments.cashier import queries as cashier
from payments.cashier import sweeps as cashier_sweeps
from payments.collects import queries as collects
from payments.collects import sweeps as collect_sweeps
from payments.red_packets import queries as red_packets
from payments.red_packets import sweeps as red_packet_sweeps


def sweep(at: datetime) -> None:
    """Expire orders, give red packets back, close collects: every shard that has something due."""
    for name, shard in cashier.due_shards(at, waited=cashier_sweeps.AFTER):
        getattr(cashier_sweeps, name)(shard=shard, at=at)
    for shard in red_packets.due_shards(at):
        red_packet_sweeps.end(shard=shard, at=at)
    for shard in collects.due_shards(at):
        collect_sweeps.expire(shard=shard, at=at)
    outbox.run_pending(at=at)
