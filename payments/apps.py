"""The payments floor."""

from core.rooms import FloorConfig


class PaymentsConfig(FloorConfig):
    name = "payments"
    rooms = ("channels", "cards", "wallet", "merchants", "red_packets")
