"""Agreeing to a regular investment, with a proof; pausing, resuming and ending it."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import queries as identity
from accounts.verification import outflow
from accounts.verification import queries as verification
from core.business_day import queries as business_day
from core.clock.queries import local_day
from core.errors import NotFound
from core.ids import new_id, public_id, shard_of
from core.limits.queries import cap
from core.limits.sockets import CapKind
from core.moves import WrongState, advance
from core.outbox import services as outbox
from payments.risk.services.deciding import StrongerProofNeeded
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent
from wealth.advisor import queries
from wealth.advisor.models import InvestingPlan
from wealth.advisor.refusals import NotInvestedRegularly, TooManyInvestingPlans
from wealth.advisor.states import INVESTING_MOVES, InvestingState
from wealth.catalog.queries import Product
from wealth.catalog.states import Kind
from wealth.orders.services import buying
from wealth.rules.investing import dates, next_on
from wealth.rules.suitability import Ruling
from wealth.suitability import queries as suitability
from wealth.suitability.services.answering import OnlyLowestRisk, ProfileExpired, ProfileMissing
from wealth.suitability.services.deciding import RiskTooHigh

PURPOSE = "investing_plan"
MOST = CapKind("wealth.investing_plans", _("Regular investments one customer has"), usual=20, most=200)
TWO = 2
SHOWN = 3
AHEAD = 200
"""Trading days that cover three dates of a month each, with holidays."""


@transaction.atomic
def agree(
    *, intent: Intent, product_id: UUID, amount_fen: int, every: str, day: int, keep_fen: int | None = None, at: datetime
) -> InvestingPlan:
    """From the next date after today on, buy `amount_fen` of the product again and again from the balance; with `every` idle, each day
    what lies there beyond `keep_fen`, at most that much. The proof is for the amount of one purchase, with the product as payee.

    Raises CustomerNotActive, NotFound, ProductNotOnSale, AmountTooSmall, AmountOffStep, NotInvestedRegularly, what suitability refuses,
    TooManyInvestingPlans, StepUpNeeded and its kin, StrongerProofNeeded for more than one factor lets pay out of a balance in a day.
    """
    customer_id = intent.customer_id
    parties.require_active(customer_id)
    found, _terms = buying.offered(product_id, amount_fen, at)
    if found.product.kind != Kind.CURRENT:
        raise NotInvestedRegularly(field="product_id")
    require_fit(customer_id, found.version.risk, at)
    identity.lock(customer_id)
    most = cap(MOST, at)
    if queries.standing(customer_id).count() >= most:
        raise TooManyInvestingPlans(most=most)
    payee = found.product.public_id
    factors = authority.spend(intent=intent, purpose=PURPOSE, amount_fen=amount_fen, payee=payee, at=at)
    if factors < TWO and amount_fen > one_factor_cap_fen(customer_id, amount_fen, at):
        raise StrongerProofNeeded(purpose=PURPOSE, amount=amount_fen, currency=InvestingPlan.currency, payee=payee)
    made = InvestingPlan.objects.create(
        id=new_id(),
        customer_id=customer_id,
        shard=shard_of(customer_id),
        product=found.product,
        amount_fen=amount_fen,
        every=every,
        day=day,
        keep_fen=keep_fen,
        factors=factors,
        next_on=next_on(every=every, day=day, after=local_day(at)),
        created_at=at,
        changed_at=at,
    )
    tell("wealth.investing_agreed", made, at)
    return made


def one_factor_cap_fen(customer_id: UUID, amount_fen: int, at: datetime) -> int:
    """What one factor alone lets a customer pay out of the balance in a day; no less than `amount_fen` where nothing bounds it."""
    return verification.outflow_facts(customer_id, at).caps.get((outflow.DAY, True), amount_fen)


def require_fit(customer_id: UUID, risk: str, at: datetime) -> None:
    """Nobody is there to insist each time. Raises ProfileMissing, ProfileExpired, OnlyLowestRisk, RiskTooHigh."""
    found = suitability.fit(customer_id=customer_id, risk=risk, at=at)
    if found.profile is None:
        raise ProfileMissing()
    if found.expired:
        raise ProfileExpired()
    if found.ruling == Ruling.REJECT:
        raise OnlyLowestRisk()
    if found.ruling == Ruling.WARN:
        raise RiskTooHigh(risk=risk, level=found.profile.level)


def own(customer_id: UUID, investing_id: UUID) -> InvestingPlan:
    """A customer's own, locked. Raises NotFound."""
    found = queries.locked_investing(investing_id)
    if found.customer_id != customer_id:
        raise NotFound()
    return found


