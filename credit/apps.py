"""The credit floor."""

from core.rooms import FloorConfig


class CreditConfig(FloorConfig):
    name = "credit"
    rooms = ("products", "lines", "debts")
