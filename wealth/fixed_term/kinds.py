"""How the catalogue reads fixed terms: their tiers, what an amount comes to, and the way out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.business_day.queries import BeyondCalendar
from wealth.catalog.dates import ordered_at
from wealth.catalog.queries import ProductVersion
from wealth.catalog.sockets import Outcome, Told
from wealth.fixed_term import terms as rules
from wealth.rules.fixed import at_end_fen, early_fen


class FixedTerm:
    def refuse_terms(self, *, version: ProductVersion) -> None:
        rules.refuse(version)

    def outcome(self, *, version: ProductVersion, amount_fen: int, days: int, at: datetime) -> Outcome | None:
        """To the end by the formula that pays it; before it at the demand rate, where one may leave early, else to the end. None below the
        first tier, and beyond the calendar."""
        fee = rules.fee_fen(version, amount_fen)
        principal = amount_fen - fee
        rate = rules.rate_bp(version, principal)
        if rate is None:
            return None
        try:
            deposit = rules.deposit_of(version, rate=rate, starts_on=ordered_at(version, at).earns_from)
        except BeyondCalendar:
            return None
        terms, term = rules.terms_of(version), (deposit.ends_on - deposit.starts_on).days
        early = days < term and terms.early_exit
        if early:
            on = deposit.starts_on + timedelta(days=days)
            income = early_fen(deposit, part_fen=principal, demand_rate_bp=terms.demand_rate_bp, on=on)
        else:
            income = at_end_fen(deposit, principal)
        used = Decimal(terms.demand_rate_bp if early else rate) / 100
        return Outcome(amount_fen, days if early else term, income, fee, principal + income, used, None, certain=True)

    def way_out(self, *, version: ProductVersion) -> Told:
        terms = rules.terms_of(version)
        en = "At the end principal and interest are paid out or rolled on, as you choose; where that is no trading day, on the next one."
        zh = "到期后本息按您的选择转入余额或续存;到期日为非交易日的,顺延至下一交易日。"
        if not terms.early_exit:
            return Told(f"It cannot be taken early. {en}", f"不支持提前支取。{zh}")
        rate, rest = Decimal(terms.demand_rate_bp) / 100, Decimal(terms.minimum_rest_fen) / 100
        en = f"What is taken early earns {rate} % a year for the days it was there; at least {rest:,.2f} yuan stay, or nothing. {en}"
        zh = f"提前支取部分按活期利率 {rate}% 计息,剩余金额不低于 {rest:,.2f} 元或全部支取。{zh}"
        return Told(en, zh)

    def details(self, *, version: ProductVersion, at: datetime) -> Mapping[str, Any]:
        """The tiers, what leaving early means, the choices for the end, and the dates of an order made now (null beyond the calendar)."""
        terms = rules.terms_of(version)
        return {
            "tiers": [{"at_least": tier.at_least, "below": tier.below, "rate_bp": tier.rate_bp} for tier in terms.tiers],
            "term_months": terms.term_months,
            "compounding_months": terms.compounding_months,
            "demand_rate_bp": terms.demand_rate_bp,
            "minimum_rest": terms.minimum_rest_fen,
            "early_exit": terms.early_exit,
            "instructions": list(terms.instructions),
            **self.dates(version, at),
        }

    def dates(self, version: ProductVersion, at: datetime) -> dict[str, str | None]:
        try:
            starts_on = ordered_at(version, at).earns_from
        except BeyondCalendar:
            return {"starts_on": None, "ends_on": None, "matures_on": None}
        deposit = rules.deposit_of(version, rate=0, starts_on=starts_on)
        matures_on = rules.paid_on(version.exchange, deposit.ends_on)
        return {
            "starts_on": starts_on.isoformat(),
            "ends_on": deposit.ends_on.isoformat(),
            "matures_on": matures_on.isoformat(),
        }
