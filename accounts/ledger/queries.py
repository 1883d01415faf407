"""Reading the books: balances, statement lines, journals, holds. Amounts are signed minor units, credit positive."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.ledger.accounts import AccountRef
from accounts.ledger.calls import call, rows
from accounts.ledger.models import Hold, Journal, LedgerAccount, LedgerBalance, PendingLeg, Reversal
from accounts.ledger.models.books import DEBIT_KINDS
from core.batches import batches

BALANCE = """
SELECT coalesce(sum(posted), 0)::bigint + (SELECT coalesce(sum(amount), 0)::bigint FROM ledger_pending WHERE account_id = %s),
  coalesce(sum(held), 0)::bigint
FROM ledger_balance WHERE account_id = %s
"""
ENTRIES = """
SELECT e.account_id, e.sub, e.version, e.posted_at, e.amount, e.balance_after, e.business_on, e.effective_on, e.journal_id,
  j.event, j.reference, j.metadata
FROM ledger_entry e JOIN ledger_journal j ON j.id = e.journal_id
WHERE e.account_id = %s AND (e.posted_at, e.version, e.sub) < (coalesce(%s::timestamptz, 'infinity'), %s::bigint, %s::smallint)
ORDER BY e.posted_at DESC, e.version DESC, e.sub DESC LIMIT %s
"""
DAY_MOVES = """
SELECT a.owner_id, e.journal_id, j.event, j.reference, j.posted_at, a.role, sum(e.amount)::bigint
FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id JOIN ledger_journal j ON j.id = e.journal_id
WHERE e.business_on = %s AND a.role = ANY (%s) AND a.shard = ANY (%s) AND a.owner_id IS NOT NULL AND j.event <> ALL (%s){owned}
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 5, 2
"""
PAGE = 1000
LAST_VERSION = 2**62
LAST_SUB = 32767


@dataclass(frozen=True, slots=True)
class Balance:
    """Minor units: `posted` is the true balance (pending legs of a buffered account included), `held` is set aside on
    it, `available` is what a debit may still take before any overdraft: posted - held."""

    posted: int
    held: int

    @property
    def available(self) -> int:
        return self.posted - self.held


@dataclass(frozen=True, slots=True)
class Line:
    """One statement line. `balance_after` is the balance row's then; a line is where a page goes on from (`before`)."""

    account_id: UUID
    sub: int
    version: int
    posted_at: datetime
    amount: int
    balance_after: int
    business_on: date
    effective_on: date
    journal_id: UUID
    event: str
    reference: str
    metadata: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class DayMove:
    """What one journal moved on an owner's accounts of one role: signed minor units."""

    owner: UUID
    journal_id: UUID
    event: str
    reference: str
    posted_at: datetime
    role: str
    amount: int


@dataclass(frozen=True, slots=True)
class OpenItemLine:
    """What a business key leaves open on a clearing account: signed minor units, open since, seconds of age at `at`."""

    account_id: UUID
    account: str
    asset: str
    reference: str
    amount: int
    since: datetime
    age_seconds: int


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One GL code and asset: debits, credits and the balance on its normal side, all in minor units."""

    gl_code: str
    kind: str
    name_en: str
    name_zh: str
    asset: str
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        return self.debit - self.credit if self.kind in DEBIT_KINDS else self.credit - self.debit


def key_of(account: AccountRef | UUID) -> UUID:
    return account if isinstance(account, UUID) else account.id


def balance(account: AccountRef | UUID, as_of: datetime | date | None = None) -> Balance:
    """What stands on an account; an account nobody opened has nothing on it.

    `as_of` an instant: what had been posted by then; of a buffered account what had been folded by then, and no more of it
    afterwards, so accounts at an instant sum to zero but for the folds' delay (by day they do exactly). `as_of` a day:
    everything with an effective date up to it, as known now. Holds are not kept by date: held is 0 in the past.
    """
    key = key_of(account)
    if as_of is None:
        posted, held = call(BALANCE, (key, key))
        return Balance(posted, held)
    function = "ledger_balance_at" if isinstance(as_of, datetime) else "ledger_balance_on"
    return Balance(call(f"SELECT {function}(%s, %s)", (key, as_of))[0], 0)


def entries(account: AccountRef | UUID, *, before: Line | None = None, limit: int = 50) -> list[Line]:
    """Statement lines of an account, newest first, `limit` of them after the line `before`."""
    mark = (before.posted_at, before.version, before.sub) if before else (None, LAST_VERSION, LAST_SUB)
    return [Line(*row) for row in rows(ENTRIES, (key_of(account), *mark, limit))]


def every_entry(account: AccountRef | UUID) -> Iterator[Line]:
    """All statement lines of an account, newest first, read a page at a time."""
    page = entries(account, limit=PAGE)
    while page:
        yield from page
        page = entries(account, before=page[-1], limit=PAGE) if len(page) == PAGE else []


def day_moves(
    *, business_on: date, roles: Sequence[str], shards: Sequence[int], not_events: Sequence[str], owner: UUID | None = None
) -> list[DayMove]:
    """What the journals of a business day moved on owners' accounts of some roles, in some shards, by owner and time; final once the
    day is cut off and folded. Reads that day's entries alone, however long the history is, and of one `owner` theirs alone."""
    wanted = (business_on, list(roles), list(shards), list(not_events))
    if owner is None:
        return [DayMove(*row) for row in rows(DAY_MOVES.format(owned=""), wanted)]
    return [DayMove(*row) for row in rows(DAY_MOVES.format(owned=" AND a.owner_id = %s"), (*wanted, owner))]


