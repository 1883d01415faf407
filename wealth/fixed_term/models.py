"""Lots of fixed-term products, what moved them, the parts that are set aside, and the runs that matured them."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, shard_check
from core.ids import SHARDS, new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from wealth.catalog.states import DayCountChoice, RoundingChoice
from wealth.fixed_term.states import ENDED, LOT_MOVES, OPEN, PART_MOVES, Instruction, LotMove, LotState, Origin, PartState

CODE_LENGTH = 32
MOST_FEN = MAX_FEN * 10
PARTS = 16
WIDTH = SHARDS // PARTS
PROMISED_STAYS = """
IF (NEW.id, NEW.customer_id, NEW.shard, NEW.product_id, NEW.version_id, NEW.origin, NEW.order_id, NEW.parent_id, NEW.opened_fen,
    NEW.premium_fen, NEW.rate_bp, NEW.demand_rate_bp, NEW.day_count, NEW.rounding, NEW.term_months, NEW.compounding_months,
    NEW.starts_on, NEW.ends_on, NEW.matures_on)
    IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.shard, OLD.product_id, OLD.version_id, OLD.origin, OLD.order_id, OLD.parent_id,
    OLD.opened_fen, OLD.premium_fen, OLD.rate_bp, OLD.demand_rate_bp, OLD.day_count, OLD.rounding, OLD.term_months,
    OLD.compounding_months, OLD.starts_on, OLD.ends_on, OLD.matures_on) THEN
    RAISE EXCEPTION 'what lot % was promised stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_fixedholding_stays';
