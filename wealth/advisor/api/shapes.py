"""What goes in and comes out of advice. Amounts are whole fen; parts and drift are basis points as text with two decimals."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.validators import no_card_number
from core.clock import queries as clock
from core.columns import MAX_FEN
from payments.bills.api.shapes import chinese
from wealth.advisor.advice import in_e2
from wealth.advisor.models import LEVEL_VALUES, AdvisorPlan, InvestingPlan
from wealth.advisor.services.goals import MOST_YEARS
from wealth.advisor.states import Every, InvestingState, PlanState, RunState
from wealth.orders.api.shapes import Dated, ProductShort
from wealth.orders.states import Side
from wealth.rules.investing import LAST


def bp(e2bp: int) -> str:
    return f"{Decimal(e2bp) / 100:.2f}"


class ModelShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    level = serializers.ChoiceField(LEVEL_VALUES)
    starts_on = serializers.DateField()
    mean_bp = serializers.IntegerField(help_text="The middle return a year that goals are projected with. No promise.")
    deviation_bp = serializers.IntegerField(help_text="Its deviation.")


class PositionShown(serializers.Serializer[Any]):
    product = ProductShort(source="product.current")
    risk = serializers.CharField(source="product.current.risk")
    value = serializers.IntegerField(source="value_fen", help_text="Held, with purchases that are paid, without what is being given up.")
    target_bp = serializers.IntegerField(help_text="Its part by the model; 0 for what the model does not have.")
    part_bp = serializers.SerializerMethodField(help_text="Its part of what is invested.")

    @extend_schema_field(serializers.CharField())
    def get_part_bp(self, row: Any) -> str:
        return bp(in_e2(row.weight_bp))


class AdviceShown(serializers.Serializer[Any]):
    profile = serializers.ChoiceField(("valid", "expired", "missing"), help_text="Without a valid one there is no model.")
    level = serializers.CharField(help_text="Of the profile; empty without a valid one.")
    model = ModelShown(allow_null=True)
    positions = PositionShown(many=True)
    invested = serializers.IntegerField(source="invested_fen")
    coming = serializers.IntegerField(source="coming_fen", help_text="Redeemed and not paid out yet.")
    balance = serializers.IntegerField(source="balance_fen", help_text="Idle in the wallet.")
    currency = serializers.SerializerMethodField()
    drift_bp = serializers.SerializerMethodField(help_text="Half the sum of the deviations; null where nothing is invested or no model is.")
    sell_at_bp = serializers.IntegerField(source="terms.sell_at_bp", help_text="From this drift on selling is advised.")
    suggested = serializers.BooleanField(help_text="Whether the drift is worth selling something; not while a plan's sales are under way.")

    def get_currency(self, row: Any) -> str:
        return AdvisorPlan.currency

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_drift_bp(self, row: Any) -> str | None:
        return None if row.drift_e2bp is None else bp(row.drift_e2bp)


class PlanIn(serializers.Serializer[Any]):
    cash = serializers.IntegerField(min_value=0, max_value=MAX_FEN, help_text="New money to invest; 0 to bring what is held back alone.")


class ItemShown(Dated):
    side = serializers.ChoiceField(Side.choices)
    product = ProductShort(source="version")
    amount = serializers.IntegerField(source="amount_fen", help_text="To pay, or units to give up.")
    fast = serializers.BooleanField(help_text="A sale that is paid at once.")
    earns_from = serializers.DateField(allow_null=True)
    cash_on = serializers.DateField(allow_null=True, help_text="When a sale that is not fast is paid.")
    risk = serializers.CharField()
    risk_text = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")
    risk_text_sha256 = serializers.CharField(source="risk_sha256")
    order_id = serializers.SerializerMethodField(help_text="The order it became; a purchase is paid as every order is.")
    code = serializers.CharField(help_text="Why it was refused.")

    def get_risk_text(self, row: Any) -> str:
        return str(row.version.risk_text_zh if chinese() else row.version.risk_text_en)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_order_id(self, row: Any) -> str | None:
        return row.order_public_id or None


class LeftOutShown(serializers.Serializer[Any]):
    product_id = serializers.CharField()
    code = serializers.CharField(help_text="Why it cannot be ordered now.")


class PlanShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    model_id = serializers.CharField(source="portfolio.public_id")
    level = serializers.ChoiceField(LEVEL_VALUES)
    state = serializers.SerializerMethodField()
    cash = serializers.IntegerField(source="cash_fen")
    invested = serializers.IntegerField(source="total_fen", help_text="Before it.")
    currency = serializers.CharField()
    left = serializers.IntegerField(
        source="left_fen", help_text="To be bought once sales are paid: ask for a new plan with that money when it is there."
    )
    left_out = serializers.SerializerMethodField()
    drift_bp = serializers.SerializerMethodField(help_text="Before it.")
    drift_after_bp = serializers.SerializerMethodField(help_text="Once every order of it is done.")
    items = serializers.SerializerMethodField()
    expires_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(PlanState.choices))
    def get_state(self, row: AdvisorPlan) -> str:
        over = row.state == PlanState.SHOWN and row.expires_at <= clock.now()
        return PlanState.EXPIRED.value if over else row.state

    @extend_schema_field(LeftOutShown(many=True))
    def get_left_out(self, row: AdvisorPlan) -> list[dict[str, str]]:
        return [{"product_id": product, "code": code} for product, code in row.left_out]

    def get_drift_bp(self, row: AdvisorPlan) -> str:
        return bp(row.drift_e2bp)

    def get_drift_after_bp(self, row: AdvisorPlan) -> str:
        return bp(row.after_e2bp)

    @extend_schema_field(ItemShown(many=True))
    def get_items(self, row: AdvisorPlan) -> Any:
        return ItemShown(self.context["items"][row.id], many=True, context=self.context).data


class GoalIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=30, validators=[no_card_number], help_text="Your own word for it.")
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN)
    monthly = serializers.IntegerField(min_value=0, max_value=MAX_FEN, default=0, help_text="What you mean to add each month.")
    due_on = serializers.DateField(help_text=f"A day to come, at most {MOST_YEARS} years away.")


class BandShown(serializers.Serializer[Any]):
    low = serializers.IntegerField(source="low_fen", help_text="One in ten outcomes stays below.")
    middle = serializers.IntegerField(source="middle_fen")
    high = serializers.IntegerField(source="high_fen", help_text="Nine in ten outcomes stay below.")


class GoalShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="goal.public_id")
    name = serializers.CharField(source="goal.name")
    amount = serializers.IntegerField(source="goal.amount_fen")
    monthly = serializers.IntegerField(source="goal.monthly_fen")
    due_on = serializers.DateField(source="goal.due_on")
    saved = serializers.IntegerField(source="saved_fen", help_text="Of what is invested; the goal due first is filled first.")
    currency = serializers.CharField(source="goal.currency")
    months = serializers.IntegerField(help_text="Whole months left.")
    projected = BandShown(source="band", allow_null=True, help_text="By the model's assumptions, no promise; null without a model.")
    created_at = serializers.DateTimeField(source="goal.created_at")


class GoalPlain(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")


class InvestIn(serializers.Serializer[Any]):
    product_id = serializers.CharField(max_length=40)
    amount = serializers.IntegerField(min_value=1, max_value=MAX_FEN, help_text="Of each purchase; with idle, at most that a day.")
    every = serializers.ChoiceField(
        Every.choices,
        help_text="pay_day buys on the day after `day`, your pay day; idle buys every trading day what your balance has beyond `keep`.",
    )
    day = serializers.IntegerField(
        min_value=0,
        max_value=LAST,
        help_text=f"Of the week, 1 (Monday) to 7; of the month, 1 to 28, or {LAST} for its last day; 0 with idle.",
    )
    keep = serializers.IntegerField(
        min_value=0,
        max_value=MAX_FEN,
        required=False,
        allow_null=True,
        default=None,
        help_text="With idle alone: what stays on the balance.",
    )
    proof = serializers.CharField(
        max_length=64,
        help_text="A step-up proof with purpose investing_plan, amount = amount, payee = the product's id, nonce = this key.",
    )


class ComingShown(serializers.Serializer[Any]):
    on = serializers.DateField()
    trades_on = serializers.DateField(allow_null=True, help_text="The first trading day from then on; null beyond the calendar.")


class InvestingShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    product = ProductShort(source="product.current")
    amount = serializers.IntegerField(source="amount_fen")
    currency = serializers.CharField()
    every = serializers.ChoiceField(Every.choices)
    day = serializers.IntegerField()
    keep = serializers.IntegerField(source="keep_fen", allow_null=True)
    state = serializers.ChoiceField(InvestingState.choices)
    coming = serializers.SerializerMethodField(help_text="The next three dates.")
    failures = serializers.IntegerField(help_text="Dates in a row that came to nothing; too many pause it.")
    code = serializers.CharField(help_text="Why it was paused; empty when you did.")
    created_at = serializers.DateTimeField()

    @extend_schema_field(ComingShown(many=True))
    def get_coming(self, row: InvestingPlan) -> list[dict[str, Any]]:
        found = self.context["coming"].get(row.id, [])
        return [{"on": on.isoformat(), "trades_on": None if taken is None else taken.isoformat()} for on, taken in found]


class RunShown(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    on = serializers.DateField()
    traded_on = serializers.DateField()
    state = serializers.ChoiceField(RunState.choices)
    amount = serializers.IntegerField(source="amount_fen")
    currency = serializers.CharField()
    tries = serializers.IntegerField()
    next_at = serializers.DateTimeField(allow_null=True)
    order_id = serializers.SerializerMethodField()
    code = serializers.CharField(help_text="Why the last try came to nothing.")
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_order_id(self, row: Any) -> str | None:
        return row.order_public_id or None
