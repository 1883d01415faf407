"""Model portfolios and the rules of advice, the plans customers were shown, their goals, and what they invest regularly."""

from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, amount_check, shard_check
from core.crypto.fields import EncryptedTextField
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from wealth.advisor.mixes import BadMix, require_mix
from wealth.advisor.states import (
    INVESTING_MOVES,
    PLAN_MOVES,
    RUN_MOVES,
    STANDING,
    Every,
    InvestingState,
    PlanState,
    RunState,
)
from wealth.orders.states import Side
from wealth.rules.investing import LAST
from wealth.rules.suitability import LEVELS, MINIMUM

LEVEL_CHOICES = [(level, level) for level in (MINIMUM, *LEVELS)]
LEVEL_VALUES = [MINIMUM, *LEVELS]
CODE_LENGTH = 64
MIX_SUMS = """
IF jsonb_typeof(NEW.weights) <> 'object' OR EXISTS (SELECT FROM jsonb_each(NEW.weights) w WHERE w.value::text !~ '^[1-9][0-9]{0,4}$')
    OR (SELECT coalesce(sum(w.value::bigint), 0) FROM jsonb_each_text(NEW.weights) w) <> 10000 THEN
    RAISE EXCEPTION 'the parts of a model portfolio are whole and sum to 10000' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'wealth_modelportfolio_sums';
END IF;
RETURN NEW;
"""
SHOWN_STAYS = """
IF (NEW.id, NEW.customer_id, NEW.shard, NEW.portfolio_id, NEW.level, NEW.cash_fen, NEW.total_fen, NEW.drift_e2bp, NEW.after_e2bp,
    NEW.left_fen, NEW.left_out, NEW.created_at, NEW.expires_at)
    IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.shard, OLD.portfolio_id, OLD.level, OLD.cash_fen, OLD.total_fen, OLD.drift_e2bp,
    OLD.after_e2bp, OLD.left_fen, OLD.left_out, OLD.created_at, OLD.expires_at) THEN
    RAISE EXCEPTION 'what a plan showed stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_plan_stays';
END IF;
RETURN NEW;
"""
DONE_ONCE = """
IF OLD.order_id IS NOT NULL OR OLD.code <> ''
    OR (NEW.id, NEW.plan_id, NEW.shard, NEW.position, NEW.side, NEW.product_id, NEW.version_id, NEW.amount_fen, NEW.fast, NEW.trade_on,
    NEW.cut_at, NEW.confirms_on, NEW.earns_from, NEW.cash_on, NEW.price, NEW.risk, NEW.risk_sha256)
    IS DISTINCT FROM (OLD.id, OLD.plan_id, OLD.shard, OLD.position, OLD.side, OLD.product_id, OLD.version_id, OLD.amount_fen, OLD.fast,
    OLD.trade_on, OLD.cut_at, OLD.confirms_on, OLD.earns_from, OLD.cash_on, OLD.price, OLD.risk, OLD.risk_sha256) THEN
    RAISE EXCEPTION 'what an item of a plan showed and came to stays' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'wealth_planitem_stays';
END IF;
RETURN NEW;
"""
MANDATE_STAYS = """
IF (NEW.id, NEW.customer_id, NEW.shard, NEW.product_id, NEW.amount_fen, NEW.every, NEW.day, NEW.keep_fen, NEW.factors,
    NEW.created_at)
    IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.shard, OLD.product_id, OLD.amount_fen, OLD.every, OLD.day, OLD.keep_fen,
    OLD.factors, OLD.created_at)
    THEN
    RAISE EXCEPTION 'what a customer let us invest stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_investing_stays';
END IF;
RETURN NEW;
"""


