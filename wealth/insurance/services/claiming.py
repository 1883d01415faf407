"""Claims: what customers hand in, what two people decide, and the insurer's part of it in giving_back."""

import base64
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from core.approvals.services import must_be_applying
from core.clock.queries import local_day
from core.errors import Invalid, NotFound
from core.ids import new_id
from core.limits.queries import cap
from core.limits.sockets import CapKind
from core.moves import advance
from core.work import services as work
from payments.wallet.services import parties
from wealth.insurance import queries
from wealth.insurance.claim_models import MOST_BYTES, MOST_FILES, WORDS_LENGTH
from wealth.insurance.files import content_type
from wealth.insurance.models import ClaimFile, InsuranceClaim, InsurancePolicy
from wealth.insurance.refusals import ClaimNotOpen, ClaimTooMuch, NotCovered, PolicyLapsed, PolicyOver, TooManyClaims, TooManyFiles
from wealth.insurance.services import going_on
from wealth.insurance.services.giving_back import CLAIM_WAITS, pay
from wealth.insurance.services.telling import locked_policy, publish_claim
from wealth.insurance.states import CLAIM_MOVES, CLAIM_UNDER_WAY, CLAIMABLE, ClaimState, PayoutKind

APPROVE, DECLINE = "insurance_claim.approve", "insurance_claim.decline"
NAME_LENGTH = 120
MOST_UNDER_WAY = CapKind("wealth.insurance_claims", _("Claims of one policy that wait at once"), usual=10, most=100)


@transaction.atomic
def open_claim(*, customer_id: UUID, policy_id: UUID, event_on: date, words: str, asked_fen: int, at: datetime) -> InsuranceClaim:
    """Raises CustomerNotActive, NotFound, Invalid, PolicyLapsed, PolicyOver, NotCovered, ClaimTooMuch,
    TooManyClaims."""
    parties.require_active(customer_id)
    policy = locked_policy(policy_id)
    if policy.customer_id != customer_id:
        raise NotFound()
    refuse_uncovered(policy, event_on, at)
    if not 0 < len(words.strip()) <= WORDS_LENGTH:
        raise Invalid("words", "Say what happened, in 1 to 1000 characters.", "请用 1 至 1000 字说明事故经过。")
    if asked_fen > policy.cover_left_fen:
        raise ClaimTooMuch(field="amount", left_fen=policy.cover_left_fen)
    most = cap(MOST_UNDER_WAY, at)
    if queries.claims(policy.id).filter(state__in=CLAIM_UNDER_WAY).count() >= most:
        raise TooManyClaims(most=most)
    claim = InsuranceClaim(
        id=new_id(),
        policy=policy,
        customer_id=customer_id,
        shard=policy.shard,
        event_on=event_on,
        words=words.strip(),
        asked_fen=asked_fen,
        created_at=at,
        changed_at=at,
    )
    claim.save(force_insert=True)
    work.ask(kind=CLAIM_WAITS, target=claim.public_id, facts={"asked_fen": asked_fen}, at=at)
    publish_claim("wealth.policy_claim_opened", policy, claim, at)
    return claim


def refuse_uncovered(policy: InsurancePolicy, event_on: date, at: datetime) -> None:
    """The day of the event decides, whatever became of the policy since, unless its worth was given back. Raises PolicyLapsed, PolicyOver,
    NotCovered, Invalid."""
    if policy.state not in CLAIMABLE or queries.given_back(policy.id):
        raise PolicyOver(state=policy.state)
    if event_on > local_day(at):
        raise Invalid("event_on", "This day is not over yet.", "事故日期不能晚于今天。")
    lapses_on = going_on.lapses_on(policy)
    if lapses_on is not None and event_on >= lapses_on:
        raise PolicyLapsed(lapsed_on=lapses_on.isoformat())
    if not policy.starts_on <= event_on < policy.ends_on or queries.had_lapsed(policy.id, event_on):
        raise NotCovered(
            field="event_on", day=event_on.isoformat(), starts_on=policy.starts_on.isoformat(), ends_on=policy.ends_on.isoformat()
        )


def locked_claim(claim_id: UUID) -> tuple[InsurancePolicy, InsuranceClaim]:
    """The policy, then its claim. Raises NotFound."""
    policy = locked_policy(queries.claim(claim_id).policy_id)
    return policy, InsuranceClaim.objects.select_for_update(of=("self",)).get(pk=claim_id)


