"""Placing outbound calls, sending them, asking about them, and bringing every one to an end."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.ledger import halt
from core.attempts import Attempt
from core.clock import queries as clock
from core.errors import DomainError
from core.ids import new_id, public_id, shard_of
from core.moves import advance
from payments.channels import breaker, elsewhere, error_map, queries, schedule, seats, telling, transport
from payments.channels.breaker import RESTING, Exchange
from payments.channels.models import Channel, ChannelCredential, ChannelRequest
from payments.channels.outcomes import WITH_SECRETS, conclude
from payments.channels.port import ActionRequired, Elements, Failed, Port, Result, Unknown
from payments.channels.sockets import ADAPTERS, OUTCOMES, SIGNINGS, WANTED, Described
from payments.channels.states import MONEY_OPERATIONS, PATIENT, REQUEST_MOVES, Operation, RequestState

Call = Callable[[Port, ChannelRequest], Result]
LONGEST_S = 8.0
"""How long one operation may take, of however many exchanges it is made: whoever waits for it was promised ten seconds."""


class ChannelOff(DomainError):
    code = "channel_off"
    en = "This bank channel is switched off now. Try another way or later."
    zh = "该银行渠道已关闭,请更换方式或稍后再试。"


class ChannelUnderMaintenance(DomainError):
    """`until` is ISO 8601."""

    code = "channel_under_maintenance"
    en = "The bank is under maintenance until {until}: {words_en}"
    zh = "银行系统维护中,预计 {until} 恢复:{words_zh}"


class ChannelNotConnected(DomainError):
    code = "channel_not_connected"
    en = "This bank channel has no live credential yet. An operator has to connect it."
    zh = "该银行渠道尚未接入,请联系运营人员。"


class InsideTransaction(RuntimeError):
    """A call to the outside was made inside a database transaction: a programming error."""


@transaction.atomic
def place(
    *,
    channel: str,
    operation: str,
    business: str,
    business_id: UUID,
    customer_id: UUID,
    card_id: UUID | None,
    amount_fen: int,
    at: datetime,
    reference: str = "",
    original_id: UUID | None = None,
    bank_code: str = "",
    party: str | None = None,
) -> ChannelRequest:
    """Write one outbound call with its business number, in the caller's transaction; `send` it after the commit.

    `reference` is the one of the journals that book it on the channel's clearing account (money operations alone have one): what the
    channel's statement clears. `bank_code` lets a maintenance window of that bank refuse it; `original_id` is the payment request a
    refund gives back; `party` says who pays or is paid where there is no card, in the channel's own terms (docs/channels.md; empty:
    whoever takes the code), and which agreement pays where a card has one at another channel than its first.
    Raises ChannelOff, ChannelUnderMaintenance, ChannelNotConnected, ChannelResting for what a customer waits for, and LedgerHalted
    or NoOpenDay for money that could not be booked.
    """
    if operation in MONEY_OPERATIONS:
        halt.require_open()
    listeners = OUTCOMES if operation in MONEY_OPERATIONS else SIGNINGS
    assert listeners.get(business) is not None, f"nobody listens for {business}"
    refuse_closed(channel, bank_code, at)
    if operation not in PATIENT:
        breaker.refuse_resting(channel, at)
    request_id = new_id()
    return ChannelRequest.objects.create(
        id=request_id,
        request_no=public_id(ChannelRequest.PREFIX, request_id),
        channel_id=channel,
        operation=operation,
        business=business,
        business_id=business_id,
        reference=reference,
        customer_id=customer_id,
        shard=shard_of(customer_id),
        card_id=card_id,
        party=party,
        original_id=original_id,
        amount_fen=amount_fen,
        due_at=at + schedule.LEASE,
        created_at=at,
        changed_at=at,
    )


def refuse_closed(channel: str, bank_code: str, at: datetime) -> None:
    if not queries.enabled(channel):
        raise ChannelOff()
    window = queries.closed_by(channel, bank_code, at)
    if window is not None:
        raise ChannelUnderMaintenance(until=window.ends_at.isoformat(), words_en=window.words_en, words_zh=window.words_zh)
    if not ChannelCredential.objects.filter(channel_id=channel, retired_at=None).exists():
        raise ChannelNotConnected()


def send(*, request_id: UUID, at: datetime) -> ChannelRequest:
    """Send a placed pay, payout, refund, resend or unsign, and store what came back. Outside any transaction.

    Returns the request as it then stands: also untouched when another process has sent it.
    """
    return dispatch(request_id, call_by_operation, at)


def send_seated(*, request_id: UUID, channel: str, at: datetime) -> None:
    """Send a placed call while its customer waits, or leave it to the worker at once when no seat of this process is free."""
    with seats.seat(channel) as seated:
        if seated:
            send(request_id=request_id, at=at)
        else:
            leave_to_worker(request_id=request_id, at=at)


def leave_to_worker(*, request_id: UUID, at: datetime) -> None:
    """Let the next sweep send a placed call instead of waiting for its lease to run out."""
    ChannelRequest.objects.filter(pk=request_id, state=RequestState.NEW).update(due_at=at)


def send_sign_start(*, request_id: UUID, elements: Elements, at: datetime) -> ChannelRequest:
    """Send a placed sign_start with the four elements, which are kept nowhere."""
    return dispatch(request_id, lambda port, request: port.sign_start(request_no=request.request_no, elements=elements), at)


def send_sign_confirm(*, request_id: UUID, sms_code: str, at: datetime) -> ChannelRequest:
    """Send a placed sign_confirm with the code the customer typed, which is kept nowhere."""

    def call(port: Port, request: ChannelRequest) -> Result:
        return port.sign_confirm(request_no=request.request_no, sign_ref=sign_ref(request), sms_code=sms_code)

    return dispatch(request_id, call, at)


def dispatch(request_id: UUID, call: Call, at: datetime) -> ChannelRequest:
    refuse_inside_transaction()
    request, leaves = depart(request_id, RequestState.NEW, at)
    if not leaves:
        return request
    return conclude(request_id=request_id, result=exchanged(call, request, at), source="answer", at=at)


def exchanged(call: Call, request: ChannelRequest, at: datetime, *, question: bool = False) -> Result:
    """Make a call and let the breaker know how it went."""
    port = open_port(request.channel_id)
    exchange = Exchange(request, question=question)
    with transport.within(LONGEST_S):
        result = call(port, request)
    return exchange.end(result, at)


@transaction.atomic
def depart(request_id: UUID, start: RequestState, at: datetime) -> tuple[ChannelRequest, bool]:
    """Mark a request as sent before it leaves, if it is still in state `start`. A channel switched off or resting meanwhile fails what
    never left it; what no customer waits for, and what may have been done, waits instead. Money that could not be booked stays."""
    request = ChannelRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.state != start:
        return request, False
    if start == RequestState.NEW and not queries.enabled(request.channel_id):
        return conclude(request_id=request_id, result=Failed("channel_off"), source="switch", at=at), False
    unbooked = telling.refusal_of_books() if request.operation in MONEY_OPERATIONS else None
    if unbooked is not None:
        return keep_back(request, unbooked.code, at), False
    if not breaker.admits(channel=request.channel_id, request_id=request.id, at=at):
        return hold_back(request, at), False
    advance(
        request,
        RequestState.SENT,
        moves=REQUEST_MOVES,
        at=at,
        sent_at=request.sent_at or at,
        sends=request.sends + 1,
        due_at=at + schedule.LEASE,
    )
    return request, True


def keep_back(request: ChannelRequest, code: str, at: datetime) -> ChannelRequest:
    """What becomes of money that could not be booked if it moved now. A payment is over, since its customer waits; what is booked
    on its way already (a payout, a refund) waits for the books."""
    if request.state == RequestState.UNKNOWN:
        return conclude(request_id=request.id, result=Unknown(code), source="books", at=at)
    if request.operation == Operation.PAY:
        return conclude(request_id=request.id, result=Failed(code, user_fixable=True), source="books", at=at)
    ChannelRequest.objects.filter(pk=request.pk).update(due_at=at + schedule.LEASE)
    request.refresh_from_db()
    return request


def hold_back(request: ChannelRequest, at: datetime) -> ChannelRequest:
    """What becomes of a call that a resting channel keeps from leaving: certainly not done now. A payout goes on at another channel where
    one is open."""
    if request.state == RequestState.UNKNOWN:
        return conclude(request_id=request.id, result=Unknown(RESTING), source="breaker", at=at)
    rule = error_map.rule(request.channel_id, RESTING, request.operation, clock.local_day(at))
    if request.operation not in PATIENT or elsewhere.leads_on(request, rule, at):
        return conclude(request_id=request.id, result=Failed(RESTING, user_fixable=True), source="breaker", at=at)
    due_at = max(breaker.retry_at(request.channel_id) or at, at + schedule.QUERY_DELAYS[0])
    ChannelRequest.objects.filter(pk=request.pk).update(due_at=due_at)
    request.refresh_from_db()
    return request


def call_by_operation(port: Port, request: ChannelRequest) -> Result:
    number = request.request_no
    match request.operation:
        case Operation.PAY:
            return port.pay(
                request_no=number, token=token(request), amount_fen=request.amount_fen, currency=request.currency, subject=subject(request)
            )
        case Operation.PAYOUT:
            return port.payout(
                request_no=number, token=token(request), amount_fen=request.amount_fen, currency=request.currency, remark=request.business
            )
        case Operation.REFUND:
            assert request.original is not None
            return port.refund(
                request_no=number,
                payment_request_no=request.original.request_no,
                amount_fen=request.amount_fen,
                currency=request.currency,
                reason=request.business,
            )
        case Operation.RESEND:
            return port.resend(request_no=number, sign_ref=sign_ref(request))
        case Operation.UNSIGN:
            return port.unsign(request_no=number, token=token(request))
    raise AssertionError(f"{request.operation} needs its secrets: send_sign_start or send_sign_confirm")


def token(request: ChannelRequest) -> str:
    """Who pays or is paid, as the adapter takes it: a card's agreement, or the party named when it was placed."""
    if request.party is not None:
        return request.party
    assert request.card is not None
    assert request.card.channel_id == request.channel_id, "another channel's agreement is told when the call is placed"
    secret: str = request.card.token
    return secret


