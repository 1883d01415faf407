"""The jobs of an evening that the clock's tasks would have done over the day: what nobody ended is ended, what is over goes back, fees
are taken, billers and shops are told."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta

from config.demo.bank import Bank
from config.demo.cast import FINANCE, second_look
from config.demo.hands import Hand, spread
from core.errors import DomainError
from core.outbox import services as outbox
from payments.agreements import queries as agreements
from payments.agreements import sweeps as agreement_sweeps
from payments.bills import queries as bills
from payments.bills import sweeps as bill_sweeps
from payments.cashier import queries as cashier
from payments.cashier import sweeps as cashier_sweeps
from payments.collects import queries as collects
from payments.collects import sweeps as collect_sweeps
from payments.disputes import queries as disputes
from payments.disputes.services import answering, deciding
from payments.notices import sending
from payments.red_packets import queries as red_packets
from payments.red_packets import sweeps as red_packet_sweeps
from payments.refunds import queries as refunds
from payments.refunds import sweeps as refund_sweeps
from payments.settlement import queries as settlements
from payments.settlement import sweeps as settlement_sweeps
from payments.settlement.services import approving

NOTICES_S = 20
ANSWERED_AFTER, DECIDED_AFTER = timedelta(days=1), timedelta(days=3)


def sweep(at: datetime) -> None:
    """Expire orders, place refunds, give red packets back, close collects, take fees, tell billers, send notices: every shard that has
    something due."""
    for name, shard in cashier.due_shards(at, waited=cashier_sweeps.AFTER):
        getattr(cashier_sweeps, name)(shard=shard, at=at)
    for shard in refunds.due_shards(at, waited=refund_sweeps.AFTER):
        refund_sweeps.place_waiting(shard=shard, at=at)
    for shard in red_packets.due_shards(at):
        red_packet_sweeps.end(shard=shard, at=at)
    for shard in collects.due_shards(at):
        collect_sweeps.expire(shard=shard, at=at)
    for name, shard in agreements.due_shards(at):
        getattr(agreement_sweeps, name)(shard=shard, at=at)
    outbox.run_pending(at=at)
    for shard in bills.due_shards(at):
        bill_sweeps.go_on(shard=shard, at=at)
    outbox.run_pending(at=at)
    sending.deliver_due(now=lambda: at, most_s=NOTICES_S)


def settle(at: datetime, *, until: date, bank: Bank, hands: Sequence[Hand]) -> None:
    """Have the finance people approve the settlements of days before `until`, a day's list at a time, and pay what is due, each of
    `hands` a part of the shards."""
    for listed in settlements.to_approve():
        if listed.business_on < until:
            payload = {"target": listed.business_on.isoformat(), "number": listed.number, "payout_fen": listed.payout_fen}
            second_look(approving.DAY, payload, "Compared with the day's report", at, people=FINANCE)
    spread(pay, settlements.due_shards(at), at, bank=bank, hands=hands)


def pay(shards: Sequence[int], at: datetime, bank: Bank) -> None:
    for shard in shards:
        settlement_sweeps.pay_due(shard=shard, at=at)


def decide(at: datetime) -> None:
    """Shops answer disputes the day after; two days later the finance people decide: every other one for the payer."""
    for dispute in disputes.to_answer().filter(created_at__lte=at - ANSWERED_AFTER):
        answering.answer(dispute_id=dispute.id, text="已发货,附快递单号 SF1234567890", at=at)
    for place, dispute in enumerate(disputes.to_decide().filter(created_at__lte=at - DECIDED_AFTER).order_by("created_at", "id")):
        act = deciding.LOSE if (place + dispute.created_at.day) % 2 else deciding.WIN
        payload = {"target": dispute.public_id, "verdict": "Looked at the parcel's journey"}
        with suppress(DomainError):
            second_look(act, payload, "Both sides were heard", at, people=FINANCE)
