"""Accounts, balances, journals, entries, holds. Written by the functions in sql/ alone; read through queries.py.

Amounts are signed minor units: positive is credit, into a liability; an asset account is negative inside.
The first byte of an account's id is its owner's shard, so every key that starts with it starts with the shard.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.ledger.models.books import AccountRole, LedgerAsset, Mode
from core.ids import new_id, public_id
from core.moves import Moves

__all__ = ["AccountState", "Entry", "Hold", "Journal", "LedgerAccount", "LedgerBalance", "Mode", "OpenItem", "PendingLeg", "Reversal"]


class AccountState(models.TextChoices):
    """Open; no debit (takes money in, lets none out); frozen (neither); closed for good."""

    OPEN = "open"
    NO_DEBIT = "no_debit"
    FROZEN = "frozen"
    CLOSED = "closed"


ACCOUNT_MOVES = Moves(
    AccountState,
    {
        AccountState.OPEN: {AccountState.NO_DEBIT, AccountState.FROZEN, AccountState.CLOSED},
        AccountState.NO_DEBIT: {AccountState.OPEN, AccountState.FROZEN, AccountState.CLOSED},
        AccountState.FROZEN: {AccountState.OPEN, AccountState.NO_DEBIT},
    },
)
BLOCKED = {AccountState.OPEN: 0, AccountState.NO_DEBIT: 1, AccountState.FROZEN: 3, AccountState.CLOSED: 3}


class LedgerAccount(models.Model):
    """The cold side of an account. `name` is its role and what follows it (`clearing:channel:sandbox_bank`);
    `owner_id` is a customer's or merchant's id, null for the platform's own."""

    PREFIX = "acc"
    State = AccountState

    id = models.UUIDField(primary_key=True, editable=False)
    shard = models.SmallIntegerField()
    owner_id = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=120)
    role = models.ForeignKey(AccountRole, on_delete=models.PROTECT, related_name="+", db_column="role")
    asset = models.ForeignKey(LedgerAsset, on_delete=models.PROTECT, related_name="+", db_column="asset")
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.SYNC)
    state = models.CharField(max_length=8, choices=AccountState.choices, default=AccountState.OPEN)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_account"
        constraints = [
            models.CheckConstraint(name="ledger_account_shard", condition=Q(shard__gte=0, shard__lt=64)),
            models.CheckConstraint(name="ledger_account_state", condition=Q(state__in=AccountState.values)),
            models.CheckConstraint(name="ledger_account_mode", condition=Q(mode__in=Mode.values)),
        ]
        indexes = [
            models.Index(name="ledger_account_owner", fields=["owner_id", "name"], condition=Q(owner_id__isnull=False)),
            models.Index(name="ledger_account_role", fields=["role", "id"]),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return f"{self.name} {self.asset_id}"


class LedgerBalance(models.Model):
    """The hot side: one narrow row (`sub` 0) or, for a sharded account, `subs` rows. No index but the key.

    `shortfall` is how far below the floor a forced reversal has left the account; it only shrinks otherwise.
    `blocked` is 1 when debits are refused, 2 credits, 3 both. `mode` is s, b or h (sync, buffered, sharded).
    """

    pk = models.CompositePrimaryKey("account_id", "sub")
    account_id = models.UUIDField()
    posted = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    shortfall = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(null=True, blank=True)
    ceiling = models.BigIntegerField(null=True, blank=True)
    sub = models.SmallIntegerField(default=0)
    subs = models.SmallIntegerField(default=1)
    blocked = models.SmallIntegerField(default=0)
    mode = models.CharField(max_length=1, default="s")
    hold_overdraft = models.BooleanField(default=False)
    asset = models.CharField(max_length=16)

    class Meta:
        db_table = "ledger_balance"
        constraints = [
            models.CheckConstraint(
                name="ledger_balance_floor", condition=Q(floor=None) | Q(posted__gte=F("floor") + F("held") - F("shortfall"))
            ),
            models.CheckConstraint(name="ledger_balance_ceiling", condition=Q(ceiling=None) | Q(posted__lte=F("ceiling"))),
            models.CheckConstraint(name="ledger_balance_held", condition=Q(held__gte=0, shortfall__gte=0)),
            models.CheckConstraint(name="ledger_balance_blocked", condition=Q(blocked__gte=0, blocked__lte=3)),
            models.CheckConstraint(
                name="ledger_balance_mode", condition=Q(mode="s", sub=0, subs=1) | Q(mode__in=["b", "h"], floor=None, ceiling=None, held=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.posted}"


class Journal(models.Model):
    """One balanced movement. The caller's uuid7 is key and idempotency key; partitioned by the month in that id.

    `accounts`, `amounts` and `assets` are the legs, in the order given. `transaction` is the writing transaction's
    number, by which the sealing job knows what can no longer change.
    """

    PREFIX = "jrn"

    id = models.UUIDField(primary_key=True, editable=False)
    event = models.CharField(max_length=64)
    business_on = models.DateField()
    effective_on = models.DateField()
    posted_at = models.DateTimeField()
    accounts = ArrayField(models.UUIDField())
    amounts = ArrayField(models.BigIntegerField())
    assets = ArrayField(models.CharField(max_length=16))
    reference = models.CharField(max_length=120, default="", blank=True)
    reverses = models.UUIDField(null=True, blank=True)
    hold_id = models.UUIDField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)
    transaction = models.BigIntegerField(editable=False)
    shard = models.SmallIntegerField()

    class Meta:
        db_table = "ledger_journal"

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return f"{self.event} {self.id}"


class Entry(models.Model):
    """One leg as it reached its balance row: the statement line and the as-of index. Partitioned by month of posted_at.

    `version` counts a balance row's entries without a gap; `balance_after` is that row's posted balance then.
    """

    pk = models.CompositePrimaryKey("account_id", "sub", "posted_at", "version")
    account_id = models.UUIDField()
    journal_id = models.UUIDField()
    amount = models.BigIntegerField()
    balance_after = models.BigIntegerField()
    version = models.BigIntegerField()
    posted_at = models.DateTimeField()
    business_on = models.DateField()
    effective_on = models.DateField()
    sub = models.SmallIntegerField()
    leg = models.SmallIntegerField()

    class Meta:
        db_table = "ledger_entry"

    def __str__(self) -> str:
        return f"{self.account_id} {self.version}"


class PendingLeg(models.Model):
    """A leg of a buffered account waiting for the fold worker. The true balance is posted plus what waits here."""

    pk = models.CompositePrimaryKey("account_id", "journal_id", "leg")
    account_id = models.UUIDField()
    journal_id = models.UUIDField()
    leg = models.SmallIntegerField()
    amount = models.BigIntegerField()
    business_on = models.DateField()
    effective_on = models.DateField()
    posted_at = models.DateTimeField()
    reference = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "ledger_pending"

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount}"


class OpenItem(models.Model):
    """What one business key has left open on a clearing account; the row goes when the sum is zero. Without a reference
    (empty) are legs that name no business."""

    pk = models.CompositePrimaryKey("account_id", "reference")
    account_id = models.UUIDField()
    reference = models.CharField(max_length=120)
    amount = models.BigIntegerField()
    since = models.DateTimeField()

    class Meta:
        db_table = "ledger_openitem"
        indexes = [models.Index(name="ledger_openitem_settled", fields=["account_id"], condition=Q(amount=0))]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount}"


