"""Asking several people for their part, paying it, declining it, chasing who has not, and closing."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.identity import queries as identity
from accounts.ledger import services as ledger
from accounts.security import queries as security_facts
from accounts.security import services as security
from accounts.verification import queries as limits
from accounts.verification import services as verification
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.ids import public_id, shard_of
from core.limits import services as counters
from core.limits.queries import cap
from core.limits.services import LimitReached, levy
from core.limits.sockets import CapKind
from core.moves import advance, advance_all
from core.outbox import services as outbox
from core.outbox.services import Payload
from core.questions import ask
from payments.collects import journals, parts
from payments.collects.models import (
    COLLECT_MOVES,
    COLLECT_SHARE_MOVES,
    MAX_FEN,
    MOST_PEOPLE,
    Collect,
    CollectEnd,
    CollectShare,
    CollectShareState,
    CollectState,
    CollectTerms,
    terms_in_force,
)
from payments.collects.refusals import (
    AmountTooLarge,
    CollectClosed,
    CollectFull,
    DailyCollectsReached,
    NobodyToRemind,
    OrganiserCannotReceive,
    OrganiserIsPayer,
    PartsTooSmall,
    ShareDeclined,
    SharePaid,
    TooManyPeople,
)
from payments.risk.services import deciding
from payments.risk.services.deciding import Act, Ruling
from payments.wallet.remarks import checked_remark
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent

PURPOSE = "collect"
MADE_COUNTER = "collect_made"
PHONES = CapKind("collects.phones", _("People a collect names by phone"), usual=10, most=MOST_PEOPLE)
ACTIVE = identity.Customer.State.ACTIVE


def refuse_too_many_phones(phones: int, at: datetime) -> None:
    """Before any of them is looked up. Raises Invalid."""
    most = cap(PHONES, at)
    if phones > most:
        en, zh = (
            "At most {most} people by phone; ask others by id or by link.",
            "按手机号最多可添加 {most} 人,其他人请按用户编号或链接邀请。",
        )
        raise Invalid("people", en.format(most=most), zh.format(most=most))


@transaction.atomic
def ask_each(*, organiser_id: uuid.UUID, title: str, each_fen: int, payer_ids: Sequence[uuid.UUID], at: datetime) -> Collect:
    """Ask each of these people for the same amount.

    Raises Invalid (title), what the shape of the collect refuses, CustomerNotActive, NotFound (a payer), DailyCollectsReached.
    """
    heads = len(payer_ids)
    collect = draft(organiser_id, title, heads=heads, each_fen=each_fen, total_fen=each_fen * heads, at=at)
    return made(collect, payer_ids, [each_fen] * heads, at)


@transaction.atomic
def split_among(
    *, organiser_id: uuid.UUID, title: str, total_fen: int, payer_ids: Sequence[uuid.UUID], with_me: bool, at: datetime
) -> Collect:
    """Split a total evenly among these people, and with `with_me` the organiser, whose part is the smallest and asked of nobody.

    Raises what `ask_each` raises.
    """
    heads = len(payer_ids) + with_me
    if total_fen < heads:
        raise PartsTooSmall(field="amount")
    amounts = parts.even_parts(total_fen=total_fen, heads=heads)
    own_fen = amounts.pop() if with_me else 0
    each_fen = amounts[0] if len(set(amounts)) == 1 else None
    collect = draft(organiser_id, title, heads=len(amounts), each_fen=each_fen, total_fen=total_fen - own_fen, own_fen=own_fen, at=at)
    return made(collect, payer_ids, amounts, at)


@transaction.atomic
def ask_by_link(*, organiser_id: uuid.UUID, title: str, each_fen: int, heads: int, at: datetime) -> Collect:
    """Ask whoever holds the link for the same amount, until `heads` people have paid. Raises what `ask_each` raises."""
    collect = draft(organiser_id, title, heads=heads, each_fen=each_fen, total_fen=each_fen * heads, by_link=True, at=at)
    return made(collect, [], [], at)


def draft(
    organiser_id: uuid.UUID,
    title: str,
    *,
    heads: int,
    each_fen: int | None,
    total_fen: int,
    at: datetime,
    own_fen: int = 0,
    by_link: bool = False,
) -> Collect:
    """A collect whose shape is in order, not saved yet. Raises Invalid, TooManyPeople, AmountTooLarge."""
    terms = terms_in_force(at)
    if heads > terms.people_most:
        raise TooManyPeople(field="people", most=terms.people_most)
    if total_fen > MAX_FEN:
        raise AmountTooLarge(field="amount", most_fen=MAX_FEN)
    collect = Collect(
        customer_id=organiser_id,
        title=checked_remark(title),
        by_link=by_link,
        heads=heads,
        each_fen=each_fen,
        total_fen=total_fen,
        own_fen=own_fen,
        expires_at=at + timedelta(days=terms.life_days),
        created_at=at,
        changed_at=at,
    )
    collect.shard = shard_of(collect.id)
    return collect


def made(collect: Collect, payer_ids: Sequence[uuid.UUID], amounts: Sequence[int], at: datetime) -> Collect:
    """The collect with its shares, told to those it asks. Raises CustomerNotActive, OrganiserIsPayer, NotFound, DailyCollectsReached."""
    organiser_id = collect.customer_id
    parties.require_active(organiser_id)
    if organiser_id in payer_ids:
        raise OrganiserIsPayer(field="people")
    states = identity.states(payer_ids) if payer_ids else {}
    if any(states.get(payer_id) != ACTIVE for payer_id in payer_ids):
        raise NotFound()
    count_made(organiser_id, terms_in_force(at), at)
    collect.save(force_insert=True)
    CollectShare.objects.bulk_create(
        CollectShare(collect_id=collect.pk, payer_id=payer_id, amount_fen=fen, created_at=at, changed_at=at)
        for payer_id, fen in zip(payer_ids, amounts, strict=True)
    )
    publish("collect.asked", collect, at, {"payers": named(payer_ids)})
    return collect


def count_made(organiser_id: uuid.UUID, terms: CollectTerms, at: datetime) -> None:
    try:
        counters.take(counter=MADE_COUNTER, owner=organiser_id, period=clock.local_day(at).isoformat(), amount=1, cap=terms.per_day)
    except LimitReached as reached:
        raise DailyCollectsReached(cap=terms.per_day) from reached


@transaction.atomic
def pay(*, intent: Intent, share_id: uuid.UUID, at: datetime) -> CollectShare:
    """Pay the caller's own share (journal 1). The collect's row lock decides between paying, declining and closing.

    Raises NotFound, CustomerNotActive, SharePaid, ShareDeclined, CollectClosed, OrganiserCannotReceive, StepUpNeeded and its kin,
    RiskRefused, the account class's limits, InsufficientFunds.
    """
    parties.require_active(intent.customer_id)
    collect, share = locked(share_id, intent.customer_id)
    refuse_settled(share)
    refuse_over(collect, at)
    return settled(intent, collect, share, at)


@transaction.atomic
def pay_by_link(*, intent: Intent, collect_id: uuid.UUID, at: datetime) -> CollectShare:
    """Pay one part of a collect whose link the caller holds, once a customer. Raises what `pay` raises, OrganiserIsPayer, CollectFull."""
    parties.require_active(intent.customer_id)
    collect = Collect.objects.select_for_update().filter(pk=collect_id, by_link=True).first()
    if collect is None or collect.each_fen is None:
        raise NotFound()
    if collect.customer_id == intent.customer_id:
        raise OrganiserIsPayer()
    if CollectShare.objects.filter(collect_id=collect_id, payer_id=intent.customer_id).exists():
        raise SharePaid()
    if collect.paid_count == collect.heads:
        raise CollectFull()
    refuse_over(collect, at)
    share = CollectShare(collect_id=collect_id, payer_id=intent.customer_id, amount_fen=collect.each_fen, created_at=at, changed_at=at)
    share.save(force_insert=True)
    return settled(intent, collect, share, at)


def locked(share_id: uuid.UUID, payer_id: uuid.UUID) -> tuple[Collect, CollectShare]:
    """The payer's share with its collect, which is locked before the share is read. Raises NotFound."""
    mine = CollectShare.objects.filter(pk=share_id, payer_id=payer_id)
    collect = Collect.objects.select_for_update().filter(pk__in=mine.values("collect_id")).first()
    if collect is None:
        raise NotFound()
    return collect, mine.get()


