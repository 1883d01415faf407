"""The wealth floor."""

from core.rooms import FloorConfig


class WealthConfig(FloorConfig):
    name = "wealth"
    rooms = (
        "issuers",
        "catalog",
        "suitability",
        "current",
        "orders",
        "fixed_term",
        "transfer",
        "insurance",
        "crowdfunding",
        "portfolio",
        "advisor",
    )