def own_open(customer_id: UUID, claim_id: UUID) -> tuple[InsurancePolicy, InsuranceClaim]:
    """Raises NotFound, ClaimNotOpen."""
    queries.own_claim(customer_id, claim_id)
    policy, claim = locked_claim(claim_id)
    if claim.state != ClaimState.OPEN:
        raise ClaimNotOpen(state=claim.state)
    return policy, claim


@transaction.atomic
def hand_in(*, customer_id: UUID, claim_id: UUID, name: str, content: bytes, at: datetime) -> ClaimFile:
    """One file more of an open claim. Raises NotFound, ClaimNotOpen, ClaimFileNotTaken, TooManyFiles."""
    kind = content_type(content, most_bytes=MOST_BYTES)
    _, claim = own_open(customer_id, claim_id)
    number = queries.files(claim.id).count() + 1
    if number > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    row = ClaimFile(
        id=new_id(),
        claim=claim,
        customer_id=customer_id,
        shard=claim.shard,
        number=number,
        name=name[:NAME_LENGTH],
        content_type=kind,
        sha256=sha256(content).hexdigest(),
        size=len(content),
        content_base64=base64.b64encode(content).decode(),
        created_at=at,
    )
    row.save(force_insert=True)
    return row


@transaction.atomic
def withdraw(*, customer_id: UUID, claim_id: UUID, at: datetime) -> InsuranceClaim:
    """The customer gives an open claim up; what it paid so far stays paid. Raises NotFound, ClaimNotOpen."""
    policy, claim = own_open(customer_id, claim_id)
    advance(claim, ClaimState.WITHDRAWN, moves=CLAIM_MOVES, at=at)
    work.finish(kind=CLAIM_WAITS, target=claim.public_id, by="customer", at=at)
    publish_claim("wealth.policy_claim_withdrawn", policy, claim, at)
    return claim


def left_to_approve(policy: InsurancePolicy, claim: InsuranceClaim) -> int:
    """Of the claim, and of the cover beside what other claims may still take."""
    others = queries.claims(policy.id).filter(state__in=CLAIM_UNDER_WAY).exclude(pk=claim.pk)
    promised = others.aggregate(total=Sum("approved_fen"))["total"] or 0
    return min(claim.left_fen, policy.cover_left_fen - promised)


def refuse_undecidable(policy: InsurancePolicy, claim: InsuranceClaim, amount_fen: int) -> None:
    """Raises ClaimNotOpen, ClaimTooMuch."""
    if claim.state != ClaimState.OPEN:
        raise ClaimNotOpen(state=claim.state)
    left = left_to_approve(policy, claim)
    if not 1 <= amount_fen <= left:
        raise ClaimTooMuch(field="amount", left_fen=left)


@transaction.atomic
def approve(*, claim_id: UUID, amount_fen: int, last: bool, why: str, at: datetime) -> InsuranceClaim:
    """Two people approve an amount: the insurer is asked for it next. `last` false: more of the claim is decided later. Raises
    ApprovalNeeded, NotFound, ClaimNotOpen, ClaimTooMuch."""
    decided = must_be_applying(APPROVE)
    policy, claim = locked_claim(claim_id)
    refuse_undecidable(policy, claim, amount_fen)
    advance(claim, ClaimState.APPROVED, moves=CLAIM_MOVES, at=at, approved_fen=amount_fen, last=last, why=why[:200])
    pay(policy, claim, PayoutKind.CLAIM, amount_fen, 0, at)
    work.finish(kind=CLAIM_WAITS, target=claim.public_id, by=decided.checker, at=at)
    publish_claim("wealth.policy_claim_approved", policy, claim, at, amount_fen=amount_fen)
    return claim


@transaction.atomic
def decline(*, claim_id: UUID, why: str, at: datetime) -> InsuranceClaim:
    """Two people turn an open claim down, in words for the customer. Raises ApprovalNeeded, NotFound, ClaimNotOpen."""
    decided = must_be_applying(DECLINE)
    policy, claim = locked_claim(claim_id)
    if claim.state != ClaimState.OPEN:
        raise ClaimNotOpen(state=claim.state)
    advance(claim, ClaimState.DECLINED, moves=CLAIM_MOVES, at=at, why=why[:200], code="declined")
    work.finish(kind=CLAIM_WAITS, target=claim.public_id, by=decided.checker, at=at)
    publish_claim("wealth.policy_claim_declined", policy, claim, at, code="declined")
    return claim
