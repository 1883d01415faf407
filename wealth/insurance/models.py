"""Applications and the policies that come of them."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, shard_check
from core.crypto.fields import EncryptedTextField
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from wealth.insurance.claim_models import ClaimFile, InsuranceClaim, PolicyPayout
from wealth.insurance.premium_models import PolicyLapse, PolicyPremium, PremiumPayment
from wealth.insurance.states import ALIVE, APPLICATION_MOVES, POLICY_MOVES, RUNNING, ApplicationState, PolicyState

__all__ = ["ClaimFile", "InsuranceClaim", "PolicyLapse", "PolicyPayout", "PolicyPremium", "PremiumPayment"]
WHAT_WAS_QUOTED_STAYS = """
IF (NEW.id, NEW.customer_id, NEW.product_id, NEW.version_id, NEW.cover_fen, NEW.rate_bp, NEW.created_at)
    IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.product_id, OLD.version_id, OLD.cover_fen, OLD.rate_bp, OLD.created_at)
    OR (OLD.state NOT IN ('quoted', 'referred') AND (NEW.premium_fen, NEW.load_bp) IS DISTINCT FROM (OLD.premium_fen, OLD.load_bp)) THEN
    RAISE EXCEPTION 'what application % was quoted stays', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_insuranceapplication_stays';
END IF;
RETURN NEW;
"""
WHAT_IS_INSURED_STAYS = """
IF (NEW.id, NEW.application_id, NEW.customer_id, NEW.product_id, NEW.version_id, NEW.number, NEW.order_id, NEW.cover_fen, NEW.premium_fen,
    NEW.starts_on, NEW.ends_on, NEW.receipt_on, NEW.cooling_until, NEW.created_at)
    IS DISTINCT FROM (OLD.id, OLD.application_id, OLD.customer_id, OLD.product_id, OLD.version_id, OLD.number, OLD.order_id, OLD.cover_fen,
    OLD.premium_fen, OLD.starts_on, OLD.ends_on, OLD.receipt_on, OLD.cooling_until, OLD.created_at) THEN
    RAISE EXCEPTION 'what policy % says stays', OLD.number USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_policy_stays';
END IF;
RETURN NEW;
"""

ONLY_FORGOTTEN = """
IF NEW.content_base64 IS NOT NULL
    OR (NEW.policy_id, NEW.customer_id, NEW.shard, NEW.sha256, NEW.size, NEW.created_at)
    IS DISTINCT FROM (OLD.policy_id, OLD.customer_id, OLD.shard, OLD.sha256, OLD.size, OLD.created_at) THEN
    RAISE EXCEPTION 'the document of policy % stays', OLD.policy_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_policydocument_stays';
