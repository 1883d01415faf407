"""What goes in and comes out of the catalogue. Amounts are whole fen, rates hundredths of a percent a year unless named percent."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.business_day.queries import BeyondCalendar
from core.columns import MAX_FEN
from core.money import CNY
from wealth.catalog import words
from wealth.catalog.dates import OrderDates, ordered_at
from wealth.catalog.models import Product, ProductVersion, ProductYield
from wealth.catalog.queries import current_version
from wealth.catalog.sockets import KINDS, Outcome, Told
from wealth.catalog.states import Carry, Kind, ProductState, Risk, YieldKind
from wealth.issuers import queries as issuers

MOST_DAYS = 3_650
USUAL_DAYS = 30
MOST_COMPARED = 4


def told(sentence: Told) -> str:
    return sentence.zh if (get_language() or "en").startswith("zh") else sentence.en


def in_words(en: str, zh: str) -> str:
    return told(Told(en, zh))


class Sort:
    """How a list may be ordered: `name` -> columns of the annotated rows."""

    BY = {
        "safety": ("risk_level", "id"),
        "yield": ("-yield_sort", "id"),
        "liquidity": ("-fast_sort", "days_sort", "id"),
        "term": ("term_sort", "id"),
        "newest": ("-published_sort", "-id"),
    }


class ProductsIn(serializers.Serializer[Any]):
    """Each may be left out."""

    q = serializers.CharField(required=False, default="", max_length=40, allow_blank=True, help_text="A part of a name or a code.")
    kind = serializers.ChoiceField(Kind.choices, required=False)
    risk_most = serializers.ChoiceField(Risk.choices, required=False, help_text="No riskier than this.")
    principal_protected = serializers.BooleanField(required=False, allow_null=True, default=None)
    yield_least_bp = serializers.IntegerField(required=False, min_value=-10_000, max_value=100_000)
    fast = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="Whether some of it is paid out at once.")
    transferable = serializers.BooleanField(required=False, allow_null=True, default=None)
    term_least = serializers.IntegerField(required=False, min_value=0, max_value=36_500, help_text="Days; open ones are left out.")
    term_most = serializers.IntegerField(required=False, min_value=0, max_value=36_500, help_text="Days; open ones are left out.")
    minimum_most = serializers.IntegerField(required=False, min_value=1, max_value=MAX_FEN)
    sort = serializers.ChoiceField(sorted(Sort.BY), required=False, default="newest")


class CalculateIn(serializers.Serializer[Any]):
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, required=False, default=USUAL_DAYS, help_text="Cut to its term.")


class CompareIn(serializers.Serializer[Any]):
    ids = serializers.CharField(max_length=160, help_text="Two to four ids of products, with commas between them.")


class SafetyShown(serializers.Serializer[Any]):
    risk = serializers.ChoiceField(Risk.choices)
    principal_protected = serializers.BooleanField()
    words = serializers.CharField()


class YieldShown(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(YieldKind.choices)
    low_bp = serializers.IntegerField(allow_null=True)
    high_bp = serializers.IntegerField(allow_null=True)
    seven_day_percent = serializers.CharField(allow_null=True)
    income_per_10k = serializers.CharField(allow_null=True, help_text="Yuan of the day `as_of` on 10,000 units.")
    as_of = serializers.DateField(allow_null=True)
    carry = serializers.ChoiceField(Carry.choices, allow_blank=True)
    words = serializers.CharField()


class LiquidityShown(serializers.Serializer[Any]):
    fast_cap = serializers.IntegerField(help_text="Paid out at once, at most, a person and natural day; 0: nothing.")
    redeem_days = serializers.IntegerField(help_text="T+n of ordinary redemptions.")
    locked = serializers.BooleanField()
    transferable = serializers.BooleanField()
    words = serializers.CharField()


class TermShown(serializers.Serializer[Any]):
    days = serializers.IntegerField(allow_null=True)
    words = serializers.CharField()


class ElementsShown(serializers.Serializer[Any]):
    safety = SafetyShown()
    liquidity = LiquidityShown()
    term = TermShown()

    def get_fields(self) -> dict[str, Any]:
        """`yield` is a word of Python."""
        return {"safety": SafetyShown(), "yield": YieldShown(), "liquidity": LiquidityShown(), "term": TermShown()}


def measured_of(product: Product) -> ProductYield | None:
    return getattr(product, "measured", None)


def elements_of(product: Product) -> dict[str, Any]:
    version, measured = current_version(product), measured_of(product)
    seven = None if measured is None or measured.seven_day_percent is None else str(measured.seven_day_percent)
    income = None if measured is None or measured.income_per_10k is None else str(measured.income_per_10k)
    return {
        "safety": {
            "risk": version.risk, "principal_protected": version.principal_protected, "words": told(words.safety(version))
        },
        "yield": {
            "kind": version.yield_kind, "low_bp": version.yield_low_bp, "high_bp": version.yield_high_bp, "seven_day_percent": seven,
            "income_per_10k": income, "as_of": None if measured is None else measured.as_of, "carry": version.carry,
            "words": told(words.yields(version, measured)),
        },
        "liquidity": {
            "fast_cap": version.t0_cap_fen, "redeem_days": version.redeem_days, "locked": version.locked,
            "transferable": version.transferable, "words": told(words.liquidity(version)),
        },
        "term": {"days": version.term_days, "words": told(words.term(version))},
    }  # fmt: skip


class ProductLine(serializers.Serializer[Product]):
    id = serializers.CharField(source="public_id")
    code = serializers.CharField()
    kind = serializers.ChoiceField(Kind.choices)
    name = serializers.SerializerMethodField(help_text="In the language of Accept-Language, as every sentence here.")
    state = serializers.ChoiceField(ProductState.choices, help_text="on_sale, or suspended: shown and not sold for now.")
    minimum = serializers.IntegerField(source="current.minimum_fen")
    step = serializers.IntegerField(source="current.step_fen")
    elements = serializers.SerializerMethodField()

    def get_name(self, row: Product) -> str:
        return in_words(row.name_en, row.name_zh)

    @extend_schema_field(ElementsShown)
    def get_elements(self, row: Product) -> Any:
        return ElementsShown(elements_of(row)).data


class OutcomeShown(serializers.Serializer[Outcome]):
    amount = serializers.IntegerField(source="amount_fen", help_text="What you would have paid; of insurance all premiums due by then.")
    days = serializers.IntegerField()
    income = serializers.IntegerField(source="income_fen")
    fee = serializers.IntegerField(source="fee_fen")
    end = serializers.IntegerField(source="end_fen", help_text="What you would have then; of insurance what ending the policy gives back.")
    currency = serializers.SerializerMethodField()
    rate_percent = serializers.CharField(allow_null=True, help_text="A year; null where none is known.")
    as_of = serializers.DateField(allow_null=True)
    certain = serializers.BooleanField(help_text="Whether a contract says so; else it is what the latest figures would come to.")

    def get_currency(self, row: Outcome) -> str:
        return CNY.code


class CalculatedShown(serializers.Serializer[Any]):
    outcome = OutcomeShown(allow_null=True, help_text="Null while nothing is known to work with.")


class OrderDatesShown(serializers.Serializer[OrderDates]):
    trade_on = serializers.DateField()
    cut_at = serializers.DateTimeField(help_text="Until then an order has these dates; this very second is late.")
    confirmed_on = serializers.DateField()
    earns_from = serializers.DateField()
    last_income_on = serializers.DateField(help_text="Of a redemption asked for now.")
    cash_on = serializers.DateField(source="cash_on_if_redeemed_then", help_text="Of a redemption asked for now.")


class FeesShown(serializers.Serializer[Any]):
    buy_bp = serializers.IntegerField()
    redeem_bp = serializers.IntegerField()
    manage_bp = serializers.IntegerField()
    words = serializers.CharField()


def page_of(products: Iterable[Product], at: datetime) -> dict[str, Any]:
    """The context that products' pages are written in."""
    return {"at": at, "issuers": issuers.names(product.issuer_code for product in products)}


