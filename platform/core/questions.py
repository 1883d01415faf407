"""Several rooms' reads in one round trip: each room says what it asks and how to read the answer.

A round trip costs more than most reads on the hot paths, and an act often needs one small fact from each of several rooms.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import connection

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Question(Generic[Answer]):
    """A scalar subquery (an array for several rows or columns), its parameters, and how its answer is read."""

    sql: str
    values: tuple[Any, ...]
    read: Callable[[Any], Answer]


@lru_cache(maxsize=64)
def selected(questions: tuple[str, ...]) -> str:
    return "SELECT " + ", ".join(f"({question})" for question in questions)


def ask(*questions: Question[Any]) -> tuple[Any, ...]:
    """The answers, in order, of one moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            selected(tuple(question.sql for question in questions)), [value for question in questions for value in question.values]
        )
        row = cursor.fetchone()
    return tuple(question.read(answer) for question, answer in zip(questions, row, strict=True))
