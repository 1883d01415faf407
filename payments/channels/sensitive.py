"""Acts on breaks and credentials that a second person approves."""

from datetime import datetime
from uuid import UUID

from accounts.ledger import adjusting
from accounts.ledger.adjusting import Adjustment
from core.approvals.register import Payload, register
from payments.channels import closing_breaks, credentials
from payments.channels.sockets import Fix


def break_of(payload: Payload) -> UUID:
    return UUID(payload["target"].removeprefix("break:"))


def correction(payload: Payload) -> Adjustment | None:
    return Adjustment(**payload["correction"]) if payload["correction"] else None


def fix(payload: Payload) -> Fix | None:
    """The fix a payload names, while it still is what is proposed. Raises WrongState, FixChanged."""
    found = payload.get("fix")
    if not found:
        return None
    offered = closing_breaks.proposal(closing_breaks.must_be_open(break_of(payload)))
    if offered is None or closing_breaks.told(offered[1]) != found:
        raise closing_breaks.FixChanged()
    return offered[1]


def close(payload: Payload, at: datetime) -> str:
    wanted = fix(payload)
    if wanted is not None:
        closed = closing_breaks.fix(break_id=break_of(payload), why=payload["why"], wanted=wanted, at=at)
    else:
        closed = closing_breaks.close(break_id=break_of(payload), why=payload["why"], correction=correction(payload), at=at)
    return f"the break of {closed.request_no} is closed"


def can_close(payload: Payload, at: datetime) -> None:
    closing_breaks.must_be_open(break_of(payload))
    if fix(payload) is not None:
        return
    wanted = correction(payload)
    if wanted is not None:
        adjusting.check(wanted)


register(closing_breaks.ACT, apply=close, check=can_close, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)


def connect(payload: Payload, at: datetime) -> str:
    made = credentials.connect(entry_id=UUID(payload["target"].removeprefix(credentials.TARGET)), sealed=payload["seal"], at=at)
    return f"{made.channel_id} is connected as {made.merchant}"


register(credentials.ACT, apply=connect, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=24)