END IF;
RETURN NEW;
"""


class InsuranceApplication(models.Model):
    """A quote (`premium_fen` a payment for `cover_fen`, until the end of `valid_until`), and what became of it once it was handed in.

    `answers` are encrypted JSON {question: answer}; `insured_...` name whose life, health or home it is, known from the handing in on.
    `load_bp`: what the premium is raised by; `decided_by`: rules, or the operator of a referred one; `why` theirs. All that is personal
    is closed under its customer's key, and null once it is forgotten.
    """

    PREFIX: ClassVar[str] = "ina"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey("wealth.ProductVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=12, choices=ApplicationState.choices, default=ApplicationState.QUOTED)
    cover_fen = models.BigIntegerField()
    born_on = EncryptedTextField(owner="customer_id", null=True)
    answers = EncryptedTextField(owner="customer_id", null=True)
    insured_name = EncryptedTextField(owner="customer_id", null=True)
    insured_id_number = EncryptedTextField(owner="customer_id", null=True)
    rate_bp = models.IntegerField()
    load_bp = models.IntegerField(default=0)
    premium_fen = models.BigIntegerField()
    payments = models.SmallIntegerField()
    every_months = models.SmallIntegerField()
    valid_until = models.DateField()
    decided_by = models.CharField(max_length=64, default="", blank=True)
    why = models.CharField(max_length=200, default="", blank=True)
    order_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_insuranceapplication_shard"),
            models.UniqueConstraint(name="wealth_insuranceapplication_order", fields=["order_id", "shard"]),
            models.CheckConstraint(name="wealth_insuranceapplication_state", condition=Q(state__in=ApplicationState.values)),
            models.CheckConstraint(
                name="wealth_insuranceapplication_amounts",
                condition=Q(cover_fen__gte=1, cover_fen__lte=MAX_FEN, premium_fen__gte=1, premium_fen__lte=MAX_FEN)
                & Q(rate_bp__gte=1, load_bp__gte=0, load_bp__lte=100_000),
            ),
            models.CheckConstraint(name="wealth_insuranceapplication_schedule", condition=Q(payments__gte=1, every_months__gte=1)),
            models.CheckConstraint(
                name="wealth_insuranceapplication_ordered",
                condition=Q(state__in=["ordered", "issued"], order_id__isnull=False)
                | (~Q(state__in=["ordered", "issued"]) & Q(order_id=None)),
            ),
        ]
        indexes = [
            models.Index(name="wealth_insapp_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="wealth_insapp_valid", fields=["shard", "valid_until"], condition=Q(state__in=["quoted", "accepted"])),
            models.Index(name="wealth_insapp_queue", fields=["created_at"], condition=Q(state="referred")),
        ]
        triggers = [
            StateGuard("wealth_insuranceapplication_moves", APPLICATION_MOVES, born=["quoted"]),
            pgtrigger.Protect(name="wealth_insuranceapplication_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="wealth_insuranceapplication_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=WHAT_WAS_QUOTED_STAYS,
            ),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class InsurancePolicy(models.Model):
    """One policy: `cover_fen` from `starts_on` up to before `ends_on`, of which claims used `claimed_fen`.

    `receipt_on` is the day it was handed over, `cooling_until` the last day to give it back. `due_on`: the day its next step is ours
    (null: none), `ended_on` the day it was over. `auto_debit`: premiums are taken from the balance on their day. `resumes`: what an
    `ending` one is again should the insurer not agree. `lapsed_on` of a lapsed one. `insurer_no`: its number at the insurer.
    `documented`: its document is made out.
    """

    PREFIX: ClassVar[str] = "inp"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(InsuranceApplication, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey("wealth.ProductVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=32)
    insurer_no = models.CharField(max_length=64, default="", blank=True)
    order_id = models.UUIDField()
    cover_fen = models.BigIntegerField()
    premium_fen = models.BigIntegerField()
    claimed_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=PolicyState.choices, default=PolicyState.COOLING_OFF)
    resumes = models.CharField(max_length=12, choices=PolicyState.choices, default="", blank=True)
    auto_debit = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField()
    receipt_on = models.DateField()
    cooling_until = models.DateField()
    lapsed_on = models.DateField(null=True, blank=True)
    documented = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_policy_shard"),
            models.UniqueConstraint(name="wealth_policy_number", fields=["number", "shard"]),
            models.UniqueConstraint(name="wealth_policy_application", fields=["application", "shard"]),
            models.UniqueConstraint(name="wealth_policy_order", fields=["order_id", "shard"]),
            models.CheckConstraint(name="wealth_policy_state", condition=Q(state__in=PolicyState.values)),
            models.CheckConstraint(
                name="wealth_policy_amounts",
                condition=Q(cover_fen__gte=1, cover_fen__lte=MAX_FEN, premium_fen__gte=1, premium_fen__lte=MAX_FEN)
                & Q(claimed_fen__gte=0, claimed_fen__lte=F("cover_fen")),
            ),
            models.CheckConstraint(name="wealth_policy_days", condition=Q(ends_on__gt=F("starts_on"), cooling_until__gte=F("receipt_on"))),
            models.CheckConstraint(
                name="wealth_policy_resumes",
                condition=Q(state="ending", resumes__in=RUNNING) | (~Q(state="ending") & Q(resumes="")),
            ),
            models.CheckConstraint(
                name="wealth_policy_lapsed",
                condition=Q(state="lapsed", lapsed_on__isnull=False)
                | Q(state="ending", resumes="lapsed", lapsed_on__isnull=False)
                | Q(state__in=["surrendered", "ended"])
                | Q(lapsed_on=None),
            ),
            models.CheckConstraint(
                name="wealth_policy_used_up",
                condition=Q(state="claimed", claimed_fen=F("cover_fen")) | ~Q(state="claimed"),
            ),
            models.CheckConstraint(
                name="wealth_policy_ended",
                condition=Q(state__in=ALIVE, ended_on=None) | (~Q(state__in=ALIVE) & Q(ended_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="wealth_policy_due",
                condition=Q(state__in=RUNNING, due_on__isnull=False) | (~Q(state__in=RUNNING) & Q(due_on=None)),
            ),
        ]
        indexes = [
            models.Index(name="wealth_policy_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="wealth_policy_next", fields=["shard", "due_on"], condition=Q(due_on__isnull=False)),
            models.Index(name="wealth_policy_document", fields=["shard"], condition=Q(documented=False)),
            models.Index(name="wealth_policy_of_product", fields=["product", "-created_at", "-id"]),
        ]
        triggers = [
            StateGuard("wealth_policy_moves", POLICY_MOVES, born=["cooling_off"]),
            pgtrigger.Protect(name="wealth_policy_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="wealth_policy_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=WHAT_IS_INSURED_STAYS),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def cover_left_fen(self) -> int:
        return self.cover_fen - self.claimed_fen

    def __str__(self) -> str:
        return self.number


class PolicyBeneficiaries(models.Model):
    """Who gets the money, as named at one time; the highest `number` counts. `people`: encrypted JSON, a list of name, id_number and
    share_bp that sum to 10,000, closed under the customer's key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    policy = models.ForeignKey(InsurancePolicy, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer_id = models.UUIDField()
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    shares_bp = models.IntegerField(help_text="What the shares sum to")
    people = EncryptedTextField(owner="customer_id", null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_policybeneficiaries_shard"),
            models.UniqueConstraint(name="wealth_policybeneficiaries_number", fields=["policy", "number", "shard"]),
            models.CheckConstraint(name="wealth_policybeneficiaries_whole", condition=Q(shares_bp=10_000, number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.number}"


class PolicyDocument(models.Model):
    """The e-policy in Chinese and English, as it was made out once: a PDF, `sha256` of its bytes. It names the insured, so it is closed
    under the customer's key."""

    policy = models.OneToOneField(InsurancePolicy, primary_key=True, on_delete=models.PROTECT, related_name="+")
    customer_id = models.UUIDField()
    shard = models.SmallIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    content_base64 = EncryptedTextField(owner="customer_id", null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_policydocument_shard"),
            models.CheckConstraint(name="wealth_policydocument_size", condition=Q(size__gte=1)),
        ]
        triggers = [
            pgtrigger.Protect(name="wealth_policydocument_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="wealth_policydocument_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=ONLY_FORGOTTEN),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.sha256[:8]}"
