"""Facts that are kept as JSON (of a work item, a proposal, an event) as people read them: in words, in yuan, with links."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.desk.references import page_of, reference
from core.desk.shown import column_words, money, plainly, table, when
from core.desk.sockets import Words

NAMES: dict[str, Words] = {
    "amount": _("Amount (yuan)"),
    "amount_fen": _("Amount (yuan)"),
    "bad": _("Bad calls"),
    "calls": _("Calls"),
    "channel": _("Channel"),
    "check": _("Check"),
    "correction": _("Correction of the books"),
    "credited": _("Credited account"),
    "customer": _("Customer"),
    "days_left": _("Days left"),
    "debited": _("Debited account"),
    "fee_fen": _("Fee (yuan)"),
    "findings": _("Findings"),
    "official_days_left": _("Official days left"),
    "operation": _("Operation"),
    "queries": _("Times asked"),
    "reference": _("Reference"),
    "refused": _("Refused with"),
    "request_no": _("Request number"),
    "sends": _("Times sent"),
    "since": _("Since"),
    "state": _("State"),
    "subject": _("Subject"),
    "through_on": _("Through"),
    "to": _("To become"),
    "why": _("Why"),
    "window_s": _("Window (s)"),
}


def is_amount(name: str) -> bool:
    """Whether a column or a fact of this name is fen."""
    return name == "amount" or "fen" in name.split("_")


def fact_name(name: str) -> Words:
    return NAMES.get(name) or capfirst(gettext(column_words(name)))


def said(name: str, value: Any) -> object:
    """A value as people read it: amounts in yuan, instants in Shanghai time, ids as links, yes and no, a dash for nothing."""
    if isinstance(value, int) and not isinstance(value, bool):
        return money(value) if is_amount(name) else value
    if isinstance(value, Mapping):
        return facts(value)
    if isinstance(value, list) and value and all(isinstance(part, Mapping) for part in value):
        return format_html_join("", "{}", ((facts(part),) for part in value))
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or "-"
    return said_text(value) if isinstance(value, str) and value else plainly(value)


def said_text(text: str) -> object:
    if page_of(text.rpartition("_")[0]):
        return reference(text)
    instant = instant_of(text)
    return when(instant) if instant else format_html('<span class="whitespace-pre-line">{}</span>', text)


def instant_of(text: str) -> datetime | None:
    """The instant an ISO text with a zone says."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def facts(values: Mapping[str, Any]) -> SafeString:
    """A small table; fields in the order they are kept in."""
    return table(("", ""), ((fact_name(name), said(name, value)) for name, value in values.items()))
