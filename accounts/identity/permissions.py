"""Who may do what: a frozen account looks and does not touch, a closed one is gone."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.identity.models import Customer
from core.errors import DomainError


class AccountFrozen(DomainError):
    code = "account_frozen"
    status = 403
    en = "This account is frozen. You can read it; to act again contact support."
    zh = "账户已被冻结,仅可查询。如需恢复请联系客服。"


class ActiveCustomer(BasePermission):
    """Logged in; and for anything but reading, active. A view with `frozen_may_act = True` is open to the frozen too."""

    def has_permission(self, request: Request, view: Any) -> bool:
        caller: Any = request.user
        if not (caller and caller.is_authenticated):
            return False
        if caller.customer.state == Customer.State.ACTIVE:
            return True
        if caller.customer.state != Customer.State.FROZEN:
            return False
        if request.method in SAFE_METHODS or getattr(view, "frozen_may_act", False):
            return True
        raise AccountFrozen()
