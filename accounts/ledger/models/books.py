"""The books: assets, chart of accounts, account roles, event types, and the dated rules that map them to GL codes."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from core.ids import new_id


class Kind(models.TextChoices):
    """The five kinds of the accounting equation; assets and expenses stand on the debit side."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


DEBIT_KINDS = (Kind.ASSET, Kind.EXPENSE)


class Mode(models.TextChoices):
    """How postings reach a balance: under its row lock, through the pending table, or spread over sub rows."""

    SYNC = "sync"
    BUFFERED = "buffered"
    SHARDED = "sharded"


class LedgerAsset(models.Model):
    """Something the ledger counts, in whole minor units of `scale` decimals. Every journal balances per asset."""

    code = models.CharField(max_length=16, primary_key=True)
    scale = models.SmallIntegerField()
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)

    class Meta:
        db_table = "ledger_asset"
        constraints = [
            models.CheckConstraint(name="ledger_asset_scale", condition=Q(scale__gte=0, scale__lte=8)),
            models.CheckConstraint(name="ledger_asset_code", condition=Q(code__regex=r"^[A-Z][A-Z0-9._-]{0,15}$")),
        ]

    def __str__(self) -> str:
        return self.code


class GLCode(models.Model):
    """One line of the general ledger's chart of accounts."""

    code = models.CharField(max_length=16, primary_key=True)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)

    class Meta:
        db_table = "ledger_glcode"
        constraints = [models.CheckConstraint(name="ledger_glcode_kind", condition=Q(kind__in=Kind.values))]

    def __str__(self) -> str:
        return f"{self.code} {self.name_en}"


class AccountRole(models.Model):
    """A class of accounts: what accounts of one role have in common when they are opened.

    `floor` and `ceiling` bound the balance in signed minor units (credit positive), null is unbounded;
    `hold_overdraft` lets a hold use what lies between zero and a negative floor; `clearing` accounts list open items
    by reference. Buffered and sharded roles have no bounds, since nobody reads them under a lock.
    """

    role = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.SYNC)
    subs = models.SmallIntegerField(default=1)
    floor = models.BigIntegerField(null=True, blank=True)
    ceiling = models.BigIntegerField(null=True, blank=True)
    hold_overdraft = models.BooleanField(default=False)
    clearing = models.BooleanField(default=False)

    class Meta:
        db_table = "ledger_role"
        constraints = [
            models.CheckConstraint(name="ledger_role_kind", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="ledger_role_mode",
                condition=Q(mode="sync", subs=1) | Q(mode="buffered", subs=1) | Q(mode="sharded", subs__gte=2, subs__lte=64),
            ),
            models.CheckConstraint(name="ledger_role_bounds", condition=Q(mode="sync") | Q(floor=None, ceiling=None, hold_overdraft=False)),
            models.CheckConstraint(name="ledger_role_clearing", condition=Q(clearing=False) | Q(mode="buffered")),
        ]

    def __str__(self) -> str:
        return self.role


class EventType(models.Model):
    """What a journal records. Only a reversal whose event is `forced` may push a balance below its floor;
    only an event that `passes_freeze` moves money of a frozen account (a court's order)."""

    event = models.CharField(max_length=64, primary_key=True)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    forced = models.BooleanField(default=False)
    passes_freeze = models.BooleanField(default=False)

    class Meta:
        db_table = "ledger_event"

    def __str__(self) -> str:
        return self.event


class GLRule(models.Model):
    """Which GL code legs of a role take, for one event or (event empty) for every event without a rule of its own.

    Versioned by business date: `valid_from` inclusive, `valid_to` exclusive or null; two rules never overlap.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    role = models.ForeignKey(AccountRole, on_delete=models.PROTECT, related_name="gl_rules", db_column="role")
    event = models.CharField(max_length=64, default="", blank=True)
    gl_code = models.ForeignKey(GLCode, on_delete=models.PROTECT, related_name="+", db_column="gl_code")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "ledger_glrule"
        constraints = [
            models.CheckConstraint(name="ledger_glrule_days", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))),
            ExclusionConstraint(
                name="ledger_glrule_one_at_a_time",
                expressions=[
                    ("role", RangeOperators.EQUAL),
                    ("event", RangeOperators.EQUAL),
                    (Func("valid_from", "valid_to", function="daterange", output_field=DateRangeField()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_id} {self.event or '*'} -> {self.gl_code_id}"
