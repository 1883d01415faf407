"""The accounts floor."""

from core.rooms import FloorConfig


class AccountsConfig(FloorConfig):
    name = "accounts"
    rooms = ("identity", "verification", "security", "ledger", "privacy")
