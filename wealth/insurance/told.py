"""What the issuers' room tells of premiums and of payouts (plugged in under their businesses)."""

from datetime import datetime

from wealth.insurance.services import collecting, giving_back
from wealth.issuers.queries import IssuerRequest


class OfPremiums:
    def confirmed(self, *, request: IssuerRequest, at: datetime) -> None:
        collecting.confirmed(request=request, at=at)

    def rejected(self, *, request: IssuerRequest, at: datetime) -> None:
        collecting.rejected(request=request, at=at)


class OfPayouts:
    def confirmed(self, *, request: IssuerRequest, at: datetime) -> None:
        giving_back.confirmed(request=request, at=at)

    def rejected(self, *, request: IssuerRequest, at: datetime) -> None:
        giving_back.rejected(request=request, at=at)