class Reversal(models.Model):
    """That a journal has been reversed, and by which: at most once."""

    reverses = models.UUIDField(primary_key=True)
    journal_id = models.UUIDField()

    class Meta:
        db_table = "ledger_reversal"

    def __str__(self) -> str:
        return f"{self.journal_id} reverses {self.reverses}"


class HoldState(models.TextChoices):
    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


class Hold(models.Model):
    """Money set aside on a balance until it is captured (in part or whole), released, or expires."""

    PREFIX = "hld"
    State = HoldState

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shard = models.SmallIntegerField()
    account_id = models.UUIDField()
    amount = models.BigIntegerField()
    captured = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=HoldState.choices, default=HoldState.OPEN)
    expires_at = models.DateTimeField()
    reference = models.CharField(max_length=120, default="", blank=True)
    journal_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_hold"
        constraints = [
            models.CheckConstraint(name="ledger_hold_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="ledger_hold_state", condition=Q(state__in=HoldState.values)),
            models.CheckConstraint(
                name="ledger_hold_captured",
                condition=(Q(state="captured", captured__isnull=False) & Q(captured__gte=0, captured__lte=F("amount")))
                | (~Q(state="captured") & Q(captured=None)),
            ),
        ]
        indexes = [
            models.Index(name="ledger_hold_due", fields=["shard", "expires_at"], condition=Q(state="open")),
            models.Index(name="ledger_hold_account", fields=["account_id", "id"], condition=Q(state="open")),
            models.Index(name="ledger_hold_journal", fields=["journal_id"], condition=Q(journal_id__isnull=False)),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return f"{self.amount} {self.state}"
