"""What the test payer and the sandbox's operators do about disputes, agreements and splits."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from core.approvals.services import applying
from core.audit import services as audit
from core.ids import public_id
from core.moves import WrongState
from core.production import refuse_in_production
from payments.agreements import outbound as agreed
from payments.agreements import queries as agreements
from payments.agreements.queries import Agreement, Deduction
from payments.agreements.services import deducting, signing
from payments.cashier import queries as orders
from payments.disputes.queries import Dispute
from payments.disputes.services import deciding
from payments.trial import payers
from payments.trial.payers import TrialPayer, TrialReceiver
from payments.trial.results import FAILED
from payments.trial.services import paying
from payments.wallet import queries as wallet
from payments.wallet.services import authority, transfers
from payments.wallet.services.authority import Intent

OPERATORS = {"maker": "sandbox:maker", "checker": "sandbox:checker"}
"""The two people who decide at a desk; here the sandbox is both."""
VERDICT = "Decided in the sandbox, as its merchant asked."
WON, LOST, WITHDRAWN = "won", "lost", "withdrawn"
VERDICTS = (WON, LOST, WITHDRAWN)


@contextmanager
def as_operators(act: str) -> Iterator[None]:
    """An act of two people's, decided by the sandbox. Raises NotInProduction."""
    refuse_in_production(act)
    with applying(act, **OPERATORS):
        yield


@transaction.atomic
def decide(*, dispute: Dispute, verdict: str, at: datetime) -> Dispute:
    """End a dispute in the operators' name, or in the payer's. Raises WrongState and what `deciding.lose` raises."""
    facts = {"verdict": verdict, "merchant": dispute.merchant_public_id}
    audit.record(actor="system", act="trial.dispute", target=dispute.public_id, reason=VERDICT, details=facts, at=at)
    if verdict == WITHDRAWN:
        return deciding.withdraw(customer_id=dispute.payer_id, dispute_id=dispute.id, at=at)
    act, end = ENDS[verdict]
    with as_operators(act):
        return end(dispute_id=dispute.id, verdict=VERDICT, at=at)


ENDS: dict[str, tuple[str, Callable[..., Dispute]]] = {WON: (deciding.WIN, deciding.win), LOST: (deciding.LOSE, deciding.lose)}


@transaction.atomic
def sign(*, payer: TrialPayer, agreement: Agreement, nonce: str, at: datetime) -> Agreement:
    """Sign an agreement, to be paid by card. Raises what `signing.sign` raises."""
    fen, payee = agreement.cap_fen, agreement.public_id
    token = payers.proof(payer, purpose=signing.PURPOSE, amount_fen=fen, payee=payee, nonce=nonce, at=at)
    intent = Intent(payer.customer_id, payer.session_id, nonce, token)
    return signing.sign(intent=intent, agreement_id=agreement.id, methods=[("card", payer.card)], at=at)


@transaction.atomic
def try_now(*, deduction_id: uuid.UUID, at: datetime) -> Deduction:
    """Bring a deduction's next try forward to now, and place it. Raises WrongState."""
    deducting.bring_forward(deduction_id=deduction_id, at=at)
    return deducting.debit(deduction_id=deduction_id, at=at)


def go_on(*, deduction: Deduction, result: str, at: datetime) -> Deduction:
    """Ask the bank about a try that was placed, which it answers as told; for a failed deduction go on with the next until none is left,
    one is put off uncounted, or another ends the deduction meanwhile.

    Outside any transaction. Raises ControlRefused.
    """
    deduction = answered(deduction, result, at)
    rounds = agreements.tries_most(at) - 1 if result == FAILED else 0
    for _ in range(rounds):
        tries = deduction.tries
        try:
            placed = try_now(deduction_id=deduction.id, at=at)
        except WrongState:
            break
        deduction = answered(placed, result, at)
        if deduction.tries == tries:
            break
    return agreements.deduction(deduction.id)


def answered(deduction: Deduction, result: str, at: datetime) -> Deduction:
    """The deduction once the bank was asked about its try, where one was placed. Raises ControlRefused."""
    waiting = orders.open_attempt(deduction.order_id)
    if waiting is not None:
        paying.tell_bank(waiting, result)
    return agreed.ask(deduction_id=deduction.id, at=at)


@transaction.atomic
def pass_on(*, receiver: TrialReceiver, to: TrialPayer, nonce: str, at: datetime) -> None:
    """Send all that the receiver has to the payer. Raises what `transfers.send` raises."""
    fen = wallet.balance(receiver.customer_id).available
    if not fen:
        return
    payee = public_id("cus", to.customer_id)
    token = payers.proof(receiver, purpose=authority.TRANSFER, amount_fen=fen, payee=payee, nonce=nonce, at=at)
    intent = Intent(receiver.customer_id, receiver.session_id, nonce, token)
    transfers.send(intent=intent, payee_id=to.customer_id, amount_fen=fen, remark="", at=at)