class DisclosureShown(serializers.Serializer[Product]):
    issuer = serializers.CharField(source="issuer_code")
    issuer_name = serializers.SerializerMethodField(help_text="Who makes the product and answers for it.")
    custodian = serializers.CharField(source="current.custodian")
    licence = serializers.CharField(source="current.licence")
    version = serializers.IntegerField(source="current.number")
    published_at = serializers.DateTimeField(source="current.published_at")
    fees = serializers.SerializerMethodField()
    risk_text = serializers.SerializerMethodField()
    risk_text_sha256 = serializers.CharField(source="current.risk_sha256", help_text="Of both languages; an order keeps it.")

    def get_issuer_name(self, row: Product) -> str:
        names: Mapping[str, tuple[str, str]] = self.context["issuers"]
        return in_words(*names.get(row.issuer_code, (row.issuer_code, row.issuer_code)))

    @extend_schema_field(FeesShown)
    def get_fees(self, row: Product) -> Any:
        version = current_version(row)
        fees = {"buy_bp": version.buy_fee_bp, "redeem_bp": version.redeem_fee_bp, "manage_bp": version.manage_fee_bp}
        return FeesShown(fees | {"words": in_words(version.fees_text_en, version.fees_text_zh)}).data

    def get_risk_text(self, row: Product) -> str:
        version = current_version(row)
        return in_words(version.risk_text_en, version.risk_text_zh)


