"""Acts on cards that a second person approves."""

from datetime import datetime

from core.approvals.register import Payload, register
from core.ids import parse_public_id
from payments.cards import services


def resume(payload: Payload, at: datetime) -> str:
    card = services.resume(card_id=parse_public_id("crd", payload["target"]), at=at)
    return f"{card.public_id} can be used again"


register("card.resume", apply=resume, roles_make={"support", "risk"}, roles_check={"risk"}, expires_hours=72)
