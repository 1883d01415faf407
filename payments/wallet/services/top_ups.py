"""Money from a card into the balance, through the card's best channel, and on to the next after a definite no that says so."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from accounts.ledger import services as ledger
from core.approvals.services import must_be_applying
from core.errors import DomainError
from core.ids import new_id, public_id, shard_of
from core.moves import advance
from core.outbox import services as outbox
from core.outbox.services import Payload
from core.questions import ask
from core.work import services as work
from payments.cards import queries as cards
from payments.cards import recounting, routes
from payments.cards import services as card_services
from payments.channels import queries as channel_requests
from payments.channels import services as channels
from payments.channels.elsewhere import NEXT_CHANNEL
from payments.channels.queries import ChannelRequest
from payments.risk.services import deciding
from payments.risk.services.deciding import Act
from payments.wallet import journals
from payments.wallet.models import TOP_UP_MOVES, TopUp, TopUpState, terms_in_force
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent

BUSINESS = "top_up"
REFUND_REFUSED = "top_up.refund_refused"
REFUND_WAITING = "top_up.refund_waiting"
REFUND_MAY_WAIT = timedelta(days=1)
CREDIT = "top_up.credit"
WAITING = (TopUpState.CREATED, TopUpState.PROCESSING)


@transaction.atomic
def start(*, intent: Intent, card_id: uuid.UUID, amount_fen: int, at: datetime) -> TopUp:
    """Write the order and its request to the card's best channel; nothing has left yet.

    The card's money is at stake, so its holder approves it like a payment; the outflow limits are not touched, since money
    comes in. Raises CustomerNotActive, NotFound, CardNotUsable, the card's limits, StepUpNeeded and its kin, RiskRefused, LedgerHalted,
    NoOpenDay, and what `routes.best` raises.
    """
    customer_id = intent.customer_id
    parties.require_active(customer_id)
    card = cards.usable(customer_id, card_id)
    way = routes.best(card=card, use=routes.TOP_UP, amount_fen=amount_fen, at=at)
    card_services.check_limit(card=card, scene=BUSINESS, amount_fen=amount_fen, at=at, channel=way.channel)
    top_up_id = new_id()
    act = Act(BUSINESS, top_up_id, customer_id, intent.session_id, amount_fen, card=bytes(card.fingerprint))
    (known,) = ask(deciding.facts_question(act=act, at=at))
    with authority.saying(purpose=authority.TOP_UP, amount_fen=amount_fen, payee=card.public_id):
        factors = authority.require(intent=intent, purpose=authority.TOP_UP, amount_fen=amount_fen, payee=card.public_id, at=at)
        deciding.record(deciding.decide_now(act=act, known=known, factors=factors, at=at))
    request = routes.place(card=card, use=routes.TOP_UP, order=made_for(top_up_id, amount_fen), way=way, at=at)
    top_up = TopUp.objects.create(
        id=top_up_id,
        customer_id=customer_id,
        shard=shard_of(customer_id),
        card_id=card.id,
        amount_fen=amount_fen,
        request_id=request.id,
        give_up_at=at + timedelta(hours=terms_in_force(at).top_up_hours),
        created_at=at,
        changed_at=at,
    )
    publish("top_up.created", top_up, at)
    return top_up


def made_for(top_up_id: uuid.UUID, amount_fen: int) -> routes.Order:
    return routes.Order(BUSINESS, top_up_id, public_id(TopUp.PREFIX, top_up_id), amount_fen)


@transaction.atomic
def note_processing(*, top_up_id: uuid.UUID, at: datetime) -> TopUp:
    """The channel was asked and owes its answer: the order reads so. Does nothing when the answer is in already."""
    top_up = TopUp.objects.select_for_update().get(pk=top_up_id)
    if top_up.state == TopUpState.CREATED:
        advance(top_up, TopUpState.PROCESSING, moves=TOP_UP_MOVES, at=at)
    return top_up


@transaction.atomic
def give_up(*, top_up_id: uuid.UUID, closed_id: uuid.UUID, at: datetime) -> TopUp:
    """Close an order whose channel never answered; from now on a success is late. Does nothing to one that is over, to one that is
    answered (the answer only waits until it can be booked), and to one that went on with another request than the one closed before."""
    top_up = TopUp.objects.select_for_update().get(pk=top_up_id)
    answered = channel_requests.request(top_up.request_id).done
    if top_up.state in WAITING and top_up.request_id == closed_id and not answered:
        advance(top_up, TopUpState.CLOSED, moves=TOP_UP_MOVES, at=at, code="given_up")
        publish("top_up.closed", top_up, at)
    return top_up


@transaction.atomic
def settle(*, request: ChannelRequest, at: datetime) -> TopUp:
    """Take in the channel's final word on a payment or on the refund of a late one, in the transaction that stores it."""
    top_up = TopUp.objects.select_for_update().get(pk=request.business_id)
    if request.operation == "refund":
        return settle_refund(top_up, request, at)
    if request.state == "failed":
        return top_up if goes_on(top_up, request, at) else fail(top_up, request.code, at)
    if top_up.state == TopUpState.FAILED:
        recounting.count_again(card_id=top_up.card_id, scene=BUSINESS, amount_fen=top_up.amount_fen, taken_at=top_up.created_at)
    if top_up.state in (TopUpState.CLOSED, TopUpState.FAILED):
        return book_late(top_up, request, at)
    return book(top_up, request, at)


def goes_on(top_up: TopUp, request: ChannelRequest, at: datetime) -> bool:
    """Whether another channel is asked, after one that certainly did nothing. The card's limits stay taken."""
    over = top_up.state not in WAITING or top_up.give_up_at <= at
    if over or request.verdict != NEXT_CHANNEL or top_up.request_id != request.id:
        return False
    try:
        with transaction.atomic():
            parties.require_active(top_up.customer_id)
            card = cards.card(top_up.customer_id, top_up.card_id)
            order = made_for(top_up.id, top_up.amount_fen)
            following = routes.place_another(card=card, use=routes.TOP_UP, order=order, at=at)
    except DomainError:
        return False
    return following is not None and bool(TopUp.objects.filter(pk=top_up.pk).update(request_id=following, changed_at=at))


def takes_late(request: ChannelRequest) -> bool:
    """Whether an order is over as failed and this is the last channel it was asked at, so that a success after all is late."""
    return TopUp.objects.filter(pk=request.business_id, request_id=request.id, state=TopUpState.FAILED).exists()


def book(top_up: TopUp, request: ChannelRequest, at: datetime) -> TopUp:
    """Journal 1."""
    journal_id = new_id()
    advance(top_up, TopUpState.SUCCEEDED, moves=TOP_UP_MOVES, at=at, journal_id=journal_id, code="")
    ledger.post(
        journal_id=journal_id,
        event=journals.TOP_UP,
        legs=journals.top_up(channel=request.channel_id, customer_id=top_up.customer_id, amount_fen=top_up.amount_fen),
        reference=top_up.public_id,
        at=at,
    )
    publish("top_up.succeeded", top_up, at)
    return top_up


def fail(top_up: TopUp, code: str, at: datetime) -> TopUp:
    advance(top_up, TopUpState.FAILED, moves=TOP_UP_MOVES, at=at, code=code)
    give_back_limit(top_up)
    publish("top_up.failed", top_up, at, code=code)
    return top_up


def book_late(top_up: TopUp, request: ChannelRequest, at: datetime) -> TopUp:
    """Journal 5: the customer was told that this order is over, so the money is not theirs to spend and goes back to the
    card. The handler of `top_up.refunding` places the refund, or the sweeper while the channel or the books are shut."""
    journal_id = new_id()
    advance(top_up, TopUpState.REFUNDING, moves=TOP_UP_MOVES, at=at, journal_id=journal_id, code="late_success")
    ledger.post(
        journal_id=journal_id,
        event=journals.TOP_UP_LATE,
        legs=journals.top_up_late(channel=request.channel_id, amount_fen=top_up.amount_fen),
        reference=top_up.public_id,
        at=at,
    )
    publish("top_up.refunding", top_up, at, key=top_up.public_id)
    return top_up


