"""Products, their versions, what of them is sold, and the yields their kinds say."""

from datetime import time
from hashlib import sha256
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.business_day.calendar import EXCHANGE
from core.columns import MAX_FEN, amount_check, shard_check
from core.ids import new_id, public_id
from core.moves import StateGuard
from wealth.catalog.states import (
    PRODUCT_MOVES,
    VERSION_MOVES,
    Carry,
    DayCountChoice,
    Kind,
    ProductState,
    Risk,
    RoundingChoice,
    VersionState,
    YieldKind,
)

CODE_LENGTH = 32
NAME_LENGTH = 60
TEXT_LENGTH = 4_000
TOTAL = "total"
PUBLISHED_STAYS = """
IF OLD.state = 'published' THEN
    RAISE EXCEPTION 'a published version of a product stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_version_stays';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""
IDENTITY_STAYS = """
IF (NEW.id, NEW.code, NEW.kind, NEW.issuer_code, NEW.created_at)
    IS DISTINCT FROM (OLD.id, OLD.code, OLD.kind, OLD.issuer_code, OLD.created_at) THEN
    RAISE EXCEPTION 'what product % is stays', OLD.code USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_product_stays';
END IF;
RETURN NEW;
"""


class Product(models.Model):
    """Something sold under one `code`. What is sold of it today is what its `current` version says; `state` whether it is.

    `code` is how its issuer knows it. `reason` says why it is suspended or closed.
    """

    PREFIX: ClassVar[str] = "prd"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    issuer_code = models.CharField(max_length=CODE_LENGTH)
    state = models.CharField(max_length=12, choices=ProductState.choices, default=ProductState.DRAFT)
    reason = models.CharField(max_length=200, default="", blank=True)
    current = models.ForeignKey("wealth.ProductVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="wealth_product_kind", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="wealth_product_state", condition=Q(state__in=ProductState.values)),
            models.CheckConstraint(name="wealth_product_code", condition=~Q(code="") & ~Q(issuer_code="")),
            models.CheckConstraint(
                name="wealth_product_current", condition=Q(current__isnull=False) | Q(state__in=["draft", "reviewing", "closed"])
            ),
        ]
        indexes = [models.Index(name="wealth_product_on_sale", fields=["state", "kind"])]
        triggers = [
            StateGuard("wealth_product_moves", PRODUCT_MOVES, born=["draft"]),
            pgtrigger.Protect(name="wealth_product_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="wealth_product_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=IDENTITY_STAYS),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def name_zh(self) -> str:
        return "" if self.current is None else self.current.name_zh

    @property
    def name_en(self) -> str:
        return "" if self.current is None else self.current.name_en

    def __str__(self) -> str:
        return self.code


class ProductVersion(models.Model):
    """One reviewed description of a product: the four elements (safety, yield, liquidity, term), its rules, quotas, fees and texts.

    Rates in basis points a year; amounts in fen. `term_days` empty: open. `t0_cap_fen`: at most this much a person, product and natural day
    is paid out at once (0: nothing). `confirm_days`, `redeem_days`: T+n of confirmation and cash. Quotas empty: without end. `terms`:
    what only its kind knows. Shown as `listed` while it is the current one of a product on sale: what lists sort and filter by.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.SmallIntegerField()
    state = models.CharField(max_length=12, choices=VersionState.choices, default=VersionState.DRAFT)
    name_en = models.CharField(max_length=NAME_LENGTH)
    name_zh = models.CharField(max_length=NAME_LENGTH)
    risk = models.CharField(max_length=2, choices=Risk.choices)
    principal_protected = models.BooleanField(default=False)
    yield_kind = models.CharField(max_length=12, choices=YieldKind.choices)
    yield_low_bp = models.IntegerField(null=True, blank=True)
    yield_high_bp = models.IntegerField(null=True, blank=True)
    carry = models.CharField(max_length=8, choices=Carry.choices, default="", blank=True)
    t0_cap_fen = models.BigIntegerField(default=0)
    confirm_days = models.SmallIntegerField(default=1)
    redeem_days = models.SmallIntegerField(default=1)
    locked = models.BooleanField(default=False)
    transferable = models.BooleanField(default=False)
    term_days = models.IntegerField(null=True, blank=True)
    day_count = models.CharField(max_length=8, choices=DayCountChoice.choices, default=DayCountChoice.ACT_365F)
    rounding = models.CharField(max_length=10, choices=RoundingChoice.choices, default=RoundingChoice.DOWN)
    minimum_fen = models.BigIntegerField()
    step_fen = models.BigIntegerField(default=1)
    person_cap_fen = models.BigIntegerField(null=True, blank=True)
    daily_quota_fen = models.BigIntegerField(null=True, blank=True)
    total_quota_fen = models.BigIntegerField(null=True, blank=True)
    buy_fee_bp = models.IntegerField(default=0)
    redeem_fee_bp = models.IntegerField(default=0)
    manage_fee_bp = models.IntegerField(default=0)
    exchange = models.CharField(max_length=8, default=EXCHANGE)
    cut_off = models.TimeField(default=time(15))
    terms = models.JSONField(default=dict, blank=True)
    risk_text_en = models.TextField(max_length=TEXT_LENGTH)
    risk_text_zh = models.TextField(max_length=TEXT_LENGTH)
    custodian = models.CharField(max_length=NAME_LENGTH)
    licence = models.CharField(max_length=NAME_LENGTH)
    fees_text_en = models.TextField(max_length=TEXT_LENGTH, default="", blank=True)
    fees_text_zh = models.TextField(max_length=TEXT_LENGTH, default="", blank=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_version_number", fields=["product", "number"]),
            models.UniqueConstraint(name="wealth_version_one_open", fields=["product"], condition=~Q(state="published")),
            models.CheckConstraint(name="wealth_version_number_from_1", condition=Q(number__gte=1)),
            models.CheckConstraint(name="wealth_version_state", condition=Q(state__in=VersionState.values)),
            models.CheckConstraint(name="wealth_version_risk", condition=Q(risk__in=Risk.values)),
            models.CheckConstraint(
                name="wealth_version_yield",
                condition=Q(yield_kind="seven_day", yield_low_bp=None, yield_high_bp=None, carry__in=Carry.values)
                | Q(yield_kind="none", yield_low_bp=None, yield_high_bp=None, carry="")
                | Q(yield_kind="fixed", yield_low_bp__gte=0, yield_high_bp=F("yield_low_bp"), carry="")
                | Q(yield_kind="range", yield_low_bp__isnull=False, yield_high_bp__gt=F("yield_low_bp"), carry=""),
            ),
            models.CheckConstraint(
                name="wealth_version_liquidity",
                condition=Q(t0_cap_fen__gte=0, t0_cap_fen__lte=MAX_FEN)
                & Q(confirm_days__gte=0, confirm_days__lte=30, redeem_days__gte=F("confirm_days"), redeem_days__lte=30)
                & (Q(locked=False) | Q(t0_cap_fen=0, term_days__isnull=False)),
            ),
            models.CheckConstraint(name="wealth_version_term", condition=Q(term_days=None) | Q(term_days__gte=1, term_days__lte=36_500)),
            models.CheckConstraint(name="wealth_version_day_count", condition=Q(day_count__in=DayCountChoice.values)),
            models.CheckConstraint(name="wealth_version_rounding", condition=Q(rounding__in=RoundingChoice.values)),
            models.CheckConstraint(
                name="wealth_version_amounts",
                condition=Q(minimum_fen__gte=1, step_fen__gte=1, minimum_fen__lte=MAX_FEN, step_fen__lte=MAX_FEN),
            ),
            models.CheckConstraint(
                name="wealth_version_quotas",
                condition=(Q(person_cap_fen=None) | Q(person_cap_fen__gte=F("minimum_fen")))
                & (Q(daily_quota_fen=None) | Q(daily_quota_fen__gte=F("minimum_fen")))
                & (Q(total_quota_fen=None) | Q(total_quota_fen__gte=F("minimum_fen"))),
            ),
            models.CheckConstraint(
                name="wealth_version_fees",
                condition=Q(buy_fee_bp__gte=0, buy_fee_bp__lt=10_000, redeem_fee_bp__gte=0, redeem_fee_bp__lt=10_000)
                & Q(manage_fee_bp__gte=0, manage_fee_bp__lt=10_000),
            ),
            models.CheckConstraint(
                name="wealth_version_published",
                condition=Q(state="published", published_at__isnull=False) | (~Q(state="published") & Q(published_at=None)),
            ),
            models.CheckConstraint(
                name="wealth_version_told",
                condition=~Q(name_en="") & ~Q(name_zh="") & ~Q(risk_text_en="") & ~Q(risk_text_zh="") & ~Q(custodian="") & ~Q(licence=""),
            ),
        ]
        indexes = [
            models.Index(name="wealth_version_safety", fields=["risk", "id"], condition=Q(state="published")),
            models.Index(name="wealth_version_yields", fields=["-yield_high_bp", "id"], condition=Q(state="published")),
            models.Index(name="wealth_version_fast", fields=["-t0_cap_fen", "redeem_days", "id"], condition=Q(state="published")),
            models.Index(name="wealth_version_terms", fields=["term_days", "id"], condition=Q(state="published")),
        ]
        triggers = [
            StateGuard("wealth_version_moves", VERSION_MOVES, born=["draft"]),
            pgtrigger.Trigger(
                name="wealth_version_stays", when=pgtrigger.Before, operation=pgtrigger.Update | pgtrigger.Delete, func=PUBLISHED_STAYS
            ),
        ]

    @property
    def risk_sha256(self) -> str:
        """What an order keeps of the risk text its customer was shown, in both languages."""
        return sha256(f"{self.risk_text_en}\0{self.risk_text_zh}".encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.product_id} v{self.number}"