def subject(request: ChannelRequest) -> str:
    """What is paid for, in the words of the room that asks for it; where it has none, what kind of thing that is."""
    room = OUTCOMES.get(request.business)
    return room.subject(request=request) if isinstance(room, Described) else request.business


def sign_ref(request: ChannelRequest) -> str:
    listener = SIGNINGS.get(request.business)
    assert listener is not None, f"nobody listens for {request.business}"
    return listener.sign_ref(request=request)


def open_port(channel: str) -> Port:
    """Raises ChannelNotConnected."""
    adapter = Channel.objects.values_list("adapter", flat=True).get(code=channel)
    maker = ADAPTERS.get(adapter)
    if maker is None:
        raise ChannelNotConnected()
    return maker.open(channel=channel)


def refuse_inside_transaction() -> None:
    if transaction.get_connection().in_atomic_block:
        raise InsideTransaction("channels are called outside any transaction")


def query(*, request_id: UUID, at: datetime) -> ChannelRequest:
    """Ask the channel what became of a request that left, and store it. Outside any transaction.

    A number the channel has not seen is sent again under the same number while it is young, and closed at the channel first when it is
    old, or not wanted any more: the first departure may still arrive, so only the channel's own decision about the number ends a money
    call. A signing that was not seen is over (no money hangs on it, the customer asks anew), and so is a text asked for ten minutes ago:
    its binding is.
    """
    refuse_inside_transaction()
    request, asks = ask(request_id, at)
    if not asks:
        return request
    result = exchanged(question, request, at, question=True)
    if isinstance(result, Unknown) and not result.seen and not request.done:
        return not_seen(request, at)
    if isinstance(result, ActionRequired) and request.operation == Operation.PAY and not request.done:
        return not_taken_up(request, result, at)
    return conclude(request_id=request_id, result=result, source="query", at=at)


