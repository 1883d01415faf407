"""Public ids in plain text (a journal's reference, an audit record's target) as links to what they name."""

from functools import cache

from django.utils.safestring import SafeString

from core.desk.base import DeskAdmin
from core.desk.roles import PAGES, WORK
from core.desk.shown import link, mono
from core.desk.site import desk
from core.errors import NotFound
from core.ids import parse_public_id


@cache
def page_of(prefix: str) -> str:
    """The table whose rows carry the prefix, when everybody who works with the desk's queues may open its page; else nothing."""
    for model, page in desk._registry.items():
        label = model._meta.label_lower
        if isinstance(page, DeskAdmin) and page.finds.get(prefix) == "pk" and PAGES[label] >= WORK:
            return label
    return ""


def reference(text: str) -> SafeString | str:
    """A link where the text is a public id of a row with a page, else the text itself."""
    prefix = text.rpartition("_")[0]
    page = page_of(prefix)
    if not page:
        return mono(text or "-")
    try:
        return link(page, parse_public_id(prefix, text), text)
    except NotFound:
        return mono(text)
