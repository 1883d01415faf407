"""Acts on merchants and on the platform's keys that a second person approves."""

from datetime import datetime

from core.approvals.register import Payload, register
from core.errors import Invalid
from core.ids import parse_public_id
from core.moves import WrongState
from payments.merchants import queries
from payments.merchants.services import closing, platform_keys, reviewing
from payments.merchants.services.applications import require_open
from payments.merchants.states import MerchantState


def approve(payload: Payload, at: datetime) -> str:
    applied_at = datetime.fromisoformat(payload["applied_at"])
    merchant = reviewing.approve(merchant_id=parse_public_id("mch", payload["target"]), applied_at=applied_at, at=at)
    return f"{merchant.public_id} sells"


def approvable(payload: Payload, at: datetime) -> None:
    merchant = queries.merchant(parse_public_id("mch", payload["target"]))
    reviewing.under_review(merchant, datetime.fromisoformat(payload["applied_at"]))


def resume(payload: Payload, at: datetime) -> str:
    merchant = reviewing.resume(merchant_id=parse_public_id("mch", payload["target"]), at=at)
    return f"{merchant.public_id} sells again"


def suspended(payload: Payload, at: datetime) -> None:
    merchant = queries.merchant(parse_public_id("mch", payload["target"]))
    if merchant.state != MerchantState.SUSPENDED:
        raise WrongState(state=merchant.state, wanted=str(MerchantState.ACTIVE))


def close(payload: Payload, at: datetime) -> str:
    merchant_id = parse_public_id("mch", payload["target"])
    merchant = closing.close_by_platform(merchant_id=merchant_id, reason=payload["told"], at=at)
    return f"{merchant.public_id} is closed"


def closable(payload: Payload, at: datetime) -> None:
    reviewing.readable(payload["told"])
    require_open(queries.merchant(parse_public_id("mch", payload["target"])))


def rotate(payload: Payload, at: datetime) -> str:
    key = platform_keys.rotate(overlap_days=payload["overlap_days"], at=at)
    return f"{key.serial_no} signs from {key.signs_from:%Y-%m-%d %H:%M} on"


def bounded(payload: Payload, at: datetime) -> None:
    days = payload["overlap_days"]
    if type(days) is not int or not 0 <= days <= platform_keys.MOST_DAYS:
        raise Invalid("overlap_days", "Give 0 to 30 whole days.", "请填写 0 至 30 的整数天数。")


CARE, RISK = {"support", "risk"}, {"risk"}
register(reviewing.APPROVE, apply=approve, check=approvable, roles_make=CARE, roles_check=RISK, expires_hours=72)
register(reviewing.RESUME, apply=resume, check=suspended, roles_make=CARE, roles_check=RISK, expires_hours=72)
register(closing.CLOSE, apply=close, check=closable, roles_make=CARE, roles_check=RISK, expires_hours=72)
register(
    platform_keys.ROTATE,
    apply=rotate,
    check=bounded,
    roles_make=RISK,
    roles_check=RISK,
    target=lambda payload: "platform",
    expires_hours=24,
)
