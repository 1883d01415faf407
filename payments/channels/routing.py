"""Which channel takes a call: those that serve it and whose doors are open, the cheapest first, then the one that fares best."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from core.clock import queries as clock
from core.errors import DomainError
from payments.channels import doors
from payments.channels.models import ChannelCall, RouteRule

FARED = timedelta(minutes=15)
"""How far back a channel's calls tell how it fares."""
WELL_BP = 10_000


class AmountNotServed(DomainError):
    """`least` and `most` in fen; `most` 0: no bound."""

    code = "channel_amount_not_served"
    status = 422
    en = "The bank channel takes {least} fen at least and {most} fen at most at once (0: no bound). Change the amount, or pay another way."
    zh = "该银行渠道单笔金额须在 {least} 分至 {most} 分之间(0 表示不限),请调整金额或更换支付方式。"


@dataclass(frozen=True)
class Cards:
    """The cards a call is made with."""

    bank_code: str
    kind: str


@dataclass(frozen=True)
class Candidate:
    """One channel for one call: what it costs, the share of its calls that went well lately, and why it takes none now."""

    channel: str
    cost_fen: int
    good_bp: int = WELL_BP
    refusal: DomainError | None = None


def ranked(found: Iterable[Candidate]) -> list[Candidate]:
    """Open ones first; the cheapest, then the one that fares best, then by name. Pure."""
    return sorted(found, key=lambda one: (one.refusal is not None, one.cost_fen, -one.good_bp, one.channel))


def cost(amount_fen: int, rule: RouteRule) -> int:
    """What a call costs us, half a fen rounded up. Pure."""
    return rule.cost_fen + (amount_fen * rule.cost_bp + 5000) // 10_000


def amount_refused(amount_fen: int, rule: RouteRule) -> DomainError | None:
    least, most = rule.least_fen or 0, rule.most_fen
    if amount_fen < least or (most is not None and amount_fen > most):
        return AmountNotServed(field="amount", least=least, most=most or 0)
    return None


def choose(*, operation: str, cards: Cards, amount_fen: int, at: datetime, among: Collection[str] | None = None) -> list[Candidate]:
    """The channels that serve a call with such cards (of those in `among`, when told), best first, then those that are shut, each with
    the reason a customer reads. Five queries, whatever the number of channels."""
    rules = {channel: rule for (channel, _), rule in serving(operation, [cards], at, among).items()}
    if not rules:
        return []
    shut = doors.shut({(channel, cards.bank_code) for channel in rules}, at)
    fared = shares(list(rules), at)
    return ranked(
        Candidate(
            channel,
            cost(amount_fen, rule),
            fared.get(channel, WELL_BP),
            amount_refused(amount_fen, rule) or shut.get((channel, cards.bank_code)),
        )
        for channel, rule in rules.items()
    )


def serving(
    operation: str, kinds: Iterable[Cards], at: datetime, among: Collection[str] | None = None
) -> dict[tuple[str, Cards], RouteRule]:
    """The rule of the day by which a channel serves such cards; none where it does not. One query."""
    rows = RouteRule.objects.filter(operation=operation, effective_on__lte=clock.local_day(at)).order_by("effective_on")
    if among is not None:
        rows = rows.filter(channel_id__in=among)
    found: dict[tuple[str, Cards], RouteRule] = {}
    for cards in kinds:
        for rule in sorted((row for row in rows if fits(row, cards)), key=exactness):
            found[rule.channel_id, cards] = rule
    return {key: rule for key, rule in found.items() if rule.offered}


def fits(rule: RouteRule, cards: Cards) -> bool:
    return rule.bank_code in ("", cards.bank_code) and rule.kind in ("", cards.kind)


def exactness(rule: RouteRule) -> tuple[bool, bool]:
    """Of the bank before of all banks, then of the kind before of both; the sort keeps the order of days."""
    return bool(rule.bank_code), bool(rule.kind)


def shares(channels: Collection[str], at: datetime) -> dict[str, int]:
    """The share of each channel's latest calls that went well, in basis points; none for one without a call."""
    calls = ChannelCall.objects.filter(channel_id__in=channels, at__gt=at - FARED, at__lte=at)
    counted = calls.values_list("channel_id").annotate(calls=Count("pk"), bad=Count("pk", filter=Q(bad=True)))
    return {channel: (number - bad) * WELL_BP // number for channel, number, bad in counted}