def balances_of(accounts: Iterable[AccountRef]) -> dict[UUID, Balance]:
    """Account id to what stands on it, for many accounts in a query a few thousand of them; accounts nobody opened are left out."""
    found: dict[UUID, Balance] = {}
    for some in batches(sorted({account.id for account in accounts})):
        known: Any = accounts_with_balances().filter(id__in=some)
        found |= {row.id: Balance(row.posted + row.pending, row.held) for row in known}
    return found


def accounts_with_balances() -> QuerySet[LedgerAccount]:
    """Every account with `posted`, `pending` and `held` in minor units, for lists; the true balance is posted + pending."""
    zero = Value(0, BigIntegerField())
    mine = LedgerBalance.objects.filter(account_id=OuterRef("id")).order_by().values("account_id")
    waiting = PendingLeg.objects.filter(account_id=OuterRef("id")).order_by().values("account_id")
    return LedgerAccount.objects.select_related("role", "asset").annotate(
        posted=Coalesce(Subquery(mine.annotate(total=Sum("posted")).values("total"), BigIntegerField()), zero),
        held=Coalesce(Subquery(mine.annotate(total=Sum("held")).values("total"), BigIntegerField()), zero),
        pending=Coalesce(Subquery(waiting.annotate(total=Sum("amount")).values("total"), BigIntegerField()), zero),
    )


def journals() -> QuerySet[Journal]:
    """Journals, newest id first."""
    return Journal.objects.order_by("-id")


def reversed_by(journal_id: UUID) -> UUID | None:
    """The journal that reverses this one."""
    return Reversal.objects.filter(reverses=journal_id).values_list("journal_id", flat=True).first()


def legs(journal: Journal) -> list[tuple[LedgerAccount, int]]:
    """A journal's legs: account and signed minor units, in the order given."""
    found = LedgerAccount.objects.select_related("role", "asset").in_bulk(journal.accounts)
    return [(found[key], amount) for key, amount in zip(journal.accounts, journal.amounts, strict=True)]


def holds(account: AccountRef | UUID | None = None, *, open_only: bool = False) -> QuerySet[Hold]:
    """Holds, newest first, of one account or all."""
    found = Hold.objects.order_by("-id")
    if account is not None:
        found = found.filter(account_id=key_of(account))
    return found.filter(state=Hold.State.OPEN) if open_only else found


def trial_balance(as_of: date | None = None) -> list[TrialLine]:
    """The GL by code and asset up to an effective date (None: everything), live postings included.

    Debits equal credits in every asset, and the balances equal those of the accounts (ledger_check proves both).
    """
    statement = """
    SELECT t.gl_code, coalesce(g.kind, ''), coalesce(g.name_en, ''), coalesce(g.name_zh, ''), t.asset,
      sum(t.debit)::bigint, sum(t.credit)::bigint
    FROM ledger_gl t LEFT JOIN ledger_glcode g ON g.code = t.gl_code
    WHERE %s::date IS NULL OR t.day <= %s GROUP BY 1, 2, 3, 4, 5 ORDER BY t.asset, t.gl_code
    """
    return [TrialLine(*row) for row in rows(statement, (as_of, as_of))]


def subledger(as_of: date | None = None) -> dict[tuple[str, str], int]:
    """What the accounts of each (role, asset) hold together up to an effective date, signed minor units."""
    statement = """
    SELECT a.role, a.asset, sum(m.amount)::bigint
    FROM (
      SELECT account_id, effective_on, credit - debit AS amount FROM ledger_movement
      UNION ALL SELECT account_id, effective_on, amount FROM ledger_live
    ) AS m JOIN ledger_account a ON a.id = m.account_id
    WHERE %s::date IS NULL OR m.effective_on <= %s GROUP BY 1, 2
    """
    return {(role, asset): total for role, asset, total in rows(statement, (as_of, as_of))}


def open_items(account: AccountRef | UUID | None = None, *, at: datetime, limit: int | None = None) -> list[OpenItemLine]:
    """What is open on clearing accounts by business key, oldest first, legs not folded yet counted in; the first `limit` of them."""
    statement = """
    SELECT i.account_id, a.name, a.asset, i.reference, sum(i.amount)::bigint, min(i.since),
      greatest(0, extract(epoch FROM %s::timestamptz - min(i.since)))::bigint
    FROM (
      SELECT account_id, reference, amount, since FROM ledger_openitem
      UNION ALL SELECT account_id, reference, amount, posted_at FROM ledger_pending
    ) AS i JOIN ledger_account a ON a.id = i.account_id JOIN ledger_role r ON r.role = a.role AND r.clearing
    WHERE %s::uuid IS NULL OR i.account_id = %s
    GROUP BY 1, 2, 3, 4 HAVING sum(i.amount) <> 0 ORDER BY 6, 4 LIMIT %s
    """
    key = None if account is None else key_of(account)
    return [OpenItemLine(*row) for row in rows(statement, (at, key, key, limit))]
