"""How the catalogue reads insurance: its terms, what a premium comes to, and the way out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.clock.queries import local_day
from core.errors import Invalid
from wealth.catalog.queries import ProductVersion
from wealth.catalog.sockets import Outcome, Told
from wealth.catalog.states import YieldKind
from wealth.insurance import terms as terms_of
from wealth.insurance import worth
from wealth.insurance.terms import CASH_VALUE, MONTH_DAYS, SHORT_RATE


class Insurance:
    def refuse_terms(self, *, version: ProductVersion) -> None:
        terms = terms_of.of(version)
        if version.yield_kind != YieldKind.NONE:
            raise Invalid("yield_kind", "Insurance has no yield.", "保险产品不设收益率。")
        if version.term_days is None:
            raise Invalid("term_days", "Insurance covers so many days.", "请填写保障天数。")
        if version.t0_cap_fen or version.transferable:
            raise Invalid(
                "transferable", "A policy is not transferred, and nothing of it is paid at once.", "保单不可转让,也不支持快速赎回。"
            )
        if version.step_fen != 1 or version.minimum_fen != 1:
            raise Invalid(
                "minimum_fen", "A premium is what was quoted: minimum and step are one fen.", "保费以报价为准,起购与递增须为 1 分。"
            )
        if version.buy_fee_bp or version.redeem_fee_bp:
            raise Invalid("buy_fee_bp", "What we get of a premium is the insurer's to say.", "手续费由保险公司结算,请填 0。")
        if (terms.payments - 1) * terms.every_months * MONTH_DAYS >= version.term_days:
            raise Invalid("terms.payments", "The last premium is due before the cover ends.", "末期保费须在保障期内到期。")
        if version.term_days <= terms.cooling_off_days:
            raise Invalid("terms.cooling_off_days", "The cover is longer than the cooling-off.", "保障期须长于犹豫期。")

    def outcome(self, *, version: ProductVersion, amount_fen: int, days: int, at: datetime) -> Outcome | None:
        """Of premiums of `amount_fen` each: all that is paid by then, and what goes back if the policy is ended then. Nothing is said of
        its end, nor of less than any premium there is."""
        terms, starts_on = terms_of.of(version), local_day(at)
        on = starts_on + timedelta(days=days)
        if version.term_days is None or days >= version.term_days or amount_fen < worth.least_premium_fen(terms):
            return None
        paid = worth.paid_by(terms, premium=amount_fen, starts_on=starts_on, term_days=version.term_days, on=on)
        total = sum(one.premium_fen for one in paid)
        back = worth.within_cooling_off_fen(terms, paid=paid, received_on=starts_on, on=on)
        if back is None:
            back = worth.surrendered_fen(terms, paid=paid, starts_on=starts_on, on=on)
        return Outcome(total, days, 0, total - back, back, None, None, certain=True)

    def way_out(self, *, version: ProductVersion) -> Told:
        terms = terms_of.of(version)
        kept = Decimal(terms.kept_fee_fen) / 100
        en = f"Within {terms.cooling_off_days} days of the policy the premium goes back, less {kept:,.2f} yuan. Later "
        zh = f"收到保单后 {terms.cooling_off_days} 日内可全额退保,仅扣除 {kept:,.2f} 元工本费;之后退保"
        if terms.refund.name == CASH_VALUE:
            return Told(f"{en}you get its cash value.", f"{zh}退还现金价值。")
        if terms.refund.name == SHORT_RATE:
            return Told(f"{en}you get a part of the premium by the short-rate table.", f"{zh}按短期费率表退还部分保费。")
        return Told(f"{en}you get the premium of the days that are left.", f"{zh}按剩余天数退还未满期保费。")

    def details(self, *, version: ProductVersion, at: datetime) -> Mapping[str, Any]:
        """What is covered, what it costs by age, its days, and what is asked first. Fen, basis points, days."""
        return {name: value for name, value in version.terms.items() if name != "questions"} | {
            "questions": [
                {
                    "code": one.code,
                    "en": one.en,
                    "zh": one.zh,
                    "answers": [{"code": answer.code, "en": answer.en, "zh": answer.zh} for answer in one.answers],
                }
                for one in terms_of.of(version).questions
            ]
        }
