"""Money coming in, going out and crossing over: one row per order, with the rules that were in force as dated rows."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from core.columns import amount_check, shard_check
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import Moves, StateGuard


class TopUpState(models.TextChoices):
    CREATED = "created"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CLOSED = "closed"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    TO_MANUAL = "to_manual"
    CREDITED = "credited"
    BY_HAND = "by_hand"


class WithdrawalState(models.TextChoices):
    IN_REVIEW = "in_review"
    HELD = "held"
    SENT = "sent"
    PAID = "paid"
    RETURNED = "returned"
    UNCLAIMED = "unclaimed"
    BY_HAND = "by_hand"
    FAILED = "failed"


class TransferState(models.TextChoices):
    IN_REVIEW = "in_review"
    REFUSED = "refused"
    SUCCEEDED = "succeeded"
    IN_TRANSIT = "in_transit"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


UNFINISHED_TOP_UPS = ("created", "processing", "closed", "refunding", "to_manual")
OPEN_WITHDRAWALS = ("in_review", "held", "sent")
OPEN_TRANSFERS = ("in_review", "in_transit")
TOP_UP_MOVES = Moves(
    TopUpState,
    {
        "created": {"processing", "succeeded", "failed", "closed"},
        "processing": {"succeeded", "failed", "closed"},
        "closed": {"refunding", "failed"},
        "failed": {"refunding"},
        "refunding": {"refunded", "to_manual"},
        "to_manual": {"refunding", "credited", "by_hand"},
    },
)
WITHDRAWAL_MOVES = Moves(
    WithdrawalState,
    {
        "in_review": {"held", "failed"},
        "held": {"sent", "failed"},
        "sent": {"paid", "failed"},
        "paid": {"returned", "unclaimed"},
        "unclaimed": {"by_hand"},
    },
)
TRANSFER_MOVES = Moves(
    TransferState,
    {"in_review": {"succeeded", "in_transit", "refused"}, "in_transit": {"accepted", "declined", "expired"}},
)


def hand_check(name: str) -> models.CheckConstraint:
    """What was paid by hand has its journal and the bank's reference, and nothing else has."""
    by_hand = Q(state="by_hand", hand_journal_id__isnull=False) & ~Q(hand_reference="")
    return models.CheckConstraint(name=name, condition=by_hand | (~Q(state="by_hand") & Q(hand_journal_id=None, hand_reference="")))


class Order(models.Model):
    """What every order of the wallet has. `created_at` and `changed_at` are business time."""

    PREFIX: ClassVar[str]
    RESULTS: ClassVar[Mapping[str, str]]
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def result(self) -> str:
        """What the customer waits for, in one word: processing, succeeded, refused, returned."""
        return self.RESULTS[self.state]

    def __str__(self) -> str:
        return self.public_id


class CardOrder(Order):
    """An order that moves money to or from a card through its channel. `code` says why it was refused. What no channel could end
    was paid `by_hand` from the platform's bank account: `hand_reference` is the bank's number of that payment."""

    card = models.ForeignKey("payments.Card", on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=64, default="", blank=True)
    hand_journal_id = models.UUIDField(null=True, blank=True)
    hand_reference = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        abstract = True

    @property
    def card_public_id(self) -> str:
        return public_id("crd", self.card_id)


