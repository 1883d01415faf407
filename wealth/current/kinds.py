"""How the catalogue reads money funds: their terms, what an amount would have become, and the way out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.clock.queries import local_day
from core.errors import Invalid
from wealth.catalog.queries import ProductVersion
from wealth.catalog.sockets import Outcome, Told
from wealth.catalog.states import Carry, YieldKind
from wealth.current import queries, yields
from wealth.rules.current import grown, rate_e4, simple_income

MONTH = timedelta(days=30)
BP = 10_000


class Current:
    """Terms are the version's own columns; a money fund has no others."""

    def refuse_terms(self, *, version: ProductVersion) -> None:
        if version.terms:
            raise Invalid("terms", "A money fund has no terms of its own.", "货币基金没有额外条款。")
        if version.yield_kind != YieldKind.SEVEN_DAY:
            raise Invalid("yield_kind", "A money fund shows its seven-day yield.", "货币基金须以七日年化展示收益。")
        if version.term_days is not None or version.locked or version.transferable:
            raise Invalid("term_days", "A money fund is open: no term, no lock, no transfer.", "货币基金为开放式,不得设期限、锁定或转让。")

    def outcome(self, *, version: ProductVersion, amount_fen: int, days: int, at: datetime) -> Outcome | None:
        """If every day earned what the last quoted one did: income becomes units daily as it is booked, or none within the time where it
        does monthly."""
        found = yields.shown(version.product_id)
        if found is None:
            return None
        as_of, percent, income_per_10k = found
        fee = amount_fen * version.buy_fee_bp // BP
        units, rates = amount_fen - fee, [rate_e4(income_per_10k)] * days
        if version.carry == Carry.MONTHLY:
            earned = int(simple_income(units_fen=units, rates_e4=rates) // 1)
        else:
            earned = grown(units_fen=units, rates_e4=rates)[0] - units
        return Outcome(amount_fen, days, earned, fee, units + earned, percent, as_of, certain=False)

    def way_out(self, *, version: ProductVersion) -> Told:
        days = "one trading day" if version.redeem_days == 1 else f"{version.redeem_days} trading days"
        en = f"Redeem at any time: the money is in your balance {days} after the trade date."
        zh = f"可随时赎回,资金在交易日后 {version.redeem_days} 个交易日到账。"
        if version.t0_cap_fen:
            yuan = Decimal(version.t0_cap_fen) / 100
            en += f" Up to {yuan:,.2f} yuan a day at once."
            zh += f"每日 {yuan:,.2f} 元以内可实时到账。"
        return Told(en, zh)

    def details(self, *, version: ProductVersion, at: datetime) -> Mapping[str, Any]:
        """The quotes of the last month: yuan per 10,000 units as text with four decimals."""
        today = local_day(at)
        found = queries.quotes(version.product_id, since=today - MONTH, through=today)
        return {"incomes_per_10k": [{"day": day.isoformat(), "income": str(quote.income_per_10k)} for day, quote in found.items()]}
