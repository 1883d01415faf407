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
        "external_wallets",
        "refunds",
        "qr",
        "agreements",
        "bills",
        "red_packets",
        "collects",
        "disputes",
        "splits",
        "settlement",
        "reconciliation",
        "trial",
        "notices",
    )
