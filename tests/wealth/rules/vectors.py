"""The numeric cases of tests/wealth/vectors.json, each with the rule that its inputs ask for."""

import json
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from core.business_day.calendar import facts
from core.money import CNY, Rounding
from wealth.rules import advisor, calendar, crowdfunding, current, fixed, insurance, performance, savings, suitability, transfer

Case = dict[str, Any]
CASES: list[Case] = json.loads(Path(__file__).parents[1].joinpath("vectors.json").read_text())["vectors"]
SESSIONS = calendar.Sessions([fact.day for fact in facts() if fact.is_open])


def fen(amount: Any) -> int:
    return CNY.minor(str(amount))


def yuan(amount_fen: int | Fraction) -> Decimal:
    return Decimal(Fraction(amount_fen).numerator) / Decimal(Fraction(amount_fen).denominator) / 100


def bp(percent: Any) -> int:
    value = Fraction(Decimal(str(percent))) * 100
    assert value.denominator == 1
    return value.numerator


def dec(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def rates(inputs: Case) -> list[int]:
    return [current.rate_e4(Decimal(value)) for value in inputs["income_per_10k"]]


def of_current(inputs: Case) -> Case:
    if "formula" in inputs:
        return {"seven_day_annualised_pct": current.seven_day_daily([Decimal(value) for value in inputs["income_per_10k"]])}
    if "holders" in inputs:
        holders = {name: fen(units) for name, units in inputs["holders"].items()}
        shares = current.distributed(holders=holders, rate_e4=current.rate_e4(Decimal(inputs["income_per_10k"])))
        return {"pool": yuan(sum(shares.values())), **{name: yuan(share) for name, share in shares.items()}}
    if "cap" in inputs:
        done = sum(fen(amount) for amount in inputs["done_today"])
        return {"fast_allowed": current.fast_allowed(done_fen=done, asked_fen=fen(inputs["request"]), cap_fen=fen(inputs["cap"]))}
    if "income_per_10k_e4" in inputs:
        day = current.income(units_fen=inputs["units_fen"], rate_e4=inputs["income_per_10k_e4"], residual_e8=inputs["residual_e8"])
        return {"income_fen": day.income_fen, "residual_e8": day.residual_e8}
    if "round" in inputs:
        rate = current.rate_e4(Decimal(inputs["income_per_10k"]))
        return {"credited": yuan(current.truncated(units_fen=fen(inputs["units"]), rate_e4=rate))}
    return of_days(fen(inputs["units"]), rates(inputs))


def of_days(units: int, quoted: list[int]) -> Case:
    return {
        "exact_compound": yuan(current.grown_exactly(units_fen=units, rates_e4=quoted)),
        "truncate_each_day": yuan(current.grown_truncated(units_fen=units, rates_e4=quoted)),
        "carry_residual": yuan(current.grown(units_fen=units, rates_e4=quoted)[0]),
        "simple_income": yuan(current.simple_income(units_fen=units, rates_e4=quoted)),
    }


def of_calendar(inputs: Case) -> Case:
    if "submitted_at" not in inputs:
        return {str(year): sum(1 for day in SESSIONS.days if day.year == year) for year in range(2007, 2027)}
    asked, cut_off = datetime.fromisoformat(inputs["submitted_at"]), time.fromisoformat(inputs["cutoff"])
    days = int(inputs["settlement"].removeprefix("T+"))
    bought = calendar.subscription(asked, SESSIONS, confirm_days=days, cut_off=cut_off)
    sold = calendar.redemption(asked, SESSIONS, cash_days=days, cut_off=cut_off)
    return {
        "trade_date": str(bought.trade_on),
        "confirm_date": str(bought.confirmed_on),
        "last_income_date": str(sold.last_income_on),
        "cash_date": str(sold.cash_on),
    }


def tiers(chart: dict[str, str]) -> list[fixed.Tier]:
    ends = [name.removesuffix("+").split("-") for name in chart]
    return [
        fixed.Tier(int(end[0]), int(end[1]) + 1 if len(end) == 2 else None, bp(rate))
        for end, rate in zip(ends, chart.values(), strict=True)
    ]


def of_fixed(inputs: Case) -> Case:
    if "chart" in inputs:
        return {"rate_pct": Fraction(fixed.rate_for(tiers(inputs["chart"]), inputs["months"]), 100)}
    if "compounding_months" in inputs:
        principal = Fraction(Decimal(inputs["principal"]))
        got = fixed.compounded(
            principal=principal, rate_bp=bp(inputs["rate_pct"]), months=inputs["months"], every_months=inputs["compounding_months"]
        )
        return {"maturity": got}
    if "withdrawn" in inputs:
        return of_early_exit(inputs)
    start, end = date.fromisoformat(inputs["start"]), date.fromisoformat(inputs["end"])
    found: Case = {"days": fixed.days_between(start, end, fixed.DayCount.ACT_365F)}
    for basis in fixed.DayCount:
        days = fixed.days_between(start, end, basis)
        found[str(basis)] = yuan(
            fixed.interest_fen(
                principal_fen=fen(inputs["principal"]), rate_bp=bp(inputs["rate_pct"]), days=days, basis=basis, rounding=Rounding.HALF_UP
            )
        )
    return found


def of_early_exit(inputs: Case) -> Case:
    def leaving(part: str) -> fixed.EarlyExit:
        return fixed.early_exit(
            principal_fen=fen(inputs["principal"]), withdrawn_fen=fen(part), contract_rate_bp=bp(inputs["contract_rate_pct"]),
            demand_rate_bp=bp(inputs["demand_rate_pct"]), term_days=inputs["term_days"], held_days=inputs["withdrawn_on_day"],
        )  # fmt: skip

    part = leaving(inputs["withdrawn"])
    return {
        "whole_interest": yuan(leaving(inputs["principal"]).withdrawn_interest_fen),
        "partial_interest": yuan(part.withdrawn_interest_fen),
        "rest_interest_at_maturity": yuan(part.rest_interest_fen),
    }


def of_savings(inputs: Case) -> Case:
    terms = {"balance": Decimal(inputs["balance"]), "rate_bp": bp(inputs["rate_pct"]), "basis": inputs["basis"]}
    if "start" in inputs:
        days = (date.fromisoformat(inputs["end"]) - date.fromisoformat(inputs["start"])).days + int(inputs["end_inclusive"])
        return {"days": days, "interest": savings.compounded_daily(**terms, days=days, digits=4)}
    digits = inputs["decimals"]
    if "days" in inputs:
        return {"interest": savings.day_interest(**terms, days=inputs["days"], digits=digits)}
    after = [savings.posted_daily(**terms, days=days, digits=digits) for days in (0, 1, 2, 47)]
    return {"day1": after[1] - after[0], "day2": after[2] - after[1], "balance_day47": after[3]}


def of_transfer(inputs: Case) -> Case:
    if "held_days" in inputs:
        return of_sold_term(inputs)
    if "remaining_payments" in inputs:
        outstanding, premium = fen(inputs["outstanding"]), bp(inputs["premium_pct"])
        rate = transfer.annuity_yield_percent(
            outstanding=Fraction(outstanding), premium_bp=premium, rate_bp=bp(inputs["rate_pct"]), payments=inputs["remaining_payments"]
        )
        price = transfer.price_fen(principal_fen=outstanding, premium_bp=premium, accrued_fen=fen(inputs["accrued"]))
        return {"price": yuan(price), "buyer_rate_pct": rate}
    if "outstanding" in inputs:
        return {"price": yuan(transfer.clean_price_fen(principal_fen=fen(inputs["outstanding"]), premium_bp=bp(inputs["premium_pct"])))}
    if "period_start" in inputs:
        found = transfer.split_by_days(
            starts_on=date.fromisoformat(inputs["period_start"]), ends_on=date.fromisoformat(inputs["period_end"]),
            sold_on=date.fromisoformat(inputs["bought_on"]), interest_fen=fen(inputs["period_interest"]),
        )  # fmt: skip
        days = {"seller_days": found.seller_days, "buyer_days": found.buyer_days}
        return days | {"seller": yuan(found.seller_fen), "buyer": yuan(found.buyer_fen)}
    if "month_fraction" in inputs:
        accrued = transfer.accrued_in_month_fen(
            principal_fen=fen(inputs["principal"]),
            month_rate_bp=bp(inputs["rate_pct_month"]),
            part=Fraction(Decimal(inputs["month_fraction"])),
        )
        return {"accrued": yuan(accrued)}
    fee = transfer.fee_fen(price_fen=fen(inputs["price"]), rate_bp=bp(inputs["fee_pct"]), least_fen=fen(inputs["min_fee"]))
    return {"fee": yuan(fee)}


def of_sold_term(inputs: Case) -> Case:
    principal, rate, term, held = fen(inputs["principal"]), bp(inputs["rate_pct"]), inputs["term_days"], inputs["held_days"]
    accrued = fixed.interest_fen(principal_fen=principal, rate_bp=rate, days=held)
    maturity = principal + fixed.interest_fen(principal_fen=principal, rate_bp=rate, days=term)
    price = transfer.price_fen(principal_fen=principal, premium_bp=-bp(inputs["discount_pct"]), accrued_fen=accrued)
    sale = transfer.sale(price_fen=price, rate_bp=bp(inputs["fee_pct"]))
    return {
        "accrued": yuan(accrued), "price": yuan(price), "fee": yuan(sale.fee_fen), "seller_net": yuan(sale.net_fen),
        "maturity_value": yuan(maturity),
        "buyer_simple_yield_pct": transfer.yield_percent(price_fen=price, maturity_fen=maturity, days_left=term - held),
    }  # fmt: skip


def of_performance(inputs: Case) -> Case:
    if "basis" in inputs:
        flows = [performance.Flow(date.fromisoformat(day), Decimal(amount)) for day, amount in inputs["flows"]]
        return {"xirr": performance.money_weighted(flows)}
    if "weight" in inputs or "days" in inputs:
        return of_flows(inputs)
    if "lots" in inputs:
        lots = [performance.Lot(Decimal(count if side == "buy" else -count), Decimal(total)) for _, side, count, total in inputs["lots"]]
        realised, unrealised = performance.first_in_first_out(lots, price=Decimal(inputs["price"]))
        return {"realised": realised, "unrealised": unrealised}
    trades = [
        performance.Trade(date.fromisoformat(one["date"]), sign * Decimal(one["qty"]), Decimal(one["price"]), Decimal(one["fee"]))
        for one, sign in ((inputs["buy"], 1), (inputs["sell"], -1))
    ]
    got = performance.on_investment(trades, as_of=date.fromisoformat(inputs["as_of"]), price=Decimal(inputs["price"]))
    return {
        "gross": got.gross, "net": got.net, "time_weighted_investment": got.time_weighted_investment, "gross_pct": got.gross_ratio,
        "net_pct": got.net_ratio,
    }  # fmt: skip


def of_flows(inputs: Case) -> Case:
    if "weight" in inputs:
        flows = [(Fraction(Decimal(inputs["weight"])), Decimal(inputs["inflow"]))]
    else:
        flows = [(performance.day_weight(day=day, days=inputs["days"]), Decimal(amount)) for day, amount in inputs["flows"]]
    begin, end = Decimal(inputs["begin"]), Decimal(inputs["end"])
    dietz, rate = (
        performance.modified_dietz(begin=begin, end=end, flows=flows),
        performance.period_return(begin=begin, end=end, flows=flows),
    )
    assert dietz is not None
    assert rate is not None
    return {"dietz_pct": dietz * 100, "return_pct": dietz * 100, "irr_pct": rate * 100}


def of_advisor(inputs: Case) -> Case:
    if "current_pct" in inputs:
        drift = advisor.drift_bp(target_bp=[bp(one) for one in inputs["target_pct"]], current_bp=[bp(one) for one in inputs["current_pct"]])
        return {"drift_pct": drift / 100}
    if "weights" in inputs:
        exposures = [[Fraction(Decimal(part)) for part in row] for row in inputs["weights"]]
        found = advisor.mix(exposures=exposures, amounts=[Fraction(Decimal(amount)) for amount in inputs["amounts"]])
        return dict(zip("ABCDEFGH", found, strict=False))
    held = {name: Fraction(Decimal(amount)) for name, amount in inputs["holdings"].items()}
    exposures = [[Fraction(Decimal(part)) for part in inputs["exposure"][name]] for name in held]
    total = sum(held.values(), Fraction(0))
    wanted = advisor.mix(exposures=exposures, amounts=[total * bp(one) / 10_000 for one in inputs["target_pct"]])
    moves = {name: want - have for (name, have), want in zip(held.items(), wanted, strict=True)}
    return {f"buy_{name}": move for name, move in moves.items()} | {f"sell_{name}": -move for name, move in moves.items()}


def of_insurance(inputs: Case) -> Case:
    if "adults" in inputs:
        family = {name: inputs[name] for name in ("adults", "children")}
        terms = {name: value for name, value in inputs.items() if name in insurance.FamilyTerms.__dataclass_fields__}
        return {"value": insurance.family_value(insurance.FamilyTerms(**terms), **family)}
    if "receipt_signed" in inputs:
        asked = {
            "receipt_on": date.fromisoformat(inputs["receipt_signed"]), "asked_on": date.fromisoformat(inputs["asked"]),
            "period_days": inputs["period_days"],
        }  # fmt: skip
        refund = insurance.cooling_off_refund_fen(
            **asked, premium_fen=fen(inputs["premium"]), production_fee_fen=fen(inputs["production_fee"])
        )
        return {"in_period": insurance.in_cooling_off(**asked), "refund": None if refund is None else yuan(refund)}
    refund = insurance.unexpired_fen(
        premium_fen=fen(inputs["premium"]), elapsed_days=inputs["elapsed_days"], term_days=inputs["term_days"],
        loading_bp=bp(inputs["loading_pct"]),
    )  # fmt: skip
    return {"refund": yuan(refund)}


def of_crowdfunding(inputs: Case) -> Case:
    if "expired" in inputs:
        state = crowdfunding.all_or_nothing(
            expired=inputs["expired"],
            pending=inputs["pending_payments"],
            paid_fen=fen(inputs["paid_pledged"]),
            goal_fen=fen(inputs["goal"]),
        )
        return {"state": str(state)}
    if "one_round" in inputs:
        result = crowdfunding.two_rounds(
            day=inputs["day"], paid_fen=fen(inputs["amount"]), minimum_fen=fen(inputs["minimum"]), one_round=inputs["one_round"]
        )
        return {"result": str(result)}
    if "pledges" in inputs:
        back, fee = crowdfunding.refunds_fen([fen(pledge) for pledge in inputs["pledges"]])
        return {"total_refund": yuan(sum(back)), "platform_fee": yuan(fee)}
    shares = [bp(inputs["platform_pct"]), bp(inputs["bank_pct"])]
    return {"net": yuan(crowdfunding.net_fen(raised_fen=fen(inputs["raised"]), shares_bp=shares))}


def of_suitability(inputs: Case) -> Case:
    return {"decision": str(suitability.ruling(investor=inputs["investor"].upper(), risk=inputs["product"]))}


RULES = {
    "current": of_current,
    "calendar": of_calendar,
    "fixed": of_fixed,
    "savings": of_savings,
    "transfer": of_transfer,
    "performance": of_performance,
    "advisor": of_advisor,
    "insurance": of_insurance,
    "crowdfunding": of_crowdfunding,
    "suitability": of_suitability,
}
