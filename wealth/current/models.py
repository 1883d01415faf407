"""Money funds: what they earn a day, who holds how many units, and every day's income of every holding."""

from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, shard_check
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from wealth.current.states import FREEZE_MOVES, FreezeState, MoveKind, Source

PARTS = 16
E8 = 10**8
MOST_RATE = Decimal(100)
"""Yuan per 10,000 units and day at most, either way: a hundredth."""
MOST_UNITS = 100 * MAX_FEN
"""Units of one holding at most: times the largest rate they stay within a bigint."""


def append_only(name: str) -> pgtrigger.Protect:
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


class CurrentQuote(models.Model):
    """What a product earned on a natural day, in yuan per 10,000 units; the highest `revision` of a day is in force. Never changed.

    `seven_day`: what its issuer says it yielded in the last seven days, in percent a year.
    """

    PREFIX: ClassVar[str] = "cqt"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    revision = models.SmallIntegerField(default=1)
    income_per_10k = models.DecimalField(max_digits=7, decimal_places=4)
    seven_day = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_currentquote_once", fields=["product", "day", "revision"]),
            models.CheckConstraint(name="wealth_currentquote_revision", condition=Q(revision__gte=1)),
            models.CheckConstraint(
                name="wealth_currentquote_income", condition=Q(income_per_10k__gte=-MOST_RATE, income_per_10k__lte=MOST_RATE)
            ),
            models.CheckConstraint(name="wealth_currentquote_source", condition=Q(source__in=Source.values)),
        ]
        triggers = [append_only("wealth_currentquote_stays")]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return f"{self.product_id} {self.day} r{self.revision}"


