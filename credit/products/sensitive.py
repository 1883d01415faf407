"""Acts on credit products that a second person approves."""

from datetime import datetime

from core.approvals.register import Payload, register
from core.ids import parse_public_id
from core.moves import WrongState
from credit.products import queries
from credit.products.models import CreditProduct
from credit.products.services import reviewing
from credit.products.states import CreditProductState


def publish(payload: Payload, at: datetime) -> str:
    product = reviewing.publish(product_id=parse_public_id(CreditProduct.PREFIX, payload["target"]), seen=payload["seen"], at=at)
    return f"{product.code} is offered as version {queries.current_version(product).number}"


def publishable(payload: Payload, at: datetime) -> None:
    reviewing.reviewable(parse_public_id(CreditProduct.PREFIX, payload["target"]), payload["seen"])


def resume(payload: Payload, at: datetime) -> str:
    product = reviewing.resume(product_id=parse_public_id(CreditProduct.PREFIX, payload["target"]), at=at)
    return f"{product.code} is offered again"


def resumable(payload: Payload, at: datetime) -> None:
    product = queries.product(parse_public_id(CreditProduct.PREFIX, payload["target"]))
    if product.state != CreditProductState.SUSPENDED:
        raise WrongState(state=product.state, wanted=str(CreditProductState.ON_OFFER))


MAKERS, CHECKERS = {"finance_maker", "risk"}, {"finance_checker"}
register(reviewing.PUBLISH, apply=publish, check=publishable, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
register(reviewing.RESUME, apply=resume, check=resumable, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
