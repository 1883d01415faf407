"""What each business day comes to for a merchant, line by line; the payouts of it; corrections by hand; and the dated rules of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, shard_check
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import StateGuard
from payments.settlement.states import (
    PAYOUT_MOVES,
    SETTLEMENT_MOVES,
    LineKind,
    PayoutState,
    SettlementState,
)

REASON_LENGTH = 200


class Settlement(models.Model):
    """One merchant's business day. All amounts in fen.

    What moved `merchant:pending` on that day, by its journals' business day: `orders_fen` were paid, `fees_fen` of them are ours,
    `refunds_fen` went back with `fees_back_fen` of the fees, `covered_fen` of the refunds came from money that was settled already;
    `splits_fen`, `disputes_fen` and `adjustments_fen` carry their sign. Together they are `net_fen`, which is proved against the ledger.

    `opening_fen` is what earlier settlements left in pending. Of both, `kept_fen` waits for splits to end; `moved_fen` was moved by
    `journal_id`, and `left_fen` stays for the next. Of what was moved `reserved_fen` is kept back until `reserve_until`
    (`reserve_left_fen`: how much of it still is), and `released_fen` of earlier ones came free with it. `spare_fen` is what else may
    be paid out: earlier settlements too small to pay, disputes won. `payout_fen` is what this settlement wants to pay out.

    `last` marks a merchant's newest closed one, `early` one that was closed while its day went on. `due_on` is the first day it may be
    paid on; `pay_at` when it is tried next. `paid_fen` is what was paid of it: less than `payout_fen` where refunds or disputes took from
    settled money meanwhile. `code` says why it is where it is (an open, a returned, a waiting one).
    """

    PREFIX: ClassVar[str] = "stl"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey("payments.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    business_on = models.DateField()
    state = models.CharField(max_length=12, choices=SettlementState.choices, default=SettlementState.OPEN)
    code = models.CharField(max_length=64, default="", blank=True)
    orders = models.IntegerField(default=0)
    refunds = models.IntegerField(default=0)
    orders_fen = models.BigIntegerField(default=0)
    fees_fen = models.BigIntegerField(default=0)
    refunds_fen = models.BigIntegerField(default=0)
    fees_back_fen = models.BigIntegerField(default=0)
    covered_fen = models.BigIntegerField(default=0)
    splits_fen = models.BigIntegerField(default=0)
    disputes_fen = models.BigIntegerField(default=0)
    adjustments_fen = models.BigIntegerField(default=0)
    net_fen = models.BigIntegerField(default=0)
    opening_fen = models.BigIntegerField(default=0)
    kept_fen = models.BigIntegerField(default=0)
    moved_fen = models.BigIntegerField(default=0)
    left_fen = models.BigIntegerField(default=0)
    reserved_fen = models.BigIntegerField(default=0)
    reserve_left_fen = models.BigIntegerField(default=0)
    reserve_until = models.DateField(null=True, blank=True)
    released_fen = models.BigIntegerField(default=0)
    spare_fen = models.BigIntegerField(default=0)
    payout_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    journal_id = models.UUIDField(null=True, blank=True)
    last = models.BooleanField(default=False)
    early = models.BooleanField(default=False, db_default=False)
    due_on = models.DateField()
    pay_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=80, default="", blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_settlement_once", fields=["merchant", "business_on", "shard"]),
            models.UniqueConstraint(name="payments_settlement_one_last", fields=["merchant", "shard"], condition=Q(last=True)),
            shard_check("payments_settlement_shard"),
            models.CheckConstraint(name="payments_settlement_state", condition=Q(state__in=SettlementState.values)),
            models.CheckConstraint(
                name="payments_settlement_counts",
                condition=Q(orders__gte=0, refunds__gte=0, orders_fen__gte=0, fees_fen__gte=0, refunds_fen__gte=0, fees_back_fen__gte=0)
                & Q(covered_fen__gte=0),
            ),
            models.CheckConstraint(
                name="payments_settlement_net",
                condition=Q(
                    net_fen=F("orders_fen")
                    - F("fees_fen")
                    - F("refunds_fen")
                    + F("fees_back_fen")
                    + F("covered_fen")
                    + F("splits_fen")
                    + F("disputes_fen")
                    + F("adjustments_fen")
                ),
            ),
            models.CheckConstraint(name="payments_settlement_left", condition=Q(left_fen=F("opening_fen") + F("net_fen") - F("moved_fen"))),
            models.CheckConstraint(
                name="payments_settlement_reserve",
                condition=Q(reserved_fen__gte=0, reserved_fen__lte=F("moved_fen"), released_fen__gte=0, spare_fen__gte=0, kept_fen__gte=0)
                & Q(reserve_left_fen__gte=0, reserve_left_fen__lte=F("reserved_fen"))
                & (Q(reserve_left_fen=0) | Q(reserve_until__isnull=False)),
            ),
            models.CheckConstraint(
                name="payments_settlement_payout",
                condition=Q(payout_fen=F("moved_fen") - F("reserved_fen") + F("released_fen") + F("spare_fen"), moved_fen__gte=0)
                & Q(paid_fen__gte=0, paid_fen__lte=F("payout_fen")),
            ),
            models.CheckConstraint(
                name="payments_settlement_moved",
                condition=Q(state="open", journal_id=None, last=False)
                | (~Q(state="open") & (Q(journal_id__isnull=False) | Q(moved_fen=0, released_fen=0))),
            ),
            models.CheckConstraint(
                name="payments_settlement_approved",
                condition=~Q(state__in=["approved", "paying", "paid", "returned"]) | ~Q(approved_by=""),
            ),
            models.CheckConstraint(name="payments_settlement_tried", condition=Q(pay_at__isnull=False) | ~Q(state="approved")),
            models.CheckConstraint(
                name="payments_settlement_paid",
                condition=Q(state="paid", paid_at__isnull=False, paid_fen__gt=0) | (~Q(state="paid") & Q(paid_at=None)),
            ),
        ]
        indexes = [
            models.Index(name="payments_settlement_merchant", fields=["merchant", "-business_on", "-id"]),
            models.Index(name="payments_settlement_queue", fields=["business_on"], condition=Q(state__in=["open", "closed", "returned"])),
            models.Index(name="payments_settlement_to_pay", fields=["shard", "pay_at"], condition=Q(state="approved")),
            models.Index(name="payments_settlement_reserves", fields=["shard", "reserve_until"], condition=Q(reserve_left_fen__gt=0)),
            models.Index(name="payments_settlement_rests", fields=["shard"], condition=Q(last=True) & ~Q(left_fen=0)),
            models.Index(name="payments_settlement_claims", fields=["merchant"], condition=Q(state__in=["closed", "approved", "returned"])),
        ]
        triggers = [StateGuard("payments_settlement_moves", SETTLEMENT_MOVES, born=["open"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def merchant_public_id(self) -> str:
        return public_id("mch", self.merchant_id)

    @property
    def short_fen(self) -> int:
        """What was not there to be paid out any more."""
        return self.payout_fen - self.paid_fen if self.state == SettlementState.PAID else 0

    def __str__(self) -> str:
        return self.public_id


class SettlementLine(models.Model):
    """One journal on a merchant's pending account, and what it is about: what makes it part of this settlement and of no other.

    `reference` is the public id of what it is about, `out_no` the merchant's own number of it, `order_id` its order. An order pays
    `amount_fen` less `fee_fen`; a refund takes `amount_fen` (negative) less the fee that came back (negative), of which `covered_fen`
    came from settled money. `net_fen` is what moved.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=LineKind.choices)
    reference = models.CharField(max_length=120, default="", blank=True)
    out_no = models.CharField(max_length=64, default="", blank=True)
    order_id = models.UUIDField(null=True, blank=True)
    amount_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField(default=0)
    covered_fen = models.BigIntegerField(default=0)
    net_fen = models.BigIntegerField()
    journal_id = models.UUIDField()
    posted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_settlementline_once", fields=["settlement", "journal_id", "shard"]),
            shard_check("payments_settlementline_shard"),
            models.CheckConstraint(name="payments_settlementline_kind", condition=Q(kind__in=LineKind.values)),
            models.CheckConstraint(
                name="payments_settlementline_net",
                condition=Q(net_fen=F("amount_fen") - F("fee_fen") + F("covered_fen"), covered_fen__gte=0),
            ),
            models.CheckConstraint(
                name="payments_settlementline_signs",
                condition=Q(kind="order", amount_fen__gt=0, fee_fen__gte=0, covered_fen=0)
                | Q(kind="refund", amount_fen__lt=0, fee_fen__lte=0)
                | Q(kind__in=["split", "dispute", "adjustment"], fee_fen=0, covered_fen=0),
            ),
        ]
        indexes = [
            models.Index(name="payments_settlementline_page", fields=["settlement", "posted_at", "id"]),
            models.Index(name="payments_settlementline_order", fields=["order_id"], condition=Q(order_id__isnull=False)),
        ]

    @property
    def order_public_id(self) -> str | None:
        return None if self.order_id is None else public_id("ord", self.order_id)

    @property
    def journal_public_id(self) -> str:
        return public_id("jrn", self.journal_id)

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class MerchantPayout(models.Model):
    """One try to pay a settlement to the merchant's card, `number` 1..n; only one is on its way. `code` says why it failed or came back."""

    PREFIX: ClassVar[str] = "pyo"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="+", db_index=False)
    merchant = models.ForeignKey("payments.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    number = models.SmallIntegerField()
    card = models.ForeignKey("payments.Card", on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=PayoutState.choices, default=PayoutState.SENT)
    code = models.CharField(max_length=64, default="", blank=True)
    request_id = models.UUIDField()
    sent_journal_id = models.UUIDField()
    paid_journal_id = models.UUIDField(null=True, blank=True)
    back_journal_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payments_payout_number", fields=["settlement", "number", "shard"]),
            models.UniqueConstraint(name="payments_payout_once", fields=["settlement", "shard"], condition=Q(state__in=["sent", "paid"])),
            models.CheckConstraint(name="payments_payout_amount", condition=Q(amount_fen__gt=0, number__gte=1)),
            shard_check("payments_payout_shard"),
            models.CheckConstraint(
                name="payments_payout_state",
                condition=Q(state="sent", paid_journal_id=None, back_journal_id=None)
                | Q(state="paid", paid_journal_id__isnull=False, back_journal_id=None)
                | Q(state="failed", paid_journal_id=None, back_journal_id__isnull=False)
                | Q(state="returned", paid_journal_id__isnull=False, back_journal_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="payments_payout_merchant", fields=["merchant", "-created_at", "-id"]),
            models.Index(name="payments_payout_card", fields=["card"], condition=Q(state="sent")),
        ]
        triggers = [StateGuard("payments_payout_moves", PAYOUT_MOVES, born=["sent"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def settlement_public_id(self) -> str:
        return public_id(Settlement.PREFIX, self.settlement_id)

    def __str__(self) -> str:
        return self.public_id


class SettlementAdjustment(models.Model):
    """A correction of what a merchant is owed, by two people: `amount_fen` to the merchant, or from it when negative."""

    PREFIX: ClassVar[str] = "adj"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey("payments.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=REASON_LENGTH)
    proposed_by = models.CharField(max_length=80)
    approved_by = models.CharField(max_length=80)
    journal_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("payments_adjustment_shard"),
            models.CheckConstraint(
                name="payments_adjustment_amount",
                condition=~Q(amount_fen=0) & Q(amount_fen__gte=-MAX_FEN, amount_fen__lte=MAX_FEN),
            ),
            models.CheckConstraint(
                name="payments_adjustment_two", condition=~Q(reason="") & ~Q(proposed_by="") & ~Q(proposed_by=F("approved_by"))
            ),
        ]
        indexes = [models.Index(name="payments_adjustment_merchant", fields=["merchant", "-created_at", "-id"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.public_id


class SettlementTerms(models.Model):
    """How settlements are treated, from a day on; null merchant: whoever has no terms of their own.

    What is kept back comes free `reserve_days` days after its business day. A settlement that wants to pay out at most
    `approved_up_to_fen` needs no person's approval; 0: every one does.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey("payments.Merchant", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reserve_days = models.SmallIntegerField(default=90)
    approved_up_to_fen = models.BigIntegerField(default=0)
    effective_on = models.DateField()

    class Meta:
        verbose_name_plural = "settlement terms"
        constraints = [
            models.UniqueConstraint(name="payments_settlementterms_dated", fields=["merchant", "effective_on"], nulls_distinct=False),
            models.CheckConstraint(
                name="payments_settlementterms_bounds",
                condition=Q(reserve_days__gte=1, reserve_days__lte=720, approved_up_to_fen__gte=0, approved_up_to_fen__lte=MAX_FEN),
            ),
        ]
        triggers = [InForceStays("payments_settlementterms_stays", starts="effective_on")]

    def __str__(self) -> str:
        return f"settlement terms from {self.effective_on}"
