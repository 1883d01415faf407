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
from payments.risk.services import deciding
from payments.risk.services.deciding import Act, Ruling
from payments.wallet import journals
from payments.wallet.models import TRANSFER_MOVES, Transfer, TransferState, terms_in_force
from payments.wallet.queries import HIDDEN_FROM_PAYEE
from payments.wallet.remarks import checked_remark
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent

BUSINESS = "transfer"


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

    Raises PayeeIsPayer, CustomerNotActive, PayeeCannotReceive, Invalid (remark), StepUpNeeded and its kin, RiskRefused, the account
    class's limits, InsufficientFunds.
    """
    transfer, ruling = admitted(intent, payee_id, amount_fen, remark, at)
    if ruling.review:
        return set_aside(transfer, ruling, at)
    transfer.state = TransferState.SUCCEEDED
    announced = outbox.announced(topic="transfer.succeeded", owner=transfer.customer_id, payload=news(transfer), at=at)
    ledger.post(
        journal_id=transfer.id,
        event=journals.TRANSFER,
        legs=journals.transfer(payer_id=intent.customer_id, payee_id=payee_id, amount_fen=amount_fen),
        reference=transfer.public_id,
        at=at,
        beside=[transfer, announced, *ruling.rows],
    )
    return transfer


@transaction.atomic(savepoint=False)
def offer(*, intent: Intent, payee_id: uuid.UUID, amount_fen: int, remark: str, at: datetime) -> Transfer:
    """Take the money from the payer and let it wait for the payee's word. A payee who closes at this moment never takes it, and it goes
    back to the payer in time: no row of the payee's is locked for that. Raises what `send` raises."""
    transfer, ruling = admitted(intent, payee_id, amount_fen, remark, at)
    transfer.expires_at = accepted_until(at)
    if ruling.review:
        return set_aside(transfer, ruling, at)
    transfer.state = TransferState.IN_TRANSIT
    return put_in_transit(transfer, "transfer.offered", ruling, at)


def set_aside(transfer: Transfer, ruling: Ruling, at: datetime) -> Transfer:
    """Take the money from the payer and let it wait for a person's word."""
    transfer.state = TransferState.IN_REVIEW
    return put_in_transit(transfer, "transfer.in_review", ruling, at)


def put_in_transit(transfer: Transfer, topic: str, ruling: Ruling, at: datetime) -> Transfer:
    """Journal 3 with acceptance, first part, and the new rows beside it."""
    ledger.post(
        journal_id=transfer.id,
        event=journals.TRANSFER_OUT,
        legs=journals.transfer_out(payer_id=transfer.customer_id, amount_fen=transfer.amount_fen),
        reference=transfer.public_id,
        at=at,
        beside=[transfer, outbox.announced(topic=topic, owner=transfer.customer_id, payload=news(transfer), at=at), *ruling.rows],
    )
    return transfer


def accepted_until(at: datetime) -> datetime:
    return at + timedelta(hours=terms_in_force(at).acceptance_hours)


@transaction.atomic
def release(*, transfer_id: uuid.UUID, at: datetime) -> Transfer:
    """Let a transfer in review go on, as if sent now. Raises WrongState, CustomerNotActive, PayeeCannotReceive."""
    transfer = Transfer.objects.select_for_update().get(pk=transfer_id)
    parties.require_both(identity.states([transfer.customer_id, transfer.payee_id]), transfer.customer_id, transfer.payee_id)
    if transfer.expires_at is not None:
        advance(transfer, TransferState.IN_TRANSIT, moves=TRANSFER_MOVES, at=at, expires_at=accepted_until(at))
        publish("transfer.offered", transfer, at)
        return transfer
    return book_in(transfer, TransferState.SUCCEEDED, at)


@transaction.atomic
def refuse(*, transfer_id: uuid.UUID, at: datetime) -> Transfer:
    """Send a transfer in review back to its payer. Raises WrongState."""
    return back(Transfer.objects.select_for_update().get(pk=transfer_id), TransferState.REFUSED, at)


@transaction.atomic
def accept(*, payee_id: uuid.UUID, transfer_id: uuid.UUID, at: datetime) -> Transfer:
    """The payee takes the money. Raises NotFound, AcceptanceOver, WrongState, CustomerNotActive, PayerNotActive."""
    parties.require_active(payee_id)
    transfer = locked_for(payee_id, transfer_id)
    assert_open_until(transfer, at)
    if not parties.active(transfer.customer_id):
        raise PayerNotActive()
    return book_in(transfer, TransferState.ACCEPTED, at)


def book_in(transfer: Transfer, to: TransferState, at: datetime) -> Transfer:
    """From transit to the payee: journal 3 with acceptance, second part."""
    journal_id = new_id()
    advance(transfer, to, moves=TRANSFER_MOVES, at=at, closing_journal_id=journal_id)
    ledger.post(
        journal_id=journal_id,
        event=journals.TRANSFER_IN,
        legs=journals.transfer_in(payee_id=transfer.payee_id, amount_fen=transfer.amount_fen),
        reference=transfer.public_id,
        at=at,
    )
    publish(f"transfer.{to}", transfer, at)
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


def admitted(intent: Intent, payee_id: uuid.UUID, amount_fen: int, remark: str, at: datetime) -> tuple[Transfer, Ruling]:
    """A transfer that may be made, not saved yet, and what risk rules of it: parties, remark, proof and limits are in order, the limits
    taken."""
    payer_id = intent.customer_id
    parties.require_different(payer_id, payee_id)
    text = checked_remark(remark)
    act = Act(BUSINESS, new_id(), payer_id, intent.session_id, amount_fen, payee=payee_id)
    states, pin_free, outflow, known = ask(
        identity.states_of([payer_id, payee_id]),
        security_facts.pin_free_rule_at(at),
        limits.outflow_facts_of(payer_id, at),
        deciding.facts_question(act=act, at=at),
    )
    parties.require_both(states, payer_id, payee_id)
    factors, levies, payee = 0, [], public_id("cus", payee_id)
    with authority.saying(purpose=authority.TRANSFER, amount_fen=amount_fen, payee=payee):
        if intent.token:
            factors = authority.spend(intent=intent, purpose=authority.TRANSFER, amount_fen=amount_fen, payee=payee, at=at)
        else:
            levies.append(security.pin_free(pin_free, customer_id=payer_id, amount_fen=amount_fen, at=at))
        ruling = deciding.decide(act=act, known=known, factors=factors, at=at)
        levies.append(verification.outflow_levy(outflow, amount_fen=amount_fen, factors=factors, at=at))
        levy(levies=levies)
    transfer = Transfer(
        id=act.business_id,
        customer_id=payer_id,
        shard=shard_of(payer_id),
        payee_id=payee_id,
        amount_fen=amount_fen,
        remark=text,
        factors=factors,
        created_at=at,
        changed_at=at,
    )
    return transfer, ruling


def locked_for(payee_id: uuid.UUID, transfer_id: uuid.UUID) -> Transfer:
    mine = Transfer.objects.filter(pk=transfer_id, payee_id=payee_id).exclude(state__in=HIDDEN_FROM_PAYEE)
    transfer = mine.select_for_update().first()
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
