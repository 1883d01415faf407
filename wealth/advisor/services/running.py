"""Taking a regular investment's date: the order and its payment are one transaction, once a date."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from core.clock.queries import SHANGHAI, local_day
from core.errors import DomainError
from core.ids import new_id
from core.moves import advance
from payments.cashier.legs import NotCovered
from payments.cashier.services import orders as cashier
from payments.cashier.services import paying, preferring
from payments.cashier.services.funding import NothingChosen
from payments.wallet import queries as wallet
from payments.wallet.sweeps import SHUT
from wealth.advisor import queries
from wealth.advisor.models import CODE_LENGTH, AdvisorTerms, InvestingPlan, InvestingRun, terms_in_force
from wealth.advisor.services.investing import tell
from wealth.advisor.states import INVESTING_MOVES, RUN_MOVES, Every, InvestingState, RunState
from wealth.catalog import queries as catalog
from wealth.orders.queries import WealthOrder
from wealth.orders.services import buying
from wealth.rules.investing import idle_fen, next_on

BALANCE = [("balance", "")]
SHORT = (NotCovered.code, NothingChosen.code)
"""Refusals that more money on the balance ends: tried again the same day."""
STOPPED = "investing_stopped"
LATE = "investing_day_over"


@dataclass(frozen=True)
class Outcome:
    """What one try came to: an order that is paid, or why not."""

    order: WealthOrder | None
    code: str = ""


@transaction.atomic
def run(*, investing_id: UUID, at: datetime) -> bool:
    """Take the date that has come, or try again what waits for money; does nothing to others. Returns whether anything was tried.

    Nothing is kept while the books are shut: the date stays due. What was missed because nothing ran is taken once, late.
    """
    row = queries.locked_investing(investing_id)
    waiting = queries.runs(row.id).filter(state=RunState.TRYING).select_for_update().first()
    if waiting is not None:
        return waiting.next_at is not None and waiting.next_at <= at and again(row, waiting, at)
    if row.state != InvestingState.ACTIVE or row.next_on is None or not queries.waiting(at).filter(pk=row.pk).exists():
        return False
    today, amount_fen = local_day(at), amount_of(row)
    if not amount_fen:
        come_again(row, at)
        return True
    outcome = bought(row, amount_fen, at)
    if outcome is None:
        return False
    made = InvestingRun.objects.create(
        id=new_id(),
        investing=row,
        customer_id=row.customer_id,
        shard=row.shard,
        on=row.next_on,
        traded_on=today,
        amount_fen=amount_fen,
        next_at=at,
        created_at=at,
        changed_at=at,
    )
    come_again(row, at)
    settle(row, made, outcome, at)
    return True


def amount_of(row: InvestingPlan) -> int:
    """What is bought on a date; of idle money maybe nothing, which is no failure."""
    if row.every != Every.IDLE:
        return row.amount_fen
    assert row.keep_fen is not None
    version = catalog.current_version(row.product)
    return idle_fen(
        balance_fen=wallet.balance(row.customer_id).available,
        keep_fen=row.keep_fen,
        most_fen=row.amount_fen,
        minimum_fen=version.minimum_fen,
        step_fen=version.step_fen,
    )


def come_again(row: InvestingPlan, at: datetime) -> None:
    """The next date after today."""
    row.next_on = next_on(every=row.every, day=row.day, after=local_day(at))
    InvestingPlan.objects.filter(pk=row.pk).update(next_on=row.next_on, changed_at=at)


def again(row: InvestingPlan, waiting: InvestingRun, at: datetime) -> bool:
    """Another try of the same day."""
    if row.state != InvestingState.ACTIVE:
        fail(row, waiting, STOPPED, at)
        return True
    if local_day(at) != waiting.traded_on:
        fail(row, waiting, waiting.code or LATE, at)
        return True
    outcome = bought(row, waiting.amount_fen, at)
    if outcome is None:
        return False
    settle(row, waiting, outcome, at)
    return True


def bought(row: InvestingPlan, amount_fen: int, at: datetime) -> Outcome | None:
    """Order and pay from the balance, or neither. None while the books are shut."""
    try:
        with transaction.atomic():
            order = buying.buy(customer_id=row.customer_id, product_id=row.product_id, amount_fen=amount_fen, at=at)
            assert order.cashier_order_id is not None
            paid_by = cashier.locked(order.cashier_order_id)
            picks = preferring.automatic(order=paid_by, customer_id=row.customer_id, at=at, only=BALANCE)
            paying.pay_agreed(customer_id=row.customer_id, factors=row.factors, order_id=paid_by.id, picks=picks, at=at)
    except SHUT:
        return None
    except DomainError as refused:
        if refused.afterwards is not None:
            refused.afterwards()
        return Outcome(None, refused.code[:CODE_LENGTH])
    return Outcome(order)


def settle(row: InvestingPlan, made: InvestingRun, outcome: Outcome, at: datetime) -> None:
    """Keep what a try came to."""
    tries = made.tries + 1
    if outcome.order is not None:
        advance(made, RunState.PAID, moves=RUN_MOVES, at=at, order_id=outcome.order.id, tries=tries, next_at=None, code="")
        InvestingPlan.objects.filter(pk=row.pk).update(failures=0, changed_at=at)
        tell("wealth.investing_bought", row, at, order=outcome.order.public_id, on=made.on.isoformat())
        return
    terms = terms_in_force(at)
    later = at + timedelta(hours=terms.retry_hours)
    if outcome.code in SHORT and tries < terms.tries_most and in_time(row, later, at):
        InvestingRun.objects.filter(pk=made.pk).update(tries=tries, next_at=later, code=outcome.code, changed_at=at)
        tell("wealth.investing_waits", row, at, code=outcome.code, on=made.on.isoformat(), next_at=later.isoformat())
        return
    made.tries = tries
    fail(row, made, outcome.code, at)


def in_time(row: InvestingPlan, later: datetime, at: datetime) -> bool:
    """Whether a try then is of the same day, before its cut-off."""
    cut_off = catalog.current_version(row.product).cut_off
    return local_day(later) == local_day(at) and later.astimezone(SHANGHAI).time() < cut_off


def fail(row: InvestingPlan, made: InvestingRun, code: str, at: datetime) -> None:
    """Nothing is bought for this date; so many in a row pause the plan."""
    advance(made, RunState.FAILED, moves=RUN_MOVES, at=at, code=code, tries=made.tries, next_at=None)
    tell("wealth.investing_missed", row, at, code=code, on=made.on.isoformat())
    if row.state != InvestingState.ACTIVE:
        return
    row.failures += 1
    InvestingPlan.objects.filter(pk=row.pk).update(failures=row.failures, changed_at=at)
    stop_if_hopeless(row, code, terms_in_force(at), at)


def stop_if_hopeless(row: InvestingPlan, code: str, terms: AdvisorTerms, at: datetime) -> None:
    if row.failures < terms.failures_most:
        return
    advance(row, InvestingState.PAUSED, moves=INVESTING_MOVES, at=at, next_on=None, code=code)
    tell("wealth.investing_paused", row, at, code=code)
