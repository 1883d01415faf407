"""The end of a dispute: won, lost or withdrawn. Two people decide; the payer alone withdraws."""

import uuid
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.identity import queries as identity
from core.approvals.services import must_be_applying
from core.errors import DomainError, NotFound
from core.moves import WrongState, advance
from core.work import owning
from core.work import services as work
from payments.cashier.services import orders
from payments.disputes import queries
from payments.disputes.models import Dispute
from payments.disputes.services import freezing
from payments.disputes.services.answering import DECIDE
from payments.disputes.services.opening import NewDispute, open_dispute, publish
from payments.disputes.states import DISPUTE_MOVES, OPEN, DisputeState, OpenedBy
from payments.refunds.services import asking
from payments.refunds.services.asking import LostDispute

OPEN_ACT = "dispute.open"
WIN = "dispute.win"
LOSE = "dispute.lose"


class NotYours(DomainError):
    code = "dispute_not_yours"
    en = "This dispute was not opened by you, so it ends without you. Write to customer service."
    zh = "该争议并非由您发起,无法撤销,请联系客服。"


def open_by_operators(*, order_id: uuid.UUID, wanted: NewDispute, at: datetime) -> Dispute:
    """A dispute that operators open: for a payer, or as a bank's chargeback says. Raises ApprovalNeeded and what `open_dispute` raises."""
    decided = must_be_applying(OPEN_ACT)
    return open_dispute(order_id=order_id, wanted=replace(wanted, opener=decided.maker), at=at)


def undecided(dispute_id: uuid.UUID, to: DisputeState) -> Dispute:
    """An open dispute, locked behind its order and its payer. Raises NotFound, WrongState."""
    found = queries.dispute(dispute_id)
    orders.locked(found.order_id)
    identity.lock(found.payer_id)
    dispute = Dispute.objects.select_for_update().get(pk=dispute_id)
    if dispute.state not in OPEN:
        raise WrongState(state=str(dispute.state), wanted=str(to))
    return dispute


@transaction.atomic
def win(*, dispute_id: uuid.UUID, verdict: str, at: datetime) -> Dispute:
    """The merchant keeps the money: journal 2. Raises ApprovalNeeded, WrongState."""
    decided = must_be_applying(WIN)
    dispute = undecided(dispute_id, DisputeState.WON)
    advance(dispute, DisputeState.WON, moves=DISPUTE_MOVES, at=at, verdict=verdict, decided_at=at)
    close_work(dispute, decided.checker, at)
    publish("dispute.won", dispute, at)
    freezing.release(dispute, at)
    return dispute


@transaction.atomic
def lose(*, dispute_id: uuid.UUID, verdict: str, at: datetime) -> Dispute:
    """The money goes back as a refund, from what is frozen first; to the bank where it took it already. Nothing is paid twice: the
    refund takes room on the order like every other.

    Raises ApprovalNeeded, WrongState, MerchantBalanceShort (the merchant has less than is owed: what is missing is not paid by others).
    """
    decided = must_be_applying(LOSE)
    dispute = undecided(dispute_id, DisputeState.LOST)
    lost = LostDispute(dispute.amount_fen, dispute.public_id, dispute.frozen_fen, dispute.taken_by_bank)
    refund = asking.ask_for_dispute(order_id=dispute.order_id, lost=lost, at=at)
    advance(dispute, DisputeState.LOST, moves=DISPUTE_MOVES, at=at, verdict=verdict, decided_at=at, refund_id=refund.id)
    close_work(dispute, decided.checker, at)
    publish("dispute.lost", dispute, at, refund=refund.public_id)
    freezing.release_rest(dispute, refund.from_frozen_fen, at)
    return dispute


@transaction.atomic
def withdraw(*, customer_id: uuid.UUID, dispute_id: uuid.UUID, at: datetime) -> Dispute:
    """The payer takes a dispute of their own back: journal 2. Raises NotFound, NotYours, WrongState."""
    dispute = undecided_of(customer_id, dispute_id)
    advance(dispute, DisputeState.WITHDRAWN, moves=DISPUTE_MOVES, at=at, decided_at=at)
    close_work(dispute, "system", at)
    publish("dispute.withdrawn", dispute, at)
    freezing.release(dispute, at)
    return dispute


def undecided_of(customer_id: uuid.UUID, dispute_id: uuid.UUID) -> Dispute:
    """Raises NotFound for another's."""
    found = queries.of_payer(customer_id).filter(pk=dispute_id).first()
    if found is None:
        raise NotFound()
    if found.opened_by != OpenedBy.PAYER:
        raise NotYours()
    return undecided(dispute_id, DisputeState.WITHDRAWN)


def close_work(dispute: Dispute, by: str, at: datetime) -> None:
    for kind in (DECIDE, freezing.SHORT):
        work.finish_one(kind=kind, target=dispute.public_id, by=by, at=at)
    owning.let_go([dispute.public_id])
