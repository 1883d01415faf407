"""Rows as CSV that a spreadsheet opens as text and numbers, never as formulas."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.html import strip_tags

NUMBER = re.compile(r"-?[0-9][0-9,]*(\.[0-9]+)?")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
BYTE_ORDER_MARK = "\ufeff"


class Echo:
    """A file that gives back what is written, so that rows stream."""

    def write(self, text: str) -> str:
        return text


def guarded(value: Any) -> str:
    """A cell: tags and control characters gone, and a leading apostrophe before what a spreadsheet would run."""
    text = strip_tags(str(value)).strip(" ")
    if text.startswith(DANGEROUS) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow([guarded(cell) for cell in header])
    for row in rows:
        yield writer.writerow([guarded(cell) for cell in row])


def download(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer
