"""What a customer is shown before they borrow, kept with the draw and hashed: what it costs is agreed to the fen."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any

import orjson

from core.clock.queries import local_day
from credit.debts.refusals import CashNotLent
from credit.lines.queries import CreditLine
from credit.products import queries as products
from credit.products import quoting
from credit.products import terms as terms_of
from credit.products.queries import CreditProductVersion
from credit.products.quoting import CreditQuote, shown_percent
from credit.products.states import CreditKind
from credit.products.terms import ORDER, per_million

MOST_SETTLEMENT_DAYS = 366


def version_of(line: CreditLine) -> CreditProductVersion:
    """What the line's product lends by now. Raises CreditNotOffered, CashNotLent."""
    version = products.offered(line.product_id)
    if line.product.kind != CreditKind.CASH or terms_of.of(version).cycle.mode != ORDER:
        raise CashNotLent()
    return version


def quoted(line: CreditLine, version: CreditProductVersion, *, amount_fen: int, periods: int, at: datetime) -> CreditQuote:
    """Borrowing now, by the engine that books it. Raises AmountNotOffered, PeriodsNotOffered, GradeNotPriced, PriceAboveCap."""
    return quoting.quote(
        version, amount_fen=amount_fen, periods=periods, grade=line.grade, starts_on=local_day(at), most_ppm=products.most_ppm(at)
    )


def facts_of(line: CreditLine, version: CreditProductVersion, quote: CreditQuote) -> dict[str, Any]:
    """Everything that is agreed to, as it is kept and hashed. Amounts are fen."""
    terms = terms_of.of(version)
    return {
        "line": line.public_id,
        "product": line.product.code,
        "version": version.number,
        "lender": line.product.lender,
        "amount": quote.amount_fen,
        "periods": quote.price.periods,
        "starts_on": quote.starts_on.isoformat(),
        "yearly_percent": quote.price.percent,
        "effective_percent": shown_percent(quote.price.effective),
        "interest": quote.interest_fen,
        "fees": quote.fee_fen,
        "total": quote.total_fen,
        "grace_days": terms.grace_days,
        "penalty_daily_percent": daily(terms.penalty.daily_ppm),
        "early_fee_percent": daily(terms.early.fee_ppm),
        "payments": [
            {
                "number": one.number, "due_on": day(one.due_on), "principal": one.principal_fen, "interest": one.interest_fen,
                "fee": one.fee_fen,
            }
            for one in quote.payments
        ],
    }  # fmt: skip


def day(value: date) -> str:
    return value.isoformat()


def daily(ppm: int) -> str:
    """500 -> 0.0500."""
    return f"{per_million(ppm) * 100:.4f}"


def digest(facts: dict[str, Any]) -> str:
    """SHA-256 of the canonical bytes: sorted keys, no spaces, UTF-8."""
    return sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()