END IF;
RETURN NEW;
"""


def append_only(name: str) -> pgtrigger.Protect:
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


class FixedHolding(models.Model):
    """One lot: `opened_fen` put away on `starts_on` for a term that ends on `ends_on`, as it was promised: rate, day count and rounding are
    its own, whatever the product says later. Paid on `matures_on`, the first trading day from the end on (the end itself where the
    calendar did not reach it).

    `principal_fen` is still there, `frozen_fen` of it set aside; `interest_fen` is what it will earn to its end, `earned_fen` what was
    paid, rolled or gained by selling so far. `premium_fen`: what its holder paid another customer beyond the principal (0 unless bought
    so). `instruction`: what becomes of it then; `code` why it was paid out instead. `paid_fen` left for the balance at maturity
    (`pay_journal_id`); the issuer is asked for as much (`request_id`, at `due_at` while it was not). `ahead_at`: its customer was told
    that the day comes.
    """

    PREFIX: ClassVar[str] = "fxh"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey("wealth.ProductVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    order_id = models.UUIDField(null=True, blank=True)
    parent_id = models.UUIDField(null=True, blank=True)
    opened_fen = models.BigIntegerField()
    premium_fen = models.BigIntegerField(default=0, db_default=0)
    principal_fen = models.BigIntegerField()
    frozen_fen = models.BigIntegerField(default=0)
    interest_fen = models.BigIntegerField()
    earned_fen = models.BigIntegerField(default=0)
    rate_bp = models.IntegerField()
    demand_rate_bp = models.IntegerField()
    day_count = models.CharField(max_length=8, choices=DayCountChoice.choices)
    rounding = models.CharField(max_length=10, choices=RoundingChoice.choices)
    term_months = models.SmallIntegerField(null=True, blank=True)
    compounding_months = models.SmallIntegerField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    matures_on = models.DateField()
    instruction = models.CharField(max_length=16, choices=Instruction.choices)
    state = models.CharField(max_length=12, choices=LotState.choices, default=LotState.HELD)
    code = models.CharField(max_length=CODE_LENGTH, default="", blank=True)
    paid_fen = models.BigIntegerField(default=0)
    pay_journal_id = models.UUIDField(null=True, blank=True)
    request_id = models.UUIDField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    ahead_at = models.DateTimeField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_fixedholding_shard"),
            models.UniqueConstraint(name="wealth_fixedholding_order", fields=["order_id", "shard"], condition=Q(origin="order")),
            models.UniqueConstraint(name="wealth_fixedholding_rolled", fields=["parent_id", "shard"], condition=Q(origin="rolled")),
            models.CheckConstraint(
                name="wealth_fixedholding_origin",
                condition=Q(origin="order", order_id__isnull=False, parent_id=None)
                | Q(origin__in=["rolled", "transfer"], parent_id__isnull=False, order_id=None),
            ),
            models.CheckConstraint(name="wealth_fixedholding_state", condition=Q(state__in=LotState.values)),
            models.CheckConstraint(name="wealth_fixedholding_instruction", condition=Q(instruction__in=Instruction.values)),
            models.CheckConstraint(
                name="wealth_fixedholding_frozen",
                condition=Q(
                    frozen_fen__gte=0, principal_fen__gte=F("frozen_fen"), opened_fen__gte=F("principal_fen"), opened_fen__lte=MOST_FEN
                ),
            ),
            models.CheckConstraint(
                name="wealth_fixedholding_ended",
                condition=Q(state__in=OPEN, principal_fen__gt=0, closed_on=None)
                | Q(state__in=ENDED, principal_fen=0, interest_fen=0, closed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="wealth_fixedholding_terms",
                condition=Q(rate_bp__gte=0, demand_rate_bp__gte=0, demand_rate_bp__lte=F("rate_bp"), interest_fen__gte=0)
                & Q(day_count__in=DayCountChoice.values, rounding__in=RoundingChoice.values),
            ),
            models.CheckConstraint(
                name="wealth_fixedholding_months",
                condition=Q(compounding_months=None) | Q(compounding_months__gte=1, term_months__isnull=False, term_months__gte=1),
            ),
            models.CheckConstraint(name="wealth_fixedholding_dates", condition=Q(ends_on__gt=F("starts_on"), matures_on__gte=F("ends_on"))),
            models.CheckConstraint(
                name="wealth_fixedholding_paid",
                condition=Q(paid_fen=0, pay_journal_id=None, request_id=None, due_at=None)
                | Q(paid_fen__gt=0, pay_journal_id__isnull=False, state__in=["matured", "rolled"]),
            ),
            models.CheckConstraint(
                name="wealth_fixedholding_asked", condition=Q(paid_fen=0) | Q(request_id__isnull=False) | Q(due_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(name="wealth_fixedholding_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="wealth_fixedholding_due", fields=["shard", "matures_on"], condition=Q(state__in=OPEN)),
            models.Index(name="wealth_fixedholding_ladder", fields=["product", "matures_on"], condition=Q(state__in=OPEN)),
            models.Index(name="wealth_fixedholding_ask", fields=["shard", "due_at"], condition=Q(due_at__isnull=False)),
        ]
        triggers = [
            StateGuard("wealth_fixedholding_moves", LOT_MOVES, born=["held"]),
            pgtrigger.Protect(name="wealth_fixedholding_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="wealth_fixedholding_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=PROMISED_STAYS),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def free_fen(self) -> int:
        return self.principal_fen - self.frozen_fen

    def __str__(self) -> str:
        return self.public_id


class FixedMove(models.Model):
    """What changed a lot: `principal_fen` that came (positive) or went, `interest_fen` that was earned with it, and `cash_fen`, the
    customer's own money that came to the product or left it (negative) by it; of a sale the gain or loss. `journal_id`: W2, W4, W10, W11 or
    T2."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    holding = models.ForeignKey(FixedHolding, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    customer_id = models.UUIDField()
    shard = models.SmallIntegerField()
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=LotMove.choices)
    order_id = models.UUIDField(null=True, blank=True)
    principal_fen = models.BigIntegerField()
    interest_fen = models.BigIntegerField(default=0)
    cash_fen = models.BigIntegerField(default=0)
    day = models.DateField()
    journal_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_fixedmove_shard"),
            models.UniqueConstraint(name="wealth_fixedmove_order", fields=["order_id", "shard"], condition=Q(order_id__isnull=False)),
            models.CheckConstraint(
                name="wealth_fixedmove_sign",
                condition=Q(kind__in=["buy", "receive"], principal_fen__gt=0, cash_fen__gt=0, interest_fen=0)
                | Q(kind="roll_in", principal_fen__gt=0, cash_fen=0, interest_fen=0)
                | Q(kind="sell", principal_fen__lt=0, cash_fen__lt=0)
                | Q(kind__in=["exit", "mature"], principal_fen__lt=0, cash_fen__lt=0, interest_fen__gte=0)
                | Q(kind="roll_out", principal_fen__lt=0, cash_fen__lte=0, interest_fen__gte=0),
            ),
        ]
        indexes = [
            models.Index(name="wealth_fixedmove_holding", fields=["holding", "day"]),
            models.Index(name="wealth_fixedmove_day", fields=["shard", "day"]),
        ]
        triggers = [append_only("wealth_fixedmove_stays")]

    def __str__(self) -> str:
        return f"{self.holding_id} {self.kind}"