class TopUp(CardOrder):
    """Money from a card into the balance. Booked in full or not at all.

    `closed`: given up while the channel still owed an answer. A success after that is booked to payable:unapplied and
    refunded (`refunding`, `refunded`); a refused refund waits for an operator (`to_manual`), who credits it (`credited`).
    """

    PREFIX = "top"
    RESULTS = {
        "created": "processing",
        "processing": "processing",
        "succeeded": "succeeded",
        "failed": "refused",
        "closed": "refused",
        "refunding": "refused",
        "refunded": "refused",
        "to_manual": "refused",
        "credited": "succeeded",
        "by_hand": "refused",
    }

    state = models.CharField(max_length=12, choices=TopUpState.choices, default=TopUpState.CREATED)
    request_id = models.UUIDField()
    give_up_at = models.DateTimeField()
    journal_id = models.UUIDField(null=True, blank=True)
    refund_request_id = models.UUIDField(null=True, blank=True)
    credit_journal_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            amount_check("payments_topup_amount"),
            models.CheckConstraint(
                name="payments_topup_credited",
                condition=Q(state="credited", credit_journal_id__isnull=False) | (~Q(state="credited") & Q(credit_journal_id=None)),
            ),
            models.CheckConstraint(
                name="payments_topup_refund",
                condition=Q(refund_request_id=None) | Q(state__in=["refunding", "refunded", "to_manual", "credited", "by_hand"]),
            ),
            hand_check("payments_topup_by_hand"),
            shard_check("payments_topup_shard"),
            models.CheckConstraint(name="payments_topup_state", condition=Q(state__in=TopUpState.values)),
            models.CheckConstraint(
                name="payments_topup_booked",
                condition=Q(state__in=["succeeded", "refunding", "refunded", "to_manual", "credited", "by_hand"], journal_id__isnull=False)
                | Q(state__in=["created", "processing", "failed", "closed"], journal_id=None),
            ),
        ]
        indexes = [
            models.Index(name="payments_topup_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(
                name="payments_topup_refunding",
                fields=["shard", "changed_at"],
                condition=Q(state="refunding", refund_request_id=None),
            ),
            models.Index(name="payments_topup_unfinished", fields=["customer"], condition=Q(state__in=UNFINISHED_TOP_UPS)),
            models.Index(name="payments_topup_open", fields=["shard", "give_up_at"], condition=Q(state__in=["created", "processing"])),
        ]
        triggers = [StateGuard("payments_topup_moves", TOP_UP_MOVES, born=["created"])]


