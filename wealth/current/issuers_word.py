"""What an issuer quotes becomes a money fund's quote."""

from datetime import date, datetime
from decimal import Decimal

from core.errors import Invalid
from core.work import services as work
from wealth.catalog import queries as catalog
from wealth.current.services import quotes
from wealth.current.states import Source

KIND = "current"
UNSOUND = "current.quote_unsound"


class IssuersQuotes:
    """Takes what every issuer quotes: of products that are not ours, or of another kind, nothing."""

    def quoted(self, *, product_code: str, day: date, income_per_10k: Decimal, revision: int, at: datetime) -> None:
        """The first word of a day books it; another one asks an operator for a revision, and one that cannot be meant asks one to look."""
        product = catalog.by_code(product_code)
        if product is None or product.kind != KIND:
            return
        try:
            quotes.take(product.pk, day, income_per_10k, None, Source.ISSUER, at)
        except Invalid as refused:
            facts = {"day": day.isoformat(), "said": str(income_per_10k), "revision": revision, "field": refused.field or ""}
            work.ask(kind=UNSOUND, target=product.public_id, facts=facts, at=at)
