"""What goes in and comes out of portfolios. Amounts are whole fen, shares hundredths of a percent that sum to 10,000."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from rest_framework import serializers

from core.errors import Invalid
from core.money import CNY
from wealth.catalog.sockets import Told
from wealth.portfolio.overview import Known, Line, Overview, Side
from wealth.portfolio.queries import HistoryDay, Kept
from wealth.portfolio.words import named, told
from wealth.rules.portfolio import Answer, Slice

FORMS = ("json", "csv", "pdf")
MOST_DAYS = 366
USUAL_DAYS = 30


class HistoryIn(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python."""
        return {
            "from": serializers.DateField(required=False, help_text="30 days before `to` unless told; at most 366."),
            "to": serializers.DateField(required=False, help_text="The last day that is over unless told."),
        }


class FormIn(serializers.Serializer[Any]):
    form = serializers.ChoiceField(FORMS, required=False, help_text="As `Accept` says unless told; JSON where it names none of them.")


class FenOrReason(serializers.Serializer[Any]):
    value = serializers.IntegerField(allow_null=True, help_text="Fen; null: it is not known, never 0.")
    reason = serializers.CharField(allow_null=True, help_text="Why it is not known.")


class PercentOrReason(serializers.Serializer[Any]):
    value = serializers.CharField(allow_null=True, help_text="Percent with four decimals; null: there is none.")
    reason = serializers.CharField(allow_null=True, help_text="Why there is none.")