class Withdrawal(CardOrder):
    """Money from the balance to a card: held with its fee, captured when sent, paid, or given back with its fee. What comes back to
    an account closed meanwhile is `unclaimed` until an operator has paid it out `by_hand`. One `in_review` is held, but not sent.

    `free_fen` is the part of the month's free allowance this one used; `month` (YYYY-MM, Shanghai) is whose.
    """

    PREFIX = "wdr"
    RESULTS = {
        "in_review": "processing",
        "held": "processing",
        "sent": "processing",
        "paid": "succeeded",
        "returned": "returned",
        "unclaimed": "returned",
        "by_hand": "returned",
        "failed": "refused",
    }

    card = models.ForeignKey("payments.Card", on_delete=models.PROTECT, related_name="+", db_index=False)
    fee_fen = models.BigIntegerField()
    free_fen = models.BigIntegerField()
    month = models.CharField(max_length=7)
    state = models.CharField(max_length=12, choices=WithdrawalState.choices, default=WithdrawalState.HELD)
    hold_id = models.UUIDField(default=new_id)
    request_id = models.UUIDField(null=True, blank=True)
    sent_journal_id = models.UUIDField(null=True, blank=True)
    paid_journal_id = models.UUIDField(null=True, blank=True)
    back_journal_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            amount_check("payments_withdrawal_amount"),
            hand_check("payments_withdrawal_by_hand"),
            shard_check("payments_withdrawal_shard"),
            models.CheckConstraint(name="payments_withdrawal_state", condition=Q(state__in=WithdrawalState.values)),
            models.CheckConstraint(
                name="payments_withdrawal_fee", condition=Q(fee_fen__gte=0, free_fen__gte=0, free_fen__lte=F("amount_fen"))
            ),
            models.CheckConstraint(
                name="payments_withdrawal_booked",
                condition=Q(state__in=["in_review", "held"], sent_journal_id=None, paid_journal_id=None, back_journal_id=None)
                | Q(state="sent", sent_journal_id__isnull=False, paid_journal_id=None, back_journal_id=None)
                | Q(state="paid", sent_journal_id__isnull=False, paid_journal_id__isnull=False, back_journal_id=None)
                | Q(
                    state__in=["returned", "unclaimed", "by_hand"],
                    sent_journal_id__isnull=False,
                    paid_journal_id__isnull=False,
                    back_journal_id__isnull=False,
                )
                | Q(state="failed", paid_journal_id=None, sent_journal_id=None, back_journal_id=None)
                | Q(state="failed", paid_journal_id=None, sent_journal_id__isnull=False, back_journal_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="payments_withdrawal_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="payments_withdrawal_open", fields=["customer"], condition=Q(state__in=OPEN_WITHDRAWALS)),
            models.Index(name="payments_withdrawal_held", fields=["shard", "created_at"], condition=Q(state="held")),
        ]
        triggers = [StateGuard("payments_withdrawal_moves", WITHDRAWAL_MOVES, born=["held", "in_review"])]


class Transfer(Order):
    """Money from one customer (`customer`, the payer) to another (`payee`). Its id is the id of its first journal.

    `factors` is how many kinds of factor proved it (0: small enough to need none). Instant ones are born `succeeded`; the
    others wait in transit until accepted, declined or expired, each of which is booked by `closing_journal_id`. One `in_review` is in
    transit too, unseen by its payee: released it goes on as what it is (one to be accepted has a time to expire), refused it goes back.
    The payee may live on another shard, so no constraint of the database reaches there.
    """

    PREFIX = "trf"
    RESULTS = {
        "in_review": "processing",
        "refused": "returned",
        "succeeded": "succeeded",
        "in_transit": "processing",
        "accepted": "succeeded",
        "declined": "returned",
        "expired": "returned",
    }

    payee = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    remark = models.CharField(max_length=60, default="", blank=True)
    factors = models.SmallIntegerField()
    state = models.CharField(max_length=12, choices=TransferState.choices)
    expires_at = models.DateTimeField(null=True, blank=True)
    closing_journal_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            amount_check("payments_transfer_amount"),
            shard_check("payments_transfer_shard"),
            models.CheckConstraint(name="payments_transfer_state", condition=Q(state__in=TransferState.values)),
            models.CheckConstraint(name="payments_transfer_two", condition=~Q(payee=F("customer"))),
            models.CheckConstraint(name="payments_transfer_factors", condition=Q(factors__gte=0, factors__lte=2)),
            models.CheckConstraint(
                name="payments_transfer_booked",
                condition=Q(state="succeeded", expires_at=None)
                | Q(state="in_review", closing_journal_id=None)
                | Q(state="refused", closing_journal_id__isnull=False)
                | Q(state="in_transit", expires_at__isnull=False, closing_journal_id=None)
                | Q(state__in=["accepted", "declined", "expired"], expires_at__isnull=False, closing_journal_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="payments_transfer_out", fields=["customer", "-created_at", "-id"]),
            models.Index(name="payments_transfer_in", fields=["payee", "-created_at", "-id"]),
            models.Index(name="payments_transfer_open", fields=["customer"], condition=Q(state__in=OPEN_TRANSFERS)),
            models.Index(name="payments_transfer_waiting", fields=["payee"], condition=Q(state="in_transit")),
            models.Index(name="payments_transfer_due", fields=["shard", "expires_at"], condition=Q(state="in_transit")),
        ]
        triggers = [StateGuard("payments_transfer_moves", TRANSFER_MOVES, born=["succeeded", "in_transit", "in_review"])]

    @property
    def payer_public_id(self) -> str:
        return public_id("cus", self.customer_id)

    @property
    def payee_public_id(self) -> str:
        return public_id("cus", self.payee_id)

    def other(self, customer_id: uuid.UUID) -> uuid.UUID:
        """The one on the other side of `customer_id`."""
        return self.payee_id if customer_id == self.customer_id else self.customer_id

    def side(self, customer_id: uuid.UUID) -> str:
        """`out` for the payer, `in` for the payee."""
        return "out" if customer_id == self.customer_id else "in"


class WalletTerms(models.Model):
    """The wallet's rules from `starts_at` on: the row with the latest `starts_at` not in the future is in force.

    Fees in fen and basis points of the part over the month's free allowance; times in hours.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    starts_at = models.DateTimeField(unique=True)
    free_fen_per_month = models.BigIntegerField()
    fee_bp = models.IntegerField()
    fee_min_fen = models.BigIntegerField()
    fee_cap_fen = models.BigIntegerField()
    acceptance_hours = models.SmallIntegerField(default=24)
    top_up_hours = models.SmallIntegerField(default=24)

    class Meta:
        verbose_name_plural = "wallet terms"
        constraints = [
            models.CheckConstraint(
                name="payments_walletterms_fee",
                condition=Q(
                    free_fen_per_month__gte=0, fee_bp__gte=0, fee_bp__lte=10_000, fee_min_fen__gte=0, fee_cap_fen__gte=F("fee_min_fen")
                ),
            ),
            models.CheckConstraint(name="payments_walletterms_hours", condition=Q(acceptance_hours__gt=0, top_up_hours__gt=0)),
        ]
        triggers = [InForceStays("payments_walletterms_stays", starts="starts_at")]

    def __str__(self) -> str:
        return f"wallet terms from {self.starts_at:%Y-%m-%d %H:%M}"


def terms_in_force(at: datetime) -> WalletTerms:
    """The wallet's rules at `at`."""
    terms = WalletTerms.objects.filter(starts_at__lte=at).order_by("-starts_at").first()
    assert terms is not None, "a migration writes the first wallet terms"
    return terms