def ask_now(*, request_id: UUID, at: datetime) -> ChannelRequest:
    """An operator's question about an open request, at once and beside its schedule. Raises ChannelBusy when no seat is free."""
    channel = queries.request(request_id).channel_id
    with seats.seat(channel) as seated:
        seats.require(seated)
        return query(request_id=request_id, at=at)


@transaction.atomic
def ask(request_id: UUID, at: datetime) -> tuple[ChannelRequest, bool]:
    """Count a question. What was sent and never answered becomes unknown here. Nothing to ask: new, failed, returned."""
    request = ChannelRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.state in (RequestState.NEW, RequestState.FAILED, RequestState.RETURNED):
        return request, False
    if request.done:
        return request, request.operation == Operation.PAYOUT
    if request.state == RequestState.SENT:
        advance(request, RequestState.UNKNOWN, moves=REQUEST_MOVES, at=at, code="no_answer")
    ChannelRequest.objects.filter(pk=request.pk).update(queries=F("queries") + 1, due_at=at + schedule.LEASE)
    request.refresh_from_db()
    return request, True


def question(port: Port, request: ChannelRequest) -> Result:
    number = request.request_no
    match request.operation:
        case Operation.PAY:
            return port.query(request_no=number)
        case Operation.PAYOUT:
            return port.query_payout(request_no=number)
        case Operation.REFUND:
            assert request.original is not None
            return port.query_refund(request_no=number, payment_request_no=request.original.request_no)
    return port.query_sign(request_no=number, operation=request.operation, sign_ref=sign_ref(request))


