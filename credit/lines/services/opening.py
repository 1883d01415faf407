"""Offering a line, and the customer's yes or no. A line is offered by two people and begins with the customer's own proof."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.identity import queries as identity
from accounts.verification import queries as verification
from core.approvals.services import must_be_applying
from core.clock.queries import local_day
from core.errors import NotFound
from core.ids import new_id, shard_of
from core.moves import advance
from credit.lines import queries
from credit.lines.models import CreditLine
from credit.lines.refusals import InvitationOver, LineChanged, LineExists, LineTooHigh, NotEligible
from credit.lines.services.changing import locked, note, review_day
from credit.lines.states import LINE_MOVES, LineChange, LineState
from credit.products import queries as products
from credit.products import quoting
from credit.products import terms as terms_of
from credit.products.queries import CreditProductVersion
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent

INVITE = "credit_line.invite"
ACTIVATE = "credit_line"
"""The purpose of the proof: of the limit's amount, the line's public id as payee."""


LEAST_AGE = 18
"""From then on a person can bind themselves by a contract (PRC Civil Code, art. 17 and 18)."""


@dataclass(frozen=True)
class Offer:
    """A line somebody is to be offered: of a product's current version, for `grade` ("": it asks fees), good up to and with a day."""

    customer_id: UUID
    version: CreditProductVersion
    limit_fen: int
    grade: str
    valid_until: date


def refuse_unofferable(offer: Offer, day: date) -> None:
    """Raises NotFound (no such customer), NotEligible, LineExists, LineTooHigh, GradeNotPriced, InvitationOver (its days are over
    already)."""
    version = offer.version
    refuse_ineligible(offer.customer_id, day)
    there = queries.living(offer.customer_id, version.product_id)
    if there is not None:
        raise LineExists(line=there.public_id)
    terms = terms_of.of(version)
    if not version.least_fen <= offer.limit_fen <= terms.line.most_fen:
        raise LineTooHigh(field="limit_fen", most_fen=terms.line.most_fen)
    quoting.require_priced(terms, offer.grade)
    if offer.valid_until < day:
        raise InvitationOver(state=LineState.LAPSED)


def refuse_ineligible(customer_id: UUID, day: date) -> None:
    """Raises NotFound, NotEligible."""
    customer, age = identity.get(customer_id), verification.age(customer_id, day)
    if customer.state != customer.State.ACTIVE or age is None or age < LEAST_AGE:
        raise NotEligible(state=customer.state, age=-1 if age is None else age, least_age=LEAST_AGE)


@transaction.atomic
def invite(offer: Offer, *, why: str, at: datetime) -> CreditLine:
    """Offer a customer a line they see before they say yes. Raises ApprovalNeeded outside an approval of `credit_line.invite` and what
    `refuse_unofferable` raises."""
    decided = must_be_applying(INVITE)
    refuse_unofferable(offer, local_day(at))
    row = CreditLine(
        id=new_id(),
        customer_id=offer.customer_id,
        shard=shard_of(offer.customer_id),
        product=offer.version.product,
        version=offer.version,
        grade=offer.grade,
        limit_fen=offer.limit_fen,
        valid_until=offer.valid_until,
        created_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as clash:
        there = queries.living(offer.customer_id, row.product_id)
        raise LineExists(line=there.public_id if there else "-") from clash
    note(row, LineChange.INVITED, why, decided.maker, at)
    return row


@transaction.atomic
def activate(*, intent: Intent, line_id: UUID, shown_fen: int, at: datetime) -> CreditLine:
    """The customer says yes to the limit they were shown. Raises CustomerNotActive, NotFound, InvitationOver, LineChanged,
    CreditNotOffered, StepUpNeeded, ProofMismatch, ProofExpired."""
    parties.require_active(intent.customer_id)
    row = own_invited(intent.customer_id, line_id, at)
    products.offered(row.product_id)
    if row.limit_fen != shown_fen:
        raise LineChanged(field="limit", limit_fen=row.limit_fen)
    with authority.saying(purpose=ACTIVATE, amount_fen=row.limit_fen, payee=row.public_id):
        authority.spend(intent=intent, purpose=ACTIVATE, amount_fen=row.limit_fen, payee=row.public_id, at=at)
    advance(row, LineState.ACTIVE, moves=LINE_MOVES, at=at, activated_at=at, review_on=review_day(row.version, at))
    note(row, LineChange.ACTIVATED, "the customer's own proof", "customer", at)
    return row


@transaction.atomic
def decline(*, customer_id: UUID, line_id: UUID, at: datetime) -> CreditLine:
    """The customer says no. Raises NotFound, InvitationOver."""
    row = own_invited(customer_id, line_id, at)
    advance(row, LineState.DECLINED, moves=LINE_MOVES, at=at)
    note(row, LineChange.DECLINED, "the customer said no", "customer", at)
    return row


def own_invited(customer_id: UUID, line_id: UUID, at: datetime) -> CreditLine:
    """Raises NotFound, InvitationOver."""
    row = locked(line_id)
    if row.customer_id != customer_id:
        raise NotFound()
    if row.state != LineState.INVITED or row.valid_until < local_day(at):
        raise InvitationOver(state=row.state)
    return row


@transaction.atomic
def lapse(*, line_id: UUID, at: datetime) -> bool:
    """Nobody said anything within the days of an offer. False when that is not so."""
    row = locked(line_id)
    if row.state != LineState.INVITED or row.valid_until >= local_day(at):
        return False
    advance(row, LineState.LAPSED, moves=LINE_MOVES, at=at)
    note(row, LineChange.LAPSED, "its days are over", "system", at)
    return True
