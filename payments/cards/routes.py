"""Where a call with a card goes: the channels it has an agreement with, by cost and health, within each channel's limits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from core.clock import queries as clock
from core.crypto.blind_index import blind_index
from core.errors import DomainError
from core.limits import queries as limits
from core.limits.services import LimitReached
from payments.cards import agreements, queries, rules, services
from payments.cards.models import Card, CardLimit
from payments.cards.states import CardState
from payments.channels import queries as requests
from payments.channels import routing
from payments.channels import services as channels
from payments.channels.breaker import ChannelResting
from payments.channels.queries import ChannelRequest
from payments.channels.states import Operation


@dataclass(frozen=True)
class Use:
    """What a card is used for: the channel's operation, and the scene whose limits hold (empty: none do)."""

    operation: Operation
    scene: str


PAY = Use(Operation.PAY, "pay")
TOP_UP = Use(Operation.PAY, "top_up")
WITHDRAW = Use(Operation.PAYOUT, "withdraw")
SETTLE = Use(Operation.PAYOUT, "")


@dataclass(frozen=True)
class Order:
    """The row a call is made for, what its journals are filed under, and how much it moves."""

    business: str
    business_id: UUID
    reference: str
    amount_fen: int


@dataclass(frozen=True)
class Route:
    """One way. `token` is the agreement's, None for the card's own; `refusal` says why it cannot be taken now."""

    channel: str
    token: str | None
    refusal: DomainError | None = None


def routes(*, card: Card, use: Use, amount_fen: int, at: datetime, without: Collection[str] = (), counted: bool = False) -> list[Route]:
    """Every way of a call, the best one first and those that are shut last, each with why (what lasts before what passes). In a fixed
    number of queries. `counted`: the card's limits have this amount in them already."""
    tokens: dict[str, str | None] = {card.channel_id: None}
    tokens |= {row.channel_id: row.token for row in agreements.alive([card.id])}
    among = [channel for channel in tokens if channel not in without]
    kind = routing.Cards(card.bank_id, card.kind)
    found = routing.choose(operation=use.operation, cards=kind, amount_fen=amount_fen, at=at, among=among)
    codes = [one.channel for one in found]
    over = over_limits(card, use, codes, amount_fen, at, counted=counted, again=bool(without))
    ways = [Route(one.channel, tokens[one.channel], over.get(one.channel) or one.refusal) for one in found]
    return sorted(ways, key=lambda way: way.refusal is not None)


def over_limits(
    card: Card, use: Use, codes: Collection[str], amount_fen: int, at: datetime, *, counted: bool, again: bool
) -> dict[str, DomainError]:
    """The channels whose limits of the scene refuse the amount, each with why. What was used is read where there is a choice, or was one
    (`again`): of one channel it is found out when the amount is counted."""
    if not use.scene:
        return {}
    day = clock.local_day(at)
    rows = queries.limits_of_scene(use.scene, codes, day)
    found = {row.channel_id: row for row in rows if (row.bank_id, row.kind) == (card.bank_id, card.kind)}
    refusals = {code: services.refused_at_once(found.get(code), use.scene, amount_fen) for code in codes}
    open_ones = {code: limit for code, limit in found.items() if refusals.get(code) is None}
    if len(open_ones) > 1 or (again and open_ones):
        refusals |= used_up(card, use, open_ones, amount_fen, day, counted=counted)
    return {code: refusal for code, refusal in refusals.items() if refusal is not None}


def used_up(card: Card, use: Use, found: Mapping[str, CardLimit], amount_fen: int, day: date, *, counted: bool) -> dict[str, DomainError]:
    """The channels whose limit of a day or a month has no room for the amount beside what the card used of the scene. One query."""
    kinds = [(counter, period) for counter, period, _ in services.counters(use.scene, day, 0, 0)]
    used = limits.used_by(owners=[card.id], kinds=kinds)
    over: dict[str, DomainError] = {}
    for code, limit in found.items():
        for counter, period, cap in services.counters(use.scene, day, limit.day_fen, limit.month_fen):
            taken = max(used.get((card.id, counter, period), 0) - (amount_fen if counted else 0), 0)
            if taken + amount_fen > cap:
                over.setdefault(code, LimitReached(counter=counter, cap=cap, used=taken, remaining=max(cap - taken, 0)))
    return over


def best(*, card: Card, use: Use, amount_fen: int, at: datetime, counted: bool = False) -> Route:
    """The way a call takes. Raises why there is none: ChannelOff and its kin, AmountNotServed, SceneNotOffered, OverSingleLimit,
    LimitReached."""
    return best_of(routes(card=card, use=use, amount_fen=amount_fen, at=at, counted=counted), use)


def best_of(ways: Sequence[Route], use: Use) -> Route:
    if not ways:
        raise services.SceneNotOffered(scene=use.scene or use.operation)
    if ways[0].refusal is not None:
        raise ways[0].refusal
    return ways[0]


def patient(*, card: Card, use: Use, amount_fen: int, at: datetime) -> Route:
    """The way of a payout, for which nobody waits: `best`, or where none is open the best of those that only rest, to be sent when it is
    back. The card's limits have its amount in them. Raises like `best`."""
    ways = routes(card=card, use=use, amount_fen=amount_fen, at=at, counted=True)
    resting = [way for way in ways if isinstance(way.refusal, ChannelResting)]
    if resting and ways[0].refusal is not None:
        return resting[0]
    return best_of(ways, use)


def another(*, card: Card, use: Use, order: Order, at: datetime) -> Route | None:
    """The best open way of an order that none of its requests has taken; None: there is no other now, or the card is none to use."""
    if card.state != CardState.ACTIVE:
        return None
    tried = {request.channel_id for request in requests.made_for([order.business_id]) if request.operation == use.operation}
    ways = routes(card=card, use=use, amount_fen=order.amount_fen, at=at, without=tried, counted=True)
    return ways[0] if ways and ways[0].refusal is None else None


def place_another(*, card: Card, use: Use, order: Order, at: datetime) -> UUID | None:
    """Write the request of an order for `another` way; the worker sends it unless the process that waits does. Returns it, None without
    a way. Raises what `channels.place` raises."""
    way = another(card=card, use=use, order=order, at=at)
    if way is None:
        return None
    request = place(card=card, use=use, order=order, way=way, at=at)
    channels.leave_to_worker(request_id=request.id, at=at)
    return request.id


def place(*, card: Card, use: Use, order: Order, way: Route, at: datetime) -> ChannelRequest:
    """Write the request of an order for a way. Raises what `channels.place` raises."""
    return channels.place(
        channel=way.channel,
        operation=use.operation,
        business=order.business,
        business_id=order.business_id,
        reference=order.reference,
        customer_id=card.customer_id,
        card_id=card.id,
        amount_fen=order.amount_fen,
        bank_code=card.bank_id,
        party=way.token,
        at=at,
    )


def signing(*, customer_id: UUID, card_number: str, at: datetime) -> str:
    """The channel that a card would be signed at now; of one that would be refused, the channel cards are first signed at."""
    number = rules.card_number(card_number)
    try:
        issuer = services.supported_issuer(number or "")
        fingerprint = blind_index(number or "", purpose="card_number")
        return services.signing_channel(customer_id, issuer, fingerprint, at)
    except DomainError:
        return services.CHANNEL
