"""The kernel as a Django app."""

from core.rooms import FloorConfig


class CoreConfig(FloorConfig):
    name = "core"
    rooms = ("clock", "audit", "work", "outbox", "business_day", "tallies", "limits", "idempotency", "approvals", "desk")
