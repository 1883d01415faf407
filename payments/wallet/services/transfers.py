"""Money from one customer to another."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from accounts.identity import queries as identity
from accounts.ledger import services as ledger
from accounts.security import queries as security_facts
from accounts.security import services as security
from accounts.verification import queries as limits
from accounts.verification import services as verification
from core.errors import DomainError, NotFound
from core.ids import new_id, public_id, shard_of
from core.limits.services import levy
from core.moves import advance
from core.outbox import services as outbox
from core.outbox.services import Payload
from core.questions import ask
from payments.wallet import journals
from payments.wallet.models import TRANSFER_MOVES, Transfer, TransferState, terms_in_force
from payments.wallet.remarks import checked_remark
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent


class AcceptanceOver(DomainError):
    code = "transfer_acceptance_over"
    en = "The time to accept this transfer is over; the money goes back to the payer."
    zh = "该转账已超过接收时限,款项将退回付款方。"


class PayerNotActive(DomainError):
    code = "transfer_payer_not_active"
    en = "This transfer cannot be taken now. Unless that changes in time, the money goes back to the payer."
    zh = "该转账暂时无法接收;如逾期仍无法接收,款项将退回付款方。"


@transaction.atomic(savepoint=False)
def send(*, intent: Intent, payee_id: uuid.UUID, amount_fen: int, remark: str, at: datetime) -> Transfer:
    """Move money to the payee at once (journal 3). The hot path: every statement here is paid for by each transfer.

    Raises PayeeIsPayer, CustomerNotActive, PayeeCannotReceive, Invalid (remark), StepUpNeeded and its kin, the account
    class's limits, InsufficientFunds.
    """
    transfer = admitted(intent, payee_id, amount_fen, remark, at)
    transfer.state = TransferState.SUCCEEDED
    ledger.post(
        journal_id=transfer.id,
        event=journals.TRANSFER,
        legs=journals.transfer(payer_id=intent.customer_id, payee_id=payee_id, amount_fen=amount_fen),
        reference=transfer.public_id,
        at=at,
        beside=[transfer, outbox.announced(topic="transfer.succeeded", owner=transfer.customer_id, payload=news(transfer), at=at)],
    )
    return transfer


@transaction.atomic(savepoint=False)
def offer(*, intent: Intent, payee_id: uuid.UUID, amount_fen: int, remark: str, at: datetime) -> Transfer:
    """Take the money from the payer and let it wait for the payee's word. Raises what `send` raises."""
    transfer = admitted(intent, payee_id, amount_fen, remark, at)
    transfer.state = TransferState.IN_TRANSIT
    transfer.expires_at = at + timedelta(hours=terms_in_force(at).acceptance_hours)
    transfer.save(force_insert=True)
    ledger.post(
        journal_id=transfer.id,
        event=journals.TRANSFER_OUT,
        legs=journals.transfer_out(payer_id=intent.customer_id, amount_fen=amount_fen),
        reference=transfer.public_id,
        at=at,
    )
    publish("transfer.offered", transfer, at)
    return transfer


@transaction.atomic
def accept(*, payee_id: uuid.UUID, transfer_id: uuid.UUID, at: datetime) -> Transfer:
    """The payee takes the money. Raises NotFound, AcceptanceOver, WrongState, CustomerNotActive, PayerNotActive."""
    parties.require_active(payee_id)
    transfer = locked_for(payee_id, transfer_id)
    assert_open_until(transfer, at)
    if not parties.active(transfer.customer_id):
        raise PayerNotActive()
    journal_id = new_id()
    advance(transfer, TransferState.ACCEPTED, moves=TRANSFER_MOVES, at=at, closing_journal_id=journal_id)
    ledger.post(
        journal_id=journal_id,
        event=journals.TRANSFER_IN,
        legs=journals.transfer_in(payee_id=payee_id, amount_fen=transfer.amount_fen),
        reference=transfer.public_id,
        at=at,
    )
    publish("transfer.accepted", transfer, at)
    return transfer


