"""Orders: what customers buy of products and what they take back, whatever the kind."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.columns import MAX_FEN, shard_check
from core.ids import new_id, public_id
from core.money import CNY
from core.moves import Moves, StateGuard
from wealth.orders.states import MOVES_OF, ORDER_MOVES, UNPAID, OrderState, Side, of_one_side, states_of

CODE_LENGTH = 64
BOOKED = (OrderState.CONFIRMED, OrderState.EARNING, OrderState.CASH_PAID)
GIVEN = (OrderState.SUBMITTED, OrderState.FAST_PAID, OrderState.REJECTED, *BOOKED)
WHAT_WAS_SHOWN_STAYS = """
IF (NEW.id, NEW.customer_id, NEW.product_id, NEW.version_id, NEW.kind, NEW.side, NEW.fast, NEW.trade_on, NEW.cut_at, NEW.confirms_on,
    NEW.earns_from, NEW.cash_on, NEW.price, NEW.risk, NEW.risk_sha256, NEW.own, NEW.details, NEW.holding_id, NEW.leg_id, NEW.card_id,
    NEW.session_id, NEW.factors, NEW.created_at)
    IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.product_id, OLD.version_id, OLD.kind, OLD.side, OLD.fast, OLD.trade_on, OLD.cut_at,
    OLD.confirms_on, OLD.earns_from, OLD.cash_on, OLD.price, OLD.risk, OLD.risk_sha256, OLD.own, OLD.details, OLD.holding_id,
    OLD.leg_id, OLD.card_id, OLD.session_id, OLD.factors, OLD.created_at)
    OR (OLD.side = 'buy' AND NEW.amount_fen <> OLD.amount_fen) OR (OLD.side = 'redeem' AND NEW.units_fen <> OLD.units_fen) THEN
    RAISE EXCEPTION 'what order % was shown stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_order_stays';
END IF;
RETURN NEW;
"""
WRITTEN_ONCE = """
IF (OLD.cashier_order_id IS NOT NULL AND NEW.cashier_order_id IS DISTINCT FROM OLD.cashier_order_id)
    OR (OLD.pay_journal_id IS NOT NULL AND NEW.pay_journal_id IS DISTINCT FROM OLD.pay_journal_id)
    OR (OLD.book_journal_id IS NOT NULL AND NEW.book_journal_id IS DISTINCT FROM OLD.book_journal_id)
    OR (OLD.cash_journal_id IS NOT NULL AND NEW.cash_journal_id IS DISTINCT FROM OLD.cash_journal_id)
    OR (OLD.withdrawal_id IS NOT NULL AND NEW.withdrawal_id IS DISTINCT FROM OLD.withdrawal_id)
    OR (OLD.quoted_fen IS NOT NULL AND NEW.quoted_fen IS DISTINCT FROM OLD.quoted_fen) THEN
    RAISE EXCEPTION 'what order % booked stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_order_once';