def not_seen(request: ChannelRequest, at: datetime) -> ChannelRequest:
    """What to do about a number the channel does not know. Where the payer was given a code, it may know it from when they take it up."""
    age = at - request.created_at
    if request.state == RequestState.ACTION_REQUIRED and age < schedule.RESEND_WITHIN:
        return conclude(request_id=request.id, result=ActionRequired(request.code), source="query", at=at)
    if request.operation in WITH_SECRETS:
        settled = age >= schedule.SIGNING_SETTLES_AFTER
        result: Result = Failed("not_seen", user_fixable=True) if settled else Unknown("not_seen")
        return conclude(request_id=request.id, result=result, source="query", at=at)
    if request.operation in (Operation.PAY, Operation.PAYOUT) and (age >= schedule.RESEND_WITHIN or not wanted(request)):
        result = exchanged(closing, request, at, question=True)
        return conclude(request_id=request.id, result=result, source="close", at=at)
    if request.operation == Operation.RESEND and age >= schedule.RESEND_WITHIN:
        return conclude(request_id=request.id, result=Failed("not_seen", user_fixable=True), source="query", at=at)
    return send_again(request, at)


def not_taken_up(request: ChannelRequest, result: ActionRequired, at: datetime) -> ChannelRequest:
    """What to do about a payment that its payer has not taken up. Where the answer that told them how was lost, it is sent again under its
    number, as long as it is young, and the channel tells them anew. One that waited for long enough is closed at the channel."""
    age = at - request.created_at
    lost = not (result.url or request.action_url)
    if age >= (schedule.RESEND_WITHIN if lost else schedule.TAKEN_UP_WITHIN) or not wanted(request):
        ended = exchanged(closing, request, at, question=True)
        return conclude(request_id=request.id, result=ended, source="close", at=at)
    if not lost or request.state != RequestState.UNKNOWN:
        return conclude(request_id=request.id, result=result, source="query", at=at)
    return send_again(request, at)


