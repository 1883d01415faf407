"""Writing what an issuer is to be asked."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from core.ids import new_id, public_id
from wealth.issuers import queries
from wealth.issuers.models import IssuerRequest
from wealth.issuers.refusals import IssuerOff
from wealth.issuers.sockets import TOLD
from wealth.issuers.states import IssuerState


@transaction.atomic
def submit(
    *,
    business: str,
    business_id: UUID,
    issuer_code: str,
    operation: str,
    product_id: UUID,
    product_code: str,
    amount_fen: int | None,
    units_fen: int | None,
    trade_on: date,
    shard: int,
    at: datetime,
    original_id: UUID | None = None,
) -> IssuerRequest:
    """Write one order to an issuer with its number, in the caller's transaction; a worker sends it after the commit.

    `amount_fen` is a subscription's, `units_fen` a redemption's, with `amount_fen` where its price is agreed; a cancel has neither and
    names the request it calls off (`original_id`).
    The room plugged into TOLD under `business` hears the end, once. What is asked again for the same row needs the request before to be
    refused. Raises IssuerOff.
    """
    assert TOLD.get(business) is not None, f"nobody listens for {business}"
    if queries.state_of(issuer_code) in (None, IssuerState.OFF):
        raise IssuerOff()
    request_id = new_id()
    return IssuerRequest.objects.create(
        id=request_id,
        number=public_id(IssuerRequest.PREFIX, request_id),
        issuer_code=issuer_code,
        operation=operation,
        business=business,
        business_id=business_id,
        shard=shard,
        product_id=product_id,
        product_code=product_code,
        original_id=original_id,
        amount_fen=amount_fen,
        units_fen=units_fen,
        trade_on=trade_on,
        due_at=at,
        created_at=at,
        changed_at=at,
    )
