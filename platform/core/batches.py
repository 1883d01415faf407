"""Long lists for statements that take only so many parameters."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
MOST = 5000


def batches(values: Sequence[T], size: int = MOST) -> Iterator[Sequence[T]]:
    """`values` in order, at most `size` at a time."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
