"""Who takes part in a movement, and whether they may."""

import uuid

from accounts.identity import queries as identity
from accounts.identity.queries import Customer
from core.errors import DomainError, NotFound


class CustomerNotActive(DomainError):
    code = "customer_not_active"
    status = 403
    en = "Your account is {state}: no money can move. Contact support."
    zh = "您的账户当前状态为 {state},无法进行资金操作,请联系客服。"


def require_active(customer_id: uuid.UUID) -> Customer:
    """The customer, locked, so that an account does not close under an order. Raises CustomerNotActive when frozen or closed."""
    customer = identity.lock(customer_id)
    if customer.state != Customer.State.ACTIVE:
        raise CustomerNotActive(state=customer.state)
    return customer


def active(customer_id: uuid.UUID) -> bool:
    """Whether a customer may take part in a movement now; the row is not locked."""
    return identity.states([customer_id]).get(customer_id) == Customer.State.ACTIVE


class PayeeIsPayer(DomainError):
    code = "transfer_to_self"
    status = 422
    en = "You cannot pay yourself. Choose another payee."
    zh = "不能向自己转账,请选择其他收款人。"


class PayeeCannotReceive(DomainError):
    code = "payee_cannot_receive"
    en = "This payee cannot receive money now. Nothing was moved."
    zh = "收款方暂时无法收款,未发生任何资金变动。"


def require_different(payer_id: uuid.UUID, payee_id: uuid.UUID) -> None:
    """Raises PayeeIsPayer."""
    if payer_id == payee_id:
        raise PayeeIsPayer(field="to")


def require_both(states: dict[uuid.UUID, str], payer_id: uuid.UUID, payee_id: uuid.UUID) -> None:
    """Raises CustomerNotActive (the payer), NotFound or PayeeCannotReceive (the payee). `states`: of both, where they exist."""
    if states.get(payer_id) != Customer.State.ACTIVE:
        raise CustomerNotActive(state=states.get(payer_id, "closed"))
    if payee_id not in states:
        raise NotFound()
    if states[payee_id] != Customer.State.ACTIVE:
        raise PayeeCannotReceive(field="to")