class SliceShown(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    amount = serializers.IntegerField(help_text="Fen.")
    share_bp = serializers.IntegerField(help_text="Of everything there is; all together 10,000.")


class HeldShown(serializers.Serializer[Any]):
    kind = serializers.CharField()
    product_id = serializers.CharField()
    product_code = serializers.CharField()
    product_name = serializers.CharField()
    holding_id = serializers.CharField(allow_blank=True, help_text="The holding; empty where a kind keeps none.")
    risk = serializers.CharField(allow_null=True)
    value = serializers.IntegerField()
    cost = serializers.IntegerField(help_text="What was paid in for it.")
    accrued = serializers.IntegerField(help_text="What of the value is earned and not paid yet.")
    available = serializers.IntegerField(help_text="What could be asked back today.")
    income_yesterday = serializers.IntegerField(allow_null=True, help_text="null: not known yet.")
    income_total = serializers.IntegerField()
    matures_on = serializers.DateField(allow_null=True)


class BesideShown(serializers.Serializer[Any]):
    kind = serializers.CharField()
    name = serializers.CharField()
    owed = serializers.BooleanField(help_text="It is a debt.")
    amount = serializers.IntegerField(allow_null=True, help_text="null: it cannot be told now.")
    available = serializers.IntegerField(allow_null=True)
    frozen = serializers.IntegerField(allow_null=True)


class AllocationShown(serializers.Serializer[Any]):
    kind = SliceShown(many=True)
    safety = SliceShown(many=True)
    liquidity = SliceShown(many=True)
    term = SliceShown(many=True)


class IncomeShown(serializers.Serializer[Any]):
    yesterday = FenOrReason()
    month = FenOrReason(help_text="Since the first of the month, of days that are over.")
    total = FenOrReason()


class ReturnsShown(serializers.Serializer[Any]):
    time_weighted = PercentOrReason(help_text="Linked day by day over all days that are kept.")
    money_weighted = PercentOrReason(help_text="A year's, by the days money came and went (XIRR).")


class PortfolioShown(serializers.Serializer[Any]):
    currency = serializers.CharField()
    net_worth = FenOrReason(help_text="Everything there is and on its way, less what is owed.")
    products = serializers.IntegerField()
    accrued = serializers.IntegerField(help_text="What of it is earned and not paid yet.")
    on_its_way = serializers.IntegerField(
        help_text="Paid and not confirmed, redeemed and not paid out, less what was paid out before its units are gone."
    )
    items = HeldShown(many=True)
    beside = BesideShown(many=True)
    allocation = AllocationShown()
    income = IncomeShown()
    returns = ReturnsShown()
    kept_from = serializers.DateField(allow_null=True, help_text="The first day income and returns are counted from.")
    kept_through = serializers.DateField(allow_null=True)


class DayShown(serializers.Serializer[Any]):
    day = serializers.DateField(source="products.day")
    value = serializers.IntegerField(source="products.value_fen", help_text="Of products, at its end.")
    income = serializers.IntegerField(source="products.income_fen")
    beside = serializers.IntegerField(source="beside_fen", help_text="What stands beside products, less what is owed.")

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {
            "in": serializers.IntegerField(source="products.paid_in_fen", help_text="Paid in for products."),
            "out": serializers.IntegerField(source="products.paid_out_fen", help_text="Taken out of products."),
        }


class HistoryShown(serializers.Serializer[Any]):
    currency = serializers.CharField()
    items = DayShown(many=True)

    def get_fields(self) -> dict[str, Any]:
        return {
            "from": serializers.DateField(allow_null=True, source="first", help_text="null: no day is kept."),
            "to": serializers.DateField(allow_null=True, source="last"),
            **super().get_fields(),
        }


class CheckupShown(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.SerializerMethodField()
    answer = serializers.ChoiceField([one.value for one in Answer], source="verdict.answer")
    text = serializers.SerializerMethodField()
    numbers = serializers.DictField(source="verdict.numbers", help_text="What it was answered by: fen, basis points, days.")

    def get_title(self, row: Any) -> str:
        return told(row.title)

    def get_text(self, row: Any) -> str:
        return told(row.told)


class CheckupsShown(serializers.Serializer[Any]):
    items = CheckupShown(many=True)


class AmountsShown(serializers.Serializer[Any]):
    opening = serializers.IntegerField(source="opening_fen")
    income = serializers.IntegerField(source="income_fen")
    closing = serializers.IntegerField(source="closing_fen")

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {
            "in": serializers.IntegerField(source="paid_in_fen"),
            "out": serializers.IntegerField(source="paid_out_fen"),
        }


class PortfolioMonthShown(serializers.Serializer[Any]):
    month = serializers.CharField(source="name")
    first_day = serializers.DateField(source="first")
    last_day = serializers.DateField(source="last")
    complete = serializers.BooleanField(source="whole", help_text="Every day of the month is over.")
    total = AmountsShown(source="amounts")


class PortfolioMonthsShown(serializers.Serializer[Any]):
    currency = serializers.CharField()
    items = PortfolioMonthShown(many=True)


class StatementLineShown(serializers.Serializer[Any]):
    kind = serializers.CharField()
    product_code = serializers.CharField(source="code", allow_blank=True)
    name = serializers.SerializerMethodField()
    amounts = AmountsShown()

    def get_name(self, row: Any) -> str:
        return told(row.name)


class StatementShown(serializers.Serializer[Any]):
    currency = serializers.CharField()
    month = PortfolioMonthShown()
    items = StatementLineShown(source="lines", many=True)


def span(data: Mapping[str, date], kept: Kept) -> tuple[date, date]:
    """The days asked for, within those that are kept. Raises Invalid."""
    last = min(data.get("to", kept.last), kept.last)
    first = max(data.get("from", last - timedelta(days=USUAL_DAYS - 1)), kept.first)
    asked = (data.get("to", kept.last) - data.get("from", first)).days + 1
    if asked < 1 or asked > MOST_DAYS:
        raise Invalid("from", "Ask for 1 to 366 days, from not after to.", "请查询 1 至 366 天,起始日期不得晚于结束日期。")
    return first, last


def history_of(kept: Kept | None, first: date | None, last: date | None, days: Sequence[HistoryDay]) -> dict[str, Any]:
    return {"first": first if kept else None, "last": last if kept else None, "currency": CNY.code, "items": days}


def overview_of(seen: Overview) -> dict[str, Any]:
    return {
        "currency": CNY.code,
        "net_worth": known(seen.net_fen),
        "products": seen.products_fen,
        "accrued": seen.accrued_fen,
        "on_its_way": seen.settling_fen,
        "items": [held_of(line) for line in seen.lines],
        "beside": [beside_of(side) for side in seen.sides],
        "allocation": {name: [slice_of(one) for one in found] for name, found in seen.allocations().items()},
        "income": {
            "yesterday": known(seen.income_yesterday_fen),
            "month": known(seen.income_month_fen),
            "total": known(seen.income_total_fen),
        },
        "returns": {"time_weighted": known(seen.linked_percent), "money_weighted": known(seen.yearly_percent)},
        "kept_from": seen.kept.first if seen.kept else None,
        "kept_through": seen.kept.last if seen.kept else None,
    }


def known(figure: Known[Any]) -> dict[str, Any]:
    return {"value": figure.value, "reason": told(figure.reason) if figure.reason else None}


def slice_of(one: Slice) -> dict[str, Any]:
    return {"key": one.key, "name": named(one.key), "amount": one.fen, "share_bp": one.bp}


def held_of(line: Line) -> dict[str, Any]:
    held, product = line.held, line.product
    return {
        "kind": held.kind,
        "product_id": product.public_id,
        "product_code": product.code,
        "product_name": told(Told(product.name_en, product.name_zh)),
        "holding_id": held.holding,
        "risk": product.risk,
        "value": held.value_fen,
        "cost": held.cost_fen,
        "accrued": held.accrued_fen,
        "available": held.available_fen,
        "income_yesterday": held.yesterday_fen,
        "income_total": held.income_fen,
        "matures_on": held.matures_on,
    }


def beside_of(side: Side) -> dict[str, Any]:
    amount = side.amount
    return {
        "kind": side.kind,
        "name": told(side.source.label),
        "owed": side.source.sign < 0,
        "amount": amount.fen if amount else None,
        "available": amount.available_fen if amount else None,
        "frozen": amount.fen - amount.available_fen if amount else None,
    }
