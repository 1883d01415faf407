"""Acts on customers that a second person approves."""

from datetime import datetime

from accounts.identity import services
from core.approvals.register import Payload, register
from core.ids import parse_public_id


def unfreeze(payload: Payload, at: datetime) -> str:
    customer = services.unfreeze(customer_id=parse_public_id("cus", payload["target"]), reason="approved", at=at)
    return f"{customer.public_id} can act again"


register("customer.unfreeze", apply=unfreeze, roles_make={"support", "risk"}, roles_check={"risk"}, expires_hours=72)
