"""Reads of insurance."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from core.clock.queries import local_day
from core.errors import NotFound
from wealth.insurance.models import (
    ClaimFile,
    InsuranceApplication,
    InsuranceClaim,
    InsurancePolicy,
    PolicyBeneficiaries,
    PolicyDocument,
    PolicyLapse,
    PolicyPayout,
    PolicyPremium,
)
from wealth.insurance.states import (
    ALIVE,
    CLAIM_UNDER_WAY,
    COLLECTING,
    PAYOUT_UNDER_WAY,
    RUNNING,
    ApplicationState,
    ClaimState,
    PayoutKind,
    PayoutState,
    PremiumState,
)
from wealth.rules.insurance import Paid

Row = TypeVar("Row", bound=Model)
LATE = timedelta(days=5)
"""An insurer answers with the file of the next trading day; this is beyond any weekend."""
REMIND = timedelta(days=3)
"""So long ahead a customer hears of a premium, and may pay it by hand."""


def one(rows: QuerySet[Row]) -> Row:
    """Raises NotFound."""
    found = rows.first()
    if found is None:
        raise NotFound()
    return found


def own_applications(customer_id: UUID) -> QuerySet[InsuranceApplication]:
    return InsuranceApplication.objects.select_related("product", "version__product").filter(customer_id=customer_id)


def own_application(customer_id: UUID, application_id: UUID) -> InsuranceApplication:
    return one(own_applications(customer_id).filter(pk=application_id))


def declined(customer_id: UUID, product_id: UUID, *, since: datetime) -> QuerySet[InsuranceApplication]:
    """A customer's applications for a product that were declined since, by rules or by a person."""
    rows = InsuranceApplication.objects.filter(customer_id=customer_id, product_id=product_id, state=ApplicationState.DECLINED)
    return rows.filter(changed_at__gte=since)


def application(application_id: UUID) -> InsuranceApplication:
    return one(InsuranceApplication.objects.select_related("product", "version__product").filter(pk=application_id))


def own_policies(customer_id: UUID) -> QuerySet[InsurancePolicy]:
    return InsurancePolicy.objects.select_related("product", "version__product").filter(customer_id=customer_id)


def own_policy(customer_id: UUID, policy_id: UUID) -> InsurancePolicy:
    return one(own_policies(customer_id).filter(pk=policy_id))


def policy(policy_id: UUID) -> InsurancePolicy:
    return one(InsurancePolicy.objects.select_related("product", "version__product", "application").filter(pk=policy_id))


def premiums(policy_id: UUID) -> QuerySet[PolicyPremium]:
    return PolicyPremium.objects.filter(policy_id=policy_id).order_by("number")


def own_premium(customer_id: UUID, premium_id: UUID) -> PolicyPremium:
    return one(PolicyPremium.objects.select_related("policy").filter(pk=premium_id, customer_id=customer_id))


def oldest_open(policy_id: UUID) -> PolicyPremium | None:
    """The premium that is to be paid next."""
    return premiums(policy_id).filter(state=PremiumState.OPEN).first()


def taken(policy_id: UUID) -> list[Paid]:
    """What was paid for which days."""
    paid = premiums(policy_id).filter(pay_journal_id__isnull=False)
    return [Paid(row.amount_fen, row.due_on, row.until_on) for row in paid]


def payouts(policy_id: UUID) -> QuerySet[PolicyPayout]:
    return PolicyPayout.objects.filter(policy_id=policy_id).order_by("created_at", "id")


def given_back(policy_id: UUID) -> bool:
    """Whether a policy was settled by money that ended it."""
    return payouts(policy_id).exclude(kind=PayoutKind.CLAIM).filter(state=PayoutState.PAID).exists()