class CurrentBook(models.Model):
    """How far the income of a product is booked for one part of its holders (`part`: shards 4 * part to 4 * part + 3). Its lock puts
    the days of a part in order: taken before holdings."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    part = models.SmallIntegerField()
    booked_through = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_currentbook_once", fields=["product", "part"]),
            models.CheckConstraint(name="wealth_currentbook_part", condition=Q(part__gte=0, part__lt=PARTS)),
        ]
        triggers = [pgtrigger.Protect(name="wealth_currentbook_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.part} {self.booked_through}"


class CurrentHolding(models.Model):
    """What a customer has of a product. A unit is worth 1.00, so units are counted in fen; `frozen_fen` of them wait for a redemption.

    `residual_e8`: 10^-8 fen of income carried to the next day. `owed_fen`: what a loss took beyond the free units; the next day's income
    is booked on it first. `earned`: some day's income was above zero. `booked_through`: the last day it has income of.
    """

    PREFIX: ClassVar[str] = "chd"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    units_fen = models.BigIntegerField(default=0)
    frozen_fen = models.BigIntegerField(default=0)
    owed_fen = models.BigIntegerField(default=0)
    residual_e8 = models.BigIntegerField(default=0)
    earned = models.BooleanField(default=False)
    booked_through = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_currentholding_once", fields=["customer", "product"]),
            shard_check("wealth_currentholding_shard"),
            models.CheckConstraint(
                name="wealth_currentholding_units",
                condition=Q(frozen_fen__gte=0, units_fen__gte=F("frozen_fen"), units_fen__lte=MOST_UNITS, owed_fen__gte=0),
            ),
            models.CheckConstraint(name="wealth_currentholding_residual", condition=Q(residual_e8__gte=0, residual_e8__lt=E8)),
        ]
        indexes = [models.Index(name="wealth_currentholding_part", fields=["product", "shard"])]
        triggers = [pgtrigger.Protect(name="wealth_currentholding_kept", operation=pgtrigger.Delete)]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def free_fen(self) -> int:
        """What can be redeemed: what a loss is still owed of is not."""
        return max(self.units_fen - self.frozen_fen - self.owed_fen, 0)

    def __str__(self) -> str:
        return self.public_id


class CurrentMove(models.Model):
    """Units an order brought (positive) or took. `counts_on`: the first day whose income it changes; `booked_on`: the day of its journal
    (W2, W4 or W7)."""

    PREFIX: ClassVar[str] = "cmv"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    holding = models.ForeignKey(CurrentHolding, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    order_id = models.UUIDField()
    kind = models.CharField(max_length=8, choices=MoveKind.choices)
    units_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField(default=0)
    counts_on = models.DateField()
    booked_on = models.DateField(null=True, blank=True)
    journal_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_currentmove_order", fields=["order_id", "shard"]),
            shard_check("wealth_currentmove_shard"),
            models.CheckConstraint(
                name="wealth_currentmove_sign",
                condition=Q(kind="buy", units_fen__gt=0) | Q(kind="redeem", units_fen__lt=0) | Q(kind="fast", units_fen__lt=0, fee_fen=0),
            ),
            models.CheckConstraint(name="wealth_currentmove_fee", condition=Q(fee_fen__gte=0)),
        ]
        indexes = [
            models.Index(name="wealth_currentmove_later", fields=["product", "shard", "counts_on"]),
            models.Index(name="wealth_currentmove_holding", fields=["holding", "-id"]),
            models.Index(name="wealth_currentmove_booked", fields=["booked_on", "shard"]),
        ]
        triggers = [append_only("wealth_currentmove_stays")]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class CurrentFreeze(models.Model):
    """Units one redemption (`order_id`) set aside."""

    order_id = models.UUIDField(primary_key=True, editable=False)
    holding = models.ForeignKey(CurrentHolding, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    units_fen = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=FreezeState.choices, default=FreezeState.FROZEN)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_currentfreeze_shard"),
            models.CheckConstraint(name="wealth_currentfreeze_units", condition=Q(units_fen__gt=0)),
            models.CheckConstraint(name="wealth_currentfreeze_state", condition=Q(state__in=FreezeState.values)),
        ]
        indexes = [models.Index(name="wealth_currentfreeze_open", fields=["holding"], condition=Q(state="frozen"))]
        triggers = [
            StateGuard("wealth_currentfreeze_moves", FREEZE_MOVES, born=["frozen"]),
            pgtrigger.Protect(name="wealth_currentfreeze_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.order_id)


class CurrentRun(models.Model):
    """One day's income booked for one part of a product's holders, or for one holding alone (`holding_id`: units confirmed late), and
    its control entry W3 (none when the sum is zero). `reversal`: it takes back what was booked, before that day is booked anew.
    `booked_on`: the day it counts from, its own while the books take it."""

    PREFIX: ClassVar[str] = "cin"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    part = models.SmallIntegerField()
    booking = models.SmallIntegerField(default=0)
    reversal = models.BooleanField(default=False)
    holding_id = models.UUIDField(null=True, blank=True)
    quote = models.ForeignKey(CurrentQuote, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    holdings = models.IntegerField()
    units_fen = models.BigIntegerField()
    income_fen = models.BigIntegerField()
    booked_on = models.DateField(null=True, blank=True)
    journal_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_currentrun_once", fields=["product", "day", "part", "booking", "reversal"]),
            models.CheckConstraint(name="wealth_currentrun_part", condition=Q(part__gte=0, part__lt=PARTS)),
            models.CheckConstraint(
                name="wealth_currentrun_quote", condition=Q(reversal=True, quote=None) | Q(reversal=False, quote__isnull=False)
            ),
            models.CheckConstraint(
                name="wealth_currentrun_journal",
                condition=Q(income_fen=0, journal_id=None) | (~Q(income_fen=0) & Q(journal_id__isnull=False)),
            ),
        ]
        indexes = [models.Index(name="wealth_currentrun_booked", fields=["booked_on", "part"])]
        triggers = [append_only("wealth_currentrun_stays")]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return f"{self.product_id} {self.day} {self.part}.{self.booking}"


class CurrentIncome(models.Model):
    """One day of one holding: `units_fen` at `rate_e4` (ten-thousandths of a yuan per 10,000 units; a reversal's has the other sign) and
    `carried_e8` are exactly `income_fen` and `residual_e8`."""

    currency: ClassVar[str] = CNY.code

    pk = models.CompositePrimaryKey("holding_id", "day", "booking", "reversal")
    holding_id = models.UUIDField()
    day = models.DateField()
    booking = models.SmallIntegerField()
    reversal = models.BooleanField()
    shard = models.SmallIntegerField()
    run = models.ForeignKey(CurrentRun, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    units_fen = models.BigIntegerField()
    rate_e4 = models.IntegerField()
    carried_e8 = models.BigIntegerField()
    income_fen = models.BigIntegerField()
    residual_e8 = models.BigIntegerField()

    class Meta:
        constraints = [
            shard_check("wealth_currentincome_shard"),
            models.CheckConstraint(
                name="wealth_currentincome_identity",
                condition=Q(units_fen__gte=0, residual_e8__gte=0, residual_e8__lt=E8, carried_e8__gte=0, carried_e8__lt=E8)
                & Q(residual_e8=F("units_fen") * F("rate_e4") + F("carried_e8") - F("income_fen") * E8),
            ),
        ]
        triggers = [append_only("wealth_currentincome_stays")]

    def __str__(self) -> str:
        return f"{self.holding_id} {self.day}"


class CurrentEarner(models.Model):
    """That a customer's first income was told."""

    customer = models.OneToOneField("accounts.Customer", primary_key=True, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    shard = models.SmallIntegerField()
    day = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [shard_check("wealth_currentearner_shard")]
        triggers = [append_only("wealth_currentearner_stays")]

    def __str__(self) -> str:
        return str(self.customer_id)