END IF;
RETURN NEW;
"""


class WealthOrder(models.Model):
    """One purchase (`amount_fen` paid, `units_fen` once confirmed) or redemption (`units_fen` given up, `amount_fen` once it is known).

    `trade_on` .. `risk_sha256` are what the customer was shown: its dates, the price, the risk and the text that told it. `cut_at` ends
    the trade date: until then it may be called off, and is paid. `due_at`: when its next step is ours to take. Journals: `pay` is W1,
    `book` W2, W4 or W7, `cash` W5 or W6. `request_id`: what the issuer was asked; `resends`: how often operators asked anew. `fast`:
    paid at once from our own money. `own`: decided by the room of its kind, no issuer is asked. `details`: what else the kind was asked,
    in its own words. `holding_id`: the one holding a redemption gives up, or part of it, where a kind keeps lots; `quoted_fen`: what the
    kind worked out that it comes to, which the issuer must confirm to the fen. `leg_id`: the cashier's leg that a fast redemption pays, or
    of which a purchase brings a refunded part back (`refund_id`). `card_id`: where the cash of a redemption goes on to, sent there in
    `session_id` with so many `factors`, by `withdrawal_id`.
    """

    PREFIX: ClassVar[str] = "wod"
    currency: ClassVar[str] = CNY.code

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    shard = models.SmallIntegerField()
    product = models.ForeignKey("wealth.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey("wealth.ProductVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=32)
    side = models.CharField(max_length=8, choices=Side.choices)
    state = models.CharField(max_length=16, choices=OrderState.choices, default=OrderState.CREATED)
    fast = models.BooleanField(default=False)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    units_fen = models.BigIntegerField(null=True, blank=True)
    fee_fen = models.BigIntegerField(default=0)
    trade_on = models.DateField()
    cut_at = models.DateTimeField()
    confirms_on = models.DateField()
    earns_from = models.DateField(null=True, blank=True)
    cash_on = models.DateField(null=True, blank=True)
    price = models.DecimalField(max_digits=12, decimal_places=6)
    risk = models.CharField(max_length=4)
    risk_sha256 = models.CharField(max_length=64)
    own = models.BooleanField(default=False, db_default=False)
    details = models.JSONField(default=dict, db_default={}, blank=True)
    holding_id = models.UUIDField(null=True, blank=True)
    quoted_fen = models.BigIntegerField(null=True, blank=True)
    leg_id = models.UUIDField(null=True, blank=True)
    card_id = models.UUIDField(null=True, blank=True)
    session_id = models.UUIDField(null=True, blank=True)
    factors = models.SmallIntegerField(default=0, db_default=0)
    withdrawal_id = models.UUIDField(null=True, blank=True)
    cashier_order_id = models.UUIDField(null=True, blank=True)
    pay_journal_id = models.UUIDField(null=True, blank=True)
    request_id = models.UUIDField(null=True, blank=True)
    resends = models.SmallIntegerField(default=0)
    book_journal_id = models.UUIDField(null=True, blank=True)
    cash_journal_id = models.UUIDField(null=True, blank=True)
    refund_id = models.UUIDField(null=True, blank=True)
    code = models.CharField(max_length=CODE_LENGTH, default="", blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            shard_check("wealth_order_shard"),
            models.UniqueConstraint(name="wealth_order_cashier", fields=["cashier_order_id", "shard"]),
            models.UniqueConstraint(name="wealth_order_request", fields=["request_id", "shard"]),
            models.UniqueConstraint(name="wealth_order_pays_leg", fields=["leg_id", "shard"], condition=Q(side="redeem")),
            models.UniqueConstraint(name="wealth_order_withdrawal", fields=["withdrawal_id", "shard"]),
            models.CheckConstraint(
                name="wealth_order_to_card",
                condition=Q(card_id=None, session_id=None, factors=0, withdrawal_id=None)
                | Q(side="redeem", leg_id=None, card_id__isnull=False, session_id__isnull=False, factors__gte=0)
                & (Q(withdrawal_id=None) | Q(cash_journal_id__isnull=False)),
            ),
            models.CheckConstraint(
                name="wealth_order_leg",
                condition=Q(leg_id=None) | Q(side="redeem", fast=True) | Q(side="buy", cashier_order_id=None, refund_id__isnull=False),
            ),
            models.CheckConstraint(
                name="wealth_order_state",
                condition=Q(side="buy", state__in=states_of(Side.BUY)) | Q(side="redeem", state__in=states_of(Side.REDEEM)),
            ),
            models.CheckConstraint(
                name="wealth_order_amounts",
                condition=(Q(amount_fen=None) | Q(amount_fen__gte=1, amount_fen__lte=MAX_FEN))
                & (Q(units_fen=None) | Q(units_fen__gte=1, units_fen__lte=MAX_FEN))
                & Q(fee_fen__gte=0)
                & (Q(side="buy", amount_fen__isnull=False) | Q(side="redeem", units_fen__isnull=False)),
            ),
            models.CheckConstraint(
                name="wealth_order_known", condition=~Q(state__in=BOOKED) | Q(amount_fen__isnull=False, units_fen__isnull=False)
            ),
            models.CheckConstraint(
                name="wealth_order_dates",
                condition=Q(side="buy", fast=False, earns_from__isnull=False, cash_on=None)
                | Q(side="redeem", fast=False, earns_from=None, cash_on__isnull=False)
                | Q(side="redeem", fast=True, earns_from=None, cash_on=None),
            ),
            models.CheckConstraint(name="wealth_order_fast_pays", condition=~Q(state__in=["submitted", "cash_paid"]) | Q(fast=False)),
            models.CheckConstraint(name="wealth_order_paid_fast", condition=~Q(state="fast_paid") | Q(fast=True)),
            models.CheckConstraint(
                name="wealth_order_at_cashier",
                condition=Q(side="redeem", cashier_order_id=None)
                | Q(state="created", cashier_order_id=None)
                | Q(side="buy", leg_id__isnull=False, cashier_order_id=None)
                | Q(side="buy", cashier_order_id__isnull=False),
            ),
            models.CheckConstraint(
                name="wealth_order_paid",
                condition=Q(side="redeem", pay_journal_id=None)
                | Q(side="buy", state__in=[*UNPAID, "expired"], pay_journal_id=None)
                | Q(side="buy", state="cancelled")
                | Q(side="buy", leg_id__isnull=False, pay_journal_id=None)
                | Q(side="buy", pay_journal_id__isnull=False),
            ),
            models.CheckConstraint(
                name="wealth_order_given",
                condition=Q(own=False) & (~Q(state__in=GIVEN) | Q(request_id__isnull=False)) | Q(own=True, side="buy", request_id=None),
            ),
            models.CheckConstraint(name="wealth_order_lot", condition=Q(holding_id=None) | Q(side="redeem", fast=False)),
            models.CheckConstraint(
                name="wealth_order_quoted",
                condition=Q(quoted_fen=None)
                | Q(side="redeem", fast=False, quoted_fen__gte=1, quoted_fen__lte=MAX_FEN)
                & (Q(amount_fen=None) | Q(amount_fen=F("quoted_fen"))),
            ),
            models.CheckConstraint(
                name="wealth_order_booked",
                condition=Q(state__in=BOOKED, book_journal_id__isnull=False) | (~Q(state__in=BOOKED) & Q(book_journal_id=None)),
            ),
            models.CheckConstraint(
                name="wealth_order_cash",
                condition=Q(state__in=["cash_paid", "fast_paid"], cash_journal_id__isnull=False)
                | Q(state="confirmed", fast=True, cash_journal_id__isnull=False)
                | Q(side="buy", state="refunded", leg_id__isnull=False, cash_journal_id__isnull=False)
                | (~Q(state__in=["cash_paid", "fast_paid"]) & ~Q(state="confirmed", fast=True) & Q(cash_journal_id=None)),
            ),
            models.CheckConstraint(
                name="wealth_order_refund", condition=~Q(state__in=["refunding", "refunded"]) | Q(refund_id__isnull=False)
            ),
            models.CheckConstraint(name="wealth_order_priced", condition=Q(price__gt=0)),
        ]
        indexes = [
            models.Index(name="wealth_order_mine", fields=["customer", "-created_at", "-id"]),
            models.Index(name="wealth_order_next", fields=["shard", "due_at"], condition=Q(due_at__isnull=False)),
            models.Index(name="wealth_order_of_product", fields=["product", "-created_at", "-id"]),
            models.Index(name="wealth_order_waiting", fields=["state", "changed_at"], condition=Q(state__in=["submitted", "fast_paid"])),
        ]
        triggers = [
            StateGuard("wealth_order_moves", ORDER_MOVES, born=["created"], only=of_one_side()),
            pgtrigger.Protect(name="wealth_order_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="wealth_order_stays", when=pgtrigger.Before, operation=pgtrigger.Update, func=WHAT_WAS_SHOWN_STAYS),
            pgtrigger.Trigger(name="wealth_order_once", when=pgtrigger.Before, operation=pgtrigger.Update, func=WRITTEN_ONCE),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)

    @property
    def moves(self) -> Moves:
        return MOVES_OF[Side(self.side)]

    @property
    def paid(self) -> bool:
        """Whether the price was paid: what comes to nothing then goes back."""
        return self.pay_journal_id is not None or (self.side == Side.BUY and self.leg_id is not None)

    @property
    def serves(self) -> str:
        """What it is to the cashier, where it is anything."""
        return "" if self.leg_id is None else "refund" if self.side == Side.BUY else "payment"

    def __str__(self) -> str:
        return self.public_id
