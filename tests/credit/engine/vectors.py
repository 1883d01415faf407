"""The numeric cases of tests/credit/vectors.json, each with the rule that its inputs ask for."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from core.money import Rounding
from credit.engine import accrue, allocate, apr, coupons, delinquency, minimum, replan, unit_periods
from credit.engine.day_count import DayCount, Every, Period, Unit, days_between, year_fraction
from credit.engine.money import cents
from credit.engine.schedule import schedule, unrounded
from credit.engine.terms import Disbursement, FeeBasis, Fees, FeeTiming, Loan, Method, RateChange, Row, Stretches, Terms, total_interest

Case = dict[str, Any]
PROGRESSIVE = "ProgressiveEMICalculatorTest"
CASES: list[Case] = json.loads(Path(__file__).parents[1].joinpath("vectors.json").read_text())["vectors"]
SOME_DAY = "2024-01-01"


def day(text: str) -> date:
    return date.fromisoformat(text)


def percent(value: Any) -> Decimal:
    return Decimal(str(value)) / 100


def every(text: str) -> Every:
    return Every(int(text[:-1]), {"M": Unit.MONTH, "W": Unit.WEEK, "D": Unit.DAY}[text[-1]])


def basis(text: str) -> DayCount:
    return DayCount(text.lower())


def rounding(text: str) -> Rounding:
    return next((how for how in (Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.HALF_DOWN) if how.name in text), Rounding.HALF_EVEN)


def fees(inputs: Case) -> Fees | None:
    timing = FeeTiming.FIRST if inputs.get("fee_timing") in ("first", "upfront") else FeeTiming.EACH
    if "monthly_fee_rate" in inputs:
        return Fees(Decimal(inputs["monthly_fee_rate"]), FeeBasis.PER_PERIOD, timing)
    return Fees(Decimal(inputs["total_fee_rate"]), FeeBasis.TOTAL, timing) if "total_fee_rate" in inputs else None


def loan(inputs: Case) -> Loan:
    start = day(inputs.get("period_start", inputs.get("start", SOME_DAY)))
    terms = Terms(
        Method(inputs.get("method", "equal_instalment")), percent(inputs.get("annual_rate_pct", "0")), inputs["periods"], start,
        every=every(inputs.get("frequency", "1M")), day_count=basis(inputs.get("day_count", "30/360")),
        rounding=rounding(inputs.get("rounding", "HALF_EVEN")), multiple_of=Decimal(inputs.get("instalment_multiple_of", "0.01")),
        instalment=Decimal(inputs["emi"]) if "emi" in inputs else None, principal_grace=inputs.get("grace_principal_periods", 0),
        interest_grace=inputs.get("interest_payment_grace_periods", 0), smoothing="emi_smoothing" in inputs, fees=fees(inputs),
        stretches=Stretches(inputs.get("stretches", "each")),
    )  # fmt: skip
    paid_out = inputs.get("disbursements") or [[inputs.get("disbursed", str(start)), inputs["principal"]]]
    changes = inputs.get("rate_changes") or ([inputs["rate_change"]] if "rate_change" in inputs else [])
    return Loan(
        terms,
        tuple(Disbursement(day(on), Decimal(amount)) for on, amount in paid_out),
        tuple(RateChange(day(on), percent(rate)) for on, rate in changes),
    )


def printed(rows: list[Row]) -> list[Case]:
    return [{"n": row.number, "principal": row.principal, "interest": row.interest, "due": row.due, "balance": row.balance} for row in rows]


def of_schedule(inputs: Case) -> Case:
    ours = loan(inputs)
    rows = schedule(ours)
    found: Case = {
        "rows": printed(rows),
        "due": [row.due for row in rows],
        "interest": [row.interest for row in rows],
        "principal": [row.principal for row in rows],
        "total_interest": total_interest(rows),
        "last_due": rows[-1].due,
        "emi_after_grace": rows[ours.terms.principal_grace].due,
        "fineract_rate_factors": [ours.terms.rate * dec(span.length(ours.terms.day_count, Unit.MONTH)) for span in ours.terms.spans()],
    }
    if ours.rate_changes:
        found["subperiod_interest_period2"] = parts_of_second(ours, rows)
    if ours.terms.interest_grace:
        # Of RS06 its source says that the grace was not applied; RS07 is the grace.
        found["fineract_RS07_interest_first7"] = [row.interest for row in rows[:7]]
        found["fineract_RS06_rows"] = printed(schedule(loan({**inputs, "interest_payment_grace_periods": 0})))
    return found


def parts_of_second(ours: Loan, rows: list[Row]) -> list[Decimal]:
    span: Period = ours.terms.spans()[1]
    days = [span.from_on, *(change.after for change in ours.rate_changes if span.from_on < change.after < span.due_on), span.due_on]
    return [
        ours.terms.money(
            Fraction(rows[0].balance) * Fraction(ours.rate_on(start)) * span.part(start, end, ours.terms.day_count, Unit.MONTH)
        )
        for start, end in pairwise(days)
    ]


def dec(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def replanned(inputs: Case) -> replan.Replanned:
    payments = [replan.Payment(day(on), Decimal(amount)) for on, amount in inputs["payments"]]
    as_of = day(inputs["as_of"]) if "as_of" in inputs else None
    return replan.replan(loan(inputs), payments, strategy(inputs.get("strategy", "reduce_instalment")), as_of)


def strategy(text: str) -> replan.Prepay:
    return replan.Prepay.SKIP if "skip" in text or "next" in text else replan.Prepay(text)


def of_prepayment(inputs: Case) -> Case:
    plan = replanned(inputs)
    found: Case = {"rows": printed([planned.row for planned in plan.rows]), "total_interest": plan.total_interest}
    last_paid = max(day(on) for on, _ in inputs["payments"])
    for planned in plan.rows:
        name, row = f"instalment_{planned.row.number}", planned.row
        found[f"{name}_outstanding"] = planned.owed
        if planned.paid_on is not None:
            found[name] = f"closed {'late' if planned.paid_on > row.due_on else 'in time'} {row.due}"
        if row.due_on > last_paid:
            found[f"{name}_paid_in_advance"] = planned.paid
    return found


def of_allocation(inputs: Case) -> Case:
    steps = []
    for name in inputs["order"]:
        bucket, _, component = name.rpartition("_")
        steps.append((allocate.Bucket(bucket), allocate.Component(component)))
    scope = f"{inputs.get('scope', '')} {inputs.get('strategy', '')} {inputs.get('in_advance', '')}"
    kind = next((kind for kind in allocate.Advance if kind in scope), allocate.Advance.NEXT)
    strategy = next((strategy for strategy in allocate.Strategy if strategy in scope), allocate.Strategy.HORIZONTAL)
    waterfall = allocate.Waterfall(tuple(steps), strategy, kind)
    due_on = day(scope.partition("(due ")[2][:10]) if "(due " in scope else None
    days = sorted({item[0] for item in inputs["open_items"]})
    items = [
        allocate.Item(1 if due_on else days.index(on), due_on or day(on), allocate.Component(component), Decimal(amount), day(on))
        for on, component, amount in inputs["open_items"]
    ]
    done = allocate.allocate(items, Decimal(inputs["amount"]), day(inputs["as_of"]), waterfall)
    return {**dict.fromkeys(allocate.Component, Decimal(0)), **done.by_component(), "remainder": done.remainder, "overpaid": done.remainder}


def of_re_age(inputs: Case) -> Case:
    terms = Terms(
        Method(inputs.get("method", "equal_instalment")), percent(inputs["annual_rate_pct"]), 1, day(SOME_DAY), every(inputs["frequency"]),
        day_count=basis(inputs.get("day_count", "30/360")), multiple_of=Decimal(inputs.get("instalment_multiple_of", "0.01")),
    )  # fmt: skip
    as_of = day(inputs["as_of"])
    aged = replan.re_age(
        terms, Decimal(inputs["outstanding_principal"]), as_of=as_of, first_due_on=day(inputs["start"]), instalments=inputs["n"]
    )
    oldest = min(row.due_on for row in aged.rows)
    return {
        "due_dates": [str(row.due_on) for row in aged.rows],
        "due": [row.due for row in aged.rows],
        "rows": printed(aged.rows),
        "old_instalments_due": aged.old_due,
        "dpd_after": delinquency.lateness(oldest, as_of).past_due_days,
    }


def of_delinquency(inputs: Case) -> Case:
    pauses = inputs.get("pauses") or [inputs["pause"]]
    found = []
    for case in inputs["cases"]:
        late = delinquency.lateness(
            day(inputs["due"]), day(case["date"]), grace_days=inputs.get("grace_days", 0),
            pauses=[delinquency.Pause(day(start), day(end)) for start, end in pauses],
        )  # fmt: skip
        found.append({"date": case["date"], "past_due_days": late.past_due_days, "delinquent_days": late.delinquent_days})
    return {"cases": found}


def of_five_tier_card(inputs: Case) -> Case:
    return {"cases": [[days, delinquency.classified(days, delinquency.Scheme.CARD)] for days, _ in inputs["cases"]]}


def of_us_actuarial(inputs: Case) -> Case:
    to_first = inputs["whole_unit_periods_to_first"] + Fraction(inputs["fraction"])
    a_year, first, advanced = Decimal(inputs["unit_periods_per_year"]), day(inputs["first_payment"]), day(inputs["advance_date"])
    amounts = [Decimal(amount) for amount, count in inputs["payments"] for _ in range(count)]
    flows = [apr.Timed(to_first + number, amount) for number, amount in enumerate(amounts)]
    told = apr.actuarial_years([apr.Timed(Fraction(0), -Decimal(inputs["advance"])), *flows], a_year)
    unit = unit_of(a_year, advanced, first)
    days = unit_periods.payment_days(first, len(amounts), unit)
    dated = [apr.Dated(on, amount) for on, amount in zip(days, amounts, strict=True)]
    by_days = unit_periods.us_actuarial([apr.Dated(advanced, -Decimal(inputs["advance"])), *dated])
    counted = unit.between(advanced, first)
    return {"apr_pct": told * 100, "unrounded": told * 100, "by_days": by_days * 100, "counted": counted, "to_first": to_first}


def unit_of(a_year: Decimal, advanced: date, first: date) -> unit_periods.UnitPeriod:
    kinds = {
        24: (unit_periods.Kind.HALF_MONTH, 1),
        52: (unit_periods.Kind.WEEKS, 1),
        26: (unit_periods.Kind.WEEKS, 2),
        13: (unit_periods.Kind.WEEKS, 4),
    }
    if a_year != int(a_year):
        return unit_periods.UnitPeriod(unit_periods.Kind.DAYS, (first - advanced).days)
    return unit_periods.UnitPeriod(*kinds.get(int(a_year), (unit_periods.Kind.MONTHS, 12 // int(a_year))))


def of_effective(inputs: Case) -> Case:
    year = {"years": 1, "months": 12, "weeks": 52, "days": 365}[inputs["time_unit"]]
    rate = apr.eu_effective([apr.Timed(Fraction(time) / year, Decimal(amount)) for amount, time in inputs["cashflows"]])
    return {"rate_pct": rate * 100, "unrounded": rate * 100}


def of_fee_rate(inputs: Case) -> Case:
    total = inputs.get("total_fee_rate") or Decimal(inputs["monthly_fee_rate"]) * inputs["periods"]
    rate = apr.fee_instalment_rate(Decimal(total), inputs["periods"], every(inputs.get("frequency", "1M")).count)
    return {"nominal_simple_pct": rate.simple * 100, "irr_x12_pct": rate.irr_x12 * 100, "effective_pct": rate.effective * 100}


def of_cap(inputs: Case) -> Case:
    rates = [percent(rate) for _, rate in inputs["cases"]]
    caps = {"over_24": percent(inputs["all_in_cap_pct"]), "over_15_4": percent(inputs["private_lending_cap_pct"].split()[0])}
    return {name: [not apr.within_cap(rate, cap) for rate in rates] for name, cap in caps.items()}


def of_fee_split(inputs: Case) -> Case:
    rows = schedule(loan({**inputs, "method": "equal_principal"}))
    asked = rows[0].fee
    free = next((inputs[name] for name in ("free_periods", "interest_free_periods", "first_free", "free_first") if name in inputs), 0)
    if free:
        rows = coupons.discounted(rows, coupons.Coupon(periods=free)).rows
    return {
        "fee_per_period": asked,
        "total_fee": sum(row.fee for row in rows),
        "principal": [row.principal for row in rows],
        "fees": [row.fee for row in rows],
        "due": [row.due for row in rows],
    }


def of_late_charge(inputs: Case) -> Case:
    due = Decimal(inputs["statement_due"])
    terms = accrue.LateTerms(Decimal(inputs["daily_service_rate"]), Decimal(inputs["daily_penalty_rate"]))
    least = cents(Fraction(due) * Fraction(inputs["min_due_rate"])) if "min_due_rate" in inputs else None
    late = accrue.late_charge(terms, due=due, paid=Decimal(inputs["paid"]), days=inputs["days_late"], minimum=least)
    return {"service_fee": late.service_fee, "penalty": late.penalty, "total": late.total}


def of_minimum(inputs: Case) -> Case:
    terms = minimum.MinimumTerms(Decimal(inputs["min_rate"]), Decimal(inputs["floor"]))
    cycles = minimum.revolved(Decimal(inputs["balance"]), Decimal(inputs["monthly_rate"]), terms)
    return {
        "first_cycles": [[cycle.number, cycle.balance, cycle.payment] for cycle in cycles],
        "cycles": len(cycles),
        "total_paid": sum(cycle.payment for cycle in cycles),
        "total_interest": sum(cycle.interest for cycle in cycles),
        "last_payment": cycles[-1].payment,
    }


def of_minimum_formula(inputs: Case) -> Case:
    rate, floor = inputs["formula"].partition("%")[0], inputs["formula"].rpartition("floor ")[2]
    terms = minimum.MinimumTerms(percent(rate), Decimal(floor))
    found = []
    for part, _ in inputs["cases"]:
        billed = minimum.Billed(
            Decimal(part["principal"]), Decimal(part["instalment_due"]), Decimal(part.get("interest", "0")), Decimal(part["fees"]),
            Decimal(part.get("penalties", "0")), Decimal(part["over_limit"]),
        )  # fmt: skip
        found.append([part, minimum.minimum_payment(billed, terms)])
    return {"cases": found}


def of_ipmt(inputs: Case) -> Case:
    top, _, bottom = inputs["rate"].partition("/")
    rate = Fraction(top) / Fraction(bottom or 1)
    rows = unrounded(Decimal(inputs["pv"]), [rate] * inputs["nper"])
    return {
        "ipmt_1_6": [-interest for interest, _, _ in rows[:6]],
        "balance_1_6": [balance for _, _, balance in rows[:6]],
        "total_interest": -sum(interest for interest, _, _ in rows),
    }


def of_xirr(inputs: Case) -> Case:
    flows = [apr.Dated(day(on), Decimal(str(amount))) for on, amount in zip(inputs["dates"], inputs["amounts"], strict=True)]
    return {"xirr": apr.xirr(flows)}


def of_day_count(inputs: Case) -> Case:
    principal, rate = Fraction(inputs["principal"]), Fraction(percent(inputs["annual_rate_pct"]))
    found = []
    for start, end, _ in inputs["cases"]:
        first, last = day(start), day(end)
        got: Case = {"actual": (last - first).days}
        for name, count in (("d30_360", DayCount.THIRTY_360), ("d30e_360", DayCount.THIRTY_E_360)):
            got[name] = days_between(first, last, count)
        names = {
            "int_act360": DayCount.ACT_360, "int_act365": DayCount.ACT_365, "int_30_360": DayCount.THIRTY_360,
            "int_30e_360": DayCount.THIRTY_E_360, "int_actact": DayCount.ACT_ACT_ISDA,
        }  # fmt: skip
        for name, count in names.items():
            got[name] = cents(principal * rate * year_fraction(first, last, count), rounding(inputs["rounding"]))
        found.append([start, end, got])
    return {"cases": found}


RULES = {
    "schedule": of_schedule, "prepayment": of_prepayment, "late_partial": of_prepayment, "late_excess": of_prepayment,
    "allocation": of_allocation, "re_age": of_re_age, "delinquency_pause": of_delinquency, "five_tier_card": of_five_tier_card,
    "apr_us_actuarial": of_us_actuarial, "apr_effective": of_effective, "fee_instalment_rate": of_fee_rate, "rate_cap": of_cap,
    "fee_instalment_split": of_fee_split, "late_charge": of_late_charge, "minimum_payment": of_minimum,
    "minimum_payment_formula": of_minimum_formula, "ipmt": of_ipmt, "xirr": of_xirr, "day_count": of_day_count,
}  # fmt: skip
