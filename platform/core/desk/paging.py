"""Pages of large tables, without ever counting them."""

from django.core.paginator import Page
from unfold import paginator as theme

MAX_PAGE = 200


class InfinitePaginator(theme.InfinitePaginator):
    """Next and previous only (the theme leaves its count out for a paginator of this name).

    Stops at MAX_PAGE, beyond which a filter or a search is the answer, not a deeper OFFSET.
    """

    def page(self, number: int | str) -> Page:
        return super().page(min(int(number), MAX_PAGE))