def asked_to_end(policy_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The fen that insurers were asked for to end policies and have not answered yet: one query, none for nobody."""
    open_ones = PolicyPayout.objects.exclude(kind=PayoutKind.CLAIM).filter(policy_id__in=list(policy_ids), state__in=PAYOUT_UNDER_WAY)
    return dict(open_ones.values_list("policy_id", "amount_fen"))


def lapses(policy_id: UUID) -> QuerySet[PolicyLapse]:
    return PolicyLapse.objects.filter(policy_id=policy_id).order_by("lapsed_on")


def had_lapsed(policy_id: UUID, day: date) -> bool:
    return lapses(policy_id).filter(Q(reinstated_on=None) | Q(reinstated_on__gt=day), lapsed_on__lte=day).exists()


def beneficiaries(policy_id: UUID) -> PolicyBeneficiaries | None:
    """Those named last; None: nobody was named."""
    return PolicyBeneficiaries.objects.filter(policy_id=policy_id).order_by("-number").first()


def document(policy_id: UUID) -> PolicyDocument | None:
    return PolicyDocument.objects.filter(pk=policy_id).first()


def own_claims(customer_id: UUID) -> QuerySet[InsuranceClaim]:
    return InsuranceClaim.objects.select_related("policy__version__product").filter(customer_id=customer_id)


def own_claim(customer_id: UUID, claim_id: UUID) -> InsuranceClaim:
    return one(own_claims(customer_id).filter(pk=claim_id))


def claim(claim_id: UUID) -> InsuranceClaim:
    return one(InsuranceClaim.objects.select_related("policy").filter(pk=claim_id))


def claims(policy_id: UUID) -> QuerySet[InsuranceClaim]:
    return InsuranceClaim.objects.filter(policy_id=policy_id).order_by("created_at", "id")


def claims_under_way(policy_id: UUID) -> bool:
    return claims(policy_id).filter(state__in=CLAIM_UNDER_WAY).exists()


def files(claim_id: UUID) -> QuerySet[ClaimFile]:
    """Without their bytes."""
    return ClaimFile.objects.filter(claim_id=claim_id).defer("content_base64").order_by("number")


def numbered_file(claim_id: UUID, number: int) -> ClaimFile:
    """Raises NotFound."""
    return one(ClaimFile.objects.filter(claim_id=claim_id, number=number))


def referred() -> QuerySet[InsuranceApplication]:
    return InsuranceApplication.objects.filter(state=ApplicationState.REFERRED)


def open_claims() -> QuerySet[InsuranceClaim]:
    return InsuranceClaim.objects.filter(state=ClaimState.OPEN)


def overdue_premiums(at: datetime) -> QuerySet[PolicyPremium]:
    return PolicyPremium.objects.filter(state=PremiumState.OPEN, due_on__lt=local_day(at))


def failed_premiums(at: datetime) -> QuerySet[PolicyPremium]:
    """The balance was too low so far."""
    return PolicyPremium.objects.filter(state=PremiumState.OPEN, tries__gt=0)


def stuck_premiums(at: datetime) -> QuerySet[PolicyPremium]:
    """Their insurer did not take them, and nobody has told it again."""
    return PolicyPremium.objects.filter(state=PremiumState.PAID, try_at=None)


def late_payouts(at: datetime) -> QuerySet[PolicyPayout]:
    """The insurer was asked for them days ago, and has not answered."""
    return PolicyPayout.objects.filter(state=PayoutState.ASKED, changed_at__lt=at - LATE)


def due_policies(shard: int, at: datetime) -> QuerySet[InsurancePolicy, UUID]:
    rows = InsurancePolicy.objects.filter(shard=shard, due_on__lte=local_day(at), state__in=RUNNING)
    return rows.order_by("due_on", "id").values_list("id", flat=True)


def due_premiums(shard: int, at: datetime) -> QuerySet[PolicyPremium, UUID]:
    rows = PolicyPremium.objects.filter(shard=shard, try_at__lte=at)
    return rows.order_by("try_at", "id").values_list("id", flat=True)


def untold_premiums(shard: int, until: date) -> QuerySet[PolicyPremium, UUID]:
    rows = PolicyPremium.objects.filter(shard=shard, state=PremiumState.OPEN, told_on=None, due_on__lte=until, policy__state__in=COLLECTING)
    return rows.order_by("due_on", "id").values_list("id", flat=True)


def due_payouts(shard: int, at: datetime) -> QuerySet[PolicyPayout, UUID]:
    rows = PolicyPayout.objects.filter(shard=shard, try_at__lte=at, state=PayoutState.WAITING)
    return rows.order_by("try_at", "id").values_list("id", flat=True)


def over_applications(shard: int, at: datetime) -> QuerySet[InsuranceApplication]:
    states = [ApplicationState.QUOTED, ApplicationState.ACCEPTED]
    return InsuranceApplication.objects.filter(shard=shard, state__in=states, valid_until__lt=local_day(at))


def undocumented(shard: int) -> QuerySet[InsurancePolicy, UUID]:
    rows = InsurancePolicy.objects.filter(shard=shard, documented=False)
    return rows.order_by("id").values_list("id", flat=True)


def alive_of(customer_id: UUID) -> QuerySet[InsurancePolicy]:
    """What keeps an account open."""
    return InsurancePolicy.objects.filter(customer_id=customer_id, state__in=ALIVE)


def money_under_way(customer_id: UUID) -> bool:
    """Whether an insurer still owes the customer an answer, or we the insurer a premium of theirs."""
    premiums_there = PolicyPremium.objects.filter(customer_id=customer_id, state__in=[PremiumState.PAID, PremiumState.ASKED])
    claims_there = InsuranceClaim.objects.filter(customer_id=customer_id, state__in=CLAIM_UNDER_WAY)
    payouts_there = PolicyPayout.objects.filter(customer_id=customer_id, state__in=PAYOUT_UNDER_WAY)
    return premiums_there.exists() or claims_there.exists() or payouts_there.exists()


def due_shards(at: datetime) -> list[int]:
    """Shards with anything to do."""
    today = local_day(at)
    found = (
        InsurancePolicy.objects.filter(due_on__lte=today, state__in=RUNNING),
        PolicyPremium.objects.filter(try_at__lte=at),
        PolicyPayout.objects.filter(try_at__lte=at),
        InsurancePolicy.objects.filter(documented=False),
        PolicyPremium.objects.filter(state=PremiumState.OPEN, told_on=None, due_on__lte=today + REMIND, policy__state__in=COLLECTING),
        InsuranceApplication.objects.filter(state__in=[ApplicationState.QUOTED, ApplicationState.ACCEPTED], valid_until__lt=today),
    )
    return sorted({shard for rows in found for shard in rows.order_by().values_list("shard", flat=True).distinct()})
