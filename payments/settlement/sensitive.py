"""Acts on settlements that a second person approves."""

from collections.abc import Callable
from datetime import date, datetime

from core.approvals.register import Apply, Payload, register
from core.errors import Invalid
from core.ids import parse_public_id
from core.moves import WrongState
from payments.settlement import queries
from payments.settlement.services import adjusting, approving
from payments.settlement.states import SettlementState


def approve_day(payload: Payload, at: datetime) -> str:
    day = day_of(payload)
    number = approving.approve_day(business_on=day, number=payload["number"], payout_fen=payload["payout_fen"], at=at)
    return f"{number} settlements of {day.isoformat()}, {payload['payout_fen']} fen, are to be paid"


def as_listed(payload: Payload, at: datetime) -> None:
    day = day_of(payload)
    approving.require_list(day, list(queries.waiting_on(day)), payload["number"], payload["payout_fen"])


def day_of(payload: Payload) -> date:
    try:
        return date.fromisoformat(payload["target"])
    except ValueError as problem:
        raise Invalid("target", "Give a day as YYYY-MM-DD.", "请填写日期(YYYY-MM-DD)。") from problem


def approve(payload: Payload, at: datetime) -> str:
    row = approving.approve(settlement_id=parse_public_id("stl", payload["target"]), at=at)
    return f"{row.public_id} is to be paid"


def pay_again(payload: Payload, at: datetime) -> str:
    row = approving.pay_again(settlement_id=parse_public_id("stl", payload["target"]), at=at)
    return f"{row.public_id} is paid once more"


def adjust(payload: Payload, at: datetime) -> str:
    made = adjusting.adjust(
        merchant_id=parse_public_id("mch", payload["target"]), amount_fen=payload["amount_fen"], reason=payload["told"], at=at
    )
    return f"{made.public_id} corrects by {made.amount_fen} fen"


def adjustable(payload: Payload, at: datetime) -> None:
    adjusting.check(parse_public_id("mch", payload["target"]), payload["amount_fen"], payload["told"])


def stands(state: SettlementState) -> Callable[[Payload, datetime], None]:
    def check(payload: Payload, at: datetime) -> None:
        row = queries.settlement(parse_public_id("stl", payload["target"]))
        if row.state != state:
            raise WrongState(state=row.state, wanted=SettlementState.APPROVED)

    return check


def register_money(act: str, apply: Apply, check: Callable[[Payload, datetime], None]) -> None:
    register(act, apply=apply, check=check, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)


register_money(approving.DAY, approve_day, as_listed)
register_money(approving.ONE, approve, stands(SettlementState.CLOSED))
register_money(approving.RETRY, pay_again, stands(SettlementState.RETURNED))
register_money(adjusting.ADJUST, adjust, adjustable)
