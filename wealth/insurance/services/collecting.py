"""Premiums after the first: from the balance on their day, by hand at the cashier, and on to the insurer. Lock order: the cashier's order,
its payer, the policy, the premium, the ledger."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.identity import queries as identity
from accounts.ledger import services as ledger
from accounts.ledger.refusals import LedgerHalted
from accounts.verification import services as verification
from core.business_day.queries import NoOpenDay
from core.clock.queries import local_day, start_of_day
from core.errors import DomainError, NotFound
from core.ids import new_id
from core.moves import advance
from core.work import services as work
from payments.cashier.services import orders as cashier
from payments.wallet.services import parties
from wealth.catalog.dates import ordered_at
from wealth.insurance import journals, queries
from wealth.insurance.models import InsurancePolicy, PolicyPremium, PremiumPayment
from wealth.insurance.refusals import NotReinstatable, NotStuck, PremiumNotDue
from wealth.insurance.services import going_on
from wealth.insurance.services.telling import locked_policy, locked_premium, publish_premium
from wealth.insurance.states import (
    COLLECTING,
    PAYMENT_MOVES,
    PREMIUM_MOVES,
    PaymentState,
    PolicyState,
    PremiumState,
)
from wealth.issuers import services as issuers
from wealth.issuers.queries import IssuerRequest
from wealth.issuers.states import Operation

PAYEE, BUSINESS = "insurance", "wealth.premium"
TIME_TO_PAY = timedelta(minutes=15)
RETRY = timedelta(minutes=10)
NOT_TAKEN = "insurance_premium.not_taken"
SHUT = (LedgerHalted, NoOpenDay)


@transaction.atomic
def set_auto_debit(*, customer_id: UUID, policy_id: UUID, on: bool, at: datetime) -> InsurancePolicy:
    """Premiums are taken from the balance from now on, or not any more. Raises NotFound, NotReinstatable (it is over)."""
    parties.require_active(customer_id)
    policy = own_locked(customer_id, policy_id)
    if policy.state not in (PolicyState.COOLING_OFF, *COLLECTING):
        raise NotReinstatable(state=policy.state)
    InsurancePolicy.objects.filter(pk=policy.pk).update(auto_debit=on, changed_at=at)
    policy.auto_debit = on
    going_on.plan(policy, at)
    return policy


def own_locked(customer_id: UUID, policy_id: UUID) -> InsurancePolicy:
    """Raises NotFound."""
    policy = locked_policy(policy_id)
    if policy.customer_id != customer_id:
        raise NotFound()
    return policy


def refuse_unpayable(policy: InsurancePolicy, premium: PolicyPremium, at: datetime) -> None:
    """The oldest open premium of a policy in force, in its days of grace, or lapsed and still to be reinstated. Raises PremiumNotDue,
    NotReinstatable."""
    if policy.state not in (*COLLECTING, PolicyState.LAPSED) or going_on.reinstatement_over(policy, at):
        raise NotReinstatable(state=policy.state)
    oldest = queries.oldest_open(policy.id)
    if oldest is None or oldest.pk != premium.pk or premium.due_on > local_day(at) + queries.REMIND:
        raise PremiumNotDue(state=premium.state)


@transaction.atomic
def debit(*, premium_id: UUID, at: datetime) -> bool:
    """Take a premium that is due from the balance (W14). Too little there: told, and tried again tomorrow, until it is paid or its policy
    lapses. False when it was not taken."""
    found = PolicyPremium.objects.filter(pk=premium_id).first()
    if found is None:
        raise NotFound()
    customer = identity.lock(found.customer_id)
    policy, premium = locked_policy(found.policy_id), locked_premium(premium_id)
    if premium.state != PremiumState.OPEN or premium.try_at is None or premium.try_at > at:
        return False
    if policy.state == PolicyState.GRACE and policy.due_on is not None and policy.due_on <= local_day(at):
        return False
    if policy.state not in COLLECTING or not policy.auto_debit:
        PolicyPremium.objects.filter(pk=premium.pk).update(try_at=resumes_at(policy, at))
        return False
    journal_id = new_id()
    try:
        with transaction.atomic():
            if customer.state != customer.State.ACTIVE:
                raise parties.CustomerNotActive(state=customer.state)
            verification.count_outflow(customer_id=policy.customer_id, amount_fen=premium.amount_fen, factors=1, at=at)
            take(policy, premium, journal_id, at)
            legs = journals.premium_taken(policy.product_id, policy.customer_id, premium.amount_fen)
            ledger.post(journal_id=journal_id, event=journals.PREMIUM_TAKEN, legs=legs, reference=premium.public_id, at=at)
    except SHUT:
        raise
    except DomainError as refused:
        put_off(policy, locked_premium(premium_id), refused.code, at)
        return False
    return True


def resumes_at(policy: InsurancePolicy, at: datetime) -> datetime | None:
    """A policy that is ending or cooling off may still go on."""
    waits = policy.auto_debit and policy.state in (PolicyState.COOLING_OFF, PolicyState.ENDING)
    return start_of_day(local_day(at) + timedelta(days=1)) if waits else None


def take(policy: InsurancePolicy, premium: PolicyPremium, journal_id: UUID, at: datetime) -> None:
    """A premium is paid by `journal_id`: the insurer is told next, and the policy is in force again where nothing else is due. One whose
    days of grace were over by now had lapsed, though nothing has said so yet."""
    lapses_on = going_on.lapses_on(policy)
    if policy.state == PolicyState.GRACE and lapses_on is not None and lapses_on <= local_day(at):
        going_on.lapse(policy, at)
    advance(premium, PremiumState.PAID, moves=PREMIUM_MOVES, at=at, pay_journal_id=journal_id, paid_at=at, try_at=at)
    publish_premium("wealth.premium_paid", policy, premium, at)
    going_on.resettle(policy, at)


def put_off(policy: InsurancePolicy, premium: PolicyPremium, code: str, at: datetime) -> None:
    again = start_of_day(local_day(at) + timedelta(days=1))
    PolicyPremium.objects.filter(pk=premium.pk).update(try_at=again, tries=premium.tries + 1, changed_at=at)
    publish_premium("wealth.premium_failed", policy, premium, at, code=code)


@transaction.atomic
def remind(*, premium_id: UUID, at: datetime) -> bool:
    """Tell the customer of a premium some days ahead, once."""
    if not PolicyPremium.objects.filter(pk=premium_id, told_on=None).update(told_on=local_day(at)):
        return False
    premium = PolicyPremium.objects.select_related("policy__product").get(pk=premium_id)
    publish_premium("wealth.premium_due", premium.policy, premium, at)
    return True


@transaction.atomic
def pay_by_hand(*, customer_id: UUID, premium_id: UUID, at: datetime) -> PremiumPayment:
    """An order at the cashier for a premium; the same one while it can be paid. Raises CustomerNotActive, NotFound, NotReinstatable,
    PremiumNotDue."""
    parties.require_active(customer_id)
    found = queries.own_premium(customer_id, premium_id)
    policy, premium = own_locked(customer_id, found.policy_id), locked_premium(premium_id)
    refuse_unpayable(policy, premium, at)
    open_one = PremiumPayment.objects.filter(premium=premium, state=PaymentState.OPEN).first()
    if open_one is not None:
        return open_one
    made = PremiumPayment(id=new_id(), premium=premium, shard=premium.shard, created_at=at, changed_at=at)
    made.save(force_insert=True)
    order = cashier.create_for(
        payee=PAYEE,
        payee_order_id=made.id,
        customer_id=customer_id,
        amount_fen=premium.amount_fen,
        subject=policy.version.name_zh,
        life=TIME_TO_PAY,
        at=at,
    )
    PremiumPayment.objects.filter(pk=made.pk).update(cashier_order_id=order.id)
    made.cashier_order_id = order.id
    return made


def payment_of(payment_id: UUID) -> PremiumPayment:
    """Raises NotFound."""
    return queries.one(PremiumPayment.objects.select_related("premium__policy").filter(pk=payment_id))


def product_of(payment_id: UUID) -> UUID:
    """Raises NotFound."""
    return payment_of(payment_id).premium.policy.product_id


def require_payable(*, payment_id: UUID, customer_id: UUID, at: datetime) -> None:
    """Raises NotFound, PremiumNotDue, NotReinstatable."""
    payment = payment_of(payment_id)
    if payment.premium.customer_id != customer_id:
        raise NotFound()
    if payment.state != PaymentState.OPEN or payment.premium.state != PremiumState.OPEN:
        raise PremiumNotDue(state=payment.premium.state)
    refuse_unpayable(payment.premium.policy, payment.premium, at)


@transaction.atomic
def paid(*, payment_id: UUID, journal_id: UUID, at: datetime) -> PolicyPremium:
    """The cashier's order of a payment is about to be paid by `journal_id`. Raises PremiumNotDue (the balance was faster),
    NotReinstatable: what a card was charged goes back."""
    payment = payment_of(payment_id)
    policy, premium = locked_policy(payment.premium.policy_id), locked_premium(payment.premium_id)
    refuse_unpayable(policy, premium, at)
    if premium.state != PremiumState.OPEN:
        raise PremiumNotDue(state=premium.state)
    advance(payment, PaymentState.PAID, moves=PAYMENT_MOVES, at=at)
    take(policy, premium, journal_id, at)
    return premium


@transaction.atomic
def closed(*, payment_id: UUID, at: datetime) -> None:
    """Nobody pays it at the cashier any more; another attempt may be made."""
    payment = payment_of(payment_id)
    if payment.state == PaymentState.OPEN:
        advance(payment, PaymentState.CLOSED, moves=PAYMENT_MOVES, at=at)


@transaction.atomic
def pass_on(*, premium_id: UUID, at: datetime) -> bool:
    """Tell the insurer of a premium that was paid, by a request of its amount. False when that is not due. Raises IssuerOff,
    BeyondCalendar."""
    found = PolicyPremium.objects.filter(pk=premium_id).first()
    if found is None:
        raise NotFound()
    policy, premium = locked_policy(found.policy_id), locked_premium(premium_id)
    if premium.state != PremiumState.PAID or premium.try_at is None or premium.try_at > at:
        return False
    request = issuers.submit(
        business=BUSINESS,
        business_id=premium.id,
        issuer_code=policy.product.issuer_code,
        operation=Operation.SUBSCRIBE,
        product_id=policy.product_id,
        product_code=policy.product.code,
        amount_fen=premium.amount_fen,
        units_fen=None,
        trade_on=ordered_at(policy.version, at).trade_on,
        shard=premium.shard,
        at=at,
    )
    advance(premium, PremiumState.ASKED, moves=PREMIUM_MOVES, at=at, request_id=request.id, try_at=None)
    return True


@transaction.atomic
def wait(*, premium_id: UUID, why: str, at: datetime) -> None:
    """Passing it on was refused: an operator hears of it, and it is tried again."""
    if PolicyPremium.objects.filter(pk=premium_id, state=PremiumState.PAID, try_at__lte=at).update(try_at=at + RETRY):
        premium = PolicyPremium.objects.get(pk=premium_id)
        work.ask(kind=NOT_TAKEN, target=premium.public_id, facts={"code": why}, at=at)


def waited_for(request: IssuerRequest) -> PolicyPremium | None:
    """The premium, locked after its policy, that waits for this very request's word."""
    found = PolicyPremium.objects.filter(pk=request.business_id).first()
    if found is None:
        return None
    locked_policy(found.policy_id)
    premium = locked_premium(found.id)
    return premium if premium.state == PremiumState.ASKED and premium.request_id == request.id else None


