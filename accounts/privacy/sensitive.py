"""Acts on the documents customers agree to that a second person approves."""

from datetime import datetime

from accounts.privacy.publishing import ACT, Draft, examined, publish_version
from core.approvals.register import Payload, register


def kind_of(payload: Payload) -> str:
    return str(payload["target"]).removeprefix("consent_document:")


def apply(payload: Payload, at: datetime) -> str:
    row = publish_version(kind=kind_of(payload), draft=Draft.of(payload["values"]), at=at)
    return f"{row} is published"


def check(payload: Payload, at: datetime) -> None:
    examined(kind=kind_of(payload), draft=Draft.of(payload["values"]), at=at)


register(ACT, apply=apply, check=check, roles_make={"risk"}, roles_check={"risk", "finance_checker"}, expires_hours=72)
