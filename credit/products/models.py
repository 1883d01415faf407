"""Credit products, their versions, and the highest price anybody may be asked."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.moves import StateGuard
from credit.products.states import (
    CREDIT_PRODUCT_MOVES,
    CREDIT_VERSION_MOVES,
    CreditKind,
    CreditProductState,
    CreditVersionState,
)

CODE_LENGTH = 32
NAME_LENGTH = 60
TEXT_LENGTH = 4_000
PUBLISHED_STAYS = """
IF OLD.state = 'published' THEN
    RAISE EXCEPTION 'a published version of a credit product stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_version_stays';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""
IDENTITY_STAYS = """
IF (NEW.id, NEW.code, NEW.kind, NEW.lender, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.code, OLD.kind, OLD.lender, OLD.created_at) THEN
    RAISE EXCEPTION 'what credit product % is stays', OLD.code USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_product_stays';
END IF;
RETURN NEW;
"""


class CreditProduct(models.Model):
    """Something lent under one `code` by `lender`, as contracts name it. What is offered today is what its `current` version says."""

    PREFIX: ClassVar[str] = "crp"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    kind = models.CharField(max_length=16, choices=CreditKind.choices)
    lender = models.CharField(max_length=NAME_LENGTH)
    state = models.CharField(max_length=12, choices=CreditProductState.choices, default=CreditProductState.DRAFT)
    reason = models.CharField(max_length=200, default="", blank=True)
    current = models.ForeignKey("credit.CreditProductVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="credit_product_kind", condition=Q(kind__in=CreditKind.values)),
            models.CheckConstraint(name="credit_product_state", condition=Q(state__in=CreditProductState.values)),
            models.CheckConstraint(name="credit_product_named", condition=~Q(code="") & ~Q(lender="")),
            models.CheckConstraint(
                name="credit_product_current", condition=Q(current__isnull=False) | Q(state__in=["draft", "reviewing", "closed"])
            ),
        ]
        triggers = [
            StateGuard("credit_product_moves", CREDIT_PRODUCT_MOVES, born=["draft"]),
            pgtrigger.Protect(name="credit_product_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="credit_product_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=IDENTITY_STAYS),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.code


class CreditProductVersion(models.Model):
    """One reviewed description of a credit product. Amounts in fen: what is lent at once, from `least_fen` to `most_fen` in steps of
    `step_fen`. `terms`: price, schedule, cycle, penalty, minimum payment, waterfall and the rest, as credit.products.terms reads them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey(CreditProduct, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.SmallIntegerField()
    state = models.CharField(max_length=12, choices=CreditVersionState.choices, default=CreditVersionState.DRAFT)
    name_en = models.CharField(max_length=NAME_LENGTH)
    name_zh = models.CharField(max_length=NAME_LENGTH)
    least_fen = models.BigIntegerField()
    most_fen = models.BigIntegerField()
    step_fen = models.BigIntegerField(default=1)
    terms = models.JSONField()
    risk_text_en = models.TextField(max_length=TEXT_LENGTH)
    risk_text_zh = models.TextField(max_length=TEXT_LENGTH)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="credit_version_number", fields=["product", "number"]),
            models.UniqueConstraint(name="credit_version_one_open", fields=["product"], condition=~Q(state="published")),
            models.CheckConstraint(name="credit_version_number_from_1", condition=Q(number__gte=1)),
            models.CheckConstraint(name="credit_version_state", condition=Q(state__in=CreditVersionState.values)),
            models.CheckConstraint(
                name="credit_version_amounts",
                condition=Q(least_fen__gte=1, most_fen__gte=F("least_fen"), most_fen__lte=MAX_FEN, step_fen__gte=1, step_fen__lte=MAX_FEN),
            ),
            models.CheckConstraint(
                name="credit_version_published",
                condition=Q(state="published", published_at__isnull=False) | (~Q(state="published") & Q(published_at=None)),
            ),
            models.CheckConstraint(
                name="credit_version_told", condition=~Q(name_en="") & ~Q(name_zh="") & ~Q(risk_text_en="") & ~Q(risk_text_zh="")
            ),
        ]
        triggers = [
            StateGuard("credit_version_moves", CREDIT_VERSION_MOVES, born=["draft"]),
            pgtrigger.Trigger(
                name="credit_version_stays", when=pgtrigger.Before, operation=pgtrigger.Update | pgtrigger.Delete, func=PUBLISHED_STAYS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} v{self.number}"


class PriceCap(models.Model):
    """From `effective_on` no offer may cost more than `most_ppm` a year in all (240000: 24 %), as twelve times the monthly internal rate
    of return of everything the customer pays."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    effective_on = models.DateField(unique=True)
    most_ppm = models.IntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="credit_pricecap_most", condition=Q(most_ppm__gte=1, most_ppm__lte=1_000_000))]
        triggers = [InForceStays("credit_pricecap_stays", starts="effective_on")]

    def __str__(self) -> str:
        return f"{self.effective_on} {self.most_ppm}"
