"""Serializers kept for reuse: DRF copies every field of a class each time one is made, which costs more than using it does."""

from threading import local
from typing import Any

from rest_framework.serializers import BaseSerializer


class Kept(local):
    """This thread's serializers, one of each class."""

    def __init__(self) -> None:
        self.made: dict[type[BaseSerializer[Any]], BaseSerializer[Any]] = {}

    def of(self, shape: type[BaseSerializer[Any]]) -> BaseSerializer[Any]:
        if shape not in self.made:
            self.made[shape] = shape()
        return self.made[shape]


kept = Kept()


def read(shape: type[BaseSerializer[Any]], data: Any, context: dict[str, Any]) -> Any:
    """`data` validated. Raises DRF's ValidationError."""
    serializer = kept.of(shape)
    serializer._context = context
    try:
        return serializer.run_validation(data)
    finally:
        serializer._context = {}


def show(shape: type[BaseSerializer[Any]], row: Any, context: dict[str, Any]) -> Any:
    """`row` as the client sees it."""
    serializer = kept.of(shape)
    serializer._context = context
    try:
        return serializer.to_representation(row)
    finally:
        serializer._context = {}
