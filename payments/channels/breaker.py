"""The circuit breaker of a channel: whether a call may go out, and what its end says of the channel. One row of the database a channel,
so all processes share it and the broker may be away."""

from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from core.clock import queries as clock
from core.errors import TooManyRequests
from core.work import services as work
from payments.channels.models import Breaker, BreakerRule, ChannelCall, ChannelRequest
from payments.channels.port import Failed, Result, Unknown
from payments.channels.states import BreakerState

WORK = "channel.open"
RESTING = "channel_resting"
KEPT = timedelta(days=1)


class ChannelResting(TooManyRequests):
    """Nothing was done: the same request with the same Idempotency-Key may come again."""

    code = RESTING
    status = 503
    en = "The bank does not answer at the moment, so nothing is sent to it. Try again in {retry_after} seconds, or another way."
    zh = "银行暂时无响应,已暂停发送请求。请在 {retry_after} 秒后重试或更换方式。"


class Exchange:
    """One call being made: `end` stores how it went. Made when the call leaves."""

    def __init__(self, request: ChannelRequest, *, question: bool) -> None:
        self.request, self.question, self.begun = request, question, monotonic()

    def end(self, result: Result, at: datetime) -> Result:
        """Outside any transaction, with what the channel said; gives it back."""
        took_ms = int((monotonic() - self.begun) * 1000)
        note(request=self.request, result=result, question=self.question, took_ms=took_ms, at=at)
        return result


def is_bad(result: Result, *, question: bool) -> bool:
    """Whether an answer speaks against the channel. A business refusal does not; nor does a question answered "not seen"."""
    if isinstance(result, Unknown):
        return result.seen or not question
    return isinstance(result, Failed) and result.retryable


def refuse_resting(channel: str, at: datetime) -> None:
    """Raises ChannelResting while the breaker lets no call out."""
    shut = Breaker.objects.filter(channel_id=channel, retry_at__gt=at).first()
    if shut is not None and shut.retry_at is not None:
        raise ChannelResting(retry_after=int((shut.retry_at - at).total_seconds()) + 1)


def retry_at(channel: str) -> datetime | None:
    """When the next call may try; None while all may go out."""
    return Breaker.objects.filter(channel_id=channel).values_list("retry_at", flat=True).first()


def admits(*, channel: str, request_id: UUID, at: datetime) -> bool:
    """Whether this call may leave: any while closed; otherwise the one that takes the probe's seat, when it is due to be taken."""
    state = Breaker.objects.filter(channel_id=channel).values_list("state", flat=True).first()
    if state is None or state == BreakerState.CLOSED:
        return True
    rule = rule_of(channel, at)
    if rule is None:
        return True
    due = Breaker.objects.filter(channel_id=channel, state__in=[BreakerState.OPEN, BreakerState.HALF_OPEN], retry_at__lte=at)
    seat = {"probe": request_id, "retry_at": at + timedelta(seconds=rule.probe_s)}
    return bool(due.update(state=BreakerState.HALF_OPEN, changed_at=at, **seat))


def rule_of(channel: str, at: datetime) -> BreakerRule | None:
    """The thresholds in force; none: the channel has no breaker."""
    dated = BreakerRule.objects.filter(channel_id=channel, effective_on__lte=clock.local_day(at))
    return dated.order_by("-effective_on").first()


@transaction.atomic
def note(*, request: ChannelRequest, result: Result, question: bool, took_ms: int, at: datetime) -> None:
    """Keep one exchange, let a probe decide, open the breaker when too many were bad. Locks the breaker's row alone."""
    bad = is_bad(result, question=question)
    code = result.code[:64] if isinstance(result, (Failed, Unknown)) else ""
    ChannelCall.objects.create(
        channel_id=request.channel_id, operation=request.operation, question=question, bad=bad, code=code, took_ms=took_ms, at=at
    )
    rule = rule_of(request.channel_id, at)
    if rule is None:
        return
    if not question and decide(request, rule, bad, code, at):
        return
    if bad:
        open_when_too_bad(request.channel_id, rule, code, at)


def decide(request: ChannelRequest, rule: BreakerRule, bad: bool, code: str, at: datetime) -> bool:
    """What the end of the probe does; whether this call was the probe."""
    probing = Breaker.objects.filter(channel_id=request.channel_id, state=BreakerState.HALF_OPEN, probe=request.id)
    if bad:
        again = at + timedelta(seconds=rule.open_s)
        return bool(probing.update(state=BreakerState.OPEN, probe=None, retry_at=again, code=code, changed_at=at))
    if not probing.update(state=BreakerState.CLOSED, probe=None, retry_at=None, code="", changed_at=at):
        return False
    work.finish(kind=WORK, target=target(request.channel_id), by="system", at=at)
    return True


def open_when_too_bad(channel: str, rule: BreakerRule, code: str, at: datetime) -> None:
    """Count the window, since the breaker closed last, and open it at the threshold; the first process to see it asks an operator."""
    breaker, _ = Breaker.objects.get_or_create(channel_id=channel, defaults={"changed_at": at - timedelta(seconds=rule.window_s)})
    if breaker.state != BreakerState.CLOSED:
        return
    since = max(at - timedelta(seconds=rule.window_s), breaker.changed_at)
    found = ChannelCall.objects.filter(channel_id=channel, at__gte=since).aggregate(calls=Count("pk"), bad=Count("pk", filter=Q(bad=True)))
    if found["calls"] < rule.least_calls or found["bad"] * 10_000 < rule.bad_share_bp * found["calls"]:
        return
    closed = Breaker.objects.filter(channel_id=channel, state=BreakerState.CLOSED)
    again = at + timedelta(seconds=rule.open_s)
    if closed.update(state=BreakerState.OPEN, retry_at=again, opened_at=at, code=code, changed_at=at):
        facts = {"calls": found["calls"], "bad": found["bad"], "window_s": rule.window_s, "code": code}
        work.ask(kind=WORK, target=target(channel), facts=facts, at=at)


@transaction.atomic
def ask_of_resting(*, at: datetime) -> int:
    """Whoever is asked about a channel at rest is asked no more once it is switched off, since no trial call leaves then that could end it,
    and again when it is switched on and still rests. Returns how many items began or ended."""
    changed = 0
    for row in Breaker.objects.exclude(state=BreakerState.CLOSED).select_related("channel"):
        item = target(row.channel_id)
        if not row.channel.enabled:
            changed += work.finish(kind=WORK, target=item, by="system", at=at)
        elif not work.is_open(kind=WORK, target=item):
            work.ask(kind=WORK, target=item, facts={"code": row.code}, at=at)
            changed += 1
    return changed


def target(channel: str) -> str:
    return f"channel:{channel}"


@transaction.atomic
def forget_old(*, at: datetime, batch: int = 5000) -> int:
    """Delete one batch of the exchanges of more than a day ago. Returns how many."""
    old = ChannelCall.objects.filter(at__lt=at - KEPT).order_by("at").values("pk")[:batch]
    return ChannelCall.objects.filter(pk__in=old).delete()[0]
