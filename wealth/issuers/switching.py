"""Switching an issuer on, off or into maintenance: two people."""

from datetime import datetime

from django.db import transaction

from core.approvals import services as approvals
from core.errors import DomainError
from core.moves import advance
from wealth.issuers.models import Issuer, IssuerCredential
from wealth.issuers.refusals import IssuerNotConnected
from wealth.issuers.states import ISSUER_MOVES, IssuerState

ACT = "issuer.switch"
TARGET = "issuer:"


class IssuerSwitched(DomainError):
    code = "issuer_switched"
    en = "The issuer was switched meanwhile. Look at it again and propose anew."
    zh = "该发行机构状态已变更,请刷新后重新提交。"


def named(code: str) -> str:
    return f"{TARGET}{code}"


def check(*, code: str, held: str, state: str) -> None:
    """Raises IssuerSwitched when it is no longer as the proposal found it, IssuerNotConnected when it would be switched on unconnected."""
    if Issuer.objects.values_list("state", flat=True).get(code=code) != held:
        raise IssuerSwitched()
    if state == IssuerState.ON and not IssuerCredential.objects.filter(issuer_id=code, retired_at=None).exists():
        raise IssuerNotConnected()


@transaction.atomic
def switch(*, code: str, held: str, state: str, at: datetime) -> Issuer:
    """Inside its approval alone. Raises ApprovalNeeded, IssuerSwitched, IssuerNotConnected, WrongState."""
    approvals.must_be_applying(ACT)
    row = Issuer.objects.select_for_update().get(code=code)
    check(code=code, held=held, state=state)
    return advance(row, state, moves=ISSUER_MOVES, at=at)
