"""Billers, the accounts customers save with them, and payments of bills."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.columns import amount_check, shard_check
from core.crypto.fields import EncryptedTextField
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from payments.bills.states import BILL_MOVES, DUE, OPEN, TAKES, BillerCategory, BillState

ACCOUNT_LENGTH = 32
NUMBER_LENGTH = 64


class Biller(models.Model):
    """A merchant that sends bills. Its payers' orders are made as its `app`'s; `system` names the plug that talks to it, `code` is what
    that calls it. An account number there matches `account_format`. Not `open`: nothing new is looked up or paid."""

    PREFIX: ClassVar[str] = "blr"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey("payments.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    app = models.ForeignKey("payments.MerchantApp", on_delete=models.PROTECT, related_name="+", db_index=False)
    category = models.CharField(max_length=8, choices=BillerCategory.choices)
    name_en = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=60)
    system = models.CharField(max_length=32)
    code = models.CharField(max_length=32)
    account_format = models.CharField(max_length=80)
    account_hint_en = models.CharField(max_length=120)
    account_hint_zh = models.CharField(max_length=120)
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_biller_code", fields=["system", "code"]),
            models.CheckConstraint(name="payments_biller_category", condition=Q(category__in=BillerCategory.values)),
            models.CheckConstraint(
                name="payments_biller_named",
                condition=~Q(name_en="") & ~Q(name_zh="") & ~Q(system="") & ~Q(code="") & ~Q(account_format=""),
            ),
        ]
        indexes = [models.Index(name="payments_biller_merchant", fields=["merchant"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.name_en


class BillAccount(models.Model):
    """An account with a biller that a customer saved, once (`account_index`). With `remind` they are reminded once a month: `reminded_on`
    is the first day of the month they were last, or needed not be since it was known that they owe nothing (`clear_on`: the day)."""

    PREFIX: ClassVar[str] = "bac"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    biller = models.ForeignKey(Biller, on_delete=models.PROTECT, related_name="+", db_index=False)
    account_no = EncryptedTextField(owner="customer_id")
    account_index = models.BinaryField(max_length=32)
    nickname = models.CharField(max_length=20, default="", blank=True)
    remind = models.BooleanField(default=True)
    reminded_on = models.DateField(null=True, blank=True)
    clear_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_billaccount_once", fields=["customer", "biller", "account_index"]),
            shard_check("payments_billaccount_shard"),
        ]
        indexes = [
            models.Index(name="payments_billaccount_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="payments_billaccount_remind", fields=["shard", "reminded_on"], condition=Q(remind=True)),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class BillPayment(models.Model):
    """A customer's payment of one bill: `bill_no` is the biller's, `order` what the customer pays at the cashier, and its own public id
    the business number under which the biller is told. `last`: the account owed nothing else. `due_at` is when the next step is taken,
    `asks` how often the biller was asked; `code` says why it did not take it. `account_no` is null once the customer has left."""

    PREFIX: ClassVar[str] = "bil"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    biller = models.ForeignKey(Biller, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("payments.PaymentOrder", on_delete=models.PROTECT, related_name="+", db_index=False)
    account_no = EncryptedTextField(owner="customer_id", null=True)
    bill_no = models.CharField(max_length=NUMBER_LENGTH)
    period = models.CharField(max_length=16)
    amount_fen = models.BigIntegerField()
    last = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=10, choices=BillState.choices, default=BillState.CREATED)
    code = models.CharField(max_length=64, default="", blank=True)
    asks = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    refund_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_bill_order", fields=["order", "shard"]),
            amount_check("payments_bill_amount"),
            shard_check("payments_bill_shard"),
            models.CheckConstraint(name="payments_bill_state", condition=Q(state__in=BillState.values)),
            models.CheckConstraint(name="payments_bill_due", condition=Q(due_at=None) | Q(state__in=DUE)),
            models.CheckConstraint(
                name="payments_bill_refund", condition=~Q(state__in=["refunding", "refunded"]) | Q(refund_id__isnull=False)
            ),
        ]
        indexes = [
            models.Index(name="payments_bill_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="payments_bill_next", fields=["shard", "due_at"], condition=Q(due_at__isnull=False)),
            models.Index(name="payments_bill_open", fields=["customer"], condition=Q(state__in=OPEN)),
            models.Index(name="payments_bill_number", fields=["biller", "bill_no"], condition=Q(state__in=TAKES)),
        ]
        triggers = [StateGuard("payments_bill_moves", BILL_MOVES, born=["created"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def order_public_id(self) -> str:
        return public_id("ord", self.order_id)

    def __str__(self) -> str:
        return self.public_id
