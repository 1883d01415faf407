"""Parts that are behind a day that is over, or booked by a quote that is in force no more."""

from datetime import date, datetime

from wealth.current import income, queries, statements, waiting
from wealth.current.models import CurrentBook


def catch_up_all(*, at: datetime) -> int:
    """Outside any transaction: a part each. Returns the income rows written. A day whose end of day is not done is left to that."""
    through = queries.bookable_through()
    rows, products = 0, set()
    for book in queries.parts():
        if to_do(book, through):
            rows += income.catch_up(product_id=book.product_id, part=book.part, through=through, at=at).rows
            products.add(book.product_id)
    for product_id in sorted(products):
        waiting.settle(product_id, at=at)
    return rows


def to_do(book: CurrentBook, through: date) -> bool:
    following = book.booked_through + income.DAY
    if following <= through and queries.quote(book.product_id, following) is not None:
        return True
    [(stale,)] = income.run(statements.STALE, {"product": book.product_id, "part": book.part, "through": book.booked_through})
    return stale is not None