def refuse_settled(share: CollectShare) -> None:
    """Raises SharePaid, ShareDeclined."""
    if share.state == CollectShareState.PAID:
        raise SharePaid()
    if share.state == CollectShareState.DECLINED:
        raise ShareDeclined()


def refuse_over(collect: Collect, at: datetime) -> None:
    """Time counts even before the sweeper has seen it. Raises CollectClosed."""
    if collect.state != CollectState.OPEN or collect.expires_at <= at:
        raise CollectClosed()


def settled(intent: Intent, collect: Collect, share: CollectShare, at: datetime) -> CollectShare:
    """The share paid, counted and, with the last one, the collect closed. The collect is locked."""
    act = Act(PURPOSE, collect.id, intent.customer_id, intent.session_id, share.amount_fen, payee=collect.customer_id)
    factors, ruling = approved(intent, act, at)
    deciding.record(ruling)
    advance(share, CollectShareState.PAID, moves=COLLECT_SHARE_MOVES, at=at, factors=factors, paid_at=at)
    share.collect = collect
    told: Payload = {"share": share.public_id, "payer": public_id("cus", intent.customer_id), "share_fen": share.amount_fen}
    publish("collect.paid", collect, at, told)
    count(collect, {"paid_count": collect.paid_count + 1, "paid_fen": collect.paid_fen + share.amount_fen}, at)
    ledger.post(
        journal_id=share.id,
        event=journals.PAID,
        legs=journals.paid(payer_id=intent.customer_id, organiser_id=collect.customer_id, share_fen=share.amount_fen),
        reference=share.public_id,
        at=at,
    )
    return share


