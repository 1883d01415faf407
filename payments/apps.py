"""The payments floor."""

from core.rooms import FloorConfig


class PaymentsConfig(FloorConfig):
    name = "payments"
    rooms = (
        "channels",
        "cards",
        "risk",
        "wallet",
        "merchants",
        "cashier",
        "refunds",
        "red_packets",
        "collects",
        "disputes",
        "settlement",
        "reconciliation",
        "trial",
        "notices",
    )
