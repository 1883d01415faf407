"""Pages of large tables, without ever counting them."""

from django.core.paginator import Page
from unfold.paginator import InfinitePaginator

MAX_PAGE = 200


class Pages(InfinitePaginator):
    """Next and previous only; stops at MAX_PAGE, beyond which a filter or a search is the answer, not a deeper OFFSET."""

    def page(self, number: int | str) -> Page:
        return super().page(min(int(number), MAX_PAGE))