def send_again(request: ChannelRequest, at: datetime) -> ChannelRequest:
    """Send what is unknown once more, under its number."""
    if not queries.enabled(request.channel_id):
        return conclude(request_id=request.id, result=Unknown("channel_off"), source="query", at=at)
    again, leaves = depart(request.id, RequestState(request.state), at)
    if not leaves:
        return again
    return conclude(request_id=request.id, result=exchanged(call_by_operation, again, at), source="answer", at=at)


def wanted(request: ChannelRequest) -> bool:
    """Whether the room it was made for still wants a payment: its order may be being closed, by a process that died or found no seat."""
    room = WANTED.get(request.business) if request.operation == Operation.PAY else None
    return room is None or room.wanted(request=request)


def closing(port: Port, request: ChannelRequest) -> Result:
    return port.close(request_no=request.request_no, operation=request.operation)


def close(*, request_id: UUID, at: datetime) -> ChannelRequest:
    """See to it at the channel that an open payment or payout will never be done; it may turn out to be done already. What has not
    left is over without asking."""
    refuse_inside_transaction()
    call_off(request_id, at)
    request, asks = ask(request_id, at)
    if not asks or request.done or request.operation not in (Operation.PAY, Operation.PAYOUT):
        return request
    result = exchanged(closing, request, at, question=True)
    return conclude(request_id=request_id, result=result, source="close", at=at)


@transaction.atomic
def call_off(request_id: UUID, at: datetime) -> None:
    """End a payment or payout that is certainly not done, before it leaves."""
    request = ChannelRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.state == RequestState.NEW and request.operation in (Operation.PAY, Operation.PAYOUT):
        conclude(request_id=request_id, result=Failed("not_sent", user_fixable=True), source="close", at=at)


def resolve_due(*, shard: int, at: datetime, most: int = 50) -> int:
    """One sweep of a shard: send what waits to be sent, ask about what left. Returns how many were attended to.

    One at a time, since each may take as long as the channel's patience: the lease of the next begins when its turn comes. One
    that fails keeps its lease and stops no other.
    """
    refuse_inside_transaction()
    for attended in range(most):
        claimed = claim_due(shard=shard, at=at)
        if claimed is None:
            return attended
        with Attempt("channels.attend", request=claimed.public_id):
            attend(claimed, at)
    return most


def look_for_returns(*, shard: int, at: datetime, after: UUID | None = None, most: int = 20) -> UUID | None:
    """Ask about one batch of the payouts of a shard that were done within the last 7 days: the notice of a return may be lost.

    Returns the last one asked about, to go on after; None at the end. One that fails stops no other.
    """
    refuse_inside_transaction()
    batch = queries.paid_out(shard, at - schedule.RETURNS_WITHIN, after, most)
    for request in batch:
        with Attempt("channels.look_for_returns", request=request.public_id):
            query(request_id=request.id, at=at)
    return batch[-1].id if len(batch) == most else None


def attend(request: ChannelRequest, at: datetime) -> ChannelRequest:
    """What never left and cannot any more (its secrets are gone) or should not is over; the rest is sent or asked about."""
    if request.state != RequestState.NEW:
        return query(request_id=request.id, at=at)
    if request.operation in WITH_SECRETS or not wanted(request):
        return end_unsent(request.id, at)
    return send(request_id=request.id, at=at)


@transaction.atomic
def end_unsent(request_id: UUID, at: datetime) -> ChannelRequest:
    """End what has not left, unless another process has sent it meanwhile: then only the channel knows."""
    request = ChannelRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.state != RequestState.NEW:
        return request
    return conclude(request_id=request_id, result=Failed("not_sent", user_fixable=True), source="sweeper", at=at)


@transaction.atomic
def claim_due(*, shard: int, at: datetime) -> ChannelRequest | None:
    """Take the most overdue request of a shard for a minute, so that no other sweeper takes it."""
    due = ChannelRequest.objects.select_for_update(skip_locked=True, of=("self",)).filter(shard=shard, due_at__lte=at)
    request = due.order_by("due_at", "id").first()
    if request is not None:
        ChannelRequest.objects.filter(pk=request.pk).update(due_at=at + schedule.LEASE)
    return request
