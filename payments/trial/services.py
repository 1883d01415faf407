"""Paying an order as its merchant's test payer, through the cashier everybody pays at."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.security import services as security
from core.errors import DomainError
from payments.cashier import outbound, queries
from payments.cashier.queries import PaymentAttempt, PaymentOrder
from payments.cashier.services import closing, paying
from payments.cashier.services.funding import Pick
from payments.channels import queries as channels
from payments.channels.sandbox_bank.control import control
from payments.trial.payers import PIN, TrialPayer
from payments.trial.results import LATE, WANTS_PROOF, faults_for
from payments.wallet.services.authority import Intent

PURPOSE = "payment"


@transaction.atomic
def begin(*, payer: TrialPayer, order_id: UUID, nonce: str, result: str, at: datetime) -> PaymentAttempt:
    """Write the attempt: the whole order from the documented card, approved by PIN; without one, where that may be, for a bank that wants
    one. Raises what `paying.pay` raises."""
    order = queries.order(order_id)
    needed = paying.factors_needed(order, payer.customer_id, order.amount_fen, at)
    token = "" if result == WANTS_PROOF and not needed else pin_proof(payer, order, nonce, at)
    intent = Intent(payer.customer_id, payer.session_id, nonce, token)
    return paying.pay(intent=intent, order_id=order_id, picks=[Pick("card", payer.card)], at=at)


def pin_proof(payer: TrialPayer, order: PaymentOrder, nonce: str, at: datetime) -> str:
    proven = security.prove(
        customer_id=payer.customer_id,
        session_id=payer.session_id,
        method="pin",
        secret=PIN,
        purpose=PURPOSE,
        amount_fen=order.amount_fen,
        payee=order.public_id,
        nonce=nonce,
        at=at,
    )
    if isinstance(proven, DomainError):
        raise proven
    return proven[1]


def go_on(*, attempt: PaymentAttempt, result: str, at: datetime) -> PaymentAttempt:
    """Tell the bank what to do with this one request, ask it, and for a late success close the order before the bank has said.

    Outside any transaction. Raises ControlRefused.
    """
    assert attempt.request_id is not None, "a card asks its channel"
    request_no = channels.request(attempt.request_id).request_no
    for fault in faults_for(result):
        control("POST", "/control/faults", fault.rule(request_no))
    outbound.ask(attempt_id=attempt.id, at=at)
    if result == LATE:
        closing.begin(order_id=attempt.order_id, code=closing.BY_MERCHANT, at=at)
        outbound.close(order_id=attempt.order_id, at=at)
    return queries.attempt(attempt.id)