@transaction.atomic
def pause(*, customer_id: UUID, investing_id: UUID, at: datetime) -> InvestingPlan:
    """Buy nothing until it is resumed. Raises NotFound, WrongState."""
    row = advance(own(customer_id, investing_id), InvestingState.PAUSED, moves=INVESTING_MOVES, at=at, next_on=None)
    tell("wealth.investing_paused", row, at, code="")
    return row


@transaction.atomic
def resume(*, customer_id: UUID, investing_id: UUID, at: datetime) -> InvestingPlan:
    """Go on with the next date after today; what was missed stays missed. Raises CustomerNotActive, NotFound, WrongState."""
    parties.require_active(customer_id)
    row = own(customer_id, investing_id)
    coming = next_on(every=row.every, day=row.day, after=local_day(at))
    if row.state == InvestingState.ACTIVE:
        raise WrongState(state=str(row.state), wanted=str(InvestingState.ACTIVE))
    advance(row, InvestingState.ACTIVE, moves=INVESTING_MOVES, at=at, next_on=coming, failures=0, code="")
    tell("wealth.investing_resumed", row, at)
    return row


@transaction.atomic
def end(*, customer_id: UUID, investing_id: UUID, at: datetime) -> InvestingPlan:
    """The customer takes the mandate back, for good. Raises NotFound, WrongState."""
    row = advance(own(customer_id, investing_id), InvestingState.ENDED, moves=INVESTING_MOVES, at=at, next_on=None)
    tell("wealth.investing_ended", row, at)
    return row


def coming(rows: list[InvestingPlan], at: datetime) -> dict[UUID, list[tuple[date, date | None]]]:
    """The next dates of each that is active, with the trading day each is taken on (None: beyond the calendar). One query an exchange."""
    today = local_day(at)
    exchanges = {exchange_of(row.product) for row in rows if row.next_on is not None}
    known = {one: business_day.trading_days_from(today, AHEAD, exchange=one) for one in exchanges}
    return {row.id: dates_of(row, known[exchange_of(row.product)], today) for row in rows if row.next_on is not None}


def exchange_of(product: Product) -> str:
    assert product.current is not None
    return product.current.exchange


def dates_of(row: InvestingPlan, trading: list[date], today: date) -> list[tuple[date, date | None]]:
    assert row.next_on is not None

    def taken(on: date) -> date | None:
        return next((one for one in trading if one >= max(on, today)), None)

    found = dates(every=row.every, day=row.day, first=row.next_on, trading=taken)
    return [next(found) for _one in range(SHOWN)]


def tell(topic: str, row: InvestingPlan, at: datetime, **facts: str | int) -> None:
    """News of one regular investment, in order, for its customer's inbox."""
    payload: outbox.Payload = {
        "investing": row.public_id,
        "customer": public_id("cus", row.customer_id),
        "product": row.product.public_id,
        "amount_fen": row.amount_fen,
        "currency": row.currency,
        "next_on": "" if row.next_on is None else row.next_on.isoformat(),
        **facts,
    }
    outbox.publish(topic=topic, owner=row.customer_id, payload=payload, at=at, key=row.public_id)