def approved(intent: Intent, act: Act, at: datetime) -> tuple[int, Ruling]:
    """How many factors prove the payment and what risk rules of it, its limits taken: in one question and one levy."""
    payer_id, organiser_id = act.customer_id, act.payee
    assert organiser_id is not None, "a collect has its organiser"
    states, pin_free, outflow, known = ask(
        identity.states_of([organiser_id]),
        security_facts.pin_free_rule_at(at),
        limits.outflow_facts_of(payer_id, at),
        deciding.facts_question(act=act, at=at),
    )
    if states.get(organiser_id) != ACTIVE:
        raise OrganiserCannotReceive()
    factors, levies, payee = 0, [], public_id("cus", organiser_id)
    with authority.saying(purpose=PURPOSE, amount_fen=act.amount_fen, payee=payee):
        if intent.token:
            factors = authority.spend(intent=intent, purpose=PURPOSE, amount_fen=act.amount_fen, payee=payee, at=at)
        else:
            levies.append(security.pin_free(pin_free, customer_id=payer_id, amount_fen=act.amount_fen, at=at))
        ruling = deciding.decide_now(act=act, known=known, factors=factors, at=at)
        levies.append(verification.outflow_levy(outflow, amount_fen=act.amount_fen, factors=factors, at=at))
        levy(levies=levies)
    return factors, ruling


@transaction.atomic
def decline(*, payer_id: uuid.UUID, share_id: uuid.UUID, at: datetime) -> CollectShare:
    """The payer says no; nobody asks them again. Raises NotFound, SharePaid, ShareDeclined, CollectClosed."""
    collect, share = locked(share_id, payer_id)
    refuse_settled(share)
    refuse_over(collect, at)
    advance(share, CollectShareState.DECLINED, moves=COLLECT_SHARE_MOVES, at=at)
    share.collect = collect
    publish("collect.declined", collect, at, {"share": share.public_id, "payer": public_id("cus", payer_id)})
    count(collect, {"declined_count": collect.declined_count + 1}, at)
    return share


