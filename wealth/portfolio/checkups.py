"""What is worth a look in a customer's portfolio, by the terms in force: each with its numbers, in words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Sum

from accounts.ledger import queries as ledger
from accounts.ledger.accounts import customer_account
from accounts.ledger.lines import LineFilter, lines
from core.money import CNY
from wealth.catalog import accounts
from wealth.catalog import queries as catalog
from wealth.catalog.sockets import Told
from wealth.catalog.states import Kind
from wealth.portfolio.models import PortfolioTerms, terms_in_force
from wealth.portfolio.overview import Overview, overview
from wealth.rules import portfolio as rule
from wealth.rules.portfolio import MONTHS, Answer, Verdict

LOOKED_AT = timedelta(days=30 * MONTHS)


@dataclass(frozen=True)
class Checkup:
    name: str
    title: Told
    verdict: Verdict
    told: Told


def checkups(*, customer_id: UUID, at: datetime) -> list[Checkup]:
    """As many queries for one holding as for many."""
    terms, seen = terms_in_force(at), overview(customer_id=customer_id, at=at)
    return [
        emergency(seen, outflow(customer_id, since=at - LOOKED_AT), terms),
        concentration(seen, terms),
        idle(seen, terms),
        wall(seen, terms),
        debts(seen, terms),
    ]


def outflow(customer_id: UUID, *, since: datetime) -> int:
    """What left the balance, but for what was paid for products."""
    paid_for = [accounts.payments(product_id).id for product_id in catalog.product_ids()]
    invested = ledger.journals().filter(id=OuterRef("journal_id"), accounts__overlap=paid_for)
    found = lines(customer_account(customer_id), LineFilter(since=since, sign=-1)).filter(~Exists(invested))
    return -(found.aggregate(fen=Sum("amount"))["fen"] or 0)


def emergency(seen: Overview, outflow_fen: int, terms: PortfolioTerms) -> Checkup:
    found = rule.emergency(liquid_fen=seen.liquid_fen, outflow_fen=outflow_fen, months=terms.emergency_months)
    return answered(
        "emergency",
        Told("Emergency money", "应急资金"),
        found,
        Told("Nothing went out of your balance in the last 90 days.", "近 90 天没有支出记录。"),
        Told(
            "{liquid} yuan are there today, enough for {lasts_days} days; {wanted} yuan would last {months} months.",
            "当日可用 {liquid} 元,约可支撑 {lasts_days} 天;{months} 个月支出需 {wanted} 元。",
        ),
    )


def concentration(seen: Overview, terms: PortfolioTerms) -> Checkup:
    by_product: dict[UUID, int] = {}
    for line in seen.lines:
        by_product[line.product.product_id] = by_product.get(line.product.product_id, 0) + line.held.value_fen
    largest = max(by_product.values(), default=0)
    return answered(
        "concentration",
        Told("Concentration", "集中度"),
        rule.concentration(largest_fen=largest, total_fen=seen.assets_fen, most_bp=terms.concentration_bp),
        Told("You have no product.", "暂未持有产品。"),
        Told(
            "The largest product is {share} of what you have; {most} is the most that is advised.",
            "最大单一产品占比 {share},建议不超过 {most}。",
        ),
    )


def idle(seen: Overview, terms: PortfolioTerms) -> Checkup:
    cash = sum(side.signed_fen for side in seen.sides if side.source.deposit and side.source.sign > 0)
    return answered(
        "idle_cash",
        Told("Idle cash", "闲置资金"),
        rule.idle(cash_fen=cash, total_fen=seen.assets_fen, most_bp=terms.idle_bp, most_fen=terms.idle_fen),
        Told("You have nothing yet.", "暂无资产。"),
        Told("{cash} yuan, {share} of what you have, earn nothing.", "{cash} 元未产生收益,占总资产 {share}。"),
    )


def wall(seen: Overview, terms: PortfolioTerms) -> Checkup:
    due = [(line.held.matures_on, line.held.value_fen) for line in seen.lines if line.held.matures_on and line.held.value_fen > 0]
    found = rule.wall(due=[(on, fen) for on, fen in due if isinstance(on, date)], days=terms.wall_days, most_bp=terms.wall_bp)
    return answered(
        "maturity_wall",
        Told("Falling due together", "集中到期"),
        found,
        Told("Fewer than two of your products have a term.", "有期限的产品不足两笔。"),
        Told(
            "From {due_on} on {due} yuan fall due within {days} days: {share} of what has a term, {most} is the most that is advised.",
            "自 {due_on} 起 {days} 天内到期 {due} 元,占定期资产 {share},建议不超过 {most}。",
        ),
    )


def debts(seen: Overview, terms: PortfolioTerms) -> Checkup:
    owing = [side for side in seen.sides if side.source.sign < 0]
    told = bool(owing) and all(side.amount is not None for side in owing)
    owed = sum(-side.signed_fen for side in owing) if told else None
    kept = sum(side.signed_fen for side in seen.sides if side.source.deposit and side.source.sign > 0)
    kept += sum(max(line.held.value_fen, 0) for line in seen.lines if line.held.kind in (Kind.CURRENT, Kind.FIXED_TERM))
    return answered(
        "debts",
        Told("Debts against deposits", "负债与存款"),
        rule.debts(owed_fen=owed, deposits_fen=kept, most_bp=terms.debt_bp),
        Told("What you owe is not known here.", "暂无可用的负债数据。"),
        Told("You owe {owed} yuan against deposits of {deposits} yuan: {share}.", "负债 {owed} 元,存款类资产 {deposits} 元,占比 {share}。"),
    )


def answered(name: str, title: Told, verdict: Verdict, unknown: Told, known: Told) -> Checkup:
    if verdict.answer == Answer.NOT_AVAILABLE:
        return Checkup(name, title, verdict, unknown)
    words = in_words(verdict)
    return Checkup(name, title, verdict, Told(known.en.format(**words), known.zh.format(**words)))


def in_words(verdict: Verdict) -> dict[str, object]:
    """Numbers as they are read: fen as yuan, basis points as per cent."""
    found: dict[str, object] = {}
    for name, value in verdict.numbers.items():
        if name.endswith("_fen"):
            found[name.removesuffix("_fen")] = f"{CNY.major(int(value)):,.2f}"
        elif name.endswith("_bp"):
            found[name.removesuffix("_bp")] = f"{int(value) / 100:.2f}%"
        else:
            found[name] = value
    return found
