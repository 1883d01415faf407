"""Paying an order: one attempt, its legs set aside, and the one commit that takes them all."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.ledger import services as ledger
from accounts.security import queries as security
from accounts.security import services as security_services
from accounts.security.services import StepUpNeeded, proof_id
from core.errors import DomainError, NotFound
from core.ids import new_id, parse_public_id
from core.moves import advance
from core.questions import ask
from payments.cards import queries as cards
from payments.cashier import journals, queries
from payments.cashier.card import NAME as CARD
from payments.cashier.legs import Share, refuse_party
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from payments.cashier.services import funding, orders
from payments.cashier.services.funding import Pick
from payments.cashier.sockets import BUSINESS, SCENE_RULES, external_of, payee_of, source_of
from payments.cashier.states import ATTEMPT_MOVES, KEPT, LEG_MOVES, ORDER_MOVES, AttemptState, LegState, OrderState
from payments.merchants import queries as merchants
from payments.merchants.fees import fee_fen
from payments.risk.services import deciding
from payments.risk.services.deciding import Act, Known, Ruling, StrongerProofNeeded
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent

PURPOSE = "payment"


class OrderPaid(DomainError):
    code = "order_paid"
    en = "This order is paid already. Nothing more was charged."
    zh = "该订单已支付,未重复扣款。"


class OrderClosed(DomainError):
    code = "order_closed"
    en = "This order is closed. Ask the merchant for a new one."
    zh = "该订单已关闭,请联系商户重新下单。"


class OrderBeingPaid(DomainError):
    """`attempt` is the id to poll."""

    code = "order_being_paid"
    en = "The bank has not answered yet on your last try to pay this order. Wait for it: {attempt}."
    zh = "您对该订单的上一次付款银行尚未返回结果,请稍候查询:{attempt}。"


@transaction.atomic
def pay(*, intent: Intent, order_id: uuid.UUID, picks: Sequence[Pick], at: datetime) -> PaymentAttempt:
    """Pay an order as its payer chose: what is the platform's own is set aside, and taken at once where nobody outside is asked.
    Otherwise the channel's request is written, to be sent after the commit, and the attempt stays open until its word.

    Raises NotFound (also for another's order), OrderPaid, OrderClosed, OrderBeingPaid, MerchantNotSelling, CustomerNotActive, what
    `funding.shares` raises, PartyUnfit, StepUpNeeded and its kin, RiskRefused, what the scene's rule and the sources
    refuse with.
    """
    who = Payer(intent.customer_id, intent.session_id, shown_factors(intent))
    return begun(who, order_id, picks, lambda order, fen, planned: approved(intent, order, fen, planned, at), at)


@transaction.atomic
def pay_agreed(*, customer_id: uuid.UUID, factors: int, order_id: uuid.UUID, picks: Sequence[Pick], at: datetime) -> PaymentAttempt:
    """`pay` where the customer approved beforehand, by so many factors, and no device of theirs takes part: the caller holds what they
    agreed to, and its caps; nobody is there who could prove more, whatever a bank wants. Raises what `pay` raises."""
    return begun(Payer(customer_id, None, factors), order_id, picks, lambda *_: factors, at)


@dataclass(frozen=True)
class Payer:
    """Who pays, in which session (None: no device takes part), and how many factors are shown for it before the proof is spent."""

    customer_id: uuid.UUID
    session_id: uuid.UUID | None
    shown_factors: int


Approve = Callable[[PaymentOrder, int, Sequence[Share]], int]
"""What is paid, how much of it by the payer, and from what, to how many factors stand behind it."""


def begun(who: Payer, order_id: uuid.UUID, picks: Sequence[Pick], approve: Approve, at: datetime) -> PaymentAttempt:
    """One attempt, paid at once or placed with its channel."""
    order = orders.locked(order_id)
    refuse_unpayable(order, who.customer_id, at)
    parties.require_active(who.customer_id)
    if order.payee:
        payee_of(order.payee).require_payable(order=orders.payee_facts(order), customer_id=who.customer_id, at=at)
    else:
        merchants.require_selling(order.seller_id)
    planned = funding.shares(order=order, customer_id=who.customer_id, picks=picks, at=at, factors=who.shown_factors)
    for share in planned:
        refuse_party(share.method.offer, share.party, paying=True)
    amount_fen = funding.payer_fen(planned)
    known = risk_facts(who, order, planned, at)
    factors = approve(order, amount_fen, planned)
    ruling = admitted(known, to_prove(order, amount_fen), factors, at)
    admit_to_scene(order, who.customer_id, amount_fen, at)
    at_once = not any(share.method.external for share in planned)
    attempt = PaymentAttempt(
        order_id=order.id,
        customer_id=who.customer_id,
        shard=order.shard,
        number=next_number(order),
        amount_fen=amount_fen,
        factors=factors,
        state=AttemptState.SUCCEEDED if at_once else AttemptState.OPEN,
        created_at=at,
        changed_at=at,
    )
    legs = [held(order, attempt, position, share, at_once, at) for position, share in enumerate(planned, start=1)]
    attempt.request_id = next((leg.request_id for leg in legs if leg.external), None)
    attempt.save(force_insert=True)
    FundingLeg.objects.bulk_create(legs)
    deciding.record(ruling)
    if at_once:
        commit(order, attempt, legs, at)
    else:
        advance(order, OrderState.PAYING, moves=ORDER_MOVES, at=at, payer_id=who.customer_id, code="")
    return attempt


def admit_to_scene(order: PaymentOrder, customer_id: uuid.UUID, amount_fen: int, at: datetime) -> None:
    """Raises what the rule of the order's scene refuses with."""
    rule = SCENE_RULES.get(order.scene)
    if rule is not None:
        rule.admit(order=funding.facts_of(order), customer_id=customer_id, amount_fen=amount_fen, at=at)


@dataclass(frozen=True)
class Asked:
    """An act, and what risk knows of it."""

    act: Act
    known: Known


def risk_facts(who: Payer, order: PaymentOrder, planned: Sequence[Share], at: datetime) -> Asked:
    """What risk knows of paying this order so; from here on it counts as one act of the payer, unless it is undone."""
    card = next((fingerprint_of(share) for share in planned if share.method.source == CARD), None)
    act = Act(
        BUSINESS, order.id, who.customer_id, who.session_id, order.amount_fen, payee=order.merchant_id or risk_payee(order), card=card
    )
    (known,) = ask(deciding.facts_question(act=act, at=at))
    return Asked(act, known)


def risk_payee(order: PaymentOrder) -> uuid.UUID:
    """By which risk knows a payee: it is one party, whatever its orders."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"payee:{order.payee}")


def fingerprint_of(share: Share) -> bytes:
    return cards.fingerprint_of(parse_public_id("crd", share.method.offer.ref))


def admitted(asked: Asked, unproven: StepUpNeeded, factors: int, at: datetime) -> Ruling:
    """Risk's word on the payment, the one place where it is asked. A payment waits for nobody, since its order is over long before
    people have looked: what a rule would keep waiting is refused. `unproven` says what to prove where a rule wants a proof.

    Raises RiskRefused, StepUpNeeded, StrongerProofNeeded.
    """
    try:
        return deciding.decide_now(act=asked.act, known=asked.known, factors=factors, at=at)
    except StepUpNeeded as needed:
        unproven.afterwards = needed.afterwards
        raise unproven from needed


def refuse_unpayable(order: PaymentOrder, customer_id: uuid.UUID, at: datetime) -> None:
    """Raises NotFound, OrderPaid, OrderClosed, OrderBeingPaid. Time counts even before the sweeper has seen it."""
    if order.payer_id not in (None, customer_id):
        raise NotFound()
    if order.state in KEPT:
        raise OrderPaid()
    if order.state == OrderState.PAYING:
        waiting = queries.open_attempt(order.id)
        raise OrderBeingPaid(attempt=waiting.public_id if waiting else "")
    if order.state != OrderState.CREATED or order.expires_at <= at:
        raise OrderClosed()


def shown_factors(intent: Intent) -> int:
    """How many factors the proof sent along stands for, before it is known for how much it must be spent."""
    proof = security.proof(intent.customer_id, proof_id(intent.token))
    return 1 if proof is None else proof.factors


def approved(intent: Intent, order: PaymentOrder, amount_fen: int, planned: Sequence[Share], at: datetime) -> int:
    """How many factors stand behind the payment; its proof is bound to what the payer gives and to the order. Where a bank refused the
    same card for want of a stronger proof it has as many as that, whatever the amount.

    Raises StepUpNeeded with what to prove, StrongerProofNeeded, ProofMismatch, ProofExpired.
    """
    if not amount_fen:
        return 0
    asked = factors_asked(order, planned)
    if asked and not intent.token:
        raise to_prove(order, amount_fen)
    try:
        factors = authority.require(intent=intent, purpose=PURPOSE, amount_fen=amount_fen, payee=order.public_id, at=at)
    except StepUpNeeded as needed:
        raise to_prove(order, amount_fen) from needed
    if factors < asked:
        raise StrongerProofNeeded(purpose=PURPOSE, amount=amount_fen, currency=order.currency, payee=order.public_id)
    return factors


def factors_asked(order: PaymentOrder, planned: Sequence[Share]) -> int:
    """How many factors the banks that refused an order want behind the next try from the same cards; 0 when none does."""
    chosen = {(share.method.source, share.method.offer.ref) for share in planned if share.method.external}
    return 0 if order.payer_id is None or not chosen else queries.factors_asked(queries.attempts_from(order.id, chosen))


def to_prove(order: PaymentOrder, amount_fen: int) -> StepUpNeeded:
    """The refusal that says what a proof must be about."""
    return StepUpNeeded(purpose=PURPOSE, amount=amount_fen, currency=order.currency, payee=order.public_id)


def factors_needed(order: PaymentOrder, customer_id: uuid.UUID, amount_fen: int, planned: Sequence[Share], at: datetime) -> int:
    """How many factors a proof for paying so much of an order so now needs; 0 when it needs none. Nothing is counted."""
    if not amount_fen:
        return 0
    asked = factors_asked(order, planned)
    try:
        security_services.refuse_over_pin_free(customer_id=customer_id, amount_fen=amount_fen, at=at)
    except StepUpNeeded:
        return max(asked, 1)
    return asked


def next_number(order: PaymentOrder) -> int:
    return 1 if order.payer_id is None else PaymentAttempt.objects.filter(order_id=order.id).count() + 1


def held(order: PaymentOrder, attempt: PaymentAttempt, position: int, share: Share, at_once: bool, at: datetime) -> FundingLeg:
    """One leg, set aside by its source and not saved yet; an external one is placed with its channel."""
    leg = FundingLeg(
        id=new_id(),
        attempt_id=attempt.id,
        order_id=order.id,
        shard=order.shard,
        position=position,
        source=share.method.source,
        ref=share.method.offer.ref,
        discount=share.method.discount,
        external=share.method.external,
        amount_fen=share.amount_fen,
        state=LegState.COMMITTED if at_once else LegState.HELD,
        created_at=at,
        changed_at=at,
    )
    facts = funding.leg_facts(leg=leg, attempt=attempt, order=order, at_once=at_once, party=share.party)
    leg.hold_id = source_of(leg.source, discount=leg.discount).hold(leg=facts, at=at)
    if leg.external:
        leg.request_id = external_of(leg.source).place(leg=facts, at=at)
    return leg


def fee_of(order: PaymentOrder, attempt: PaymentAttempt) -> int:
    """What the merchant pays of an order."""
    return fee_fen(order.amount_fen, merchants.rate_in_force(order.seller_id, order.scene, attempt.created_at))


def commit(order: PaymentOrder, attempt: PaymentAttempt, legs: Sequence[FundingLeg], at: datetime) -> None:
    """Journal 1, the one commit: every leg's debits against the merchant and the fee. Called with the order locked.

    Raises what a source or the ledger refuses; the caller's transaction undoes the rest then.
    """
    fee, journal_id = 0 if order.payee else fee_of(order, attempt), new_id()
    paid: dict[str, Any] = {"payer_id": attempt.customer_id, "journal_id": journal_id, "paid_at": at, "fee_fen": fee, "code": ""}
    advance(order, OrderState.PAID, moves=ORDER_MOVES, at=at, **paid)
    if attempt.state == AttemptState.OPEN:
        advance(attempt, AttemptState.SUCCEEDED, moves=ATTEMPT_MOVES, at=at, code="")
    debits = []
    for leg in legs:
        facts = funding.leg_facts(leg=leg, attempt=attempt, order=order, at_once=leg.state == LegState.COMMITTED)
        debits += funding.debits(leg, facts)
        if leg.state != LegState.COMMITTED:
            advance(leg, LegState.COMMITTED, moves=LEG_MOVES, at=at)
        source_of(leg.source, discount=leg.discount).committed(leg=facts, journal_id=journal_id, at=at)
    orders.publish("order.paid", order, at, fee_fen=fee, payer_fen=attempt.amount_fen, attempt=attempt.public_id)
    if order.payee:
        booked = [*debits, *funding.payee_credits(order)]
        payee_of(order.payee).paid(order=orders.payee_facts(order), journal_id=journal_id, at=at)
    else:
        booked = journals.paid(merchant_id=order.seller_id, amount_fen=order.amount_fen, fee_fen=fee, funding=debits)
    holds = [leg.hold_id for leg in legs if leg.hold_id is not None]
    entry: dict[str, Any] = {"journal_id": journal_id, "event": journals.PAID, "legs": booked, "reference": order.public_id, "at": at}
    if holds:
        ledger.capture_all(hold_ids=holds, **entry)
    else:
        ledger.post(**entry)
