"""Filters whose choices come from a register, so that a list never reads its own table to know what may be chosen."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext

from core.desk.sockets import Words

Named = Callable[[], Iterable[tuple[str, Words]]]


class Among(admin.FieldListFilter):
    """One value of a column out of those a register names. Django's own filter of a column without choices asks the table for its
    different values, which reads all of it on every page."""

    named: ClassVar[Named]

    def __init__(self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        given: Any = self.used_parameters.get(field_path)
        self.chosen: str | None = given[-1] if given else None

    def expected_parameters(self) -> list[str | None]:
        return [self.field_path]

    def choices(self, changelist: Any) -> Iterator[Any]:
        everything = changelist.get_query_string(remove=[self.field_path])
        yield {"selected": self.chosen is None, "query_string": everything, "display": gettext("All")}
        for value, words in type(self).named():
            query = changelist.get_query_string({self.field_path: value})
            yield {"selected": self.chosen == value, "query_string": query, "display": str(words)}


def among(named: Named) -> type[Among]:
    """The filter of the values `named` says, each with its words, in that order: `list_filter = (("kind", among(kinds)),)`."""
    return type("Among", (Among,), {"named": staticmethod(named)})


def as_they_are(values: Callable[[], Iterable[str]]) -> type[Among]:
    """The filter of values that are their own words, in order."""
    return among(lambda: [(value, value) for value in sorted(values())])
