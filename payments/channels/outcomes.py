"""Storing what a channel said: the one place where an answer, a query and a notice become a state, once."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from core.clock import queries as clock
from core.moves import advance
from core.outbox.services import publish
from core.work import services as work
from payments.channels import elsewhere, error_map, schedule, telling
from payments.channels.breaks import Told, record_break
from payments.channels.models import Break, ChannelRequest
from payments.channels.port import ActionRequired, Failed, Order, Pending, Result, Success, Unknown
from payments.channels.sockets import SIGNINGS
from payments.channels.states import MONEY_OPERATIONS, PATIENT, REQUEST_MOVES, Operation, RequestState

NOTICE = "notice "
FAILED_TOPIC = "channel_request.failed"
WORK = "channel_request.unknown"
WITH_SECRETS = frozenset({Operation.SIGN_START, Operation.SIGN_CONFIRM})


@transaction.atomic
def conclude(*, request_id: UUID, result: Result, source: str, at: datetime) -> ChannelRequest:
    """Take in one answer about a request, under its row lock, and tell its listener when it becomes final; what the listener
    cannot take in now is stored all the same, and told again (telling.py).

    A repeat of what is known changes nothing. An answer that contradicts our books (another amount, another outcome after the end)
    changes no state and leaves a Break.
    """
    request = ChannelRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    told = Told(source, at)
    if not agrees(request, result, told):
        return still_unknown(request, told)
    if request.done:
        return after_the_end(request, result, told)
    if request.state == RequestState.NEW and not isinstance(result, Failed):
        advance(request, RequestState.SENT, moves=REQUEST_MOVES, at=at, sent_at=request.sent_at or at)
    return store(request, mapped(request, result, at), told)


def agrees(request: ChannelRequest, result: Result, told: Told) -> bool:
    """Whether the answer is about this amount in this currency; a Break when it is not."""
    if not isinstance(result, Success) or not isinstance(result.facts, Order):
        return True
    order = result.facts
    if (order.amount_fen, order.currency) == (request.amount_fen, request.currency):
        return True
    ours, theirs = f"{request.amount_fen} {request.currency}", f"{order.amount_fen} {order.currency}"
    record_break(request, Break.Kind.AMOUNT, ours, theirs, told)
    return False


def still_unknown(request: ChannelRequest, told: Told) -> ChannelRequest:
    """A call whose answer cannot be believed is unknown and goes on being asked about; a notice that cannot be believed
    changes nothing."""
    if request.done or told.source.startswith(NOTICE):
        return request
    return wait(request, RequestState.UNKNOWN, "answer_disagrees", told.at)


def after_the_end(request: ChannelRequest, result: Result, told: Told) -> ChannelRequest:
    if isinstance(result, Success):
        if request.state == RequestState.FAILED:
            record_break(request, Break.Kind.STATUS, "failed", "success", told)
        elif request.state == RequestState.SUCCESS and isinstance(result.facts, Order) and result.facts.returned:
            return bring_back(request, result.facts, told.at)
    elif isinstance(result, Failed) and request.state != RequestState.FAILED:
        record_break(request, Break.Kind.STATUS, str(request.state), f"failed {result.code}", told)
    return request


def mapped(request: ChannelRequest, result: Result, at: datetime) -> Result:
    """A refusal as the error map of the day reads it; unknown when an earlier departure may still be done, never when there was none. What
    a payout's other channel can do instead is not sent again here."""
    if not isinstance(result, Failed):
        return result
    if in_doubt(request) and not result.decided:
        return Unknown(result.code)
    rule = error_map.rule(request.channel_id, result.code, request.operation, clock.local_day(at))
    if elsewhere.leads_on(request, rule, at):
        return replace(result, verdict=error_map.Action.NEXT_CHANNEL, retryable=False, user_fixable=False)
    read = error_map.verdict(result, rule)
    never_left = request.state == RequestState.NEW and isinstance(read, Unknown)
    return error_map.verdict(result, None) if never_left else read


def in_doubt(request: ChannelRequest) -> bool:
    """Whether money may move by a departure whose answer was never stored: what is asked about left once without one, so that
    a later departure that failed does not end it."""
    return request.operation in MONEY_OPERATIONS and request.queries > 0


def store(request: ChannelRequest, result: Result, told: Told) -> ChannelRequest:
    match result:
        case Success():
            return succeed(request, result, told.at)
        case Failed() if result.retryable and request.state == RequestState.SENT and retry_at(request, told.at) is not None:
            return again(request, result, told.at)
        case Failed():
            return fail(request, result, told.at)
        case Pending(channel_no):
            return wait(request, RequestState.PENDING, "", told.at, channel_no=channel_no or request.channel_no)
        case ActionRequired(code, "") if nobody_was_told(request):
            return wait(request, RequestState.UNKNOWN, code, told.at)
        case ActionRequired(code, url):
            asked = {"action": code, "action_url": url} if url else {}
            return wait(request, RequestState.ACTION_REQUIRED, code if url else request.action or code, told.at, **asked)
        case Unknown(code):
            return wait(request, RequestState.UNKNOWN, code, told.at)