@transaction.atomic
def decline(*, payee_id: uuid.UUID, transfer_id: uuid.UUID, at: datetime) -> Transfer:
    """The payee sends the money back. Raises NotFound, WrongState."""
    return back(locked_for(payee_id, transfer_id), TransferState.DECLINED, at)


@transaction.atomic
def expire(*, transfer_id: uuid.UUID, at: datetime) -> bool:
    """Send the money back when nobody took it in time. False when another has the row or it is not due or over already."""
    due = Transfer.objects.select_for_update(skip_locked=True).filter(pk=transfer_id, state=TransferState.IN_TRANSIT, expires_at__lte=at)
    transfer = due.first()
    if transfer is None:
        return False
    back(transfer, TransferState.EXPIRED, at)
    return True


def admitted(intent: Intent, payee_id: uuid.UUID, amount_fen: int, remark: str, at: datetime) -> Transfer:
    """A transfer that may be made, not saved yet: parties, remark, proof and limits are in order, the limits taken."""
    payer_id = intent.customer_id
    parties.require_different(payer_id, payee_id)
    text = checked_remark(remark)
    states, pin_free, outflow = ask(
        identity.states_of([payer_id, payee_id]), security_facts.pin_free_rule_at(at), limits.outflow_facts_of(payer_id, at)
    )
    parties.require_both(states, payer_id, payee_id)
    factors, levies = 0, []
    if intent.token:
        factors = authority.spend(intent=intent, purpose=authority.TRANSFER, amount_fen=amount_fen, payee=public_id("cus", payee_id), at=at)
    else:
        levies.append(security.pin_free(pin_free, customer_id=payer_id, amount_fen=amount_fen, at=at))
    levies.append(verification.outflow_levy(outflow, amount_fen=amount_fen, factors=factors, at=at))
    levy(levies=levies)
    return Transfer(
        customer_id=payer_id,
        shard=shard_of(payer_id),
        payee_id=payee_id,
        amount_fen=amount_fen,
        remark=text,
        factors=factors,
        created_at=at,
        changed_at=at,
    )


def locked_for(payee_id: uuid.UUID, transfer_id: uuid.UUID) -> Transfer:
    transfer = Transfer.objects.select_for_update().filter(pk=transfer_id, payee_id=payee_id).first()
    if transfer is None:
        raise NotFound()
    return transfer


def assert_open_until(transfer: Transfer, at: datetime) -> None:
    """Time counts even before the sweeper has seen it."""
    if transfer.state == TransferState.IN_TRANSIT and transfer.expires_at is not None and transfer.expires_at <= at:
        raise AcceptanceOver()


def back(transfer: Transfer, to: TransferState, at: datetime) -> Transfer:
    """From transit to the payer, to the fen, and the day's and year's limits with it."""
    journal_id = new_id()
    advance(transfer, to, moves=TRANSFER_MOVES, at=at, closing_journal_id=journal_id)
    verification.return_outflow(
        customer_id=transfer.customer_id, amount_fen=transfer.amount_fen, factors=transfer.factors, at=transfer.created_at
    )
    ledger.reverse(journal_id=journal_id, reverses=transfer.id, event=journals.TRANSFER_BACK, at=at)
    publish(f"transfer.{to}", transfer, at)
    return transfer


def publish(topic: str, transfer: Transfer, at: datetime) -> None:
    outbox.publish(topic=topic, owner=transfer.customer_id, payload=news(transfer), at=at)


def news(transfer: Transfer) -> Payload:
    """What the outbox tells of a transfer."""
    return {
        "transfer": transfer.public_id,
        "payer": public_id("cus", transfer.customer_id),
        "payee": public_id("cus", transfer.payee_id),
        "amount_fen": transfer.amount_fen,
        "currency": "CNY",
    }