def dates_shown(version: ProductVersion, at: datetime) -> Any:
    """None beyond the trading calendar."""
    try:
        return OrderDatesShown(ordered_at(version, at)).data
    except BeyondCalendar:
        return None


def left(quota_fen: int | None, used_fen: int) -> int | None:
    return None if quota_fen is None else max(quota_fen - used_fen, 0)


class ProductShown(ProductLine):
    person_cap = serializers.IntegerField(source="current.person_cap_fen", allow_null=True)
    left = serializers.SerializerMethodField(help_text="Fen left to sell in all; null: without end.")
    left_today = serializers.SerializerMethodField(help_text="Fen left of the day an order would trade on; null: without end.")
    way_out = serializers.SerializerMethodField(help_text="What happens when I want my money back.")
    dates = serializers.SerializerMethodField(help_text="If I ordered now; null beyond the trading calendar.")
    would_have = serializers.SerializerMethodField(help_text="The minimum after 30 days, or its term; null while nothing is known.")
    disclosure = serializers.SerializerMethodField()
    details = serializers.SerializerMethodField(help_text="What only this kind of product tells.")

    @property
    def at(self) -> datetime:
        found: datetime = self.context["at"]
        return found

    def get_left(self, row: Product) -> int | None:
        return left(current_version(row).total_quota_fen, row.sold_fen)  # type: ignore[attr-defined]

    def get_left_today(self, row: Product) -> int | None:
        return left(current_version(row).daily_quota_fen, row.sold_today_fen)  # type: ignore[attr-defined]

    def get_way_out(self, row: Product) -> str:
        return told(kind_of(row).way_out(version=current_version(row)))

    @extend_schema_field(OrderDatesShown(allow_null=True))
    def get_dates(self, row: Product) -> Any:
        return dates_shown(current_version(row), self.at)

    @extend_schema_field(OutcomeShown(allow_null=True))
    def get_would_have(self, row: Product) -> Any:
        version = current_version(row)
        found = outcome_of(row, version, version.minimum_fen, version.term_days or USUAL_DAYS, self.at)
        return None if found is None else OutcomeShown(found).data

    @extend_schema_field(DisclosureShown)
    def get_disclosure(self, row: Product) -> Any:
        return DisclosureShown(row, context=self.context).data

    def get_details(self, row: Product) -> dict[str, Any]:
        return dict(kind_of(row).details(version=current_version(row), at=self.at))


def kind_of(product: Product) -> Any:
    found = KINDS.get(product.kind)
    assert found is not None, f"nothing is plugged in for {product.kind}, and yet it was published"
    return found


def outcome_of(product: Product, version: ProductVersion, amount_fen: int, days: int, at: datetime) -> Outcome | None:
    found: Outcome | None = kind_of(product).outcome(version=version, amount_fen=amount_fen, days=min(days, MOST_DAYS), at=at)
    return found


class ComparedShown(serializers.Serializer[Any]):
    items = ProductShown(many=True, help_text="In the order asked for.")
