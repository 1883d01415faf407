"""Paying an order as its merchant's test payer, through the cashier everybody pays at."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.ids import parse_public_id
from payments.cashier import outbound, queries
from payments.cashier.queries import PaymentAttempt, PaymentOrder
from payments.cashier.services import closing, paying
from payments.cashier.services.funding import Pick, shares
from payments.channels import queries as channels
from payments.channels.sandbox_bank.control import control
from payments.trial import payers
from payments.trial.payers import TrialPayer, TrialPayerNotReady
from payments.trial.results import CARD, LATE, WANTS_PROOF, faults_for
from payments.wallet import outbound as wallet_outbound
from payments.wallet import queries as wallet
from payments.wallet.services import authority, top_ups
from payments.wallet.services.authority import Intent


def fund(*, payer: TrialPayer, order: PaymentOrder, nonce: str, at: datetime) -> None:
    """Top the payer's balance up from the card to half of the order, where it is less. Outside any transaction.

    Raises TrialPayerNotReady and what `top_ups.start` raises.
    """
    lacking = half(order) - wallet.balance(payer.customer_id).available
    if lacking <= 0:
        return
    token = payers.proof(payer, purpose=authority.TOP_UP, amount_fen=lacking, payee=payer.card, nonce=nonce, at=at)
    intent = Intent(payer.customer_id, payer.session_id, nonce, token)
    top_up = top_ups.start(intent=intent, card_id=parse_public_id("crd", payer.card), amount_fen=lacking, at=at)
    if wallet_outbound.ask_top_up(top_up_id=top_up.id, at=at).state != "succeeded":
        raise TrialPayerNotReady()


def half(order: PaymentOrder) -> int:
    """What of an order paid by both is paid from the balance; the card pays at least a fen."""
    return order.amount_fen // 2


@transaction.atomic
def begin(*, payer: TrialPayer, order_id: UUID, nonce: str, result: str, funding: str, at: datetime) -> PaymentAttempt:
    """Write the attempt, approved by PIN; without one, where that may be, for a bank that wants one. Raises what `paying.pay` raises."""
    order = queries.order(order_id)
    card = Pick("card", payer.card)
    picks = [card] if funding == CARD or not half(order) else [Pick("balance", fen=half(order)), card]
    planned = shares(order=order, customer_id=payer.customer_id, picks=picks, at=at)
    needed = paying.factors_needed(order, payer.customer_id, order.amount_fen, planned, at)
    token = "" if result == WANTS_PROOF and not needed else pin_proof(payer, order, nonce, at)
    intent = Intent(payer.customer_id, payer.session_id, nonce, token)
    return paying.pay(intent=intent, order_id=order_id, picks=picks, at=at)


def pin_proof(payer: TrialPayer, order: PaymentOrder, nonce: str, at: datetime) -> str:
    return payers.proof(payer, purpose=paying.PURPOSE, amount_fen=order.amount_fen, payee=order.public_id, nonce=nonce, at=at)


def go_on(*, attempt: PaymentAttempt, result: str, at: datetime) -> PaymentAttempt:
    """Tell the bank what to do with this one request, ask it, and for a late success close the order before the bank has said.

    Outside any transaction. Raises ControlRefused.
    """
    tell_bank(attempt, result)
    outbound.ask(attempt_id=attempt.id, at=at)
    if result == LATE:
        closing.begin(order_id=attempt.order_id, code=closing.BY_MERCHANT, at=at)
        outbound.close(order_id=attempt.order_id, at=at)
    return queries.attempt(attempt.id)


def tell_bank(attempt: PaymentAttempt, result: str) -> None:
    """Raises ControlRefused."""
    assert attempt.request_id is not None, "a card asks its channel"
    request_no = channels.request(attempt.request_id).request_no
    for fault in faults_for(result):
        control("POST", "/control/faults", fault.rule(request_no))
