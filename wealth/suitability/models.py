"""Questionnaires, what customers' answers came to, the warnings they confirmed, and every decision on an order."""

from typing import ClassVar

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from core.columns import shard_check
from core.crypto.fields import EncryptedTextField
from core.dated import InForceStays
from core.ids import new_id, public_id
from wealth.catalog.states import Risk
from wealth.rules.suitability import LEVELS, MINIMUM, Ruling
from wealth.suitability.questions import BadQuestions, require_questions

LEVEL_CHOICES = [(level, level) for level in (*LEVELS, MINIMUM)]
RULINGS = [(ruling.value, ruling.value.replace("_", " ").capitalize()) for ruling in Ruling]
SHA = 64
ANSWERS_ALONE = """
IF (NEW.id, NEW.customer_id, NEW.shard, NEW.questionnaire_id, NEW.score, NEW.level, NEW.created_at, NEW.expires_at)
    IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.shard, OLD.questionnaire_id, OLD.score, OLD.level, OLD.created_at, OLD.expires_at)
    OR (NEW.answers IS NOT NULL AND NEW.answers IS DISTINCT FROM OLD.answers) THEN
    RAISE EXCEPTION 'a profile stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_profile_stays';
END IF;
RETURN NEW;
"""
USED_ONCE = """
IF OLD.order_id IS NOT NULL
    OR (NEW.id, NEW.customer_id, NEW.product_id, NEW.risk, NEW.level, NEW.text_sha256, NEW.created_at, NEW.expires_at)
    IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.product_id, OLD.risk, OLD.level, OLD.text_sha256, OLD.created_at, OLD.expires_at) THEN
    RAISE EXCEPTION 'a warning is used once and stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_warning_stays';
END IF;
RETURN NEW;
"""


class SuitabilityQuestionnaire(models.Model):
    """What is asked from a day on. `questions`: see wealth.suitability.questions. `bands`: [[lowest score, level], ...] of C1 to C5.
    `minimum`: {question: [options]}: who chose one of these is C1_MIN whatever the score. `warning_*`: what one who insists reads."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    starts_on = models.DateField(unique=True)
    valid_days = models.SmallIntegerField()
    questions = models.JSONField()
    bands = models.JSONField()
    minimum = models.JSONField(default=dict, blank=True)
    warning_en = models.TextField(max_length=2_000)
    warning_zh = models.TextField(max_length=2_000)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(name="wealth_questionnaire_days", condition=Q(valid_days__gte=1, valid_days__lte=730)),
            models.CheckConstraint(name="wealth_questionnaire_told", condition=~Q(warning_en="") & ~Q(warning_zh="") & ~Q(source="")),
        ]
        triggers = [InForceStays("wealth_questionnaire_stays", starts="starts_on")]

    def clean(self) -> None:
        """Raises ValidationError for questions that could not be asked or scored."""
        try:
            require_questions(questions=self.questions, bands=self.bands, minimum=self.minimum)
        except BadQuestions as wrong:
            raise ValidationError(str(wrong)) from wrong

    def __str__(self) -> str:
        return self.starts_on.isoformat()


class SuitabilityProfile(models.Model):
    """What a customer's answers came to, until `expires_at`; the newest counts. `answers`: their own words, as JSON, for them alone."""

    PREFIX: ClassVar[str] = "spf"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    questionnaire = models.ForeignKey(SuitabilityQuestionnaire, on_delete=models.PROTECT, related_name="+", db_index=False)
    answers = EncryptedTextField(owner="customer_id", null=True)
    score = models.SmallIntegerField()
    level = models.CharField(max_length=6, choices=LEVEL_CHOICES)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_profile_shard"),
            models.CheckConstraint(name="wealth_profile_level", condition=Q(level__in=[*LEVELS, MINIMUM])),
            models.CheckConstraint(name="wealth_profile_life", condition=Q(expires_at__gt=F("created_at"))),
        ]
        indexes = [models.Index(name="wealth_profile_newest", fields=["customer", "-created_at", "-id"])]
        triggers = [
            pgtrigger.Protect(name="wealth_profile_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="wealth_profile_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=ANSWERS_ALONE),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class SuitabilityWarning(models.Model):
    """That a customer of `level` read the warning about a product of `risk` above it, and insists: good for one order."""

    PREFIX: ClassVar[str] = "swn"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    risk = models.CharField(max_length=2, choices=Risk.choices)
    level = models.CharField(max_length=6, choices=LEVEL_CHOICES)
    text_sha256 = models.CharField(max_length=SHA)
    order_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_warning_shard"),
            models.UniqueConstraint(name="wealth_warning_order", fields=["order_id", "shard"]),
            models.CheckConstraint(name="wealth_warning_life", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(name="wealth_warning_level", condition=Q(level__in=LEVELS, risk__in=Risk.values)),
        ]
        indexes = [models.Index(name="wealth_warning_mine", fields=["customer", "-created_at", "-id"])]
        triggers = [
            pgtrigger.Protect(name="wealth_warning_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="wealth_warning_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=USED_ONCE),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class DecisionMoment(models.TextChoices):
    ORDERED = "ordered"
    PAID = "paid"


class SuitabilityDecision(models.Model):
    """Whether one order's product fits its customer, at the moment it was ordered or paid. `code`: why not, empty where it may go on."""

    PREFIX: ClassVar[str] = "sdc"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order_id = models.UUIDField()
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    profile = models.ForeignKey(SuitabilityProfile, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    warning = models.ForeignKey(SuitabilityWarning, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    moment = models.CharField(max_length=8, choices=DecisionMoment.choices)
    risk = models.CharField(max_length=2, choices=Risk.choices)
    level = models.CharField(max_length=6, choices=LEVEL_CHOICES, default="", blank=True)
    ruling = models.CharField(max_length=16, choices=RULINGS)
    code = models.CharField(max_length=40, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_decision_shard"),
            models.CheckConstraint(name="wealth_decision_ruling", condition=Q(ruling__in=[ruling.value for ruling in Ruling])),
            models.CheckConstraint(name="wealth_decision_refused", condition=~Q(ruling="reject") | ~Q(code="")),
            models.CheckConstraint(
                name="wealth_decision_warned", condition=~Q(ruling="warn_and_confirm") | Q(warning__isnull=False) | ~Q(code="")
            ),
        ]
        indexes = [
            models.Index(name="wealth_decision_order", fields=["order_id", "-created_at"]),
            models.Index(name="wealth_decision_mine", fields=["customer", "-created_at", "-id"]),
        ]
        triggers = [pgtrigger.Protect(name="wealth_decision_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id
