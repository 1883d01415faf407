"""What approvals are about: the name of a sensitive act and the page of the row it acts on, as the pages that propose it say."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.desk.base import DeskAdmin
from core.desk.facts import said
from core.desk.proposals import ProposedAdmin
from core.desk.references import page_of, reference
from core.desk.roles import opens, sees
from core.desk.shown import link, mono
from core.desk.site import desk
from core.desk.sockets import Words
from core.ids import parse_public_id

KEY_SHOWN = 8


@dataclass(frozen=True)
class Proposed:
    """A sensitive act's name, and the page of the rows it is proposed on."""

    named: Words
    page: DeskAdmin


@cache
def proposed_acts() -> dict[str, Proposed]:
    """By sensitive act."""
    found: dict[str, Proposed] = {}
    for page in desk._registry.values():
        if isinstance(page, ProposedAdmin):
            found[page.table.act] = Proposed(format_lazy("{}: {}", _("Rule"), page.title()), page)
        if isinstance(page, DeskAdmin):
            found |= {act.proposes: Proposed(act.named, page) for act in (*page.acts, *page.list_acts) if act.proposes}
    return found


def act_name(act: str) -> str:
    """The act as people call it; its code when no page proposes it."""
    known = proposed_acts().get(act)
    return str(known.named) if known else act


def column_said(act: str, name: str, value: Any) -> object:
    """A proposed value of a column: a choice by its label, anything else as a fact."""
    known = proposed_acts().get(act)
    if known and isinstance(known.page, ProposedAdmin) and name in known.page.table.fields:
        labels = dict(known.page.table.column(name).flatchoices)
        return (isinstance(value, Hashable) and labels.get(value)) or said(name, value)
    return said(name, value)


def key_of(act: str, target: str) -> Any:
    """The primary key of the row a proposal names (`<something>:<key>`, or a public id); None when it names none."""
    known = proposed_acts().get(act)
    if known is None:
        return None
    prefix = target.rpartition("_")[0]
    if known.page.finds.get(prefix) == "pk":
        return parse_public_id(prefix, target)
    begin, colon, key = target.rpartition(":")
    if not colon or begin.endswith("payload"):
        return None
    try:
        return known.page.opts.pk.to_python(key)
    except ValidationError:
        return None


def target_link(act: str, target: str) -> SafeString | str:
    """What a proposal is about, as a link where it is a row with a page."""
    if page_of(target.rpartition("_")[0]):
        return reference(target)
    known = proposed_acts().get(act)
    if known is None:
        return mono(target)
    if "payload:" in target:
        return gettext("a new row")
    title, key = known.page.title(), key_of(act, target)
    if key is None:
        return f"{title}: {target.rpartition(':')[2]}" if ":" in target else str(title)
    named = f"{title} …{str(key)[-KEY_SHOWN:]}"
    return link(known.page.opts.label_lower, key, named) if opens(known.page.opts.label_lower) else mono(named)


def target_row(request: HttpRequest, act: str, target: str) -> str:
    """The row a proposal is about, in short; nothing without a row or without the right to see its page."""
    key = key_of(act, target)
    if key is None:
        return ""
    page = proposed_acts()[act].page
    if not sees(request.user, page.opts.label_lower):
        return ""
    row = page.get_queryset(request).filter(pk=key).first()
    return "" if row is None else page.in_short(row)
