"""Acts on the books that a second person approves."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts.ledger import adjusting, gl_rules, halt, periods, states
from accounts.ledger.adjusting import Adjustment
from accounts.ledger.models import AccountState, Mode
from core.approvals.register import Payload, register
from core.errors import Invalid
from core.ids import parse_public_id, public_id

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


def set_mode(payload: Payload, at: datetime) -> str:
    account = states.set_mode(account_id=parse_public_id("acc", payload["target"]), to=Mode(payload["to"]), at=at)
    return f"{account.public_id} is {account.mode}"


def known_mode(payload: Payload, at: datetime) -> None:
    if payload["to"] not in states.MODE_LETTERS:
        raise Invalid("to", f"Choose one of {', '.join(states.MODE_LETTERS)}.", f"请选择:{'、'.join(states.MODE_LETTERS)}。")
    states.must_change_mode(parse_public_id("acc", payload["target"]))


def close_period(payload: Payload, at: datetime) -> str:
    period = periods.close(through_on=date.fromisoformat(payload["through_on"]), at=at)
    return f"the books are closed through {period.through_on.isoformat()}"


def can_close(payload: Payload, at: datetime) -> None:
    periods.must_be_over(date.fromisoformat(payload["through_on"]))


def adjust(payload: Payload, at: datetime) -> str:
    posted = adjusting.adjust(wanted=Adjustment(**payload), at=at)
    return f"posted as {public_id('jrn', posted.journal_id)}"


def can_adjust(payload: Payload, at: datetime) -> None:
    adjusting.check(Adjustment(**payload))


def rule(payload: Payload) -> dict[str, Any]:
    """A proposal's rule, as `gl_rules` takes it."""
    return {name: payload[name] for name in ("role", "event", "gl_code")} | {"valid_from": date.fromisoformat(payload["valid_from"])}


def change_rule(payload: Payload, at: datetime) -> str:
    made = gl_rules.change(**rule(payload), at=at)
    return f"{made} from {made.valid_from.isoformat()}"


def can_change_rule(payload: Payload, at: datetime) -> None:
    gl_rules.must_fit(**rule(payload))


register(adjusting.ACT, apply=adjust, check=can_adjust, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
register("ledger.lift_halt", apply=lift, check=is_standing, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=12)
register("ledger.account_state", apply=set_state, check=known_state, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
register("ledger.account_mode", apply=set_mode, check=known_mode, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
register("ledger.close_period", apply=close_period, check=can_close, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
register(gl_rules.ACT, apply=change_rule, check=can_change_rule, roles_make=MAKERS, roles_check=CHECKERS, expires_hours=72)
