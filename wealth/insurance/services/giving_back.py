"""What an insurer gives back: the premium within the cooling-off, the worth of a policy that is given up or lapsed, the money of a claim.
It is asked by a request of the exact amount, and is the customer's once the insurer confirmed it (W13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.ledger import services as ledger
from core.clock.queries import local_day
from core.errors import NotFound
from core.ids import new_id
from core.moves import advance
from core.work import services as work
from payments.wallet.services import parties
from wealth.catalog.dates import ordered_at
from wealth.insurance import journals, queries, worth
from wealth.insurance import terms as terms_of
from wealth.insurance.models import InsuranceClaim, InsurancePolicy, PolicyPayout
from wealth.insurance.refusals import ClaimOpen, ClaimsPaid, EndingChanged, PolicyOver, PremiumUnderWay
from wealth.insurance.services.going_on import become, finish, next_day
from wealth.insurance.services.telling import locked_policy, publish, publish_claim
from wealth.insurance.states import (
    CLAIM_MOVES,
    ENDS_AS,
    PAYOUT_MOVES,
    RUNNING,
    ClaimState,
    PayoutKind,
    PayoutState,
    PolicyState,
    PremiumState,
)
from wealth.issuers import services as issuers
from wealth.issuers.queries import IssuerRequest
from wealth.issuers.states import Operation
from wealth.rules.insurance import Paid

BUSINESS = "wealth.policy_payout"
NOT_ASKED, REFUSED, CLAIM_WAITS = "insurance_payout.not_asked", "insurance_payout.refused", "insurance.claim"
RETRY = timedelta(minutes=10)


@dataclass(frozen=True)
class Ending:
    """What ending a policy today would give, of `paid_fen` in all."""

    kind: PayoutKind
    amount_fen: int
    kept_fen: int


def worth_of(policy: InsurancePolicy, paid: Sequence[Paid], at: datetime) -> Ending:
    """Within the cooling-off all that was paid less the kept fee, later by the refund rule of its version. One that lapsed is worth no more
    than on the day it should have ended, however long a claim keeps it."""
    terms, today = terms_of.of(policy.version), local_day(at)
    if policy.state == PolicyState.LAPSED:
        today = min(today, next_day(policy, policy.state) or today)
    total = sum(one.premium_fen for one in paid)
    if policy.state == PolicyState.COOLING_OFF:
        all_of_it = worth.within_cooling_off_fen(terms, paid=paid, received_on=policy.receipt_on, on=today)
        if all_of_it is not None:
            return Ending(PayoutKind.COOLING_OFF, all_of_it, total - all_of_it)
    back = worth.surrendered_fen(terms, paid=paid, starts_on=policy.starts_on, on=today)
    return Ending(PayoutKind.SURRENDER, back, total - back)


def endable(policy: InsurancePolicy, at: datetime) -> Ending:
    """Raises PolicyOver, ClaimOpen, ClaimsPaid, PremiumUnderWay."""
    if policy.state not in RUNNING:
        raise PolicyOver(state=policy.state)
    if queries.claims_under_way(policy.id):
        raise ClaimOpen()
    if policy.claimed_fen:
        raise ClaimsPaid()
    if queries.premiums(policy.id).filter(state__in=[PremiumState.PAID, PremiumState.ASKED]).exists():
        raise PremiumUnderWay()
    return worth_of(policy, queries.taken(policy.id), at)


@transaction.atomic
def end(*, customer_id: UUID, policy_id: UUID, shown_fen: int, at: datetime) -> InsurancePolicy:
    """Give a policy up for `shown_fen`, what the customer saw: the insurer is asked for the money; one that is worth nothing ends at once.
    Raises CustomerNotActive, NotFound, EndingChanged and what `endable` raises."""
    parties.require_active(customer_id)
    policy = locked_policy(policy_id)
    if policy.customer_id != customer_id:
        raise NotFound()
    ending = endable(policy, at)
    if ending.amount_fen != shown_fen:
        raise EndingChanged(field="amount", amount_fen=ending.amount_fen)
    begin(policy, ending, at)
    return policy


def begin(policy: InsurancePolicy, ending: Ending, at: datetime) -> None:
    before = policy.state
    become(policy, PolicyState.ENDING, at, resumes=before)
    if ending.amount_fen:
        pay(policy, None, ending.kind, ending.amount_fen, ending.kept_fen, at)
    else:
        finish(policy, ENDS_AS[ending.kind], at, resumes="")


def pay(policy: InsurancePolicy, claim: InsuranceClaim | None, kind: PayoutKind, amount_fen: int, kept_fen: int, at: datetime) -> None:
    """Write what the insurer is to be asked for."""
    payout = PolicyPayout(
        id=new_id(),
        policy=policy,
        claim=claim,
        customer_id=policy.customer_id,
        shard=policy.shard,
        kind=kind,
        amount_fen=amount_fen,
        kept_fen=kept_fen,
        try_at=at,
        created_at=at,
        changed_at=at,
    )
    payout.save(force_insert=True)


def end_lapsed(policy: InsurancePolicy, at: datetime) -> None:
    """The days to reinstate a locked policy are over: it ends, for what it is worth, once no claim of it is under way."""
    if queries.claims_under_way(policy.id):
        InsurancePolicy.objects.filter(pk=policy.pk).update(due_on=local_day(at) + timedelta(days=1), changed_at=at)
        return
    worth = worth_of(policy, queries.taken(policy.id), at)
    if policy.claimed_fen or not worth.amount_fen:
        finish(policy, PolicyState.ENDED, at)
    else:
        begin(policy, Ending(PayoutKind.AFTER_LAPSE, worth.amount_fen, worth.kept_fen), at)


@transaction.atomic
def ask(*, payout_id: UUID, at: datetime) -> bool:
    """Ask the insurer for a payout. False when that is not due. Raises IssuerOff, BeyondCalendar."""
    found = PolicyPayout.objects.filter(pk=payout_id).first()
    if found is None:
        raise NotFound()
    policy = locked_policy(found.policy_id)
    payout = PolicyPayout.objects.select_for_update(of=("self",)).get(pk=payout_id)
    if payout.state != PayoutState.WAITING or payout.try_at is None or payout.try_at > at:
        return False
    request = issuers.submit(
        business=BUSINESS,
        business_id=payout.id,
        issuer_code=policy.product.issuer_code,
        operation=Operation.REDEEM,
        product_id=policy.product_id,
        product_code=policy.product.code,
        amount_fen=payout.amount_fen,
        units_fen=payout.amount_fen,
        trade_on=ordered_at(policy.version, at).trade_on,
        shard=payout.shard,
        at=at,
    )
    advance(payout, PayoutState.ASKED, moves=PAYOUT_MOVES, at=at, request_id=request.id, try_at=None)
    if payout.claim_id is not None:
        advance(InsuranceClaim.objects.get(pk=payout.claim_id), ClaimState.ASKED, moves=CLAIM_MOVES, at=at)
    work.finish(kind=NOT_ASKED, target=payout.public_id, by="system", at=at)
    return True


@transaction.atomic
def wait(*, payout_id: UUID, why: str, at: datetime) -> None:
    """Asking was refused here: an operator hears of it, and it is tried again."""
    if PolicyPayout.objects.filter(pk=payout_id, state=PayoutState.WAITING, try_at__lte=at).update(try_at=at + RETRY):
        payout = PolicyPayout.objects.get(pk=payout_id)
        work.ask(kind=NOT_ASKED, target=payout.public_id, facts={"code": why, "amount_fen": payout.amount_fen}, at=at)


def waited_for(request: IssuerRequest) -> tuple[InsurancePolicy, PolicyPayout] | None:
    """The payout, locked after its policy, that waits for this very request's word."""
    found = PolicyPayout.objects.filter(pk=request.business_id).first()
    if found is None:
        return None
    policy = locked_policy(found.policy_id)
    payout = PolicyPayout.objects.select_for_update(of=("self",)).get(pk=found.pk)
    return (policy, payout) if payout.state == PayoutState.ASKED and payout.request_id == request.id else None


