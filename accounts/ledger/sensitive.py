"""Acts on the books that a second person approves."""

from datetime import datetime
from uuid import UUID

from accounts.ledger import halt, states
from accounts.ledger.models import AccountState
from core.approvals.register import Payload, register
from core.errors import Invalid
from core.ids import parse_public_id

MAKERS, CHECKERS = {"finance_maker"}, {"finance_checker"}


def named(payload: Payload) -> tuple[UUID, str]:
    """Which halt a proposal speaks of, and the hash of what had been found. A proposal that names no findings fits none."""
    return UUID(payload["target"].removeprefix("halt:")), str(payload.get("findings", ""))


def lift(payload: Payload, at: datetime) -> str:
    halt_id, findings_hash = named(payload)
    halt.lift(halt_id=halt_id, findings_hash=findings_hash, at=at)
    return "money moves again"


def is_standing(payload: Payload, at: datetime) -> None:
    halt.examined(*named(payload))


def set_state(payload: Payload, at: datetime) -> str:
    account = states.set_state(account_id=parse_public_id("acc", payload["target"]), to=AccountState(payload["to"]), at=at)
    return f"{account.public_id} is {account.state}"


def known_state(payload: Payload, at: datetime) -> None:
    if payload["to"] not in AccountState.values:
        raise Invalid("to", f"Choose one of {', '.join(AccountState.values)}.", f"请选择:{'、'.join(AccountState.values)}。")


register("ledger.lift_halt", apply=lift, check=is_standing, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=12)
register("ledger.account_state", apply=set_state, check=known_state, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
