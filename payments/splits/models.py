"""Who may receive of a merchant's payments, what was split to them of which order, and what they gave back."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from core.columns import amount_check, shard_check
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from payments.splits.states import (
    RECEIVER_MOVES,
    SPLIT_ORDER_MOVES,
    ReceiverKind,
    ReceiverState,
    ReturnCause,
    SplitOrderState,
)

REMARK_LENGTH = 80


class SplitOrder(models.Model):
    """A paid order that its merchant wants to split: `net_fen` of it is the merchant's, `split_fen` of that is with receivers now.

    Open until the merchant finishes it or `until` has come, and till then out of settlement.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey("payments.PaymentOrder", on_delete=models.PROTECT, related_name="+", db_index=False)
    merchant = models.ForeignKey("payments.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    net_fen = models.BigIntegerField()
    split_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=SplitOrderState.choices, default=SplitOrderState.OPEN)
    until = models.DateField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_splitorder_once", fields=["order", "shard"]),
            shard_check("payments_splitorder_shard"),
            models.CheckConstraint(name="payments_splitorder_state", condition=Q(state__in=SplitOrderState.values)),
            models.CheckConstraint(name="payments_splitorder_within", condition=Q(split_fen__gte=0, split_fen__lte=F("net_fen"))),
        ]
        indexes = [
            models.Index(name="payments_splitorder_kept", fields=["merchant", "until"], condition=Q(state="open")),
            models.Index(name="payments_splitorder_over", fields=["shard", "until"], condition=Q(state="open")),
        ]
        triggers = [StateGuard("payments_splitorder_moves", SPLIT_ORDER_MOVES, born=["open"])]

    def __str__(self) -> str:
        return public_id("ord", self.order_id)


class SplitReceiver(models.Model):
    """Another merchant, or a customer, whom a merchant may split to; the name it gave was theirs."""

    PREFIX: ClassVar[str] = "rcv"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey("payments.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    kind = models.CharField(max_length=8, choices=ReceiverKind.choices)
    payee_merchant = models.ForeignKey("payments.Merchant", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    payee = models.ForeignKey(
        "accounts.Customer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    state = models.CharField(max_length=8, choices=ReceiverState.choices, default=ReceiverState.ACTIVE)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="payments_splitreceiver_once", fields=["merchant", "payee_merchant", "payee", "shard"], nulls_distinct=False
            ),
            shard_check("payments_splitreceiver_shard"),
            models.CheckConstraint(name="payments_splitreceiver_state", condition=Q(state__in=ReceiverState.values)),
            models.CheckConstraint(
                name="payments_splitreceiver_kind",
                condition=Q(kind="merchant", payee_merchant__isnull=False, payee=None)
                | Q(kind="customer", payee__isnull=False, payee_merchant=None),
            ),
            models.CheckConstraint(name="payments_splitreceiver_other", condition=~Q(payee_merchant=F("merchant"))),
        ]
        indexes = [
            models.Index(name="payments_splitreceiver_mine", fields=["merchant", "-created_at", "-id"]),
            models.Index(name="payments_splitreceiver_payee", fields=["payee"], condition=Q(payee__isnull=False)),
        ]
        triggers = [StateGuard("payments_splitreceiver_moves", RECEIVER_MOVES, born=["active"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def account_public_id(self) -> str:
        """Whose money it becomes."""
        if self.payee_merchant_id is not None:
            return public_id("mch", self.payee_merchant_id)
        assert self.payee_id is not None
        return public_id("cus", self.payee_id)

    def __str__(self) -> str:
        return self.public_id


class Split(models.Model):
    """One split of an order, known to its merchant as `out_split_no` of its app; all of it was given by `journal_id`."""

    PREFIX: ClassVar[str] = "spl"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey("payments.PaymentOrder", on_delete=models.PROTECT, related_name="+", db_index=False)
    merchant = models.ForeignKey("payments.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    app = models.ForeignKey("payments.MerchantApp", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    out_split_no = models.CharField(max_length=64)
    amount_fen = models.BigIntegerField()
    returned_fen = models.BigIntegerField(default=0)
    remark = models.CharField(max_length=REMARK_LENGTH, default="", blank=True)
    journal_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_split_number", fields=["merchant", "app", "out_split_no", "shard"]),
            amount_check("payments_split_amount"),
            shard_check("payments_split_shard"),
            models.CheckConstraint(name="payments_split_returned", condition=Q(returned_fen__gte=0, returned_fen__lte=F("amount_fen"))),
        ]
        indexes = [
            models.Index(name="payments_split_order", fields=["order", "created_at"]),
            models.Index(name="payments_split_merchant", fields=["merchant", "-created_at", "-id"]),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def order_public_id(self) -> str:
        return public_id("ord", self.order_id)

    def __str__(self) -> str:
        return self.public_id


class SplitPart(models.Model):
    """What one receiver got of a split, and gave back of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    split = models.ForeignKey(Split, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("payments.PaymentOrder", on_delete=models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(SplitReceiver, on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    position = models.SmallIntegerField()
    amount_fen = models.BigIntegerField()
    returned_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_splitpart_once", fields=["split", "receiver", "shard"]),
            amount_check("payments_splitpart_amount"),
            shard_check("payments_splitpart_shard"),
            models.CheckConstraint(name="payments_splitpart_returned", condition=Q(returned_fen__gte=0, returned_fen__lte=F("amount_fen"))),
        ]
        indexes = [models.Index(name="payments_splitpart_order", fields=["order", "split", "position"])]

    @property
    def left_fen(self) -> int:
        """What the receiver still has of it."""
        return self.amount_fen - self.returned_fen

    def __str__(self) -> str:
        return f"{self.amount_fen} of {public_id(Split.PREFIX, self.split_id)}"


class SplitReturn(models.Model):
    """What receivers of one split gave back: asked for by the merchant as `out_return_no`, or because a refund needs it (empty)."""

    PREFIX: ClassVar[str] = "spr"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    split = models.ForeignKey(Split, on_delete=models.PROTECT, related_name="+", db_index=False)
    part = models.ForeignKey(SplitPart, on_delete=models.PROTECT, related_name="+", db_index=False)
    merchant = models.ForeignKey("payments.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    out_return_no = models.CharField(max_length=64, default="", blank=True)
    cause = models.CharField(max_length=8, choices=ReturnCause.choices)
    amount_fen = models.BigIntegerField()
    journal_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="payments_splitreturn_number", fields=["split", "out_return_no", "shard"], condition=~Q(out_return_no="")
            ),
            amount_check("payments_splitreturn_amount"),
            shard_check("payments_splitreturn_shard"),
            models.CheckConstraint(
                name="payments_splitreturn_cause",
                condition=(Q(cause="asked") & ~Q(out_return_no="")) | Q(cause="refund", out_return_no=""),
            ),
        ]
        indexes = [
            models.Index(name="payments_splitreturn_split", fields=["split", "created_at"]),
            models.Index(name="payments_splitreturn_merchant", fields=["merchant", "-created_at", "-id"]),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def split_public_id(self) -> str:
        return public_id(Split.PREFIX, self.split_id)

    def __str__(self) -> str:
        return self.public_id