@transaction.atomic
def confirmed(*, request: IssuerRequest, at: datetime) -> None:
    """W13: the insurer pays; what the payout was for is done."""
    found = waited_for(request)
    if found is None:
        return
    policy, payout = found
    journal_id = new_id()
    advance(payout, PayoutState.PAID, moves=PAYOUT_MOVES, at=at, journal_id=journal_id)
    if payout.claim_id is None:
        finish(policy, ENDS_AS[PayoutKind(payout.kind)], at, resumes="")
    else:
        count_claim(policy, payout, at)
    publish("wealth.policy_paid_out", policy, at, amount_fen=payout.amount_fen, kind=payout.kind)
    legs = journals.paid_out(policy.product_id, policy.customer_id, payout.amount_fen)
    ledger.post(journal_id=journal_id, event=journals.PAID_OUT, legs=legs, reference=payout.public_id, at=at)


def count_claim(policy: InsurancePolicy, payout: PolicyPayout, at: datetime) -> None:
    """A part of a claim, or the last of it, is paid; a cover that is used up ends its policy."""
    assert payout.claim_id is not None
    claim = InsuranceClaim.objects.get(pk=payout.claim_id)
    to = ClaimState.PAID if claim.last else ClaimState.OPEN
    advance(claim, to, moves=CLAIM_MOVES, at=at, approved_fen=0, paid_fen=claim.paid_fen + payout.amount_fen)
    if to == ClaimState.OPEN:
        work.ask(kind=CLAIM_WAITS, target=claim.public_id, facts={"left_fen": claim.left_fen}, at=at)
    policy.claimed_fen += payout.amount_fen
    InsurancePolicy.objects.filter(pk=policy.pk).update(claimed_fen=policy.claimed_fen, changed_at=at)
    publish_claim("wealth.policy_claim_paid", policy, claim, at, amount_fen=payout.amount_fen)
    if not policy.cover_left_fen and policy.state in RUNNING:
        finish(policy, PolicyState.CLAIMED, at)


@transaction.atomic
def rejected(*, request: IssuerRequest, at: datetime) -> None:
    """The insurer does not pay: a policy that was to end is what it was, a claim is declined with its code; an operator hears of both."""
    found = waited_for(request)
    if found is None:
        return
    policy, payout = found
    code = (request.code or "rejected")[:64]
    advance(payout, PayoutState.REFUSED, moves=PAYOUT_MOVES, at=at, code=code)
    work.ask(kind=REFUSED, target=payout.public_id, facts={"code": code, "amount_fen": payout.amount_fen}, at=at)
    if payout.claim_id is not None:
        claim = InsuranceClaim.objects.get(pk=payout.claim_id)
        advance(claim, ClaimState.DECLINED, moves=CLAIM_MOVES, at=at, approved_fen=0, code=code)
        publish_claim("wealth.policy_claim_declined", policy, claim, at, code=code)
    elif payout.kind == PayoutKind.AFTER_LAPSE:
        finish(policy, PolicyState.ENDED, at, resumes="")
    else:
        become(policy, PolicyState(policy.resumes), at, resumes="")