class QuotaUse(models.Model):
    """What is sold of a product, in all (`period` total) or on one trade date (its ISO form)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.CharField(max_length=10)
    used_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wealth_quotause_period", fields=["product", "period"]),
            models.CheckConstraint(name="wealth_quotause_used", condition=Q(used_fen__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.period}"


class QuotaHold(models.Model):
    """What one order (`order_id`) took of its product's quotas on trade date `day`; given back at most once."""

    order_id = models.UUIDField(primary_key=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    day = models.DateField()
    amount_fen = models.BigIntegerField()
    created_at = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            shard_check("wealth_quotahold_shard"),
            amount_check("wealth_quotahold_amount"),
            models.CheckConstraint(name="wealth_quotahold_order", condition=Q(given_back_at=None) | Q(given_back_at__gte=F("created_at"))),
        ]
        indexes = [models.Index(name="wealth_quotahold_product", fields=["product", "day"])]
        triggers = [pgtrigger.Protect(name="wealth_quotahold_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.order_id)


class ProductYield(models.Model):
    """What a product's kind says it yields, as of a day: the seven-day figure in percent, and the income per 10,000 units."""

    product = models.OneToOneField(Product, primary_key=True, on_delete=models.PROTECT, related_name="measured")
    as_of = models.DateField()
    seven_day_percent = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    income_per_10k = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="wealth_yield_best", fields=["-seven_day_percent", "product"])]

    def __str__(self) -> str:
        return f"{self.product_id} {self.as_of}"
