"""What goes in and comes out of credit products. Amounts are whole fen; rates are percent a year, as text with two decimals."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.columns import MAX_FEN
from core.money import CNY
from credit.products.models import CreditProduct
from credit.products.queries import current_version
from credit.products.quoting import CreditQuote, Payment, Price, shown_percent
from credit.products.states import CreditKind, CreditProductState
from credit.products.terms import MOST_PERIODS, STATEMENT, STRATEGIES, CreditTerms, of, per_million
from credit.products.words import early_words, exact, late_words, price_words


def in_words(en: str, zh: str) -> str:
    return zh if (get_language() or "en").startswith("zh") else en


class CreditQuotesIn(serializers.Serializer[Any]):
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN)
    periods = serializers.IntegerField(
        min_value=1,
        max_value=MOST_PERIODS,
        required=False,
        help_text="Left out: every number that is offered and not too dear.",
    )
    grade = serializers.CharField(
        max_length=8, required=False, default="", help_text="Whose price, of a product that asks interest; left out: the highest."
    )


class CreditPriceShown(serializers.Serializer[Price]):
    yearly_percent = serializers.SerializerMethodField(help_text="Twelve times the monthly internal rate of return of all payments.")
    effective_percent = serializers.SerializerMethodField(help_text="That monthly rate compounded for a year.")

    def get_yearly_percent(self, row: Price) -> str:
        return shown_percent(row.yearly)

    def get_effective_percent(self, row: Price) -> str:
        return shown_percent(row.effective)


class CreditPaymentShown(serializers.Serializer[Payment]):
    number = serializers.IntegerField()
    due_on = serializers.DateField()
    amount = serializers.IntegerField(source="amount_fen")
    principal = serializers.IntegerField(source="principal_fen")
    interest = serializers.IntegerField(source="interest_fen")
    fee = serializers.IntegerField(source="fee_fen")
    left = serializers.IntegerField(source="left_fen", help_text="Principal still to come after it.")


class CreditQuoteShown(serializers.Serializer[CreditQuote]):
    price = CreditPriceShown()
    amount = serializers.IntegerField(source="amount_fen", help_text="What you would get, or pay with.")
    total = serializers.IntegerField(source="total_fen", help_text="What you would pay back in all.")
    cost = serializers.IntegerField(source="cost_fen", help_text="What borrowing costs in all: interest and fees.")
    interest = serializers.IntegerField(source="interest_fen")
    fee = serializers.IntegerField(source="fee_fen")
    currency = serializers.SerializerMethodField()
    periods = serializers.IntegerField(source="price.periods")
    starts_on = serializers.DateField()
    payments = CreditPaymentShown(many=True)

    def get_currency(self, row: CreditQuote) -> str:
        return CNY.code


class CreditQuotesShown(serializers.Serializer[Any]):
    items = CreditQuoteShown(many=True, help_text="By the number of payments.")


class CreditCycleShown(serializers.Serializer[Any]):
    mode = serializers.ChoiceField([STATEMENT, "order"])
    statement_day = serializers.IntegerField(allow_null=True, help_text="Of each month; null where each plan has its own due days.")
    due_after = serializers.IntegerField(allow_null=True, help_text="Days from the statement to its due day.")


class CreditLateShown(serializers.Serializer[Any]):
    grace_days = serializers.IntegerField(help_text="Days after the due day on which nothing more is asked.")
    daily_percent = serializers.CharField(help_text="Asked a day of what is overdue after them.")
    words = serializers.CharField()


class CreditEarlyShown(serializers.Serializer[Any]):
    strategies = serializers.ListField(child=serializers.CharField(), help_text="What paying ahead may do: fewer, smaller or skip.")
    fee_percent = serializers.CharField(help_text="Asked of the principal that is paid ahead.")
    words = serializers.CharField()


class CreditProductLine(serializers.Serializer[CreditProduct]):
    id = serializers.CharField(source="public_id")
    code = serializers.CharField()
    kind = serializers.ChoiceField(CreditKind.choices)
    name = serializers.SerializerMethodField(help_text="In the language of Accept-Language, as every sentence here.")
    lender = serializers.CharField(help_text="Who lends, as the contract names them.")
    state = serializers.ChoiceField(CreditProductState.choices, help_text="on_offer, or suspended: shown and not lent for now.")
    least = serializers.IntegerField(source="current.least_fen")
    most = serializers.IntegerField(source="current.most_fen", help_text="What a person may borrow follows from their line.")
    step = serializers.IntegerField(source="current.step_fen")
    currency = serializers.SerializerMethodField()
    price_words = serializers.SerializerMethodField(help_text="The price a year, before anything that makes it look smaller.")

    def get_name(self, row: CreditProduct) -> str:
        version = current_version(row)
        return in_words(version.name_en, version.name_zh)

    def get_currency(self, row: CreditProduct) -> str:
        return CNY.code

    def get_price_words(self, row: CreditProduct) -> str:
        return in_words(*price_words(current_version(row), self.context["day"]))


class CreditProductShown(CreditProductLine):
    version = serializers.IntegerField(source="current.number")
    periods = serializers.SerializerMethodField(help_text="The numbers of payments that are offered.")
    cycle = serializers.SerializerMethodField()
    late = serializers.SerializerMethodField(help_text="What happens when I pay late.")
    early = serializers.SerializerMethodField(help_text="What happens when I pay ahead.")
    cap_percent = serializers.SerializerMethodField(help_text="Nobody may be asked more than this a year in all.")
    risk_text = serializers.SerializerMethodField()
    example = serializers.SerializerMethodField(
        help_text="The most that is lent in the fewest payments, at the highest price; null while all of it costs too much."
    )

    def terms(self, row: CreditProduct) -> CreditTerms:
        return of(current_version(row))

    def get_periods(self, row: CreditProduct) -> list[int]:
        return [one.periods for one in self.terms(row).instalments]

    @extend_schema_field(CreditCycleShown)
    def get_cycle(self, row: CreditProduct) -> Any:
        cycle = self.terms(row).cycle
        own = cycle.mode == STATEMENT
        return {"mode": cycle.mode, "statement_day": cycle.statement_day if own else None, "due_after": cycle.due_after if own else None}

    @extend_schema_field(CreditLateShown)
    def get_late(self, row: CreditProduct) -> Any:
        terms = self.terms(row)
        daily = exact(terms.penalty.daily_ppm)
        return {"grace_days": terms.grace_days, "daily_percent": daily, "words": in_words(*late_words(terms))}

    @extend_schema_field(CreditEarlyShown)
    def get_early(self, row: CreditProduct) -> Any:
        early = self.terms(row).early
        return {
            "strategies": [name for name, way in STRATEGIES.items() if way in early.strategies],
            "fee_percent": exact(early.fee_ppm),
            "words": in_words(*early_words(early)),
        }

    def get_cap_percent(self, row: CreditProduct) -> str:
        return shown_percent(per_million(self.context["most_ppm"]))

    def get_risk_text(self, row: CreditProduct) -> str:
        version = current_version(row)
        return in_words(version.risk_text_en, version.risk_text_zh)

    @extend_schema_field(CreditQuoteShown(allow_null=True))
    def get_example(self, row: CreditProduct) -> Any:
        found = self.context["example"]
        return None if found is None else CreditQuoteShown(found).data
