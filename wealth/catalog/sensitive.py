"""Acts on products that a second person approves."""

from datetime import datetime

from core.approvals.register import Payload, register
from core.ids import parse_public_id
from core.moves import WrongState
from wealth.catalog import queries
from wealth.catalog.models import Product
from wealth.catalog.services import reviewing
from wealth.catalog.states import ProductState


def publish(payload: Payload, at: datetime) -> str:
    product = reviewing.publish(product_id=parse_public_id(Product.PREFIX, payload["target"]), seen=payload["seen"], at=at)
    return f"{product.code} is sold as version {queries.current_version(product).number}"


def publishable(payload: Payload, at: datetime) -> None:
    reviewing.reviewable(parse_public_id(Product.PREFIX, payload["target"]), payload["seen"])


def resume(payload: Payload, at: datetime) -> str:
    product = reviewing.resume(product_id=parse_public_id(Product.PREFIX, payload["target"]), at=at)
    return f"{product.code} is sold again"


def resumable(payload: Payload, at: datetime) -> None:
    product = queries.product(parse_public_id(Product.PREFIX, payload["target"]))
    if product.state != ProductState.SUSPENDED:
        raise WrongState(state=product.state, wanted=str(ProductState.ON_SALE))


MAKERS, CHECKERS = {"marketing", "finance_maker"}, {"finance_checker", "risk"}
register(reviewing.PUBLISH, apply=publish, check=publishable, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
register(reviewing.RESUME, apply=resume, check=resumable, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