@transaction.atomic
def confirmed(*, request: IssuerRequest, at: datetime) -> None:
    """W2i: the insurer has taken the premium."""
    premium = waited_for(request)
    if premium is None:
        return
    journal_id = new_id()
    advance(premium, PremiumState.BOOKED, moves=PREMIUM_MOVES, at=at, book_journal_id=journal_id, fee_fen=request.fee_fen)
    work.finish(kind=NOT_TAKEN, target=premium.public_id, by="system", at=at)
    legs = journals.premium(request.product_id, premium.amount_fen, request.fee_fen)
    ledger.post(journal_id=journal_id, event=journals.PREMIUM, legs=legs, reference=premium.public_id, at=at)


@transaction.atomic
def rejected(*, request: IssuerRequest, at: datetime) -> None:
    """The insurer does not take it: the money waits at the product, and an operator is asked. The cover stands: it was paid."""
    premium = waited_for(request)
    if premium is None:
        return
    advance(premium, PremiumState.PAID, moves=PREMIUM_MOVES, at=at, try_at=None)
    work.ask(kind=NOT_TAKEN, target=premium.public_id, facts={"code": request.code, "amount_fen": premium.amount_fen}, at=at)


def resendable(premium: PolicyPremium) -> bool:
    return premium.state == PremiumState.PAID and premium.try_at is None


@transaction.atomic
def send_again(*, premium_id: UUID, by: str, at: datetime) -> PolicyPremium:
    """An operator's word: the insurer is told of a premium anew. Raises NotFound, NotStuck."""
    premium = locked_premium(premium_id)
    if not resendable(premium):
        raise NotStuck()
    PolicyPremium.objects.filter(pk=premium.pk).update(try_at=at, changed_at=at)
    work.finish(kind=NOT_TAKEN, target=premium.public_id, by=by, at=at)
    return premium
