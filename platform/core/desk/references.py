"""Public ids and targets of work (`halt:0190...`) in plain text as links to what they name."""

import uuid
from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.desk.addresses import list_of
from core.desk.base import DeskAdmin
from core.desk.roles import opens
from core.desk.shown import LINK, link, mono
from core.desk.site import desk
from core.errors import NotFound
from core.ids import parse_public_id

KEYED = {"halt": "accounts.ledgerhalt", "break": "payments.break"}
CODED = {"channel": "payments.channelhealth"}
"""What a target names before its colon: a row by its key, or one of a list by its code."""


@cache
def page_of(prefix: str) -> str:
    """The table whose rows carry the prefix and have a page; else nothing."""
    for model, page in desk._registry.items():
        if isinstance(page, DeskAdmin) and page.finds.get(prefix) == "pk":
            return model._meta.label_lower
    return ""


def reference(text: str) -> SafeString | str:
    """A link where the text names a row with a page that the reader may open, else the text itself."""
    kind, colon, key = text.partition(":")
    if colon:
        return of_target(kind, key, text)
    prefix = text.rpartition("_")[0]
    page = page_of(prefix)
    if not page or not opens(page):
        return mono(text or "-")
    try:
        return link(page, parse_public_id(prefix, text), text)
    except NotFound:
        return mono(text)


def of_target(kind: str, key: str, text: str) -> SafeString | str:
    page = KEYED.get(kind) or CODED.get(kind, "")
    if not page or not opens(page):
        return mono(text)
    if kind in CODED:
        return format_html('<a class="font-mono text-xs {}" href="{}">{}</a>', LINK, list_of(page, code__exact=key), text)
    try:
        return link(page, uuid.UUID(key), text)
    except ValueError:
        return mono(text)
