"""What `ledger_check` proves of insurance: premiums, payouts and their journals name each other; what a product holds of premiums is what
premiums say; what every premium gave is what the insurer is owed and our fee; what claims and policies say was paid is what payouts
paid; nobody is covered unpaid beyond the days of grace."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Sum

from accounts.ledger import queries as ledger
from accounts.ledger.booked import SHOWN, Booked, Named, first_after
from accounts.ledger.sockets import CHECKS, Finding
from core.business_day import queries as business_day
from core.ids import public_id
from wealth.catalog import accounts
from wealth.catalog import queries as catalog
from wealth.catalog.queries import Product
from wealth.insurance import journals
from wealth.insurance import terms as terms_of
from wealth.insurance.models import InsuranceClaim, InsurancePolicy, PolicyPayout, PolicyPremium
from wealth.insurance.states import COLLECTING, PayoutKind, PayoutState, PremiumState
from wealth.orders.journals import CONFIRMED

WITH_US = [PremiumState.PAID, PremiumState.ASKED]


class Insurance:
    name = "wealth_insurance"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        return [*held(), *shared(since), *claimed(), *uncollected()][:SHOWN]


def held() -> Iterator[Finding]:
    """product:premiums against the premiums that were paid and the insurer has not taken."""
    rows = PolicyPremium.objects.filter(state__in=WITH_US).order_by().values_list("policy__product_id")
    said = dict(rows.annotate(total=Sum("amount_fen")))
    for product_id in catalog.product_ids():
        there = abs(ledger.balance(journals.premiums(product_id)).posted)
        if there != said.get(product_id, 0):
            text = f"product:premiums holds {there} fen; premiums say {said.get(product_id, 0)}"
            yield Finding("wealth_insurance.premiums", public_id(Product.PREFIX, product_id), text)


def shared(since: date | None) -> Iterator[Finding]:
    """A premium is the insurer's but for our fee, to the fen."""
    booked = PolicyPremium.objects.filter(state=PremiumState.BOOKED, pk__gte=first_after(since)).select_related("policy")
    found = {one.id: one for one in ledger.journals().filter(pk__in=booked.values("book_journal_id"))}
    for premium in booked.order_by("id").iterator(chunk_size=1000):
        journal = found.get(premium.book_journal_id) if premium.book_journal_id else None
        if journal is None:
            continue
        got = {account.id: amount for account, amount in ledger.legs(journal)}
        issuer = got.get(ledger.key_of(accounts.issuer(premium.policy.product_id)), 0)
        if issuer != premium.amount_fen - premium.fee_fen:
            text = f"{premium.amount_fen} fen less {premium.fee_fen} of fees; its insurer was credited {issuer}"
            yield Finding("wealth_insurance.shared", premium.public_id, text)


def claimed() -> Iterator[Finding]:
    """paid_fen of a claim and claimed_fen of a policy against the payouts that were paid."""
    paid = PolicyPayout.objects.filter(kind=PayoutKind.CLAIM, state=PayoutState.PAID).order_by()
    of_claims = dict(paid.values_list("claim_id").annotate(total=Sum("amount_fen")))
    of_policies = dict(paid.values_list("policy_id").annotate(total=Sum("amount_fen")))
    said_claims = dict(InsuranceClaim.objects.filter(paid_fen__gt=0).values_list("id", "paid_fen"))
    said_policies = dict(InsurancePolicy.objects.filter(claimed_fen__gt=0).values_list("id", "claimed_fen"))
    for prefix, said, found in (
        (InsuranceClaim.PREFIX, said_claims, of_claims),
        (InsurancePolicy.PREFIX, said_policies, of_policies),
    ):
        for key in sorted({*said, *found}):
            if said.get(key, 0) != found.get(key, 0):
                text = f"says {said.get(key, 0)} fen were paid of claims; its payouts paid {found.get(key, 0)}"
                yield Finding("wealth_insurance.claimed", public_id(prefix, key), text)


def uncollected() -> Iterator[Finding]:
    """In force at the end of the last closed day, though a premium is unpaid beyond its grace."""
    closed = business_day.current() - timedelta(days=1) if business_day.any_day() else None
    if closed is None:
        return
    rows = PolicyPremium.objects.filter(state=PremiumState.OPEN, due_on__lt=closed, policy__state__in=COLLECTING)
    for premium in rows.select_related("policy__version").order_by("due_on", "id"):
        grace = terms_of.of(premium.policy.version).grace_days
        if premium.due_on + timedelta(days=grace) < closed:
            text = f"due on {premium.due_on}, {grace} days of grace, and its policy is {premium.policy.state}"
            yield Finding("wealth_insurance.uncollected", premium.public_id, text)


CHECKS.plug("wealth.insurance", Insurance())
CHECKS.plug(
    "wealth.insurance.booked",
    Booked(
        "insurance",
        Named(PolicyPremium, PolicyPremium.PREFIX, "pay_journal_id", (journals.PREMIUM_TAKEN, journals.AT_CASHIER)),
        Named(PolicyPremium, PolicyPremium.PREFIX, "book_journal_id", (journals.PREMIUM, CONFIRMED)),
        Named(PolicyPayout, PolicyPayout.PREFIX, "journal_id", (journals.PAID_OUT,)),
    ),
)
