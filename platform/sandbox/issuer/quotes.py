"""Quotes of natural days: a series seeded by the product's code, and what was revised by hand."""

import random
from datetime import date, timedelta
from typing import Any

from sandbox.bank_context import Row, Tx
from sandbox.issuer.switches import strike
from sandbox.wire import Refusal

FAULTS = ("quote_missing", "quote_late")
MOST_DAYS = 400


def series(product: Row, day: date) -> int:
    """The income of 10,000 yuan on a day, in 0.0001 yuan: the product's usual one, up to 8 % off."""
    drawn = random.Random(f"{product['seed']}/{day.isoformat()}")  # noqa: S311  (a price series, no secret)  # nosec B311
    usual: int = product["base_income_e4"]
    return usual + drawn.randint(-usual * 8 // 100, usual * 8 // 100)


def listed(tx: Tx, party: str, first: date, last: date, today: date) -> list[dict[str, Any]]:
    """The newest revision of every product and day that is over. Raises Refusal for more than MOST_DAYS days."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Refusal("INVALID_REQUEST", "last", f"last must be from first to {MOST_DAYS - 1} days after it")
    products = tx.execute("SELECT * FROM products ORDER BY code").fetchall()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    found = [told(tx, party, product, day, today) for day in days if day < today for product in products]
    return [quote for quote in found if quote is not None]


def told(tx: Tx, party: str, product: Row, day: date, today: date) -> dict[str, Any] | None:
    """One quote; None while it is missing or late."""
    struck = strike(tx, FAULTS, party=party, product=product["code"], day=day.isoformat())
    if "quote_missing" in struck or ("quote_late" in struck and today <= day + timedelta(days=1)):
        return None
    latest = tx.execute(
        "SELECT revision, income_e4 FROM revisions WHERE product = ? AND day = ? ORDER BY revision DESC LIMIT 1",
        (product["code"], day.isoformat()),
    ).fetchone()
    revision, income = (1, series(product, day)) if latest is None else (latest["revision"], latest["income_e4"])
    return {"product": product["code"], "day": day.isoformat(), "income_per_10k": shown(income), "revision": revision}


def revise(tx: Tx, product: str, day: date, income_e4: int) -> int:
    """Quote a day anew; the number of the revision (2 for the first). Raises Refusal NOT_FOUND."""
    if tx.execute("SELECT 1 FROM products WHERE code = ?", (product,)).fetchone() is None:
        raise Refusal("NOT_FOUND", "product", "the issuer makes no such product")
    row = tx.execute(
        "INSERT INTO revisions SELECT ?, ?, coalesce(max(revision), 1) + 1, ? FROM revisions WHERE product = ? AND day = ?"
        " RETURNING revision",
        (product, day.isoformat(), income_e4, product, day.isoformat()),
    ).fetchone()
    return int(row["revision"])


def shown(income_e4: int) -> str:
    """Four decimals of yuan."""
    sign, whole = ("-" if income_e4 < 0 else ""), abs(income_e4)
    return f"{sign}{whole // 10_000}.{whole % 10_000:04d}"
