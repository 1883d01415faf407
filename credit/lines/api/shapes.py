"""What goes in and comes out of credit lines. Amounts are whole fen."""

from datetime import date
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.clock import queries as clock
from core.columns import MAX_FEN
from core.ids import public_id
from credit.lines.models import CreditLine, LineEvent, LineRaise
from credit.lines.queries import available_fen, limit_on
from credit.lines.states import Freeze, LineChange, LineState, RaiseState
from credit.products.quoting import rate_of, shown_percent
from credit.products.terms import of, per_million


class ActivateIn(serializers.Serializer[Any]):
    limit = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="The limit you were shown.")
    proof = serializers.CharField(
        max_length=200,
        required=False,
        default="",
        allow_blank=True,
        help_text="A step-up proof with purpose credit_line, amount = limit, payee = the line's id, nonce = this key.",
    )


class RaiseIn(serializers.Serializer[Any]):
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="The limit you would like to have.")


class CreditLineShown(serializers.Serializer[CreditLine]):
    id = serializers.CharField(source="public_id")
    state = serializers.ChoiceField(LineState.choices)
    product_id = serializers.CharField(source="product.public_id")
    product = serializers.SerializerMethodField(help_text="Its name, in the language of Accept-Language.")
    lender = serializers.CharField(source="product.lender")
    limit = serializers.SerializerMethodField(help_text="What you may owe today, with what is temporary.")
    used = serializers.IntegerField(source="used_fen", help_text="Principal you owe on it now.")
    available = serializers.SerializerMethodField(help_text="What you may still draw today; nothing while the line is frozen.")
    lasting_limit = serializers.IntegerField(source="limit_fen")
    temporary = serializers.IntegerField(source="temporary_fen", help_text="So much more, from one day up to and with another.")
    temporary_from = serializers.DateField(allow_null=True)
    temporary_until = serializers.DateField(allow_null=True)
    currency = serializers.CharField()
    interest_percent = serializers.SerializerMethodField(help_text="Interest a year of this line; null where fees are asked instead.")
    freezes = serializers.ListField(child=serializers.ChoiceField(Freeze.choices), help_text="Why nothing is lent on it now.")
    valid_until = serializers.DateField(help_text="Of an invitation: the last day to say yes.")
    activated_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()

    def today(self) -> date:
        return clock.local_day(clock.now())

    def get_product(self, row: CreditLine) -> str:
        return row.version.name_zh if (get_language() or "en").startswith("zh") else row.version.name_en

    def get_limit(self, row: CreditLine) -> int:
        return limit_on(row, self.today())

    def get_available(self, row: CreditLine) -> int:
        return available_fen(row, self.today())

    def get_interest_percent(self, row: CreditLine) -> str | None:
        terms = of(row.version)
        return shown_percent(per_million(rate_of(terms, row.grade))) if terms.grades else None


class LineEventShown(serializers.Serializer[LineEvent]):
    change = serializers.ChoiceField(LineChange.choices)
    limit = serializers.IntegerField(source="limit_fen", help_text="After it.")
    temporary = serializers.IntegerField(source="temporary_fen")
    at = serializers.DateTimeField()


class CreditLineWhole(CreditLineShown):
    history = serializers.SerializerMethodField(help_text="What happened to it, the latest first.")

    @extend_schema_field(LineEventShown(many=True))
    def get_history(self, row: CreditLine) -> Any:
        return LineEventShown(self.context["events"], many=True).data


class LineRaiseShown(serializers.Serializer[LineRaise]):
    id = serializers.CharField(source="public_id")
    line_id = serializers.SerializerMethodField()
    state = serializers.ChoiceField(RaiseState.choices)
    amount = serializers.IntegerField(source="amount_fen", help_text="The limit asked for.")
    granted = serializers.IntegerField(source="granted_fen", help_text="The limit granted; 0: none.")
    currency = serializers.CharField()
    why = serializers.CharField(help_text="What the decision says.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()

    def get_line_id(self, row: LineRaise) -> str:
        return public_id(CreditLine.PREFIX, row.line_id)
