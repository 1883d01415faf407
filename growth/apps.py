"""The growth floor."""

from core.rooms import FloorConfig


class GrowthConfig(FloorConfig):
    name = "growth"
    rooms = ()
