"""What a policy costs over time, how it is paid, and when it was without cover."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.columns import amount_check, shard_check
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from wealth.insurance.states import PAYMENT_MOVES, PREMIUM_MOVES, PaymentState, PremiumState

TAKEN = ("paid", "asked", "booked")


class PolicyPremium(models.Model):
    """One payment of a policy, due on `due_on`, for the days up to before `until_on`.

    `number` 1 was paid by the policy's order. `try_at`: when it is next taken from the balance, or its next step at the insurer is ours
    (null: not). `tries`: how often the balance was too low. `pay_journal_id` took the customer's money, `book_journal_id` (W2i) gave it
    to the insurer, as asked by `request_id`; `fee_fen` of it is ours.
    """

    PREFIX: ClassVar[str] = "inr"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    policy = models.ForeignKey("wealth.InsurancePolicy", on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    due_on = models.DateField()
    until_on = models.DateField()
    amount_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=PremiumState.choices, default=PremiumState.OPEN)
    try_at = models.DateTimeField(null=True, blank=True)
    tries = models.SmallIntegerField(default=0)
    told_on = models.DateField(null=True, blank=True)
    request_id = models.UUIDField(null=True, blank=True)
    pay_journal_id = models.UUIDField(null=True, blank=True)
    book_journal_id = models.UUIDField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_policypremium_shard"),
            amount_check("wealth_policypremium_amount"),
            models.UniqueConstraint(name="wealth_policypremium_number", fields=["policy", "number", "shard"]),
            models.CheckConstraint(name="wealth_policypremium_state", condition=Q(state__in=PremiumState.values)),
            models.CheckConstraint(name="wealth_policypremium_days", condition=Q(number__gte=1, until_on__gt=F("due_on"))),
            models.CheckConstraint(name="wealth_policypremium_fee", condition=Q(fee_fen__gte=0, fee_fen__lt=F("amount_fen"))),
            models.CheckConstraint(
                name="wealth_policypremium_taken",
                condition=Q(state__in=TAKEN, pay_journal_id__isnull=False, paid_at__isnull=False)
                | (~Q(state__in=TAKEN) & Q(pay_journal_id=None, paid_at=None)),
            ),
            models.CheckConstraint(
                name="wealth_policypremium_booked",
                condition=Q(state="booked", book_journal_id__isnull=False) | (~Q(state="booked") & Q(book_journal_id=None, fee_fen=0)),
            ),
            models.UniqueConstraint(
                name="wealth_policypremium_request", fields=["request_id", "shard"], condition=Q(request_id__isnull=False)
            ),
            models.UniqueConstraint(
                name="wealth_policypremium_pay", fields=["pay_journal_id", "shard"], condition=Q(pay_journal_id__isnull=False)
            ),
            models.UniqueConstraint(
                name="wealth_policypremium_book", fields=["book_journal_id", "shard"], condition=Q(book_journal_id__isnull=False)
            ),
            models.CheckConstraint(name="wealth_policypremium_asked", condition=~Q(state="asked") | Q(request_id__isnull=False)),
        ]
        indexes = [
            models.Index(name="wealth_premium_try", fields=["shard", "try_at"], condition=Q(try_at__isnull=False)),
            models.Index(name="wealth_premium_tell", fields=["shard", "due_on"], condition=Q(state="open", told_on=None)),
            models.Index(name="wealth_premium_of_policy", fields=["policy", "due_on"], condition=Q(state="open")),
            models.Index(name="wealth_premium_mine", fields=["customer", "due_on", "id"]),
        ]
        triggers = [
            StateGuard("wealth_policypremium_moves", PREMIUM_MOVES, born=["open"]),
            pgtrigger.Protect(name="wealth_policypremium_kept", operation=pgtrigger.Delete),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class PremiumPayment(models.Model):
    """One attempt to pay a premium at the cashier; a premium has one open attempt at most."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    premium = models.ForeignKey(PolicyPremium, on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    state = models.CharField(max_length=8, choices=PaymentState.choices, default=PaymentState.OPEN)
    cashier_order_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_premiumpayment_shard"),
            models.CheckConstraint(name="wealth_premiumpayment_state", condition=Q(state__in=PaymentState.values)),
            models.UniqueConstraint(name="wealth_premiumpayment_one_open", fields=["premium", "shard"], condition=Q(state="open")),
            models.UniqueConstraint(name="wealth_premiumpayment_one_paid", fields=["premium", "shard"], condition=Q(state="paid")),
        ]
        triggers = [StateGuard("wealth_premiumpayment_moves", PAYMENT_MOVES, born=["open"])]

    def __str__(self) -> str:
        return f"{self.premium_id} {self.state}"


class PolicyLapse(models.Model):
    """The days a policy covered nothing: from `lapsed_on` up to before `reinstated_on` (null: still)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    policy = models.ForeignKey("wealth.InsurancePolicy", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    lapsed_on = models.DateField()
    reinstated_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            shard_check("wealth_policylapse_shard"),
            models.UniqueConstraint(name="wealth_policylapse_day", fields=["policy", "lapsed_on", "shard"]),
            models.UniqueConstraint(name="wealth_policylapse_one_open", fields=["policy", "shard"], condition=Q(reinstated_on=None)),
            models.CheckConstraint(name="wealth_policylapse_days", condition=Q(reinstated_on=None) | Q(reinstated_on__gte=F("lapsed_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.lapsed_on}"
