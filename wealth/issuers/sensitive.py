"""Acts on issuers that a second person approves."""

from datetime import datetime

from core.approvals.register import Payload, register
from wealth.issuers import switching


def facts(payload: Payload) -> dict[str, str]:
    return {"code": payload["target"].removeprefix(switching.TARGET), "held": payload["held"], "state": payload["state"]}


def switch(payload: Payload, at: datetime) -> str:
    row = switching.switch(**facts(payload), at=at)
    return f"{row.code} is {row.state}"


def can_switch(payload: Payload, at: datetime) -> None:
    switching.check(**facts(payload))


register(switching.ACT, apply=switch, check=can_switch, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=24)