class ModelPortfolio(models.Model):
    """What we advise customers of `level` to hold from a day on: `weights`, basis points by product code, which sum to 10,000. `mean_bp`
    and `deviation_bp` are the yearly middle return and its deviation that goals are projected with."""

    PREFIX: ClassVar[str] = "mpf"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    level = models.CharField(max_length=6, choices=LEVEL_CHOICES)
    starts_on = models.DateField()
    weights = models.JSONField()
    mean_bp = models.IntegerField()
    deviation_bp = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_modelportfolio_day", fields=["level", "starts_on"]),
            models.CheckConstraint(name="wealth_modelportfolio_level", condition=Q(level__in=LEVEL_VALUES)),
            models.CheckConstraint(
                name="wealth_modelportfolio_returns",
                condition=Q(mean_bp__gt=-10_000, mean_bp__lte=10_000, deviation_bp__gte=0, deviation_bp__lte=10_000),
            ),
        ]
        triggers = [
            InForceStays("wealth_modelportfolio_stays", starts="starts_on"),
            pgtrigger.Trigger(
                name="wealth_modelportfolio_sums", when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update, func=MIX_SUMS
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def clean(self) -> None:
        """Raises ValidationError for a mix that could not be advised."""
        try:
            require_mix(level=self.level, weights=self.weights)
        except BadMix as wrong:
            raise ValidationError(wrong.words()) from wrong

    def __str__(self) -> str:
        return f"{self.level} {self.starts_on.isoformat()}"


class AdvisorTerms(models.Model):
    """The rules from `starts_at` on. Selling is advised from a drift of `sell_at_bp` on, and no trade below `least_trade_fen`. A plan may
    be confirmed for `plan_minutes`.

    Regular investing is tried from `invest_from` (Shanghai) on; without enough money again every `retry_hours`, `tries_most` times that
    day; `failures_most` dates in a row that came to nothing pause it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    starts_at = models.DateTimeField(unique=True)
    sell_at_bp = models.IntegerField()
    least_trade_fen = models.BigIntegerField()
    plan_minutes = models.SmallIntegerField()
    invest_from = models.TimeField()
    retry_hours = models.SmallIntegerField()
    tries_most = models.SmallIntegerField()
    failures_most = models.SmallIntegerField()

    class Meta:
        verbose_name_plural = "advisor terms"
        constraints = [
            models.CheckConstraint(
                name="wealth_advisorterms_plans",
                condition=Q(sell_at_bp__gte=1, sell_at_bp__lte=10_000, least_trade_fen__gte=1, least_trade_fen__lte=MAX_FEN)
                & Q(plan_minutes__gte=1, plan_minutes__lte=1440),
            ),
            models.CheckConstraint(
                name="wealth_advisorterms_investing",
                condition=Q(retry_hours__gte=1, retry_hours__lte=12, tries_most__gte=1, tries_most__lte=5)
                & Q(failures_most__gte=1, failures_most__lte=12),
            ),
        ]
        triggers = [InForceStays("wealth_advisorterms_stays", starts="starts_at")]

    def __str__(self) -> str:
        return f"advisor terms from {self.starts_at:%Y-%m-%d %H:%M}"


def terms_in_force(at: datetime) -> AdvisorTerms:
    """The rules at `at`."""
    terms = AdvisorTerms.objects.filter(starts_at__lte=at).order_by("-starts_at").first()
    assert terms is not None, "a migration writes the first terms"
    return terms


class AdvisorPlan(models.Model):
    """What a customer was shown as the way to their model: `cash_fen` of new money, `total_fen` they hold without it, and the orders in its
    items. `drift_e2bp`, `after_e2bp`: hundredths of a basis point of drift before and once all is done. `left_fen`: money from sales that
    is not there at once; it is bought with by a later plan. `left_out`: [product, code] of what could not be bought then. At most one is
    `shown` a customer."""

    PREFIX: ClassVar[str] = "apl"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    portfolio = models.ForeignKey(ModelPortfolio, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.CharField(max_length=6, choices=LEVEL_CHOICES)
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.SHOWN)
    cash_fen = models.BigIntegerField()
    total_fen = models.BigIntegerField()
    left_fen = models.BigIntegerField(default=0)
    left_out = models.JSONField(default=list, blank=True)
    drift_e2bp = models.IntegerField()
    after_e2bp = models.IntegerField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_plan_shard"),
            models.UniqueConstraint(name="wealth_plan_one_shown", fields=["customer", "shard"], condition=Q(state="shown")),
            models.CheckConstraint(name="wealth_plan_state", condition=Q(state__in=PlanState.values, level__in=LEVEL_VALUES)),
            models.CheckConstraint(
                name="wealth_plan_amounts",
                condition=Q(cash_fen__gte=0, cash_fen__lte=MAX_FEN, total_fen__gte=0, left_fen__gte=0)
                & Q(drift_e2bp__gte=0, drift_e2bp__lte=1_000_000, after_e2bp__gte=0, after_e2bp__lte=1_000_000),
            ),
            models.CheckConstraint(
                name="wealth_plan_confirmed",
                condition=Q(state="confirmed", confirmed_at__isnull=False, confirmed_at__lt=F("expires_at"))
                | (~Q(state="confirmed") & Q(confirmed_at=None)),
            ),
        ]
        indexes = [
            models.Index(name="wealth_plan_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="wealth_plan_over", fields=["expires_at"], condition=Q(state="shown")),
        ]
        triggers = [
            StateGuard("wealth_plan_moves", PLAN_MOVES, born=["shown"]),
            pgtrigger.Protect(name="wealth_plan_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="wealth_plan_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=SHOWN_STAYS),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class AdvisorItem(models.Model):
    """One order of a plan as its customer was shown it: a purchase of `amount_fen`, or as many units given up (at a price of one). What it
    came to: `order_id`, or the `code` it was refused with; neither until its plan is confirmed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(AdvisorPlan, on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    position = models.SmallIntegerField()
    side = models.CharField(max_length=8, choices=Side.choices)
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey("wealth.ProductVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_fen = models.BigIntegerField()
    fast = models.BooleanField(default=False)
    trade_on = models.DateField()
    cut_at = models.DateTimeField()
    confirms_on = models.DateField()
    earns_from = models.DateField(null=True, blank=True)
    cash_on = models.DateField(null=True, blank=True)
    price = models.DecimalField(max_digits=12, decimal_places=6)
    risk = models.CharField(max_length=4)
    risk_sha256 = models.CharField(max_length=64)
    order_id = models.UUIDField(null=True, blank=True)
    code = models.CharField(max_length=CODE_LENGTH, default="", blank=True)

    class Meta:
        constraints = [
            shard_check("wealth_planitem_shard"),
            amount_check("wealth_planitem_amount"),
            models.UniqueConstraint(name="wealth_planitem_place", fields=["plan", "position", "shard"]),
            models.UniqueConstraint(name="wealth_planitem_product", fields=["plan", "product", "shard"]),
            models.UniqueConstraint(name="wealth_planitem_order", fields=["order_id", "shard"]),
            models.CheckConstraint(name="wealth_planitem_side", condition=Q(side__in=Side.values)),
            models.CheckConstraint(name="wealth_planitem_one_end", condition=Q(order_id=None) | Q(code="")),
            models.CheckConstraint(
                name="wealth_planitem_dates",
                condition=Q(side="buy", fast=False, earns_from__isnull=False, cash_on=None)
                | Q(side="redeem", fast=False, earns_from=None, cash_on__isnull=False)
                | Q(side="redeem", fast=True, earns_from=None, cash_on=None),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="wealth_planitem_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="wealth_planitem_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=DONE_ONCE),
        ]

    @property
    def order_public_id(self) -> str:
        return "" if self.order_id is None else public_id("wod", self.order_id)

    def __str__(self) -> str:
        return f"{self.side} {self.product_id}"


class WealthGoal(models.Model):
    """What a customer saves for: `amount_fen` by `due_on`, adding `monthly_fen`. `name` is their own word. Deleted, it is gone."""

    PREFIX: ClassVar[str] = "wgo"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    name = EncryptedTextField(owner="customer_id")
    amount_fen = models.BigIntegerField()
    monthly_fen = models.BigIntegerField(default=0)
    due_on = models.DateField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_goal_shard"),
            amount_check("wealth_goal_amount"),
            models.CheckConstraint(name="wealth_goal_monthly", condition=Q(monthly_fen__gte=0, monthly_fen__lte=MAX_FEN)),
        ]
        indexes = [models.Index(name="wealth_goal_mine", fields=["customer", "due_on", "id"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class InvestingPlan(models.Model):
    """What a customer lets us buy for them again and again, paid from their balance: `amount_fen` of a product every week (`day` 1..7 from
    Monday), every month, or on the day after their pay day (`day` 1..28, or LAST of the month); or every day what lies idle beyond
    `keep_fen`, at most `amount_fen` of it. They agreed with `factors` kinds of
    factor. `next_on`: the next date, taken on it or the first trading day after it. `failures`: dates in a row that came to nothing;
    `code` why it was paused."""

    PREFIX: ClassVar[str] = "ivp"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_fen = models.BigIntegerField()
    every = models.CharField(max_length=8, choices=Every.choices)
    day = models.SmallIntegerField()
    keep_fen = models.BigIntegerField(null=True, blank=True)
    factors = models.SmallIntegerField()
    state = models.CharField(max_length=8, choices=InvestingState.choices, default=InvestingState.ACTIVE)
    next_on = models.DateField(null=True, blank=True)
    failures = models.SmallIntegerField(default=0)
    code = models.CharField(max_length=CODE_LENGTH, default="", blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_investing_shard"),
            amount_check("wealth_investing_amount"),
            models.CheckConstraint(name="wealth_investing_state", condition=Q(state__in=InvestingState.values)),
            models.CheckConstraint(
                name="wealth_investing_day",
                condition=Q(every="week", day__gte=1, day__lte=7)
                | Q(every__in=["month", "pay_day"], day__gte=1, day__lte=28)
                | Q(every__in=["month", "pay_day"], day=LAST)
                | Q(every="idle", day=0),
            ),
            models.CheckConstraint(
                name="wealth_investing_keep",
                condition=Q(every="idle", keep_fen__isnull=False, keep_fen__gte=0, keep_fen__lte=MAX_FEN)
                | (~Q(every="idle") & Q(keep_fen=None)),
            ),
            models.CheckConstraint(
                name="wealth_investing_next",
                condition=Q(state="active", next_on__isnull=False) | (~Q(state="active") & Q(next_on=None)),
            ),
            models.CheckConstraint(name="wealth_investing_agreed", condition=Q(factors__gte=1, failures__gte=0)),
        ]
        indexes = [
            models.Index(name="wealth_investing_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="wealth_investing_due", fields=["shard", "next_on"], condition=Q(state="active")),
            models.Index(name="wealth_investing_standing", fields=["customer"], condition=Q(state__in=STANDING)),
        ]
        triggers = [
            StateGuard("wealth_investing_moves", INVESTING_MOVES, born=["active"]),
            pgtrigger.Protect(name="wealth_investing_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="wealth_investing_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=MANDATE_STAYS),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class InvestingRun(models.Model):
    """One date of a regular investment, bought once: `order_id`, or the `code` of its last refusal. `on` is the date it is for,
    `traded_on` the day it is tried on; the next try is due at `next_at`."""

    PREFIX: ClassVar[str] = "ivr"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    investing = models.ForeignKey(InvestingPlan, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    on = models.DateField()
    traded_on = models.DateField()
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.TRYING)
    amount_fen = models.BigIntegerField()
    tries = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    order_id = models.UUIDField(null=True, blank=True)
    code = models.CharField(max_length=CODE_LENGTH, default="", blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_investingrun_shard"),
            amount_check("wealth_investingrun_amount"),
            models.UniqueConstraint(name="wealth_investingrun_once", fields=["investing", "on", "shard"]),
            models.UniqueConstraint(name="wealth_investingrun_day", fields=["investing", "traded_on", "shard"]),
            models.UniqueConstraint(name="wealth_investingrun_order", fields=["order_id", "shard"]),
            models.CheckConstraint(
                name="wealth_investingrun_end",
                condition=Q(state="trying", order_id=None, next_at__isnull=False)
                | Q(state="paid", order_id__isnull=False, next_at=None)
                | (Q(state="failed", order_id=None, next_at=None) & ~Q(code="")),
            ),
            models.CheckConstraint(name="wealth_investingrun_tries", condition=Q(tries__gte=0, traded_on__gte=F("on"))),
        ]
        indexes = [
            models.Index(name="wealth_investingrun_due", fields=["shard", "next_at"], condition=Q(state="trying")),
            models.Index(name="wealth_investingrun_mine", fields=["customer", "-created_at", "-id"]),
        ]
        triggers = [
            StateGuard("wealth_investingrun_moves", RUN_MOVES, born=["trying"]),
            pgtrigger.Protect(name="wealth_investingrun_kept", operation=pgtrigger.Delete),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def order_public_id(self) -> str:
        return "" if self.order_id is None else public_id("wod", self.order_id)

    def __str__(self) -> str:
        return self.public_id
