"""What goes in and comes out of debts. Amounts are whole fen."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.columns import MAX_FEN
from core.ids import public_id
from core.money import CNY
from credit.debts.book import FEE, INTEREST, PENALTY, PRINCIPAL, Part
from credit.debts.disclosing import daily
from credit.debts.models import CreditTxn
from credit.debts.page import IfPaid, Standing
from credit.debts.states import DrawState, TxnKind
from credit.products.terms import STRATEGIES

WAYS = sorted(STRATEGIES)


class DrawQuoteIn(serializers.Serializer[Any]):
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN)
    periods = serializers.IntegerField(min_value=1, max_value=360)


class DrawIn(DrawQuoteIn):
    quote_sha256 = serializers.CharField(max_length=64, help_text="Of the quote you were shown and agree to.")
    proof = serializers.CharField(
        max_length=200,
        required=False,
        default="",
        allow_blank=True,
        help_text="A step-up proof with purpose credit_draw, amount = amount, payee = the line's id, nonce = this key.",
    )


class RepaymentIn(serializers.Serializer[Any]):
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="At most what ends the debt today.")
    strategy = serializers.ChoiceField(WAYS, required=False, default="", help_text="What money ahead does; what the product offers first.")
    proof = serializers.CharField(
        max_length=200,
        required=False,
        default="",
        allow_blank=True,
        help_text="Above small amounts: a step-up proof with purpose credit_repay, amount, payee = the draw's id, nonce = this key.",
    )


class IfPaidIn(serializers.Serializer[Any]):
    on = serializers.DateField(required=False, help_text="Today or a day to come; today unless told.")
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN, required=False, help_text="All that ends the debt unless told.")
    strategy = serializers.ChoiceField(WAYS, required=False, default="", help_text="What money ahead does.")


class QuotedPaymentShown(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    due_on = serializers.DateField()
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()
    fee = serializers.IntegerField()


class DrawQuoteShown(serializers.Serializer[Any]):
    """What borrowing now costs; the price a year before anything that looks smaller. It is agreed to by its hash."""

    yearly_percent = serializers.CharField(help_text="Of everything you would pay, a year.")
    effective_percent = serializers.CharField(help_text="The same compounded.")
    total = serializers.IntegerField(help_text="What you would pay back in all.")
    interest = serializers.IntegerField()
    fees = serializers.IntegerField()
    amount = serializers.IntegerField()
    periods = serializers.IntegerField()
    starts_on = serializers.DateField()
    payments = QuotedPaymentShown(many=True)
    product = serializers.CharField()
    version = serializers.IntegerField()
    lender = serializers.CharField()
    grace_days = serializers.IntegerField(help_text="Days after a due day on which nothing more is asked.")
    penalty_daily_percent = serializers.CharField(help_text="Asked a day of what is late after them; the line lends nothing meanwhile.")
    early_fee_percent = serializers.CharField(help_text="Asked of principal paid ahead.")
    currency = serializers.SerializerMethodField()
    quote_sha256 = serializers.CharField(help_text="Send it along to borrow at exactly this.")

    def get_currency(self, row: Any) -> str:
        return CNY.code


class InstalmentShown(serializers.Serializer[Part]):
    number = serializers.IntegerField()
    due_on = serializers.DateField()
    principal = serializers.SerializerMethodField()
    interest = serializers.SerializerMethodField()
    fee = serializers.SerializerMethodField()
    penalty = serializers.SerializerMethodField(help_text="By the end of today.")
    paid = serializers.SerializerMethodField()
    owed = serializers.IntegerField(source="open_fen", help_text="What is not paid of it.")

    def get_principal(self, row: Part) -> int:
        return row.asked[PRINCIPAL]

    def get_interest(self, row: Part) -> int:
        return row.asked[INTEREST]

    def get_fee(self, row: Part) -> int:
        return row.asked[FEE]

    def get_penalty(self, row: Part) -> int:
        return row.asked[PENALTY]

    def get_paid(self, row: Part) -> int:
        return sum(row.paid.values())


class DebtSettlementShown(serializers.Serializer[Any]):
    amount = serializers.IntegerField(source="amount_fen", help_text="What ends the debt on that day, to the fen.")
    principal = serializers.IntegerField(source="principal_fen")
    interest = serializers.IntegerField(source="interest_fen")
    fee = serializers.IntegerField(source="fee_fen", help_text="With what paying ahead costs.")
    penalty = serializers.IntegerField(source="penalty_fen")
    early_fee = serializers.IntegerField(source="early_fee_fen")


class IfLateShown(serializers.Serializer[Any]):
    grace_days = serializers.IntegerField()
    penalty_daily_percent = serializers.CharField()
    line_frozen_after = serializers.DateField(allow_null=True, help_text="The last day before the line lends nothing more.")


class DrawShown(serializers.Serializer[Standing]):
    id = serializers.CharField(source="draw.public_id")
    state = serializers.ChoiceField(DrawState.choices, source="draw.state")
    line_id = serializers.SerializerMethodField()
    product = serializers.SerializerMethodField(help_text="Its name, in the language of Accept-Language.")
    amount = serializers.IntegerField(source="draw.amount_fen", help_text="What was borrowed.")
    currency = serializers.CharField(source="draw.currency")
    starts_on = serializers.DateField(source="draw.starts_on")
    owed_principal = serializers.IntegerField(source="debt.principal_fen")
    due_now = serializers.IntegerField(source="due_fen", help_text="What is due by today and not paid, penalties with it.")
    overdue = serializers.IntegerField(source="late_fen", help_text="What of it is beyond its days of grace.")
    overdue_since = serializers.DateField(source="late_since", allow_null=True)
    next_due_on = serializers.DateField(allow_null=True)
    next_due = serializers.IntegerField(source="next_fen")
    settled_on = serializers.DateField(source="draw.settled_on", allow_null=True)
    created_at = serializers.DateTimeField(source="draw.created_at")

    def get_line_id(self, row: Standing) -> str:
        return public_id("crl", row.draw.line_id)

    def get_product(self, row: Standing) -> str:
        version = row.draw.version
        return version.name_zh if (get_language() or "en").startswith("zh") else version.name_en


class DrawTxnShown(serializers.Serializer[CreditTxn]):
    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(TxnKind.choices)
    amount = serializers.IntegerField(source="amount_fen")
    on = serializers.DateField()
    parts = serializers.SerializerMethodField(help_text="What a payment was for.")
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_parts(self, row: CreditTxn) -> dict[str, int]:
        found: dict[str, int] = {}
        for one in self.context["allocations"].get(row.pk, []):
            found[one.toward] = found.get(one.toward, 0) + one.amount_fen
        return found


class DrawWhole(DrawShown):
    settlement = DebtSettlementShown(help_text="What ends it today.")
    schedule = InstalmentShown(source="parts", many=True)
    if_late = serializers.SerializerMethodField()
    payments = serializers.SerializerMethodField(help_text="What was lent and paid, the latest first.")
    quote_sha256 = serializers.CharField(source="draw.quote_sha256", help_text="Of what was agreed to.")

    @extend_schema_field(IfLateShown)
    def get_if_late(self, row: Standing) -> Any:
        terms = row.debt.terms
        first = next((part.late_from for part in row.parts if part.open_fen), None)
        return {
            "grace_days": terms.grace_days,
            "penalty_daily_percent": daily(terms.penalty.daily_ppm),
            "line_frozen_after": first.isoformat() if first else None,
        }

    @extend_schema_field(DrawTxnShown(many=True))
    def get_payments(self, row: Standing) -> Any:
        return DrawTxnShown(self.context["txns"], many=True, context=self.context).data


class IfPaidShown(serializers.Serializer[IfPaid]):
    """What paying would do; nothing is booked."""

    on = serializers.DateField()
    amount = serializers.IntegerField(source="amount_fen")
    settlement = DebtSettlementShown()
    toward = serializers.DictField(source="shares", child=serializers.IntegerField(), help_text="Where the money would go.")
    schedule = InstalmentShown(source="parts", many=True, help_text="What would be asked after it.")


class DebtsShown(serializers.Serializer[Any]):
    """Everything the caller owes."""

    principal = serializers.IntegerField()
    due_now = serializers.IntegerField()
    overdue = serializers.IntegerField()
    next_due_on = serializers.DateField(allow_null=True)
    next_due = serializers.IntegerField(help_text="Of all draws on that day.")
    currency = serializers.CharField()
    draws = DrawShown(many=True, help_text="With anything open, the newest first.")