def nobody_was_told(request: ChannelRequest) -> bool:
    """Whether the answer that said what a payer has to do was lost: it is unknown until the channel has told it anew."""
    return request.operation == Operation.PAY and request.state == RequestState.UNKNOWN and not request.action_url


def retry_at(request: ChannelRequest, at: datetime) -> datetime | None:
    """When the same number leaves again; None when it may not (its secrets are gone) or was tried enough."""
    return None if request.operation in WITH_SECRETS else schedule.next_send(at, request.sends, patient=request.operation in PATIENT)


def again(request: ChannelRequest, result: Failed, at: datetime) -> ChannelRequest:
    return advance(request, RequestState.NEW, moves=REQUEST_MOVES, at=at, code=result.code, due_at=retry_at(request, at))


def wait(request: ChannelRequest, state: RequestState, code: str, at: datetime, **fields: str) -> ChannelRequest:
    """Not decided: ask again by the schedule; an operator hears of it when it goes on for too long."""
    due_at = schedule.next_query(at, request.queries)
    if request.state == state:
        ChannelRequest.objects.filter(pk=request.pk).update(code=code, due_at=due_at, changed_at=at, **fields)
        request.refresh_from_db()
    else:
        advance(request, state, moves=REQUEST_MOVES, at=at, code=code, due_at=due_at, **fields)
    if schedule.used_up(request.queries):
        hand_over(request, at)
    return request


def hand_over(request: ChannelRequest, at: datetime) -> None:
    facts = {"operation": request.operation, "channel": request.channel_id, "state": request.state, "queries": request.queries}
    work.ask(kind=WORK, target=request.public_id, facts=facts | {"amount_fen": request.amount_fen}, at=at)


def succeed(request: ChannelRequest, result: Success[object], at: datetime) -> ChannelRequest:
    facts = result.facts
    stored: dict[str, Any] = {}
    if isinstance(facts, Order):
        booked_on = facts.booked_on or clock.local_day(at)
        stored = {"channel_no": facts.channel_no, "fee_fen": facts.fee_fen, "booked_on": booked_on}
    advance(
        request,
        RequestState.SUCCESS,
        moves=REQUEST_MOVES,
        at=at,
        code="",
        due_at=None,
        settled_at=at,
        **stored,
        **owed(request, RequestState.SUCCESS, at),
    )
    finish(request, result, at)
    if isinstance(facts, Order) and facts.returned:
        return bring_back(request, facts, at)
    return request


def fail(request: ChannelRequest, result: Failed, at: datetime) -> ChannelRequest:
    owes = owed(request, RequestState.FAILED, at)
    said: dict[str, Any] = {"code": result.code, "verdict": result.verdict}
    advance(request, RequestState.FAILED, moves=REQUEST_MOVES, at=at, **said, due_at=None, settled_at=at, **owes)
    finish(request, result, at)
    card_id = str(request.card_id) if request.card_id else None
    payload: dict[str, Any] = {"request_id": str(request.id), "operation": request.operation, "card_id": card_id, "code": result.code}
    payload["channel"] = request.channel_id
    publish(topic=FAILED_TOPIC, owner=request.customer_id, payload=payload, at=at)
    return request


def finish(request: ChannelRequest, result: Result, at: datetime) -> None:
    """Close the operator's item if there is one and tell the listener."""
    if request.queries:
        work.finish(kind=WORK, target=request.public_id, by="system", at=at)
    if request.operation in MONEY_OPERATIONS:
        telling.tell(request, at)
    else:
        signing = SIGNINGS.get(request.business)
        assert signing is not None, f"nobody listens for {request.business}"
        signing.answered(request=request, result=result, at=at)


def bring_back(request: ChannelRequest, order: Order, at: datetime) -> ChannelRequest:
    owes = owed(request, RequestState.RETURNED, at)
    advance(request, RequestState.RETURNED, moves=REQUEST_MOVES, at=at, code=order.code, returned_at=at, **owes)
    telling.tell(request, at)
    return request


def owed(request: ChannelRequest, state: RequestState, at: datetime) -> dict[str, Any]:
    """The columns that say what the listener of a money request is owed from now on."""
    return {"owed": telling.owing(request, state), "tell_at": at} if request.operation in MONEY_OPERATIONS else {}