@transaction.atomic
def remind(*, organiser_id: uuid.UUID, collect_id: uuid.UUID, at: datetime) -> int:
    """Chase everybody who has not paid and may be chased today. Returns how many.

    Raises NotFound, CustomerNotActive, CollectClosed, NobodyToRemind.
    """
    parties.require_active(organiser_id)
    collect = own(organiser_id, collect_id)
    refuse_over(collect, at)
    today, most = clock.local_day(at), terms_in_force(at).reminders_most
    due = CollectShare.objects.filter(collect_id=collect_id, state=CollectShareState.ASKED, reminders__lt=most)
    payers = list(due.filter(Q(reminded_on=None) | Q(reminded_on__lt=today)).order_by("id").values_list("payer_id", flat=True))
    if not payers:
        raise NobodyToRemind(most=most)
    CollectShare.objects.filter(collect_id=collect_id, payer_id__in=payers).update(
        reminders=F("reminders") + 1, reminded_on=today, changed_at=at
    )
    publish("collect.reminded", collect, at, {"payers": named(payers)})
    return len(payers)


@transaction.atomic
def close(*, organiser_id: uuid.UUID, collect_id: uuid.UUID, at: datetime) -> Collect:
    """The organiser asks nobody any more; what is paid stays theirs. Raises NotFound, CollectClosed."""
    collect = own(organiser_id, collect_id)
    if collect.state != CollectState.OPEN:
        raise CollectClosed()
    return ended(collect, CollectEnd.ORGANISER, at)


@transaction.atomic
def expire(*, collect_id: uuid.UUID, at: datetime) -> bool:
    """Close a collect whose time is over. False when another has the row, or it is not due or closed already."""
    due = Collect.objects.select_for_update(skip_locked=True).filter(pk=collect_id, state=CollectState.OPEN, expires_at__lte=at)
    collect = due.first()
    if collect is None:
        return False
    ended(collect, CollectEnd.EXPIRED, at)
    return True


def own(organiser_id: uuid.UUID, collect_id: uuid.UUID) -> Collect:
    """The organiser's collect, locked. Raises NotFound."""
    collect = Collect.objects.select_for_update().filter(pk=collect_id, customer_id=organiser_id).first()
    if collect is None:
        raise NotFound()
    return collect


def count(collect: Collect, counts: dict[str, int], at: datetime) -> None:
    """The collect's own count of what was answered, and its end with the last answer. The collect is locked.

    One UPDATE: a second one of the same row would check its customer's key again at the commit, a lock on the organiser's row behind
    the ledger's, where two who pay each other meet in a deadlock.
    """
    for name, number in counts.items():
        setattr(collect, name, number)
    if collect.paid_count + collect.declined_count == collect.heads:
        ended(collect, CollectEnd.COMPLETE, at, counts)
    else:
        Collect.objects.filter(pk=collect.pk).update(**counts, changed_at=at)
        collect.changed_at = at


def ended(collect: Collect, end: CollectEnd, at: datetime, counts: dict[str, int] | None = None) -> Collect:
    """Closed, and with it every share nobody paid or declined. The collect is locked, so no share of it moves meanwhile."""
    advance(collect, CollectState.CLOSED, moves=COLLECT_MOVES, at=at, state="state", end=str(end), **(counts or {}))
    advance_all(CollectShare.objects.filter(collect_id=collect.pk), CollectShareState.CLOSED, moves=COLLECT_SHARE_MOVES, at=at)
    publish("collect.closed", collect, at, {"end": str(end), "paid_fen": collect.paid_fen})
    return collect


def named(payer_ids: Sequence[uuid.UUID]) -> list[str]:
    return [public_id("cus", payer_id) for payer_id in payer_ids]


def publish(topic: str, collect: Collect, at: datetime, facts: Payload) -> None:
    """News of a collect, in order for its organiser."""
    payload: Payload = {
        "collect": collect.public_id,
        "organiser": public_id("cus", collect.customer_id),
        "amount_fen": collect.total_fen,
        "currency": collect.currency,
        **facts,
    }
    outbox.publish(topic=topic, owner=collect.customer_id, payload=payload, at=at)