class FixedPart(models.Model):
    """`principal_fen` of a lot that one redemption set aside, with the interest at the demand rate it was shown, or one offer of a
    transfer; `order_id` is the redemption's or the offer's."""

    order_id = models.UUIDField(primary_key=True, editable=False)
    holding = models.ForeignKey(FixedHolding, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    principal_fen = models.BigIntegerField()
    interest_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=PartState.choices, default=PartState.FROZEN)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_fixedpart_shard"),
            models.CheckConstraint(name="wealth_fixedpart_fen", condition=Q(principal_fen__gt=0, interest_fen__gte=0)),
            models.CheckConstraint(name="wealth_fixedpart_state", condition=Q(state__in=PartState.values)),
        ]
        indexes = [models.Index(name="wealth_fixedpart_open", fields=["holding"], condition=Q(state="frozen"))]
        triggers = [
            StateGuard("wealth_fixedpart_moves", PART_MOVES, born=["frozen"]),
            pgtrigger.Protect(name="wealth_fixedpart_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.order_id)


class FixedRun(models.Model):
    """What the end of `day` did for one product and part of the customers (`part`: shards 4 * part to 4 * part + 3), with its control
    entries: W10 of what was paid out, W11 of the interest that was rolled."""

    PREFIX: ClassVar[str] = "fxr"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    part = models.SmallIntegerField()
    matured = models.IntegerField()
    rolled = models.IntegerField()
    principal_fen = models.BigIntegerField()
    interest_fen = models.BigIntegerField()
    rolled_interest_fen = models.BigIntegerField()
    pay_journal_id = models.UUIDField(null=True, blank=True)
    roll_journal_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_fixedrun_once", fields=["product", "day", "part"]),
            models.CheckConstraint(name="wealth_fixedrun_part", condition=Q(part__gte=0, part__lt=PARTS)),
            models.CheckConstraint(
                name="wealth_fixedrun_counts",
                condition=Q(matured__gte=0, rolled__gte=0, principal_fen__gte=0, interest_fen__gte=0, rolled_interest_fen__gte=0),
            ),
            models.CheckConstraint(
                name="wealth_fixedrun_rolled",
                condition=Q(rolled_interest_fen=0, roll_journal_id=None) | Q(rolled_interest_fen__gt=0, roll_journal_id__isnull=False),
            ),
            models.CheckConstraint(
                name="wealth_fixedrun_paid",
                condition=Q(principal_fen=0, interest_fen=0, pay_journal_id=None) | Q(pay_journal_id__isnull=False),
            ),
        ]
        triggers = [append_only("wealth_fixedrun_stays")]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return f"{self.product_id} {self.day} {self.part}"
