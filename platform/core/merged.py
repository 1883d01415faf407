"""Several querysets read as one ordered list, each by an index of its own."""

from heapq import merge
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


class Merged(Generic[Row]):
    """What a cursor page needs of a queryset, over querysets of one model that share no row: `filter`, `order_by` and a slice.

    A slice up to `n` reads at most `n` rows of each part. The columns it is ordered by are never null, and what PostgreSQL and
    Python order alike: times, numbers, ids.
    """

    def __init__(self, *parts: QuerySet[Row], ordering: tuple[str, ...] = ()) -> None:
        self.parts = parts
        self.ordering = ordering

    def filter(self, *args: Any, **kwargs: Any) -> "Merged[Row]":
        return Merged(*(part.filter(*args, **kwargs) for part in self.parts), ordering=self.ordering)

    def order_by(self, *names: str) -> "Merged[Row]":
        """All ascending or all descending. Raises ValueError otherwise."""
        if len({name.startswith("-") for name in names}) != 1:
            raise ValueError("merged rows are ordered one way")
        return Merged(*(part.order_by(*names) for part in self.parts), ordering=names)

    def __getitem__(self, wanted: slice) -> list[Row]:
        rows = merge(*(part[: wanted.stop] for part in self.parts), key=self.place, reverse=self.ordering[0].startswith("-"))
        return list(rows)[wanted]

    def place(self, row: Row) -> tuple[Any, ...]:
        return tuple(getattr(row, name.removeprefix("-")) for name in self.ordering)