@transaction.atomic
def place_refund(*, top_up_id: uuid.UUID, at: datetime) -> ChannelRequest | None:
    """Ask the channel to give a late success back, once; its sweeper sends it. None when the order wants no refund, or has it.

    Raises ChannelOff, ChannelUnderMaintenance, ChannelNotConnected, LedgerHalted, NoOpenDay.
    """
    top_up = TopUp.objects.select_for_update().get(pk=top_up_id)
    if top_up.state != TopUpState.REFUNDING or top_up.refund_request_id is not None:
        return None
    payment = channel_requests.request(top_up.request_id)
    refund = channels.place(
        channel=payment.channel_id,
        operation="refund",
        business=BUSINESS,
        business_id=top_up.id,
        reference=top_up.public_id,
        customer_id=top_up.customer_id,
        card_id=top_up.card_id,
        amount_fen=top_up.amount_fen,
        original_id=payment.id,
        at=at,
    )
    TopUp.objects.filter(pk=top_up.pk).update(refund_request_id=refund.id)
    work.finish(kind=REFUND_WAITING, target=top_up.public_id, by="system", at=at)
    return refund


@transaction.atomic
def note_waiting(*, top_up_id: uuid.UUID, why: str, at: datetime) -> None:
    """A refund could not be placed (`why`, the refusal's code): an operator hears of one that waits for longer than a day."""
    top_up = TopUp.objects.get(pk=top_up_id)
    if top_up.state == TopUpState.REFUNDING and at - top_up.changed_at > REFUND_MAY_WAIT:
        facts = {"amount_fen": top_up.amount_fen, "why": why, "since": top_up.changed_at.isoformat()}
        work.ask(kind=REFUND_WAITING, target=top_up.public_id, facts=facts, at=at)


def settle_refund(top_up: TopUp, request: ChannelRequest, at: datetime) -> TopUp:
    """The late money is back on its card, or the channel will not take it and an operator has to."""
    if request.state == "failed":
        advance(top_up, TopUpState.TO_MANUAL, moves=TOP_UP_MOVES, at=at, code=request.code)
        facts = {"code": request.code, "amount_fen": top_up.amount_fen, "request_no": request.request_no}
        work.ask(kind=REFUND_REFUSED, target=top_up.public_id, facts=facts, at=at)
        publish("top_up.refund_refused", top_up, at, code=request.code)
        return top_up
    assert top_up.journal_id is not None
    advance(top_up, TopUpState.REFUNDED, moves=TOP_UP_MOVES, at=at)
    give_back_limit(top_up)
    ledger.reverse(journal_id=new_id(), reverses=top_up.journal_id, event=journals.TOP_UP_REFUND, at=at)
    publish("top_up.refunded", top_up, at)
    return top_up


@transaction.atomic
def credit(*, top_up_id: uuid.UUID, at: datetime) -> TopUp:
    """Give the customer on the balance what the channel would not take back to its card: journal 6. The card was charged, so its
    limits stay used; the operator's item is settled.

    Raises ApprovalNeeded outside an approval of `top_up.credit`, WrongState unless the refund was refused.
    """
    decided = must_be_applying(CREDIT)
    top_up = TopUp.objects.select_for_update().get(pk=top_up_id)
    journal_id = new_id()
    advance(top_up, TopUpState.CREDITED, moves=TOP_UP_MOVES, at=at, credit_journal_id=journal_id, code="")
    ledger.post(
        journal_id=journal_id,
        event=journals.TOP_UP_CREDITED,
        legs=journals.top_up_credited(customer_id=top_up.customer_id, amount_fen=top_up.amount_fen),
        reference=top_up.public_id,
        at=at,
    )
    work.finish(kind=REFUND_REFUSED, target=top_up.public_id, by=decided.checker, at=at)
    publish("top_up.credited", top_up, at)
    return top_up


def give_back_limit(top_up: TopUp) -> None:
    card_services.give_back_limit(card_id=top_up.card_id, scene=BUSINESS, amount_fen=top_up.amount_fen, taken_at=top_up.created_at)


def publish(topic: str, top_up: TopUp, at: datetime, *, key: str | None = None, **facts: str) -> None:
    """`key` sets an event that may wait for long apart, so that it holds up no other news of the customer."""
    payload: Payload = {
        "top_up": top_up.public_id,
        "customer": public_id("cus", top_up.customer_id),
        "amount_fen": top_up.amount_fen,
        "currency": "CNY",
        **facts,
    }
    outbox.publish(topic=topic, owner=top_up.customer_id, payload=payload, at=at, key=key)
