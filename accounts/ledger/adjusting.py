"""Correcting the books by hand: one journal between two accounts that exist, proposed by one person and posted by another."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.ledger import services
from accounts.ledger.accounts import AccountRef
from accounts.ledger.legs import credit, debit
from accounts.ledger.models import LedgerAccount
from accounts.ledger.services import Posted
from core.approvals.services import must_be_applying
from core.errors import Invalid, NotFound
from core.ids import new_id, parse_public_id

ACT = "ledger.adjust"
EVENT = "ledger.adjusted"
MOST = 10**12
REFERENCE_LENGTH = 120


@dataclass(frozen=True)
class Adjustment:
    """What to correct: `amount` minor units from the account `debited` to the account `credited`, each an acc_ id or the name of one of
    the platform's own (`clearing:channel:sandbox_bank`). `reference` is what the journal is about (an order, a bank's number)."""

    debited: str
    credited: str
    amount: int
    reference: str


@transaction.atomic
def adjust(*, wanted: Adjustment, at: datetime, act: str = ACT, effective_on: date | None = None) -> Posted:
    """Post a correction. A sensitive act: raises ApprovalNeeded outside an approval of `act`, another room's act that corrects on its way.
    `effective_on` as `ledger.post`: the open business day where nobody says.

    Raises Invalid as `check`, and what `ledger.post` raises.
    """
    decided = must_be_applying(act)
    source, target = check(wanted)
    return services.post(
        journal_id=new_id(),
        event=EVENT,
        legs=[debit(source, wanted.amount), credit(target, wanted.amount)],
        reference=wanted.reference,
        effective_on=effective_on,
        metadata={"proposed_by": decided.maker, "approved_by": decided.checker},
        at=at,
    )


def check(wanted: Adjustment) -> tuple[AccountRef, AccountRef]:
    """The two accounts. Raises Invalid: an unknown one, one twice, two assets, no amount, no reference."""
    source, target = account("debited", wanted.debited), account("credited", wanted.credited)
    if source == target or source.asset != target.asset:
        raise Invalid("credited", "Choose two accounts of one asset.", "请选择同一资产的两个不同账户。")
    if not 1 <= wanted.amount <= MOST:
        raise Invalid(
            "amount", "Give an amount of at least 0.01 and at most 10,000,000,000.00.", "金额须在 0.01 至 10,000,000,000.00 之间。"
        )
    if not 1 <= len(wanted.reference) <= REFERENCE_LENGTH:
        raise Invalid("reference", "Say what the journal is about.", "请填写分录依据。")
    return source, target


def account(field: str, said: str) -> AccountRef:
    """An account that exists, by its acc_ id or, if it is the platform's own, its name in CNY. Raises Invalid."""
    try:
        found = LedgerAccount.objects.filter(pk=parse_public_id(LedgerAccount.PREFIX, said)).first()
    except NotFound:
        found = LedgerAccount.objects.filter(owner_id=None, name=said, asset_id="CNY").first()
    if found is None:
        raise Invalid(field, "There is no such account.", "账户不存在。")
    return AccountRef(found.id, found.owner_id, found.name, found.asset_id)
