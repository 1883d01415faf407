"""Who may do what: a frozen account looks and does not touch, a closed one is gone, one that agreed to nothing reads and leaves."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.identity import queries
from accounts.identity.models import Customer
from core.clock import queries as clock
from core.errors import DomainError


class AccountFrozen(DomainError):
    code = "account_frozen"
    status = 403
    en = "This account is frozen. You can read it; to act again contact support."
    zh = "账户已被冻结,仅可查询。如需恢复请联系客服。"


class ConsentsRequired(DomainError):
    """`documents` lists the kind, version and titles of each document to agree to."""

    code = "consents_required"
    status = 403
    en = "Agree to the terms first: read what `documents` lists, then POST /v1/accounts/consents once for each kind and version."
    zh = "请先同意相关协议:阅读 documents 所列文件,并逐一以其 kind 与 version 调用 POST /v1/accounts/consents。"


class ActiveCustomer(BasePermission):
    """Logged in; and for anything but reading, active and agreed to every required document.

    A view with `frozen_may_act = True` is open to the frozen too. One with `before_consent = True` is open to who has not agreed
    (yet, or to a new version): what agreeing needs, and what leaving needs, since nobody's money is kept for a signature.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        caller: Any = request.user
        if not (caller and caller.is_authenticated):
            return False
        if caller.customer.state == Customer.State.ACTIVE:
            return self.has_agreed(request, view, caller)
        if caller.customer.state != Customer.State.FROZEN:
            return False
        if request.method in SAFE_METHODS or getattr(view, "frozen_may_act", False):
            return True
        raise AccountFrozen()

    def has_agreed(self, request: Request, view: Any, caller: Any) -> bool:
        """Raises ConsentsRequired."""
        if not caller.lacks_consents or request.method in SAFE_METHODS or getattr(view, "before_consent", False):
            return True
        raise ConsentsRequired(documents=queries.missing_consents(caller.customer.id, clock.now()))

    @staticmethod
    def refusals(view: Any, method: str) -> tuple[type[DomainError], ...]:
        """What this permission may refuse an operation with, for the schema."""
        if method in SAFE_METHODS:
            return ()
        frozen = () if getattr(view, "frozen_may_act", False) else (AccountFrozen,)
        return frozen if getattr(view, "before_consent", False) else (*frozen, ConsentsRequired)
