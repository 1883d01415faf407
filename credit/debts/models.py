"""Draws on credit lines, their plans and instalments, and what was paid."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, amount_check, shard_check
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from credit.debts.states import DRAW_MOVES, INSTALMENT_MOVES, PLAN_MOVES, DrawKind, DrawState, InstalmentState, PlanState, Toward, TxnKind

HASH_LENGTH = 64
COMPONENTS = ("principal", "interest", "fee", "penalty")
WHAT_WAS_AGREED_STAYS = """
IF (NEW.id, NEW.line_id, NEW.customer_id, NEW.shard, NEW.product_id, NEW.version_id, NEW.amount_fen, NEW.periods, NEW.rate_ppm,
    NEW.starts_on, NEW.quote, NEW.quote_sha256, NEW.created_at)
    IS DISTINCT FROM (OLD.id, OLD.line_id, OLD.customer_id, OLD.shard, OLD.product_id, OLD.version_id, OLD.amount_fen, OLD.periods,
    OLD.rate_ppm, OLD.starts_on, OLD.quote, OLD.quote_sha256, OLD.created_at) THEN
    RAISE EXCEPTION 'what draw % agreed stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_draw_stays';
END IF;
RETURN NEW;
"""


class Draw(models.Model):
    """What a customer borrowed on a line, once: `amount_fen` from `starts_on` in `periods` payments at `rate_ppm` a year (0: fees instead)
    under a product's version. `quote`: what they were shown and agreed to, `quote_sha256` of its canonical bytes."""

    PREFIX: ClassVar[str] = "drw"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey("credit.CreditLine", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("credit.CreditProduct", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey("credit.CreditProductVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=DrawKind.choices)
    state = models.CharField(max_length=10, choices=DrawState.choices, default=DrawState.OPEN)
    amount_fen = models.BigIntegerField()
    periods = models.SmallIntegerField()
    rate_ppm = models.IntegerField()
    starts_on = models.DateField()
    quote = models.JSONField()
    quote_sha256 = models.CharField(max_length=HASH_LENGTH)
    settled_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("credit_draw_shard"),
            amount_check("credit_draw_amount"),
            models.CheckConstraint(name="credit_draw_state", condition=Q(state__in=DrawState.values)),
            models.CheckConstraint(name="credit_draw_terms", condition=Q(periods__gte=1, rate_ppm__gte=0)),
            models.CheckConstraint(
                name="credit_draw_settled", condition=Q(state="settled", settled_on__isnull=False) | Q(state="open", settled_on=None)
            ),
        ]
        indexes = [
            models.Index(name="credit_draw_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="credit_draw_line", fields=["line", "-created_at", "-id"]),
        ]
        triggers = [
            StateGuard("credit_draw_moves", DRAW_MOVES, born=["open"]),
            pgtrigger.Protect(name="credit_draw_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="credit_draw_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=WHAT_WAS_AGREED_STAYS),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class Plan(models.Model):
    """How a draw is paid back, version `number` of it. Principal paid ahead so far, with what it was to do, in order: `ahead_on`,
    `ahead_fen`, `ahead_ways`; with the draw's terms they make the plan again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.CURRENT)
    ahead_on = ArrayField(models.DateField(), default=list, blank=True)
    ahead_fen = ArrayField(models.BigIntegerField(), default=list, blank=True)
    ahead_ways = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    made_on = models.DateField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("credit_plan_shard"),
            models.CheckConstraint(name="credit_plan_state", condition=Q(state__in=PlanState.values)),
            models.CheckConstraint(
                name="credit_plan_ahead", condition=Q(ahead_on__len=F("ahead_fen__len"), ahead_ways__len=F("ahead_fen__len"))
            ),
            models.UniqueConstraint(name="credit_plan_number", fields=["draw", "number", "shard"]),
            models.UniqueConstraint(name="credit_plan_one_current", fields=["draw", "shard"], condition=Q(state="current")),
        ]
        triggers = [
            StateGuard("credit_plan_moves", PLAN_MOVES, born=["current"]),
            pgtrigger.Protect(name="credit_plan_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id} v{self.number}"


class Instalment(models.Model):
    """One payment of a plan, for the days after `begins_on` up to `due_on`: what it asks and what was paid of each component.

    `late_from`: the last day without a penalty. The penalty was `penalty_kept_fen` at the end of `penalty_since` (null: of `late_from`)
    and grows from there, at most to `penalty_most_fen`. `ahead_fen`: principal that came before its day; `early_fee_fen`: of its fee, what
    that cost.
    """

    PREFIX: ClassVar[str] = "ins"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    line_id = models.UUIDField()
    product_id = models.UUIDField()
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=InstalmentState.choices, default=InstalmentState.OPEN)
    begins_on = models.DateField()
    due_on = models.DateField()
    late_from = models.DateField()
    principal_fen = models.BigIntegerField()
    interest_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField()
    penalty_fen = models.BigIntegerField(default=0)
    paid_principal_fen = models.BigIntegerField(default=0)
    paid_interest_fen = models.BigIntegerField(default=0)
    paid_fee_fen = models.BigIntegerField(default=0)
    paid_penalty_fen = models.BigIntegerField(default=0)
    ahead_fen = models.BigIntegerField(default=0)
    early_fee_fen = models.BigIntegerField(default=0)
    penalty_kept_fen = models.BigIntegerField(default=0)
    penalty_since = models.DateField(null=True, blank=True)
    penalty_most_fen = models.BigIntegerField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("credit_instalment_shard"),
            models.CheckConstraint(name="credit_instalment_state", condition=Q(state__in=InstalmentState.values)),
            models.CheckConstraint(name="credit_instalment_days", condition=Q(begins_on__lt=F("due_on"), late_from__gte=F("due_on"))),
            *(
                models.CheckConstraint(
                    name=f"credit_instalment_{one}",
                    condition=Q(**{f"paid_{one}_fen__gte": 0, f"paid_{one}_fen__lte": F(f"{one}_fen"), f"{one}_fen__lte": MAX_FEN}),
                )
                for one in COMPONENTS
            ),
            models.CheckConstraint(
                name="credit_instalment_paid",
                condition=~Q(state="paid")
                | Q(
                    paid_on__isnull=False,
                    paid_principal_fen=F("principal_fen"),
                    paid_interest_fen=F("interest_fen"),
                    paid_fee_fen=F("fee_fen"),
                    paid_penalty_fen=F("penalty_fen"),
                ),
            ),
            models.CheckConstraint(
                name="credit_instalment_ahead",
                condition=Q(
                    ahead_fen__gte=0, ahead_fen__lte=F("paid_principal_fen"), early_fee_fen__gte=0, early_fee_fen__lte=F("fee_fen")
                ),
            ),
            models.UniqueConstraint(name="credit_instalment_number", fields=["plan", "number", "shard"]),
        ]
        indexes = [
            models.Index(name="credit_instalment_draw", fields=["draw", "number"]),
            models.Index(name="credit_instalment_open", fields=["shard", "due_on"], condition=Q(state="open")),
            models.Index(name="credit_instalment_line", fields=["line_id", "late_from"], condition=Q(state="open")),
        ]
        triggers = [
            StateGuard("credit_instalment_moves", INSTALMENT_MOVES, born=["open", "paid"]),
            pgtrigger.Protect(name="credit_instalment_kept", operation=pgtrigger.Delete),
        ]

    @property
    def asked_fen(self) -> int:
        return self.principal_fen + self.interest_fen + self.fee_fen + self.penalty_fen

    @property
    def paid_fen(self) -> int:
        return self.paid_principal_fen + self.paid_interest_fen + self.paid_fee_fen + self.paid_penalty_fen

    @property
    def open_fen(self) -> int:
        return self.asked_fen - self.paid_fen

    def __str__(self) -> str:
        return f"{self.draw_id} {self.number}"


class CreditTxn(models.Model):
    """What happened to a debt, once and for good: `amount_fen` on the day `on`, posted as `journal_id`."""

    PREFIX: ClassVar[str] = "ctx"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=TxnKind.choices)
    amount_fen = models.BigIntegerField()
    on = models.DateField()
    strategy = models.CharField(max_length=30, default="", blank=True)
    journal_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("credit_txn_shard"),
            amount_check("credit_txn_amount"),
            models.CheckConstraint(name="credit_txn_kind", condition=Q(kind__in=TxnKind.values)),
            models.UniqueConstraint(name="credit_txn_journal", fields=["journal_id", "shard"]),
        ]
        indexes = [
            models.Index(name="credit_txn_draw", fields=["draw", "-created_at", "-id"]),
            models.Index(name="credit_txn_mine", fields=["customer", "-created_at", "-id"]),
        ]
        triggers = [pgtrigger.Protect(name="credit_txn_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class Allocation(models.Model):
    """So much of a payment toward one component of the instalment `number`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    txn = models.ForeignKey(CreditTxn, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    draw_id = models.UUIDField()
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    toward = models.CharField(max_length=10, choices=Toward.choices)
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            shard_check("credit_allocation_shard"),
            amount_check("credit_allocation_amount"),
            models.CheckConstraint(name="credit_allocation_toward", condition=Q(toward__in=Toward.values)),
            models.CheckConstraint(name="credit_allocation_number", condition=Q(number__gte=1)),
            models.UniqueConstraint(name="credit_allocation_once", fields=["txn", "number", "toward", "shard"]),
        ]
        triggers = [pgtrigger.Protect(name="credit_allocation_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.txn_id} {self.number} {self.toward}"
