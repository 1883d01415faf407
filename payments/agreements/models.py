"""Agreements, deductions under them, and the dated terms of both."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, amount_check, shard_check
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from payments.agreements.periods import LAST_DAY_OF_MONTH, LEAST_DAYS, MOST_DAYS, Plan
from payments.agreements.states import AGREEMENT_MOVES, DEDUCTION_MOVES, STANDING, AgreementEnd, AgreementState, DeductionState, Period

MOST_METHODS = 10


class Agreement(models.Model):
    """What a customer lets a merchant take: once a period at most `cap_fen`, and in all at most `total_cap_fen` (null: no such cap), of
    which `taken_fen` is paid or asked for.

    `customer` is who signed, by `factors` kinds of factor; `methods` ("source" or "source ref") is what it is paid from, first the one
    used first (empty: the customer's own order). Not signed by `expires_at` it ends. `shard` is the merchant's.
    """

    PREFIX: ClassVar[str] = "agr"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey("payments.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    app = models.ForeignKey("payments.MerchantApp", on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(
        "accounts.Customer", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    shard = models.SmallIntegerField()
    out_agreement_no = models.CharField(max_length=64)
    title = models.CharField(max_length=60)
    cap_fen = models.BigIntegerField()
    total_cap_fen = models.BigIntegerField(null=True, blank=True)
    taken_fen = models.BigIntegerField(default=0)
    period = models.CharField(max_length=6, choices=Period.choices)
    period_days = models.SmallIntegerField(null=True, blank=True)
    first_on = models.DateField()
    methods = ArrayField(models.CharField(max_length=97), default=list, blank=True)
    factors = models.SmallIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=AgreementState.choices, default=AgreementState.ASKED)
    end = models.CharField(max_length=12, choices=AgreementEnd.choices, default="", blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_agreement_number", fields=["merchant", "app", "out_agreement_no", "shard"]),
            shard_check("payments_agreement_shard"),
            models.CheckConstraint(name="payments_agreement_state", condition=Q(state__in=AgreementState.values)),
            models.CheckConstraint(name="payments_agreement_titled", condition=~Q(title="")),
            models.CheckConstraint(
                name="payments_agreement_caps",
                condition=Q(cap_fen__gt=0, cap_fen__lte=MAX_FEN, taken_fen__gte=0)
                & (Q(total_cap_fen=None) | (Q(total_cap_fen__gte=F("cap_fen")) & Q(total_cap_fen__gte=F("taken_fen")))),
            ),
            models.CheckConstraint(
                name="payments_agreement_period",
                condition=Q(period="day", period_days__isnull=False, period_days__gte=LEAST_DAYS, period_days__lte=MOST_DAYS)
                | Q(period="month", period_days=None, first_on__day__lte=LAST_DAY_OF_MONTH),
            ),
            models.CheckConstraint(
                name="payments_agreement_signed",
                condition=Q(state__in=STANDING, customer__isnull=False, factors__isnull=False, signed_at__isnull=False)
                | Q(state="asked", customer=None, factors=None, signed_at=None)
                | Q(state="ended"),
            ),
            models.CheckConstraint(
                name="payments_agreement_end",
                condition=Q(state="ended", end__in=AgreementEnd.values) | (~Q(state="ended") & Q(end="")),
            ),
            models.CheckConstraint(name="payments_agreement_methods", condition=Q(methods__len__lte=MOST_METHODS)),
        ]
        indexes = [
            models.Index(name="payments_agreement_mine", fields=["customer", "-created_at", "-id"], condition=Q(customer__isnull=False)),
            models.Index(name="payments_agreement_merchant", fields=["merchant", "-created_at", "-id"]),
            models.Index(name="payments_agreement_unsigned", fields=["shard", "expires_at"], condition=Q(state="asked")),
        ]
        triggers = [StateGuard("payments_agreement_moves", AGREEMENT_MOVES, born=["asked"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def merchant_public_id(self) -> str:
        return public_id("mch", self.merchant_id)

    @property
    def app_public_id(self) -> str:
        return public_id("app", self.app_id)

    @property
    def plan(self) -> Plan:
        return Plan(self.period, self.first_on, self.period_days)

    @property
    def named(self) -> list[tuple[str, str]]:
        """(source, ref) of each method."""
        parts = [text.partition(" ") for text in self.methods]
        return [(source, ref) for source, _, ref in parts]

    def __str__(self) -> str:
        return self.public_id


class Deduction(models.Model):
    """What a merchant takes in period `number` of an agreement, through `order`: one a period, unless it failed.

    `tries` were made; the next is due at `next_at`. `code` says why the last one did not go through.
    """

    PREFIX: ClassVar[str] = "ded"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("payments.PaymentOrder", on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    number = models.IntegerField()
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=DeductionState.choices, default=DeductionState.WAITING)
    tries = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField()
    code = models.CharField(max_length=64, default="", blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_deduction_one", fields=["agreement", "number", "shard"], condition=~Q(state="failed")),
            models.UniqueConstraint(name="payments_deduction_order", fields=["order", "shard"]),
            shard_check("payments_deduction_shard"),
            amount_check("payments_deduction_amount"),
            models.CheckConstraint(name="payments_deduction_state", condition=Q(state__in=DeductionState.values)),
            models.CheckConstraint(name="payments_deduction_numbers", condition=Q(number__gte=1, tries__gte=0)),
            models.CheckConstraint(name="payments_deduction_failed", condition=~Q(state="failed") | ~Q(code="")),
        ]
        indexes = [
            models.Index(name="payments_deduction_listed", fields=["agreement", "-created_at", "-id"]),
            models.Index(name="payments_deduction_due", fields=["shard", "next_at"], condition=Q(state="waiting")),
            models.Index(name="payments_deduction_open", fields=["customer"], condition=Q(state__in=["waiting", "debiting"])),
        ]
        triggers = [StateGuard("payments_deduction_moves", DEDUCTION_MOVES, born=["waiting"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def agreement_public_id(self) -> str:
        return public_id(Agreement.PREFIX, self.agreement_id)

    @property
    def order_public_id(self) -> str:
        return public_id("ord", self.order_id)

    def __str__(self) -> str:
        return self.public_id


class AgreementTerms(models.Model):
    """The rules from `starts_at` on: the row with the latest `starts_at` not in the future is in force.

    An agreement waits `sign_days` for its customer. A deduction is told `notice_hours` before it is tried, and tried again every
    `retry_hours`, `tries_most` times in all.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    starts_at = models.DateTimeField(unique=True)
    sign_days = models.SmallIntegerField()
    notice_hours = models.SmallIntegerField()
    retry_hours = models.SmallIntegerField()
    tries_most = models.SmallIntegerField()

    class Meta:
        verbose_name_plural = "agreement terms"
        constraints = [
            models.CheckConstraint(
                name="payments_agreementterms_bounds",
                condition=Q(sign_days__gte=1, sign_days__lte=30, notice_hours__gte=0, notice_hours__lte=24, tries_most__gte=1)
                & Q(retry_hours__gte=1, retry_hours__lte=24, tries_most__lte=5),
            ),
        ]
        triggers = [InForceStays("payments_agreementterms_stays", starts="starts_at")]

    def __str__(self) -> str:
        return f"agreement terms from {self.starts_at:%Y-%m-%d %H:%M}"


def terms_in_force(at: datetime) -> AgreementTerms:
    """The rules at `at`."""
    terms = AgreementTerms.objects.filter(starts_at__lte=at).order_by("-starts_at").first()
    assert terms is not None, "a migration writes the first terms"
    return terms
