"""The kernel as a Django app."""

from core.rooms import FloorConfig


class CoreConfig(FloorConfig):
    name = "core"
    rooms = ("clock", "business_day", "limits", "idempotency", "outbox", "audit", "approvals")
