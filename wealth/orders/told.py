"""What the issuers' room tells of orders (plugged in under the business "wealth.order")."""

from datetime import datetime

from wealth.issuers.queries import IssuerRequest
from wealth.orders.services import asking


class IssuersWord:
    def confirmed(self, *, request: IssuerRequest, at: datetime) -> None:
        asking.confirmed(request=request, at=at)

    def rejected(self, *, request: IssuerRequest, at: datetime) -> None:
        asking.rejected(request=request, at=at)
