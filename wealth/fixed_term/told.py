"""What the issuers' room tells of maturities (plugged in under the business "wealth.maturity")."""

from datetime import datetime

from wealth.fixed_term.services import asking
from wealth.issuers.queries import IssuerRequest


class IssuersWord:
    def confirmed(self, *, request: IssuerRequest, at: datetime) -> None:
        asking.confirmed(request=request, at=at)

    def rejected(self, *, request: IssuerRequest, at: datetime) -> None:
        asking.rejected(request=request, at=at)
