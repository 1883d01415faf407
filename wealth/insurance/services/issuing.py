"""An accepted application becomes an order's, and the policy the insurer confirms."""

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.db import transaction

from accounts.ledger import services as ledger
from core.clock.queries import local_day
from core.ids import new_id
from core.moves import advance
from wealth.catalog.queries import ProductVersion
from wealth.insurance import journals
from wealth.insurance import terms as terms_of
from wealth.insurance.models import InsuranceApplication, InsurancePolicy, PolicyPremium
from wealth.insurance.refusals import ApplicationNotAccepted, NotQuotedPremium
from wealth.insurance.services.applying import locked
from wealth.insurance.services.telling import publish
from wealth.insurance.states import APPLICATION_MOVES, PREMIUM_MOVES, ApplicationState, PremiumState
from wealth.issuers import queries as issuers
from wealth.orders.journals import CONFIRMED
from wealth.orders.queries import WealthOrder
from wealth.rules.insurance import schedule

ONE_DAY = timedelta(days=1)
NUMBER_DIGITS = 12


def refuse_unusable(row: InsuranceApplication, version: ProductVersion, amount_fen: int, at: datetime) -> None:
    """Raises ApplicationNotAccepted, NotQuotedPremium."""
    if row.state != ApplicationState.ACCEPTED or local_day(at) > row.valid_until or row.version_id != version.id:
        raise ApplicationNotAccepted(state=row.state)
    if amount_fen != row.premium_fen:
        raise NotQuotedPremium(field="amount", premium_fen=row.premium_fen)


@transaction.atomic
def hold(*, order: WealthOrder, application_id: UUID, at: datetime) -> InsuranceApplication:
    """The order has the application to itself. Raises NotFound, ApplicationNotAccepted, NotQuotedPremium."""
    row = locked(application_id, order.customer_id)
    refuse_unusable(row, order.version, order.amount_fen or 0, at)
    return advance(row, ApplicationState.ORDERED, moves=APPLICATION_MOVES, at=at, order_id=order.id)


@transaction.atomic
def give_back(*, order: WealthOrder, application_id: UUID, at: datetime) -> None:
    """The order came to nothing: the application is good again, for as long as its days last."""
    row = locked(application_id)
    if row.state == ApplicationState.ORDERED and row.order_id == order.id:
        advance(row, ApplicationState.ACCEPTED, moves=APPLICATION_MOVES, at=at, order_id=None)


@transaction.atomic
def issue(*, order: WealthOrder, application_id: UUID, at: datetime) -> UUID:
    """The insurer confirmed: the policy covers from tomorrow on, its premiums are written down, and the first is the insurer's (W2i).
    Returns that journal's id."""
    assert order.amount_fen is not None
    row = locked(application_id, order.customer_id)
    assert row.order_id == order.id, "an order issues the application it holds"
    journal_id = new_id()
    policy = drafted(order, row, at)
    policy.save(force_insert=True)
    advance(row, ApplicationState.ISSUED, moves=APPLICATION_MOVES, at=at)
    first = write_premiums(policy, row, at)
    advance(first, PremiumState.PAID, moves=PREMIUM_MOVES, at=at, pay_journal_id=order.pay_journal_id, paid_at=at)
    advance(first, PremiumState.ASKED, moves=PREMIUM_MOVES, at=at, request_id=order.request_id)
    advance(first, PremiumState.BOOKED, moves=PREMIUM_MOVES, at=at, book_journal_id=journal_id, fee_fen=order.fee_fen)
    publish("wealth.policy_issued", policy, at, number=policy.number)
    legs = journals.first_premium(order.product_id, order.amount_fen, order.fee_fen)
    ledger.post(journal_id=journal_id, event=CONFIRMED, legs=legs, reference=order.public_id, at=at)
    return journal_id


def drafted(order: WealthOrder, row: InsuranceApplication, at: datetime) -> InsurancePolicy:
    terms, today, policy_id = terms_of.of(order.version), local_day(at), new_id()
    assert order.version.term_days is not None
    starts_on, cooling_until = today + ONE_DAY, today + timedelta(days=terms.cooling_off_days)
    return InsurancePolicy(
        id=policy_id,
        application=row,
        customer_id=order.customer_id,
        shard=order.shard,
        product=order.product,
        version=order.version,
        number=f"BY{today:%Y%m%d}{policy_id.int % 10**NUMBER_DIGITS:0{NUMBER_DIGITS}d}",
        insurer_no="" if order.request_id is None else issuers.request(order.request_id).issuer_no,
        order_id=order.id,
        cover_fen=row.cover_fen,
        premium_fen=row.premium_fen,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=order.version.term_days),
        receipt_on=today,
        cooling_until=cooling_until,
        due_on=cooling_until + ONE_DAY,
        created_at=at,
        changed_at=at,
    )


def write_premiums(policy: InsurancePolicy, row: InsuranceApplication, at: datetime) -> PolicyPremium:
    """All payments there will be, each for the days up to the next, the last for the rest. Returns the first."""
    days = [*schedule(starts_on=policy.starts_on, payments=row.payments, every_months=row.every_months), policy.ends_on]
    rows = [
        PolicyPremium(
            id=new_id(),
            policy=policy,
            customer_id=policy.customer_id,
            shard=policy.shard,
            number=number,
            due_on=due_on,
            until_on=until_on,
            amount_fen=policy.premium_fen,
            told_on=policy.receipt_on if number == 1 else None,
            created_at=at,
            changed_at=at,
        )
        for number, (due_on, until_on) in enumerate(pairwise(days), start=1)
    ]
    PolicyPremium.objects.bulk_create(rows)
    return rows[0]
